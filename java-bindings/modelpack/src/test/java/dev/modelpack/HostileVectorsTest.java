package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.modelpack.testing.Vectors;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Files that must be refused, each with the same code in every language. */
class HostileVectorsTest {
  @TestFactory
  Stream<DynamicTest> everyAttackIsRefused() {
    return Vectors.lines(Vectors.path("hostile/index.tsv")).stream()
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    vector[0] + ": " + vector[4], () -> check(vector[1], vector[2], vector[3])));
  }

  private static void check(String file, String phase, String code) {
    Path path = Vectors.path("hostile/" + file);
    assertEquals(code, phase.equals("open") ? open(path) : predictor(path));
    byte[] content = Vectors.bytes(path);
    if (phase.equals("open")) {
      ModelpackException error =
          assertThrows(ModelpackException.class, () -> Bundle.open(content, TrustPolicy.UNSIGNED));
      assertEquals(code, error.code().name(), "from memory");
    }
  }

  private static String open(Path path) {
    return assertThrows(
            ModelpackException.class, () -> Bundle.open(path, TrustPolicy.UNSIGNED).close())
        .code()
        .name();
  }

  private static String predictor(Path path) {
    try (Bundle bundle = Bundle.open(path, TrustPolicy.UNSIGNED)) {
      return assertThrows(ModelpackException.class, () -> bundle.predictor().close()).code().name();
    }
  }

  @Test
  void whatTheyWereMadeFromIsGood() {
    try (Bundle bundle = Bundle.open(Vectors.path("hostile/base.mpk"), TrustPolicy.UNSIGNED);
        Predictor predictor = bundle.predictor()) {
      assertEquals("native", predictor.engine());
    }
  }
}
