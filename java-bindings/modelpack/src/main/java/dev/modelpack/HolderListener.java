package dev.modelpack;

import java.nio.file.Path;

/**
 * Told what a {@link BundleHolder} does, on the thread that polls. What it throws goes to that
 * thread's uncaught exception handler and changes nothing.
 */
public interface HolderListener {
  /**
   * Another bundle answers from now on. Calls that began before still end with the old one.
   *
   * @param before the bundle that answered until now
   * @param now the bundle that answers
   */
  default void swapped(HeldBundle before, HeldBundle now) {}

  /**
   * A file was not taken; the bundle in use goes on. Told once for each reason, however often the
   * file is looked at.
   *
   * @param path the file, or the folder where it cannot be read or holds no bundle
   * @param reason why; {@link ModelpackException#code()} tells reasons apart
   */
  default void refused(Path path, ModelpackException reason) {}
}
