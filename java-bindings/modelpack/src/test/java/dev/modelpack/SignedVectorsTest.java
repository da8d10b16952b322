package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.modelpack.testing.Vectors;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Signed files and policies, each judged with the same code in every language. */
class SignedVectorsTest {
  @TestFactory
  Stream<DynamicTest> everySignedVectorIsJudgedAsTheIndexSays() {
    return Vectors.lines(Vectors.path("hostile/signed.tsv")).stream()
        .map(vector -> DynamicTest.dynamicTest(vector[0] + ": " + vector[8], () -> check(vector)));
  }

  private static void check(String[] vector) {
    assertEquals(vector[7], judged(vector, true), "from memory");
    assertEquals(vector[7], judged(vector, false), "from the file");
  }

  /** The name of the error that refuses the bundle, or "ok". */
  private static String judged(String[] vector, boolean fromMemory) {
    try {
      TrustPolicy trust = trust(vector[2], fromMemory);
      try (Bundle bundle = open(vector, trust, fromMemory);
          Predictor predictor = predictor(bundle, vector[6])) {
        assertEquals("native", predictor.engine());
        assertEquals(!vector[2].equals("UNSIGNED"), bundle.verified(), "verified");
        return "ok";
      }
    } catch (ModelpackException error) {
      return error.code().name();
    }
  }

  private static TrustPolicy trust(String policy, boolean fromMemory) {
    if (policy.equals("UNSIGNED")) {
      return TrustPolicy.UNSIGNED;
    }
    Path path = Vectors.path("hostile/" + policy);
    return fromMemory ? TrustPolicy.of(Vectors.bytes(path)) : TrustPolicy.load(path);
  }

  private static Bundle open(String[] vector, TrustPolicy trust, boolean fromMemory) {
    OpenOptions.Builder expected = OpenOptions.builder();
    given(vector[3]).ifPresent(expected::name);
    given(vector[4]).ifPresent(expected::minVersion);
    given(vector[5]).ifPresent(expected::identity);
    Path path = Vectors.path("hostile/" + vector[1]);
    return fromMemory
        ? Bundle.open(Vectors.bytes(path), trust, expected.build())
        : Bundle.open(path, trust, expected.build());
  }

  private static Predictor predictor(Bundle bundle, String engine) {
    PredictorOptions.Builder options = PredictorOptions.builder();
    given(engine).ifPresent(options::engine);
    return bundle.predictor(options.build());
  }

  /** A dash stands for what the caller does not say. */
  private static Optional<String> given(String field) {
    return field.equals("-") ? Optional.empty() : Optional.of(field);
  }
}
