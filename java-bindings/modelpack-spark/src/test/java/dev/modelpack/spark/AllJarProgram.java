package dev.modelpack.spark;

import dev.modelpack.TrustPolicy;
import java.io.IOException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** An application that is given the {@code -all} jar and Spark, nothing else. */
public final class AllJarProgram {
  private AllJarProgram() {}

  /** Prints the sum of twice the hours, once by the transformer and once by SQL. */
  public static void main(String[] arguments) throws IOException {
    try (SparkSession spark = SparkSession.builder().getOrCreate()) {
      Dataset<Row> rows = spark.range(0, 1000, 1, 4).selectExpr("CAST(id AS DOUBLE) AS hour");
      Dataset<Row> scored =
          new ModelpackTransformer()
              .setBundle(arguments[0])
              .setTrust(TrustPolicy.UNSIGNED)
              .transform(rows);
      System.out.println("transformer " + scored.selectExpr("sum(prediction)").first().get(0));
      ModelpackFunctions.register(spark, "twice", arguments[0], TrustPolicy.UNSIGNED);
      rows.createOrReplaceTempView("hours");
      System.out.println(
          "sql " + spark.sql("SELECT sum(twice(struct(*)).value) FROM hours").first().get(0));
    }
  }
}
