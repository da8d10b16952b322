package dev.modelpack.testing;

import dev.modelpack.Bundle;
import dev.modelpack.ModelpackException;
import dev.modelpack.Predictor;
import dev.modelpack.PredictorOptions;
import dev.modelpack.TrustPolicy;
import java.nio.file.Path;

/**
 * Predicts a row of zeros twice, by two predictors, and prints the engine, or why it cannot: {@code
 * BUNDLE POLICY ENGINE [LIBRARY]}.
 */
public final class OneEngine {
  /** For what a library might do in the background. */
  private static final int LINGERS_MS = 500;

  private OneEngine() {}

  public static void main(String[] arguments) throws InterruptedException {
    PredictorOptions.Builder options = PredictorOptions.builder().engine(arguments[2]);
    if (arguments.length > 3) {
      options.onnxRuntime(Path.of(arguments[3]));
    }
    try (Bundle bundle =
            Bundle.open(Path.of(arguments[0]), TrustPolicy.load(Path.of(arguments[1])));
        Predictor first = bundle.predictor(options.build());
        Predictor second = bundle.predictor(options.build())) {
      double[] out = new double[first.schema().outputWidth()];
      double[] again = out.clone();
      first.predict(new double[first.schema().features().size()], out);
      second.predict(new double[first.schema().features().size()], again);
      System.out.println(java.util.Arrays.equals(out, again) ? first.engine() : "they differ");
    } catch (ModelpackException error) {
      System.out.println(error.getMessage());
    }
    Thread.sleep(LINGERS_MS);
  }
}
