package dev.modelpack.testing;

import dev.modelpack.Bundle;
import dev.modelpack.Predictor;
import dev.modelpack.TrustPolicy;
import java.util.Map;

/** Predicts one row and prints its label: a program for JVMs and class loaders of their own. */
public final class OneRow {
  private OneRow() {}

  public static String answer() {
    try (Bundle bundle = Bundle.open(TestModels.classifier(), TrustPolicy.UNSIGNED);
        Predictor predictor = bundle.predictor()) {
      return predictor.predict(Map.of("x", 3, "y", 1)).label().toString();
    }
  }

  public static void main(String[] arguments) {
    System.out.println(answer());
  }
}
