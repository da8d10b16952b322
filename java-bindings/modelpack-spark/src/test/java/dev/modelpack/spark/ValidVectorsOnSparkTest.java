package dev.modelpack.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.Vectors;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The bundles that every language answers, with their answers to the bit. */
class ValidVectorsOnSparkTest {
  @TestFactory
  Stream<DynamicTest> everyAnswerHasTheSameBits() {
    return Vectors.ids("valid/index.tsv").stream()
        .map(id -> DynamicTest.dynamicTest(id, () -> check(new SparkVector(id))));
  }

  private static void check(SparkVector vector) {
    if (!vector.hasAnswers()) {
      assertThrows(IllegalArgumentException.class, vector::scored);
      return;
    }
    List<Row> scored = vector.scored().collectAsList();
    assertTrue(!scored.isEmpty(), "no row of the vector can be said in Spark");
    for (Row row : scored) {
      assertEquals(vector.expected(row), vector.answers(row), "row " + row.getAs("row"));
    }
  }
}
