package dev.modelpack;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Loads the native library once per class loader.
 *
 * <p>The JVM takes one file for one class loader only, so each load extracts a copy of its own,
 * into a new folder that only this user may enter. The copy is read back and its digest checked
 * before it is loaded, since a library that was cut short takes the whole JVM with it. Where the
 * system permits, it is deleted as soon as it is mapped.
 */
final class NativeLibrary {
  /** A file, or a folder that holds it: loaded from there, and nothing is extracted. */
  static final String PATH_PROPERTY = "modelpack.library.path";

  /** Where to extract: a folder from which the system lets programs be loaded. */
  static final String FOLDER_PROPERTY = "modelpack.dir";

  private static boolean loaded;

  private NativeLibrary() {}

  /**
   * Loads the library unless that was done. A failure is thrown at each call, and another call
   * tries again.
   */
  static synchronized void ensureLoaded() {
    if (loaded) {
      return;
    }
    String explicit = System.getProperty(PATH_PROPERTY);
    if (explicit != null && !explicit.isEmpty()) {
      loadExplicit(Path.of(explicit));
    } else {
      loadPackaged();
    }
    checkInterface();
    ErrorDetails.loadExceptions();
    loaded = true;
  }

  private static void loadExplicit(Path given) {
    Path file = Files.isDirectory(given) ? given.resolve(Platform.current().libraryFile()) : given;
    if (!Files.isRegularFile(file)) {
      throw ErrorDetails.of(ErrorCode.IO, "there is no native library at " + file)
          .withHint("-D" + PATH_PROPERTY + " names the library or the folder that holds it")
          .exception();
    }
    try {
      System.load(file.toAbsolutePath().toString());
    } catch (UnsatisfiedLinkError error) {
      boolean elsewhere = String.valueOf(error.getMessage()).contains("another classloader");
      throw failure(file, error)
          .withHint(
              elsewhere
                  ? "leave out -D"
                      + PATH_PROPERTY
                      + ": each class loader then gets a copy of its own"
                  : "this JVM runs on " + Platform.current() + "; the library must be built for it")
          .exception();
    }
  }

  private static void loadPackaged() {
    PackagedLibrary library = PackagedLibrary.find(Platform.current());
    try {
      Path folder = createPrivateFolder(parentFolder());
      Path file = folder.resolve(library.file());
      try {
        extract(library, file);
        loadExtracted(file);
      } finally {
        delete(file);
        delete(folder);
      }
    } catch (IOException error) {
      throw ErrorDetails.of(
              ErrorCode.IO,
              "the native library cannot be extracted into " + parentFolder() + ": " + error)
          .withHint("name a folder that can be written: -D" + FOLDER_PROPERTY + "=FOLDER")
          .withCause(error)
          .exception();
    }
  }

  static Path parentFolder() {
    String folder = System.getProperty(FOLDER_PROPERTY);
    return Path.of(
        folder == null || folder.isEmpty() ? System.getProperty("java.io.tmpdir") : folder);
  }

  static Path createPrivateFolder(Path parent) throws IOException {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    FileAttribute<?>[] attributes =
        posix
            ? new FileAttribute<?>[] {
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
            }
            : new FileAttribute<?>[0];
    return Files.createTempDirectory(parent, "modelpack-", attributes);
  }

  static void extract(PackagedLibrary library, Path file) throws IOException {
    Files.write(file, library.content(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    if (!library.matches(Files.readAllBytes(file))) {
      throw new IOException("what was written to " + file + " is not what can be read from it");
    }
  }

  private static void loadExtracted(Path file) {
    try {
      System.load(file.toAbsolutePath().toString());
    } catch (UnsatisfiedLinkError error) {
      boolean notExecutable = String.valueOf(error.getMessage()).contains("failed to map segment");
      throw failure(file, error)
          .withHint(
              notExecutable
                  ? file.getParent().getParent()
                      + " is mounted noexec: name another folder with -D"
                      + FOLDER_PROPERTY
                      + "=FOLDER"
                  : "build the library on this machine and name it: -D" + PATH_PROPERTY + "=FILE")
          .exception();
    }
  }

  private static ErrorDetails failure(Path file, UnsatisfiedLinkError error) {
    return ErrorDetails.of(
            ErrorCode.IO,
            "the native library %s cannot be loaded on %s: %s"
                .formatted(file, Platform.current(), error.getMessage()))
        .withCause(error);
  }

  /** A library of another version would answer calls that this class does not make. */
  private static void checkInterface() {
    int found;
    try {
      found = Native.interfaceVersion();
    } catch (UnsatisfiedLinkError error) {
      found = 0;
    }
    if (found != Native.INTERFACE_VERSION) {
      throw ErrorDetails.of(
              ErrorCode.IO,
              "the native library has interface %d, this jar needs %d"
                  .formatted(found, Native.INTERFACE_VERSION))
          .withHint(
              "build the library from the sources of this jar, or leave out -D" + PATH_PROPERTY)
          .exception();
    }
  }

  /** Windows refuses while the library is in use; there the file goes when the JVM does. */
  private static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException inUse) {
      path.toFile().deleteOnExit();
    }
  }
}
