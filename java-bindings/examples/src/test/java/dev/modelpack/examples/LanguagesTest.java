package dev.modelpack.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.modelpack.Bundle;
import dev.modelpack.Predictor;
import dev.modelpack.TrustPolicy;
import dev.modelpack.testing.Vectors;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples in other languages of the JVM answer with the bits of the vector. */
class LanguagesTest {
  private static final Path SIGNED =
      Path.of(System.getProperty("modelpack.root"), "build", "engine-vectors");
  private static final Path BUNDLE = SIGNED.resolve("logistic-iris.mpk");
  private static final Path TRUST = SIGNED.resolve("trust.json");
  private static final List<String[]> EXPECTED =
      Vectors.lines(Vectors.path("valid/logistic-iris/expected.tsv"));

  /** The probability of the first class in a row of the vector. */
  private static double probability(int row) {
    int column = List.of(EXPECTED.get(0)).indexOf("probability:0");
    return Double.longBitsToDouble(Long.parseUnsignedLong(EXPECTED.get(row + 1)[column], 16));
  }

  private static Object label(double f0, double f1, double f2, double f3) {
    try (Bundle bundle = Bundle.open(BUNDLE, TrustPolicy.load(TRUST));
        Predictor predictor = bundle.predictor()) {
      return predictor.predict(Map.of("f0", f0, "f1", f1, "f2", f2, "f3", f3)).label();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"PredictKt", "Predict"})
  void theProgramAnswersAsTheVector(String program) throws Exception {
    String printed =
        Program.of("-cp", System.getProperty("java.class.path"), program)
            .nativeAccess("ALL-UNNAMED")
            .run(BUNDLE, TRUST, "logistic-iris");
    assertEquals(
        List.of(
            "map setosa " + probability(0),
            "row virginica, then " + label(6.5, 3.0, 3.0, 2.0),
            "batch " + probability(0) + " " + probability(21)),
        printed.lines().toList());
  }
}
