package dev.modelpack.spark;

import dev.modelpack.TrustPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** The one session of a JVM of tests, with two executor threads and nothing but defaults. */
final class LocalSpark {
  private LocalSpark() {}

  static SparkSession session() {
    return Holder.SESSION;
  }

  static Dataset<Row> frame(String ddl, Object[]... rows) {
    List<Row> values = Arrays.stream(rows).map(RowFactory::create).toList();
    return session().createDataFrame(values, StructType.fromDDL(ddl));
  }

  static Object[] row(Object... values) {
    return values;
  }

  /** One that answers with a bundle nobody signed. */
  static ModelpackTransformer transformer(Path folder, byte[] model) {
    return new ModelpackTransformer()
        .setBundle(bundle(folder, "model.mpk", model).toString())
        .setTrust(TrustPolicy.UNSIGNED);
  }

  /** A file with a bundle in a folder that the caller deletes. */
  static Path bundle(Path folder, String name, byte[] content) {
    try {
      return Files.write(folder.resolve(name), content);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  private static final class Holder {
    static final SparkSession SESSION =
        SparkSession.builder()
            .master("local[2]")
            .appName("modelpack tests")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.warehouse.dir", System.getProperty("java.io.tmpdir"))
            .getOrCreate();
  }
}
