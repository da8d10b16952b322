package dev.modelpack.benchmarks;

import dev.modelpack.Output;
import dev.modelpack.Predictor;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** XGBoost's 100 trees of depth 6 over 30 numbers, and rows. */
@State(Scope.Benchmark)
public class TreeModel {
  Predictor predictor;
  Output probability;
  String[] names;
  double[][] rows;
  List<Map<String, Object>> maps;

  @Setup(Level.Trial)
  public void open() {
    Table table = Table.read("trees", Turn.ROWS);
    predictor = ModelFolder.predictor("trees");
    probability = predictor.schema().output("probability").orElseThrow();
    names = table.names().toArray(String[]::new);
    rows = table.numbers();
    maps = table.maps();
  }

  @TearDown(Level.Trial)
  public void close() {
    predictor.close();
  }
}
