package dev.modelpack;

import java.nio.file.Path;

/**
 * A bundle that a {@link BundleHolder} uses or used.
 *
 * @param path the file that it was read from
 * @param name its name
 * @param version its version
 * @param identity {@link Bundle#identity()}
 */
public record HeldBundle(Path path, String name, String version, String identity) {
  static HeldBundle of(Path path, Bundle bundle) {
    return new HeldBundle(path, bundle.name(), bundle.version(), bundle.identity());
  }
}
