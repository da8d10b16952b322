package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.onnxruntime.OrtEnvironment;
import dev.modelpack.testing.OneEngine;
import dev.modelpack.testing.OwnJvm;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How ONNX Runtime's library gets into the JVM, what it leaves behind, and what is said where there
 * is none.
 */
class OnnxRuntimeTest {
  private static final Path PACKAGE = OwnJvm.location(OrtEnvironment.class);
  private static final String VECTOR = "logistic-iris";

  @TempDir Path folder;

  private static OwnJvm jvm(Object... library) {
    return OwnJvm.of(OneEngine.class)
        .arguments(EngineVectors.bundle(VECTOR), EngineVectors.policy(), "onnx")
        .arguments(library);
  }

  private Path library() throws IOException {
    String name =
        "ai/onnxruntime/native/%s/libonnxruntime.so"
            .formatted(OnnxRuntime.folder(Platform.current()));
    Path file = folder.resolve("libonnxruntime.so");
    try (InputStream content = OrtEnvironment.class.getClassLoader().getResourceAsStream(name)) {
      Files.copy(content, file);
    }
    return file;
  }

  private static List<Path> below(Path place) throws IOException {
    try (Stream<Path> files = Files.walk(place)) {
      return files.filter(file -> !file.equals(place)).toList();
    }
  }

  @Test
  void itIsFoundOnTheClassPathAndNothingIsLeft() throws Exception {
    assertEquals("onnx", jvm().with(PACKAGE).options("-Dmodelpack.dir=" + folder).run());
    assertEquals(List.of(), below(folder));
  }

  @Test
  void itMayBeNamed() throws Exception {
    Path library = library();
    assertEquals("onnx", jvm(library).run());
    assertEquals("onnx", jvm().options("-Dmodelpack.onnxruntime=" + library).run());
    assertEquals("onnx", jvm().environment("MODELPACK_ONNXRUNTIME", library).run());
    String missing = jvm(folder.resolve("nowhere.so")).with(PACKAGE).run();
    assertTrue(missing.contains(folder.resolve("nowhere.so") + ", named by"), missing);
  }

  @Test
  void whereThereIsNoneEveryPlaceIsNamed() throws Exception {
    Path text = Files.writeString(folder.resolve("libonnxruntime.so"), "no library");
    String refused = jvm().options("-Dmodelpack.onnxruntime=" + text).run();
    assertTrue(refused.contains(text.toString()), refused);
    String nowhere = jvm().run();
    if (nowhere.equals("onnx")) {
      return; // this machine has one of its own
    }
    for (String place :
        List.of("the option onnxruntime", "MODELPACK_ONNXRUNTIME", "Java's", "/usr/lib")) {
      assertTrue(nowhere.contains(place), nowhere);
    }
  }

  /** From 1.29 on the library leaves files in the home of a user whose predictions it tells of. */
  @Test
  void nothingPhonesHome() throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    assertEquals(
        "onnx",
        jvm()
            .with(PACKAGE)
            .options("-Duser.home=" + home)
            .environment("HOME", home)
            .environment("XDG_CACHE_HOME", home.resolve("cache"))
            .environment("ORT_DISABLE_TELEMETRY", "0")
            .run());
    assertEquals(List.of(), below(home));
  }

  @Test
  void thePolicyPermitsIt() {
    PredictorOptions options = PredictorOptions.builder().engine("onnx").build();
    Path path = EngineVectors.bundle(VECTOR);
    try (Bundle bundle = Bundle.open(path, TrustPolicy.UNSIGNED_WITH_ONNX);
        Predictor first = bundle.predictor();
        Predictor onnx = bundle.predictor(options)) {
      assertEquals("native", first.engine());
      assertEquals("onnx", onnx.engine());
      assertTrue(onnx.plan().contains("ONNX Runtime"), onnx.plan());
    }
    try (Bundle bundle = Bundle.open(path, TrustPolicy.UNSIGNED)) {
      TrustException refused = assertThrows(TrustException.class, () -> bundle.predictor(options));
      assertTrue(refused.getMessage().contains("onnx"), refused.getMessage());
    }
  }
}
