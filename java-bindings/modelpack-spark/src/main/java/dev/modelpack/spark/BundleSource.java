package dev.modelpack.spark;

import dev.modelpack.Bundle;
import dev.modelpack.OpenOptions;
import dev.modelpack.Predictor;
import dev.modelpack.TrustPolicy;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;

/**
 * A bundle as the driver is told to open it.
 *
 * @param path local, or a URI of any of Hadoop's file systems
 * @param trust who may have made it
 * @param expected what the caller expects of it
 * @param engine the one asked for, or null
 */
record BundleSource(String path, TrustPolicy trust, OpenOptions expected, String engine) {

  /** Opens and verifies it. */
  Opened open(Configuration hadoop) {
    BundleFile source = new BundleFile(path);
    Optional<Path> local = source.local();
    if (local.isPresent()) {
      return opened(local.get(), false);
    }
    Path copy = source.fetched(hadoop);
    try {
      return opened(copy, true);
    } catch (RuntimeException | Error failure) {
      BundleFile.delete(copy);
      throw failure;
    }
  }

  private Opened opened(Path file, boolean temporary) {
    Bundle bundle = Bundle.open(file, trust, expected);
    try {
      Predictor predictor = bundle.predictor(ShippedBundle.options(engine));
      return new Opened(file, temporary, bundle, predictor, engine);
    } catch (RuntimeException | Error failure) {
      bundle.close();
      throw failure;
    }
  }

  /**
   * An opened bundle.
   *
   * @param file that holds it
   * @param temporary whether the file goes with it
   * @param bundle closed with this
   * @param predictor closed with this
   * @param engine the one asked for, or null
   */
  record Opened(Path file, boolean temporary, Bundle bundle, Predictor predictor, String engine)
      implements AutoCloseable {
    @Override
    public void close() {
      predictor.close();
      bundle.close();
      if (temporary) {
        BundleFile.delete(file);
      }
    }
  }
}
