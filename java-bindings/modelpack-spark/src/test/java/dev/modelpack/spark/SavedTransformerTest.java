package dev.modelpack.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.TrustException;
import dev.modelpack.TrustPolicy;
import dev.modelpack.testing.TestModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.feature.SQLTransformer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SavedTransformerTest {
  @TempDir Path folder;

  @BeforeAll
  static void start() {
    LocalSpark.session();
  }

  @Test
  void aLoadedOneAnswersAlikeOnceItIsToldWhomToTrust() throws IOException {
    ModelpackTransformer first =
        LocalSpark.transformer(folder, TestModels.classifier())
            .setFeatureCols("x", "y")
            .setHandleInvalid("skip")
            .setName("late")
            .setPredictionCol("p");
    String place = folder.resolve("saved").toString();
    first.save(place);
    Files.delete(folder.resolve("model.mpk"));
    ModelpackTransformer second = ModelpackTransformer.load(place);
    assertEquals(first.uid(), second.uid());
    assertArrayEquals(new String[] {"x", "y"}, second.getFeatureCols());
    assertEquals("skip", second.getHandleInvalid());
    Dataset<Row> rows = Frames.points();
    assertThrows(TrustException.class, () -> second.transform(rows));
    second.setTrust(TrustPolicy.UNSIGNED);
    assertEquals(1.0, second.transform(rows).collectAsList().get(0).<Double>getAs("p"));
  }

  @Test
  void aPipelineSavesAndLoadsIt() throws IOException {
    ModelpackTransformer scorer = LocalSpark.transformer(folder, TestModels.classifier());
    PipelineStage after =
        new SQLTransformer().setStatement("SELECT id, prediction + 10 AS q FROM __THIS__");
    PipelineModel model =
        new Pipeline().setStages(new PipelineStage[] {scorer, after}).fit(Frames.points());
    String place = folder.resolve("pipeline").toString();
    model.save(place);
    model.write().overwrite().save(place);
    PipelineModel loaded = PipelineModel.load(place);
    ((ModelpackTransformer) loaded.stages()[0]).setTrust(TrustPolicy.UNSIGNED);
    assertEquals(
        model.transform(Frames.points()).collectAsList(),
        loaded.transform(Frames.points()).collectAsList());
    assertEquals(11.0, loaded.transform(Frames.points()).collectAsList().get(0).getDouble(1));
  }

  @Test
  void theFolderSaysNothingOfTrust() throws IOException {
    String place = folder.resolve("saved").toString();
    LocalSpark.transformer(folder, TestModels.classifier()).save(place);
    assertFalse(metadata(place).toLowerCase(Locale.ROOT).contains("trust"));
  }

  @Test
  void aFolderCannotSmuggleTrustIn() throws IOException {
    String place = folder.resolve("saved").toString();
    LocalSpark.transformer(folder, TestModels.classifier()).save(place);
    String told = metadata(place);
    for (String param : List.of("trust", "trustPath")) {
      String changed =
          told.replace("\"paramMap\":{", "\"paramMap\":{\"" + param + "\":\"UNSIGNED\",");
      assertFalse(changed.equals(told));
      rewrite(place, changed);
      assertThrows(RuntimeException.class, () -> ModelpackTransformer.load(place));
    }
    String elsewhere = told.replace("\"paramMap\":{", "\"paramMap\":{\"name\":\"late\",");
    rewrite(place, elsewhere);
    Dataset<Row> rows = Frames.points();
    ModelpackTransformer loaded = ModelpackTransformer.load(place);
    assertThrows(TrustException.class, () -> loaded.transform(rows));
  }

  @Test
  void theBundleIsThatInTheFolderWhateverTheMetadataSay() throws IOException {
    String place = folder.resolve("saved").toString();
    LocalSpark.transformer(folder, TestModels.classifier()).save(place);
    assertTrue(ModelpackTransformer.load(place).getBundle().startsWith(place));
  }

  private static Path part(String place) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(place, "metadata"))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("part-"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static String metadata(String place) throws IOException {
    return Files.readString(part(place));
  }

  private static void rewrite(String place, String content) throws IOException {
    Path part = part(place);
    Files.deleteIfExists(part.resolveSibling("." + part.getFileName() + ".crc"));
    Files.writeString(part, content);
  }
}
