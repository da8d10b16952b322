package dev.modelpack.testing;

import dev.modelpack.Bundle;
import dev.modelpack.Prediction;
import dev.modelpack.Predictor;
import dev.modelpack.Row;
import dev.modelpack.TrustPolicy;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;

/**
 * Prints nanoseconds of CPU per row, one thread, 30 features: of a forest of 100 trees of depth 6,
 * and of one with a single leaf, which is what the way in and out costs; then of one model and of
 * the same by key, all loaded. The median of runs, since other programs share the machine.
 */
public final class RowSpeed {
  private static final int FEATURES = 30;
  private static final int ROWS = 512;
  private static final int SHOPS = 1000;
  private static final int RUNS = 15;
  private static final int CALLS = 100_000;

  /** Time of this thread alone, so that what else runs counts less. */
  private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean();

  private static double sink;

  private RowSpeed() {}

  public static void main(String[] arguments) {
    measure("100 trees of depth 6", TestModels.forest(100, 6, FEATURES));
    measure("1 tree of depth 0", TestModels.forest(1, 0, FEATURES));
    measure("no program, 30 float64", TestModels.constant(FEATURES));
    measureKeys("one model of hour and shop", CityModels.oneShop());
    measureKeys("the same by 1,000 shops", CityModels.shops(SHOPS));
  }

  private static void measure(String what, byte[] content) {
    double[][] rows = new double[ROWS][FEATURES];
    Map<String, Object>[] maps = maps(rows);
    try (Bundle bundle = Bundle.open(content, TrustPolicy.UNSIGNED);
        Predictor predictor = bundle.predictor()) {
      double[] out = new double[1];
      report(
          what + ", double[]",
          call -> {
            predictor.predict(rows[call % ROWS], out);
            return out[0];
          });
      report(what + ", Map", call -> predictor.predict(maps[call % ROWS]).value());
      Row row = predictor.row();
      maps[0].forEach(row::set);
      report(
          what + ", Row with one value changed",
          call -> predictor.predict(row.set("f3", rows[call % ROWS][3])).value());
      report(
          what + ", Row filled",
          call -> {
            double[] values = rows[call % ROWS];
            for (int feature = 0; feature < FEATURES; feature++) {
              row.set(NAMES[feature], values[feature]);
            }
            Prediction prediction = predictor.predict(row);
            return prediction.value();
          });
    }
  }

  private static void measureKeys(String what, byte[] content) {
    double[][] rows = new double[SHOPS][];
    Map<String, Object>[] maps = newMaps(SHOPS);
    Arrays.setAll(rows, shop -> new double[] {shop % 24, shop});
    Arrays.setAll(maps, shop -> Map.of("hour", shop % 24, "shop", shop));
    try (Bundle bundle = Bundle.open(content, TrustPolicy.UNSIGNED);
        Predictor predictor = bundle.predictor()) {
      predictor.preloadAll();
      double[] out = new double[1];
      report(
          what + ", double[]",
          call -> {
            predictor.predict(rows[call % SHOPS], out);
            return out[0];
          });
      report(what + ", Map", call -> predictor.predict(maps[call % SHOPS]).value());
    }
  }

  private static final String[] NAMES = names();

  private static String[] names() {
    String[] names = new String[FEATURES];
    Arrays.setAll(names, feature -> "f" + feature);
    return names;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static Map<String, Object>[] newMaps(int count) {
    return new Map[count];
  }

  private static Map<String, Object>[] maps(double[][] rows) {
    Random random = new Random(1);
    Map<String, Object>[] maps = newMaps(rows.length);
    for (int row = 0; row < rows.length; row++) {
      maps[row] = new HashMap<>();
      for (int feature = 0; feature < FEATURES; feature++) {
        rows[row][feature] = (float) random.nextGaussian();
        maps[row].put("f" + feature, rows[row][feature]);
      }
    }
    return maps;
  }

  private static void report(String what, IntToDoubleFunction call) {
    double[] nanos = new double[RUNS];
    for (int run = 0; run < RUNS; run++) {
      long start = CLOCK.getCurrentThreadCpuTime();
      for (int i = 0; i < CALLS; i++) {
        sink += call.applyAsDouble(i);
      }
      nanos[run] = (CLOCK.getCurrentThreadCpuTime() - start) / (double) CALLS;
    }
    Arrays.sort(nanos);
    System.out.printf("%-50s median %7.0f ns, best %7.0f ns%n", what, nanos[RUNS / 2], nanos[0]);
  }
}
