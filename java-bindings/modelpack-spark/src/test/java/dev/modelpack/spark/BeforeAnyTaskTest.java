package dev.modelpack.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.ErrorCode;
import dev.modelpack.TrustException;
import dev.modelpack.TrustPolicy;
import dev.modelpack.testing.TestKey;
import dev.modelpack.testing.TestModels;
import java.nio.file.Path;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What the driver refuses while the plan is made: no action is called here. */
class BeforeAnyTaskTest {
  @TempDir Path folder;

  @Test
  void everyFeatureThatDoesNotFitHasALine() {
    Dataset<Row> rows =
        Frames.flights()
            .withColumnRenamed("distance", "distanse")
            .withColumn("wind", functions.expr("'strong'"))
            .withColumn("hour", functions.expr("array(hour)"))
            .drop("holiday");
    String told = refused(() -> flights().transform(rows));
    assertEquals(5, told.lines().count(), told);
    assertTrue(told.startsWith("the data frame does not fit eta 1.4.0, 4 of 6 features:"), told);
    assertTrue(told.contains("distanse"), told);
    assertTrue(told.contains("wind: the model takes float32, the column holds string"), told);
    assertTrue(told.contains("hour: the model takes int64, the column holds array<bigint>"), told);
    assertTrue(told.contains("holiday: "), told);
    assertEquals(told, refused(() -> flights().transformSchema(rows.schema())));
  }

  @Test
  void aPipelineThatIsFittedLooksToo() {
    Dataset<Row> rows = Frames.flights().drop("hour");
    Pipeline pipeline = new Pipeline().setStages(new PipelineStage[] {flights()});
    assertTrue(refused(() -> pipeline.fit(rows)).contains("hour: "));
  }

  @Test
  void aColumnThatStandsTwiceIsRefused() {
    Dataset<Row> rows = Frames.flights().selectExpr("*", "hour AS hour");
    assertTrue(refused(() -> flights().transform(rows)).contains("more than once"));
  }

  @Test
  void namesThatAreThereAreRefusedInWhateverCase() {
    Dataset<Row> rows = Frames.flights().withColumn("Prediction", functions.lit(1));
    assertTrue(refused(() -> flights().transform(rows)).contains("Prediction already"));
    Dataset<Row> points = Frames.points();
    ModelpackTransformer twice =
        LocalSpark.transformer(folder, TestModels.classifier()).setProbabilityCol("PREDICTION");
    assertTrue(refused(() -> twice.transform(points)).contains("already"));
  }

  @Test
  void featureColumnsAreCountedAndFound() {
    Dataset<Row> rows = Frames.points();
    ModelpackTransformer few =
        LocalSpark.transformer(folder, TestModels.classifier()).setFeatureCols("x");
    assertTrue(refused(() -> few.transform(rows)).contains("takes 2 features"));
    ModelpackTransformer other = few.copy(new org.apache.spark.ml.param.ParamMap());
    other.setFeatureCols("x", "z");
    assertTrue(refused(() -> other.transform(rows)).contains("y: there is no column z"));
  }

  @Test
  void withoutABundleItSaysSo() {
    ModelpackTransformer empty = new ModelpackTransformer().setTrust(TrustPolicy.UNSIGNED);
    assertTrue(refused(() -> empty.transform(Frames.points())).contains("setBundle"));
  }

  @Test
  void aBundleThatThePolicyDoesNotPermitIsRefused() {
    TestKey signer = TestKey.p256(1);
    byte[] signed = TestModels.flights("eta", "1.4.0", signer);
    String path = LocalSpark.bundle(folder, "signed.mpk", signed).toString();
    ModelpackTransformer transformer =
        new ModelpackTransformer()
            .setBundle(path)
            .setTrust(TrustPolicy.ofPublicKey(TestKey.p256(2).pem()));
    Dataset<Row> rows = Frames.flights();
    TrustException refused = assertThrows(TrustException.class, () -> transformer.transform(rows));
    assertTrue(refused.getMessage().contains("eta"), refused.getMessage());
    transformer.setTrust(TrustPolicy.ofPublicKey(signer.pem()));
    assertEquals(1121.5, transformer.transform(rows).collectAsList().get(0).getDouble(6));
  }

  @Test
  void anotherModelThanExpectedIsRefused() {
    assertEquals(ErrorCode.WRONG_NAME, code(flights().setName("other")));
    assertEquals(ErrorCode.WRONG_VERSION, code(flights().setMinVersion("2.0.0")));
    assertEquals(ErrorCode.WRONG_IDENTITY, code(flights().setIdentity("sha256:" + "0".repeat(64))));
  }

  private static ErrorCode code(ModelpackTransformer transformer) {
    Dataset<Row> rows = Frames.flights();
    return assertThrows(TrustException.class, () -> transformer.transform(rows)).code();
  }

  private static String refused(Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }

  private ModelpackTransformer flights() {
    return LocalSpark.transformer(folder, TestModels.flights());
  }
}
