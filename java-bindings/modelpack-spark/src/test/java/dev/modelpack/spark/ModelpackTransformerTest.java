package dev.modelpack.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.modelpack.TrustPolicy;
import dev.modelpack.testing.TestModels;
import java.nio.file.Path;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelpackTransformerTest {
  @TempDir Path folder;

  @Test
  void addsPredictionProbabilityAndMargins() {
    Dataset<Row> rows =
        LocalSpark.frame(
            "id STRING, x DOUBLE, y DOUBLE",
            LocalSpark.row("a", 3.0, 1.0),
            LocalSpark.row("b", 1.0, 3.0));
    Dataset<Row> scored = transformer(TestModels.classifier()).transform(rows);
    Row first = scored.collectAsList().get(0);
    assertEquals("a", first.getString(0));
    assertEquals(1.0, first.<Double>getAs("prediction"));
    assertEquals(Vectors.dense(new double[] {-2, 2}), first.getAs("rawPrediction"));
  }

  private ModelpackTransformer transformer(byte[] model) {
    return new ModelpackTransformer()
        .setBundle(LocalSpark.bundle(folder, "model.mpk", model).toString())
        .setTrust(TrustPolicy.UNSIGNED);
  }
}
