package dev.modelpack.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.Bundle;
import dev.modelpack.TrustPolicy;
import dev.modelpack.testing.TestModels;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.SparkFiles;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to a bundle between driver and executor. */
class ShippedBundleTest {
  @TempDir Path folder;

  @Test
  void aFileDamagedOnItsWayFailsTheTaskAndTheNextOneTriesAgain() throws IOException {
    byte[] model = hours("damaged", 5);
    Dataset<Row> scored = LocalSpark.transformer(folder, model).transform(rows());
    byte[] damaged = model.clone();
    damaged[damaged.length / 2] ^= 1;
    replace(model, damaged);
    try {
      assertTrue(Failures.causes(scored::collectAsList).contains("FormatException"));
    } finally {
      replace(model, model);
    }
    assertEquals(5.0, scored.collectAsList().get(0).getDouble(1));
  }

  @Test
  void anotherBundleInItsPlaceIsNotOpened() throws IOException {
    byte[] model = hours("replaced", 6);
    Dataset<Row> scored = LocalSpark.transformer(folder, model).transform(rows());
    replace(model, hours("replaced", 7));
    try {
      assertTrue(Failures.causes(scored::collectAsList).contains("TrustException"));
    } finally {
      replace(model, model);
    }
  }

  @Test
  void itIsSentOnceAndLaterChangesOfTheFileChangeNothing() throws IOException {
    byte[] model = hours("once", 8);
    ModelpackTransformer transformer = LocalSpark.transformer(folder, model);
    Dataset<Row> first = transformer.transform(rows());
    Dataset<Row> second = transformer.transform(rows());
    Files.delete(folder.resolve("model.mpk"));
    assertEquals(8.0, first.collectAsList().get(0).getDouble(1));
    assertEquals(8.0, second.collectAsList().get(0).getDouble(1));
    assertEquals(1, served(model).size());
  }

  @Test
  void aBundleOnAnotherFileSystemIsFetched() {
    byte[] model = hours("elsewhere", 9);
    String path = LocalSpark.bundle(folder, "m.mpk", model).toUri().toString();
    LocalSpark.session()
        .sparkContext()
        .hadoopConfiguration()
        .set("fs.elsewhere.impl", ElsewhereFileSystem.class.getName());
    ModelpackTransformer transformer =
        new ModelpackTransformer()
            .setTrust(TrustPolicy.UNSIGNED)
            .setBundle(path.replaceFirst("^file:/+", "elsewhere:///"));
    assertEquals(9.0, transformer.transform(rows()).collectAsList().get(0).getDouble(1));
  }

  @Test
  void moreBundlesThanAreKeptAnswerInTurn() {
    List<Dataset<Row>> scored = new ArrayList<>();
    for (int i = 0; i < LoadedPredictors.MAX_OPEN + 3; i++) {
      scored.add(LocalSpark.transformer(folder, hours("many", i)).transform(rows()));
    }
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < scored.size(); i++) {
        assertEquals((double) i, scored.get(i).collectAsList().get(0).getDouble(1));
      }
    }
  }

  private static Dataset<Row> rows() {
    return LocalSpark.frame("hour DOUBLE", LocalSpark.row(1.0));
  }

  private static byte[] hours(String name, double weight) {
    return TestModels.hours(name, "1.0.0", weight, "float64");
  }

  private static String name(byte[] model) {
    try (Bundle bundle = Bundle.open(model, TrustPolicy.UNSIGNED)) {
      return "modelpack-" + bundle.identity().replace("sha256:", "") + ".mpk";
    }
  }

  /** Where the driver serves the bundle from. */
  private static List<Path> served(byte[] model) {
    scala.collection.Iterator<String> files =
        LocalSpark.session().sparkContext().listFiles().iterator();
    List<Path> found = new ArrayList<>();
    while (files.hasNext()) {
      String file = files.next();
      if (file.endsWith("/" + name(model))) {
        found.add(Path.of(URI.create(file)));
      }
    }
    return found;
  }

  /** Both where it is served and where tasks find it: Spark compares the two now and then. */
  private static void replace(byte[] model, byte[] content) throws IOException {
    Files.write(served(model).get(0), content);
    Files.write(Path.of(SparkFiles.get(name(model))), content);
  }
}
