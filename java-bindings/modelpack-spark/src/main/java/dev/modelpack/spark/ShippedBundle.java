package dev.modelpack.spark;

import dev.modelpack.Bundle;
import dev.modelpack.OpenOptions;
import dev.modelpack.Predictor;
import dev.modelpack.PredictorOptions;
import dev.modelpack.TrustPolicy;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.apache.spark.SparkFiles;

/**
 * Where an executor finds a bundle, and which one it must be.
 *
 * @param identity of the bundle that the driver verified; no other is opened
 * @param engines those that the driver's policy permits
 * @param engine the one asked for, or null
 * @param file name among Spark's files
 */
record ShippedBundle(String identity, List<String> engines, String engine, String file)
    implements Serializable {

  static ShippedBundle of(Bundle bundle, String engine, String file) {
    return new ShippedBundle(
        bundle.identity(), List.copyOf(bundle.permittedEngines()), engine, file);
  }

  /** A new predictor; nothing that happened to the file on its way is trusted. */
  Predictor open() {
    TrustPolicy trust = TrustPolicy.ofIdentity(identity, Set.copyOf(engines));
    OpenOptions expected = OpenOptions.builder().identity(identity).build();
    try (Bundle bundle = Bundle.open(path(), trust, expected)) {
      return bundle.predictor(options(engine));
    }
  }

  /**
   * From 4.0 on, Spark may look in a folder of the session's own; on the driver, which also
   * evaluates small plans, what the application sent lies above it.
   */
  private Path path() {
    Path place = Path.of(SparkFiles.get(file));
    Path above = place.getParent().resolveSibling(file);
    return Files.exists(place) || !Files.exists(above) ? place : above;
  }

  static PredictorOptions options(String engine) {
    return PredictorOptions.builder().engine(engine).build();
  }
}
