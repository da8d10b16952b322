package dev.modelpack.benchmarks;

import dev.modelpack.Predictor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A linear model of the hour, alone and a thousand times by shop, all loaded. */
@State(Scope.Benchmark)
public class ShopModels {
  private static final int SHOPS = 1_000;

  Predictor one;
  Predictor byShop;

  /** The shop of row i. */
  int[] shops;

  List<Map<String, Object>> hours;
  List<Map<String, Object>> hoursAndShops;
  double[][] rows;

  @Setup(Level.Trial)
  public void open() {
    one = ModelFolder.predictor("shop");
    byShop = ModelFolder.predictor("shops");
    byShop.preloadAll();
    // By a stride, so that neighbours in time are no neighbours in memory.
    shops = IntStream.range(0, Turn.ROWS).map(row -> row * 619 % SHOPS).toArray();
    hours = IntStream.range(0, Turn.ROWS).mapToObj(row -> row(hour(row))).toList();
    hoursAndShops =
        IntStream.range(0, Turn.ROWS)
            .mapToObj(row -> Map.<String, Object>of("hour", hour(row), "shop", shops[row]))
            .toList();
    int hour = byShop.schema().feature("hour").orElseThrow().index();
    rows = new double[Turn.ROWS][2];
    for (int row = 0; row < rows.length; row++) {
      rows[row][hour] = hour(row);
      rows[row][1 - hour] = shops[row];
    }
  }

  @TearDown(Level.Trial)
  public void close() {
    one.close();
    byShop.close();
  }

  private static double hour(int row) {
    return row % 24;
  }

  private static Map<String, Object> row(double hour) {
    return Map.of("hour", hour);
  }
}
