import dev.modelpack.TrustPolicy;
import dev.modelpack.spark.ModelpackTransformer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * Rows per second of a Spark job on the JVM, on local[2]: Spark's own cost, and modelpack.
 *
 * <pre>{@code
 * mvn -B -q -f java-bindings package -DskipTests -pl modelpack-spark/spark4_2.13 -am
 * python -c 'import sys; sys.path.insert(0, "benchmarks"); import models; print(models.packed("xgboost").path)'
 * jars="$(ls java-bindings/modelpack-spark/spark4_2.13/target/*-all.jar):$(python -c 'import pyspark; print(pyspark.__path__[0])')/jars/*"
 * javac -d build/benchmarks/score -cp "$jars" benchmarks/spark/Score.java
 * java -Xmx3g --add-opens=java.base/java.{lang,lang.invoke,net,nio,util,util.concurrent}=ALL-UNNAMED \
 *   --add-opens=java.base/sun.nio.ch=ALL-UNNAMED -cp "build/benchmarks/score:$jars" Score --rows 20000000
 * }</pre>
 *
 * <p>Further options: {@code --partitions 16 --repeats 1 --column} (a model's column: {@code
 * prediction}, {@code probability}, the default, or {@code rawPrediction}). Every job reads the
 * same Parquet files, 30 doubles, and makes all columns, which go nowhere; the identity job is
 * {@code mapPartitions} that returns its rows, the scan only reads. XGBoost on Spark is timed by
 * score.py, which reads the same columns.
 */
public final class Score {
  private static final int FEATURES = 30;

  private Score() {}

  public static void main(String[] arguments) throws Exception {
    Map<String, String> options = options(arguments);
    long rows = Long.parseLong(options.get("--rows"));
    int partitions = Integer.parseInt(options.get("--partitions"));
    int repeats = Integer.parseInt(options.get("--repeats"));
    Path folder = Files.createTempDirectory("modelpack-spark-");
    try (SparkSession spark = session(folder)) {
      spark.sparkContext().setLogLevel("ERROR");
      Dataset<Row> df = written(spark, rows, partitions, folder.resolve("rows").toString());
      Map<String, UnaryOperator<Dataset<Row>>> jobs = new LinkedHashMap<>();
      jobs.put("scan", all -> all);
      jobs.put("identity mapPartitions", Score::identity);
      jobs.put("ModelpackTransformer", transformer(options));
      for (UnaryOperator<Dataset<Row>> job : jobs.values()) {
        seconds(job, df.limit(200_000), 2); // code is compiled
      }
      report(jobs, df, rows, repeats);
    } finally {
      delete(folder);
    }
  }

  private static Map<String, String> options(String[] arguments) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("--rows", "20000000");
    options.put("--partitions", "16");
    options.put("--repeats", "1");
    options.put("--column", "probability");
    options.put("--bundle", "build/benchmarks/xgboost.mpk");
    for (int i = 0; i + 1 < arguments.length; i += 2) {
      if (options.put(arguments[i], arguments[i + 1]) == null) {
        throw new IllegalArgumentException("no option " + arguments[i]);
      }
    }
    return options;
  }

  private static SparkSession session(Path folder) {
    return SparkSession.builder()
        .master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.local.dir", folder.toString())
        .config("spark.sql.warehouse.dir", folder.toString())
        .getOrCreate();
  }

  private static Dataset<Row> written(SparkSession spark, long rows, int partitions, String place) {
    List<Column> columns = new ArrayList<>();
    for (int seed = 0; seed < FEATURES; seed++) {
      columns.add(functions.randn(seed).cast("float").cast("double").as("f" + seed));
    }
    spark
        .range(0, rows, 1, partitions)
        .select(columns.toArray(Column[]::new))
        .write()
        .parquet(place);
    return spark.read().parquet(place);
  }

  private static Dataset<Row> identity(Dataset<Row> df) {
    MapPartitionsFunction<Row, Row> same = rows -> rows;
    return df.mapPartitions(same, Encoders.row(df.schema()));
  }

  private static UnaryOperator<Dataset<Row>> transformer(Map<String, String> options) {
    ModelpackTransformer transformer =
        new ModelpackTransformer()
            .setBundle(options.get("--bundle"))
            .setTrust(TrustPolicy.UNSIGNED)
            .setPredictionCol("")
            .setProbabilityCol("")
            .setRawPredictionCol("");
    switch (options.get("--column")) {
      case "prediction" -> transformer.setPredictionCol("prediction");
      case "rawPrediction" -> transformer.setRawPredictionCol("rawPrediction");
      default -> transformer.setProbabilityCol("probability");
    }
    return transformer::transform;
  }

  /** The fastest of some; the answers go nowhere, but all columns are made. */
  private static double seconds(UnaryOperator<Dataset<Row>> job, Dataset<Row> df, int repeats) {
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < repeats; i++) {
      long start = System.nanoTime();
      job.apply(df).write().format("noop").mode("overwrite").save();
      best = Math.min(best, (System.nanoTime() - start) / 1e9);
    }
    return best;
  }

  private static void report(
      Map<String, UnaryOperator<Dataset<Row>>> jobs, Dataset<Row> df, long rows, int repeats) {
    double identity = 0;
    System.out.printf("%-26s%12s%9s%12s%12s%n", "job", "rows", "s", "rows/s", "x identity");
    for (Map.Entry<String, UnaryOperator<Dataset<Row>>> job : jobs.entrySet()) {
      double taken = seconds(job.getValue(), df, repeats);
      identity = job.getKey().startsWith("identity") ? taken : identity;
      String ratio = identity == 0 ? "" : "%.2f".formatted(taken / identity);
      System.out.printf(
          "%-26s%,12d%9.1f%,12.0f%12s%n", job.getKey(), rows, taken, rows / taken, ratio);
    }
  }

  private static void delete(Path folder) throws Exception {
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
