package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.CutMapping;
import dev.modelpack.testing.OwnJvm;
import dev.modelpack.testing.TestModels;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Opening bundles, from everywhere and of every kind, and what they say of themselves. */
class BundleTest {
  private static final byte[] ETA = TestModels.flights();

  @TempDir Path folder;

  private static ErrorCode refused(byte[] content, OpenOptions options) {
    return assertThrows(
            ModelpackException.class, () -> Bundle.open(content, TrustPolicy.UNSIGNED, options))
        .code();
  }

  @Test
  void aBundleSaysWhatItIs() {
    try (Bundle bundle = Bundle.open(ETA, TrustPolicy.UNSIGNED)) {
      assertEquals("eta", bundle.name());
      assertEquals("1.4.0", bundle.version());
      assertTrue(bundle.identity().matches("sha256:[0-9a-f]{64}"), bundle.identity());
      assertTrue(bundle.modelDigest().matches("sha256:[0-9a-f]{64}"), bundle.modelDigest());
      assertNotEquals(bundle.identity(), bundle.modelDigest());
      assertFalse(bundle.verified());
      assertEquals(
          Optional.of("{\"reported\":{\"mae\":\"12 min\"},\"splits\":{}}"), bundle.metricsJson());
      assertEquals(Optional.of("{\"framework\":\"by hand\"}"), bundle.configJson());
      assertEquals(Optional.empty(), bundle.recordJson());
    }
  }

  @Test
  void aSchemaListsFeaturesAndOutputs() {
    try (Bundle bundle = Bundle.open(ETA, TrustPolicy.UNSIGNED)) {
      Schema schema = bundle.schema();
      assertEquals(
          List.of(
              Dtype.INT64, Dtype.FLOAT64, Dtype.FLOAT32, Dtype.BOOL, Dtype.STRING, Dtype.TIMESTAMP),
          schema.features().stream().map(Feature::dtype).toList());
      Feature carrier = schema.feature("carrier").orElseThrow();
      assertEquals(TestModels.CARRIERS, carrier.categories());
      assertEquals(3, carrier.categories().code("Łódź"));
      assertEquals(Categories.UNSEEN, carrier.categories().code("łódź"));
      assertFalse(carrier.optional());
      assertTrue(schema.feature("departure").orElseThrow().optional());
      assertTrue(schema.feature("hour").orElseThrow().categories().isEmpty());
      assertEquals(Optional.empty(), schema.feature("huor"));
      assertEquals(
          List.of(new Output(0, "value", Dtype.FLOAT64, 1, List.of(), 0)), schema.outputs());
      assertEquals(1, schema.outputWidth());
    }
    try (Bundle bundle = Bundle.open(TestModels.classifier(), TrustPolicy.UNSIGNED)) {
      Output label = bundle.schema().output("label").orElseThrow();
      assertEquals(List.of(new Classes(Dtype.STRING, List.of("on time", "late"))), label.classes());
      assertEquals(4, bundle.schema().outputWidth());
    }
  }

  @Test
  void aBundleOpensFromEverywhere() throws IOException {
    Path file = Files.write(folder.resolve("Zürich eta.mpk"), ETA);
    ByteBuffer direct = ByteBuffer.allocateDirect(ETA.length + 5);
    direct.position(5).put(ETA).position(5);
    Path zip = folder.resolve("inside.zip");
    try (FileSystem archive = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Path inside = Files.write(archive.getPath("eta.mpk"), ETA);
      InputStream stream = new ByteArrayInputStream(ETA);
      for (Bundle bundle :
          List.of(
              Bundle.open(file, TrustPolicy.UNSIGNED),
              Bundle.open(inside, TrustPolicy.UNSIGNED),
              Bundle.open(stream, TrustPolicy.UNSIGNED),
              Bundle.open(ETA, TrustPolicy.UNSIGNED),
              Bundle.open(ByteBuffer.wrap(ETA).asReadOnlyBuffer(), TrustPolicy.UNSIGNED),
              Bundle.open(direct, TrustPolicy.UNSIGNED))) {
        assertEquals("eta", bundle.name());
        bundle.close();
      }
    }
    assertEquals(5, direct.position());
  }

  @Test
  void aFileThatIsReplacedChangesNothing() throws IOException {
    Path file = Files.write(folder.resolve("eta.mpk"), ETA);
    try (Bundle bundle = Bundle.open(file, TrustPolicy.UNSIGNED)) {
      Path other = Files.write(folder.resolve("other.mpk"), TestModels.classifier());
      Files.move(other, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      assertTrue(bundle.metricsJson().isPresent());
      try (Predictor predictor = bundle.predictor()) {
        assertEquals(6, predictor.schema().features().size());
      }
    }
  }

  @Test
  void aFileThatIsCutOrWrittenOverChangesNoAnswer() throws IOException {
    for (byte[] content : List.of(new byte[0], new byte[ETA.length], TestModels.classifier())) {
      Path file = Files.write(folder.resolve("eta.mpk"), ETA);
      try (Bundle bundle = Bundle.open(file, TrustPolicy.UNSIGNED);
          Predictor predictor = bundle.predictor()) {
        Files.write(file, content);
        double[] out = new double[1];
        predictor.predict(new double[] {1, 1, 1, 1, 0, Double.NaN}, out);
        assertEquals(1111.5, out[0]);
        assertEquals("eta", bundle.name());
        // What was not read before is not believed now.
        assertThrows(ModelpackException.class, bundle::metricsJson);
        assertThrows(ModelpackException.class, bundle::predictor);
        assertThrows(ModelpackException.class, bundle::verify);
      }
    }
  }

  @Test
  void aMappedFileThatIsCutDoesNotEndTheJvm() throws Exception {
    Path file = Files.write(folder.resolve("forest.mpk"), TestModels.forest(100, 6, 10));
    assertEquals("refused", OwnJvm.of(CutMapping.class).arguments(file).run());
  }

  @Test
  void withoutAPolicyNothingIsOpened() {
    TrustException error =
        assertThrows(TrustException.class, () -> Bundle.open(ETA, (TrustPolicy) null));
    assertEquals(ErrorCode.UNTRUSTED, error.code());
    assertTrue(error.hint().isPresent());
  }

  @Test
  void expectationsAreChecked() {
    String identity;
    try (Bundle bundle = Bundle.open(ETA, TrustPolicy.UNSIGNED)) {
      identity = bundle.identity();
    }
    OpenOptions met =
        OpenOptions.builder().name("eta").minVersion("1.4.0").identity(identity).build();
    Bundle.open(ETA, TrustPolicy.UNSIGNED, met).close();
    assertEquals(ErrorCode.WRONG_NAME, refused(ETA, OpenOptions.builder().name("delay").build()));
    assertEquals(
        ErrorCode.WRONG_VERSION, refused(ETA, OpenOptions.builder().minVersion("1.4.1").build()));
    String other = "sha256:" + "0".repeat(64);
    assertEquals(
        ErrorCode.WRONG_IDENTITY, refused(ETA, OpenOptions.builder().identity(other).build()));
    assertEquals(ErrorCode.USAGE, refused(ETA, OpenOptions.builder().identity("eta").build()));
  }

  @Test
  void whatIsNoBundleIsRefused() {
    OpenOptions any = OpenOptions.none();
    for (byte[] content :
        List.of(new byte[0], "no bundle".getBytes(), new byte[100_000], new byte[] {'P', 'K'})) {
      assertThrows(FormatException.class, () -> Bundle.open(content, TrustPolicy.UNSIGNED, any));
    }
    for (int length = 0; length < ETA.length; length += 97) {
      byte[] cut = Arrays.copyOf(ETA, length);
      assertThrows(FormatException.class, () -> Bundle.open(cut, TrustPolicy.UNSIGNED, any));
    }
  }

  @Test
  void everyFlippedByteIsNoticed() {
    for (int position = 0; position < ETA.length; position += 41) {
      byte[] damaged = ETA.clone();
      damaged[position] ^= 0x10;
      assertThrows(
          FormatException.class,
          () -> {
            try (Bundle bundle = Bundle.open(damaged, TrustPolicy.UNSIGNED)) {
              bundle.configJson();
              bundle.metricsJson();
              bundle.predictor().close();
            }
          },
          "byte " + position);
    }
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Path nowhere = folder.resolve("nowhere.mpk");
    IoException error =
        assertThrows(IoException.class, () -> Bundle.open(nowhere, TrustPolicy.UNSIGNED));
    assertEquals(ErrorCode.IO, error.code());
    assertTrue(error.getMessage().contains("nowhere.mpk"), error.getMessage());
    assertThrows(FormatException.class, () -> Bundle.open(folder, TrustPolicy.UNSIGNED));
    InputStream broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the line went dead");
          }
        };
    IoException failed =
        assertThrows(IoException.class, () -> Bundle.open(broken, TrustPolicy.UNSIGNED));
    assertTrue(failed.getMessage().contains("the line went dead"), failed.getMessage());
  }
}
