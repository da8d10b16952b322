package dev.modelpack.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.OpenOptions;
import dev.modelpack.TrustException;
import dev.modelpack.TrustPolicy;
import dev.modelpack.testing.TestModels;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelpackFunctionsTest {
  @TempDir Path folder;

  private final SparkSession spark = LocalSpark.session();

  @Test
  void sqlBindsAStructByName() {
    register("eta", TestModels.flights());
    Frames.flights().createOrReplaceTempView("rides");
    List<Row> values =
        spark.sql("SELECT eta(struct(*)).value FROM rides ORDER BY id").collectAsList();
    assertEquals(1121.5, values.get(0).getDouble(0));
    assertTrue(Double.isNaN(values.get(1).getDouble(0)));
    assertEquals(319.0, values.get(2).getDouble(0));
  }

  @Test
  void everyOutputHasItsOwnType() {
    register("late", TestModels.classifier());
    Frames.points().createOrReplaceTempView("points");
    Dataset<Row> answers =
        spark.sql("SELECT late(named_struct('y', y, 'x', x, 'z', 1)) AS a FROM points ORDER BY id");
    assertEquals(
        "struct<label:string,probability:array<double>,margin:double>",
        answers.schema().apply("a").dataType().simpleString());
    Row first = answers.selectExpr("a.label", "a.margin", "size(a.probability)").first();
    assertEquals("late", first.getString(0));
    assertEquals(2.0, first.getDouble(1));
    assertEquals(2, first.getInt(2));
  }

  @Test
  void expressionsTakeItToo() {
    Dataset<Row> answers =
        Frames.points()
            .select(
                ModelpackFunctions.predict(
                        spark, path(TestModels.classifier()), TrustPolicy.UNSIGNED)
                    .apply(functions.struct("x", "y"))
                    .getField("label"));
    assertEquals("late", answers.first().getString(0));
  }

  @Test
  void aSmallPlanThatTheDriverEvaluatesAnswersToo() {
    register("late", TestModels.classifier());
    Row answer = spark.sql("SELECT late(named_struct('x', 1D, 'y', 2D)).label").first();
    assertEquals("on time", answer.getString(0));
  }

  @Test
  void aNullStructHasANullAnswer() {
    register("late", TestModels.classifier());
    String sql = "SELECT late(if(rand() < 2, NULL, named_struct('x', 1D, 'y', 2D))) AS a";
    assertNull(spark.sql(sql).first().get(0));
  }

  @Test
  void whatDoesNotFitIsToldByTheTask() {
    register("late", TestModels.classifier());
    Frames.points().withColumnRenamed("y", "Y").createOrReplaceTempView("misnamed");
    String absent =
        Failures.causes(() -> spark.sql("SELECT late(struct(*)) FROM misnamed").collectAsList());
    assertTrue(absent.contains("'y'") && absent.contains("'Y'"), absent);
    Frames.points().selectExpr("x", "'1' AS y").createOrReplaceTempView("texts");
    String wrong =
        Failures.causes(() -> spark.sql("SELECT late(struct(*)) FROM texts").collectAsList());
    assertTrue(wrong.contains("'y'"), wrong);
  }

  @Test
  void trustAndExpectationsAreCheckedWhenItIsMade() {
    String path = path(TestModels.classifier());
    OpenOptions other = OpenOptions.builder().name("other").build();
    assertThrows(
        TrustException.class,
        () -> ModelpackFunctions.register(spark, "x", path, TrustPolicy.UNSIGNED, other));
    assertThrows(
        TrustException.class,
        () -> ModelpackFunctions.register(spark, "x", path, TrustPolicy.ofUser()));
  }

  private void register(String name, byte[] model) {
    ModelpackFunctions.register(spark, name, path(model), TrustPolicy.UNSIGNED);
  }

  private String path(byte[] model) {
    return LocalSpark.bundle(folder, "model.mpk", model).toString();
  }
}
