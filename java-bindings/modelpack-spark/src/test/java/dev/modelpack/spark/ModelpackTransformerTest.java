package dev.modelpack.spark;

import static dev.modelpack.spark.LocalSpark.frame;
import static dev.modelpack.spark.LocalSpark.row;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.TrustPolicy;
import dev.modelpack.testing.CityModels;
import dev.modelpack.testing.TestModels;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.evaluation.BinaryClassificationEvaluator;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.feature.IndexToString;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelpackTransformerTest {
  @TempDir Path folder;

  @Test
  void aRegressorAddsItsValueAfterTheColumnsThatWereThere() {
    Dataset<Row> scored = transformer(TestModels.flights()).transform(Frames.flights());
    assertArrayEquals(
        new String[] {"id", "hour", "distance", "wind", "holiday", "carrier", "prediction"},
        scored.columns());
    List<Row> rows = scored.collectAsList();
    assertArrayEquals(row("a", 1121.5), row(rows.get(0).get(0), rows.get(0).get(6)));
    assertTrue(Double.isNaN(rows.get(1).getDouble(6)));
    assertEquals(319.0, rows.get(2).getDouble(6));
  }

  @Test
  void aClassifierOfTextsAddsIndexProbabilitiesAndMargins() {
    Dataset<Row> scored = transformer(TestModels.classifier()).transform(Frames.points());
    Row late = scored.collectAsList().get(0);
    double probability = 1 / (1 + Math.exp(-2));
    assertEquals(1.0, late.<Double>getAs("prediction"));
    assertEquals(Vectors.dense(new double[] {-2, 2}), late.getAs("rawPrediction"));
    assertEquals(
        probability, late.<org.apache.spark.ml.linalg.Vector>getAs("probability").apply(1), 1e-15);
  }

  @Test
  void indexToStringGivesTheClass() {
    Dataset<Row> scored = transformer(TestModels.classifier()).transform(Frames.points());
    Dataset<Row> named =
        new IndexToString().setInputCol("prediction").setOutputCol("class").transform(scored);
    assertEquals(
        List.of("late", "on time"),
        named.collectAsList().stream().map(row -> row.<String>getAs("class")).toList());
  }

  @Test
  void theColumnsNameTheBundleAndItsClasses() {
    Dataset<Row> scored = transformer(TestModels.classifier()).transform(Frames.points());
    for (String column : List.of("prediction", "probability", "rawPrediction")) {
      Metadata told = scored.schema().apply(column).metadata().getMetadata("modelpack");
      assertEquals("late", told.getString("bundle"));
      assertTrue(told.getString("identity").startsWith("sha256:"));
    }
    Metadata told = scored.schema().apply("probability").metadata().getMetadata("modelpack");
    assertArrayEquals(new String[] {"on time", "late"}, told.getStringArray("classes"));
  }

  @Test
  void sparksEvaluatorsTakeTheAnswers() {
    Dataset<Row> value = transformer(TestModels.flights()).transform(Frames.flights());
    Dataset<Row> finite =
        value.filter("NOT isnan(prediction)").withColumn("label", functions.expr("prediction + 3"));
    assertEquals(3.0, new RegressionEvaluator().setMetricName("mae").evaluate(finite));
    Dataset<Row> classes =
        transformer(TestModels.classifier())
            .transform(Frames.points())
            .withColumn("label", functions.expr("if(id = 'a', 1.0D, 0.0D)"));
    assertEquals(1.0, new BinaryClassificationEvaluator().evaluate(classes));
    assertEquals(
        1.0, new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(classes));
    assertEquals(
        Math.log1p(Math.exp(-2)),
        new MulticlassClassificationEvaluator().setMetricName("logLoss").evaluate(classes),
        1e-12);
  }

  @Test
  void anEmptyNameSwitchesAColumnOff() {
    Dataset<Row> scored =
        transformer(TestModels.classifier())
            .setPredictionCol("")
            .setRawPredictionCol("")
            .setProbabilityCol("p")
            .transform(Frames.points());
    assertArrayEquals(new String[] {"id", "x", "y", "p"}, scored.columns());
  }

  @Test
  void featureColumnsMayHaveOtherNames() {
    Dataset<Row> rows = Frames.points().toDF("id", "a.b", "c d");
    ModelpackTransformer transformer = transformer(TestModels.classifier());
    Dataset<Row> scored = transformer.setFeatureCols("c d", "a.b").transform(rows);
    assertEquals(0.0, scored.collectAsList().get(0).<Double>getAs("prediction"));
  }

  @Test
  void everyTypeThatAFeatureTakesMayCarryIt() {
    String[] carriers = {
      "CAST(hour AS TINYINT)",
      "CAST(hour AS SMALLINT)",
      "CAST(hour AS INT)",
      "CAST(hour AS DECIMAL(20, 2))",
      "CAST(hour AS DOUBLE)",
      "CAST(hour AS FLOAT)",
      "hour = 1"
    };
    for (String carrier : carriers) {
      Dataset<Row> rows = Frames.flights().withColumn("hour", functions.expr(carrier));
      Dataset<Row> scored = transformer(TestModels.flights()).transform(rows);
      assertEquals(1121.5, scored.collectAsList().get(0).<Double>getAs("prediction"), carrier);
    }
    Dataset<Row> rows = Frames.flights().withColumn("distance", functions.expr("2.5BD"));
    Dataset<Row> scored = transformer(TestModels.flights()).transform(rows);
    assertEquals(1126.5, scored.collectAsList().get(0).<Double>getAs("prediction"));
  }

  @Test
  void aColumnOfNothingIsMissing() {
    Dataset<Row> rows = Frames.flights().withColumn("carrier", functions.expr("NULL"));
    Dataset<Row> scored = transformer(TestModels.flights()).transform(rows);
    assertEquals(1120.0, scored.collectAsList().get(0).<Double>getAs("prediction"));
  }

  @Test
  void decimalsBeyondTheFeatureAreRefusedInTheCoresWords() {
    Dataset<Row> rows =
        frame(
            Frames.FLIGHT.replace("BIGINT", "DECIMAL(20, 1)"),
            row("a", new BigDecimal("1.5"), 2.0, 1f, true, "AA"));
    ModelpackTransformer transformer = transformer(TestModels.flights());
    String told = Failures.causes(() -> transformer.transform(rows).collectAsList());
    assertTrue(told.contains("'hour'") && told.contains("'1.5'"), told);
    Dataset<Row> kept = transformer.setHandleInvalid("keep").transform(rows);
    assertTrue(kept.collectAsList().get(0).isNullAt(6));
  }

  @Test
  void textsOfAnyLengthAndScriptGoThrough() {
    String repeated = "Łódź".repeat(3000);
    Dataset<Row> rows =
        frame(
            Frames.FLIGHT,
            row(repeated, 1L, 2.0, 1f, true, repeated),
            row(repeated, 1L, 2.0, 1f, true, "Łódź"),
            row("", 1L, 2.0, 1f, true, ""));
    List<Row> scored = transformer(TestModels.flights()).transform(rows).collectAsList();
    assertEquals(
        List.of(1119.0, 1124.5, 1125.5),
        scored.stream().map(row -> row.<Double>getAs("prediction")).toList());
    assertEquals(repeated, scored.get(0).getString(0));
  }

  @Test
  void longTextsMakeSmallerBatches() {
    Dataset<Row> rows =
        LocalSpark.session()
            .range(0, 60, 1, 1)
            .selectExpr(
                "id",
                "id AS hour",
                "0D AS distance",
                "0F AS wind",
                "false AS holiday",
                "repeat('x', 1000000) AS carrier");
    List<Row> scored =
        transformer(TestModels.flights()).transform(rows).drop("carrier").collectAsList();
    for (int i = 0; i < 60; i++) {
      assertEquals(i - 2.0, scored.get(i).<Double>getAs("prediction"));
    }
  }

  @Test
  void partitionNodesAnswerForTheirKeys() {
    Dataset<Row> rows =
        LocalSpark.session()
            .range(0, 9_000, 1, 3)
            .selectExpr("CAST(id AS DOUBLE) AS hour", "id % 60 AS shop");
    Dataset<Row> scored = transformer(CityModels.shops(50)).transform(rows);
    // Those from 50 on have no node: the root answers.
    String wrong = "prediction <> hour * if(shop < 50, shop + 1, 1)";
    assertEquals(0, scored.filter(wrong).count());
  }

  @Test
  void otherColumnsKeepTheirMetadataAndMayHaveAnyName() {
    Metadata metadata = new MetadataBuilder().putString("unit", "km").build();
    Dataset<Row> rows =
        frame("hour DOUBLE, v INT", row(1.0, 7))
            .select(
                functions.col("hour"),
                functions.col("v").as("a.b", metadata),
                functions.col("v").as("twice"),
                functions.col("v").as("twice"));
    Dataset<Row> scored = transformer(hours(2)).transform(rows);
    assertArrayEquals(
        new String[] {"hour", "a.b", "twice", "twice", "prediction"}, scored.columns());
    assertEquals(metadata, scored.schema().apply(1).metadata());
    assertEquals(2.0, scored.first().get(4));
  }

  @Test
  void aThousandPartitionsAreScoredThroughOneLoadedBundle() {
    Dataset<Row> rows =
        LocalSpark.session().range(0, 20_000, 1, 1000).selectExpr("CAST(id AS DOUBLE) AS hour");
    Dataset<Row> scored = transformer(hours(3)).transform(rows);
    assertEquals(1000, scored.javaRDD().getNumPartitions());
    assertEquals(0, scored.filter("prediction <> 3 * hour").count());
    assertEquals(20_000, scored.count());
  }

  @Test
  void moreRowsThanOneBatchHoldsKeepTheirOrder() {
    Dataset<Row> rows =
        LocalSpark.session().range(0, 10_000, 1, 1).selectExpr("CAST(id AS DOUBLE) AS hour");
    List<Row> scored = transformer(hours(2)).transform(rows).collectAsList();
    for (int i = 0; i < 10_000; i++) {
      assertEquals(i, scored.get(i).getDouble(0));
      assertEquals(2.0 * i, scored.get(i).getDouble(1));
    }
  }

  @Test
  void copiesKeepSettingsAndTrust() {
    ModelpackTransformer first = transformer(hours(2)).setName("hours");
    ParamMap extra = new ParamMap().put(first.predictionCol(), "eta");
    ModelpackTransformer copied = first.copy(extra);
    Dataset<Row> rows = frame("hour DOUBLE", row(1.0));
    assertArrayEquals(new String[] {"hour", "eta"}, copied.transform(rows).columns());
    assertEquals("prediction", first.getPredictionCol());
    assertEquals(first.uid(), copied.uid());
  }

  @Test
  void aSerialisedOneDoesNotSayWhomToTrust() throws Exception {
    ModelpackTransformer first = transformer(hours(2));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(first);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      ModelpackTransformer second = (ModelpackTransformer) in.readObject();
      Dataset<Row> rows = frame("hour DOUBLE", row(1.0));
      assertThrows(dev.modelpack.TrustException.class, () -> second.transform(rows));
      assertEquals(
          2.0, second.setTrust(TrustPolicy.UNSIGNED).transform(rows).collectAsList().get(0).get(1));
    }
  }

  private static byte[] hours(double weight) {
    return TestModels.hours("hours", "1.0.0", weight, "float64");
  }

  private ModelpackTransformer transformer(byte[] model) {
    return LocalSpark.transformer(folder, model);
  }
}
