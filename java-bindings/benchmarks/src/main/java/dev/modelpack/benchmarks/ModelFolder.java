package dev.modelpack.benchmarks;

import dev.modelpack.Bundle;
import dev.modelpack.Predictor;
import dev.modelpack.TrustPolicy;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What {@code benchmarks/java/models.py} wrote, and H2O's models where {@code mojo.py} added them.
 */
final class ModelFolder {
  private static final Path FOLDER =
      Path.of(System.getProperty("modelpack.benchmarks", "build/benchmarks/java"));

  private ModelFolder() {}

  static Path file(String name) {
    Path file = FOLDER.resolve(name);
    if (!Files.exists(file)) {
      throw new IllegalStateException("python benchmarks/java/models.py writes " + file);
    }
    return file;
  }

  /** Whether H2O's models are there. */
  static boolean hasMojos() {
    return Files.exists(FOLDER.resolve("trees.mojo"))
        && Files.exists(FOLDER.resolve("pipeline.mojo"));
  }

  static Predictor predictor(String name) {
    try (Bundle bundle = Bundle.open(file(name + ".mpk"), TrustPolicy.UNSIGNED)) {
      return bundle.predictor();
    }
  }
}
