package dev.modelpack.spark;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;

/**
 * A bundle's file, here or on a file system of Hadoop's.
 *
 * @param path local, or a URI
 */
record BundleFile(String path) {
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");

  /** The file, if it is on this machine. */
  Optional<Path> local() {
    if (!SCHEME.matcher(path).matches()) {
      return Optional.of(Path.of(path));
    }
    return path.startsWith("file:")
        ? Optional.of(Path.of(URI.create(path).getPath()))
        : Optional.empty();
  }

  /** A new temporary file with the same bytes, which the caller deletes. */
  Path fetched(Configuration hadoop) {
    try {
      Path copy = Files.createTempFile("modelpack-", ".mpk");
      try (InputStream content = open(hadoop)) {
        Files.copy(content, copy, StandardCopyOption.REPLACE_EXISTING);
        return copy;
      } catch (IOException | RuntimeException failure) {
        Files.deleteIfExists(copy);
        throw failure;
      }
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot read the bundle " + path, failure);
    }
  }

  /** Copies the bytes as they are. */
  void copyTo(org.apache.hadoop.fs.Path target, Configuration hadoop) {
    try (InputStream content = open(hadoop);
        OutputStream copy = target.getFileSystem(hadoop).create(target, true)) {
      content.transferTo(copy);
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot copy the bundle " + path + " to " + target, failure);
    }
  }

  private InputStream open(Configuration hadoop) throws IOException {
    Optional<Path> local = local();
    if (local.isPresent()) {
      return Files.newInputStream(local.get());
    }
    org.apache.hadoop.fs.Path remote = new org.apache.hadoop.fs.Path(path);
    return remote.getFileSystem(hadoop).open(remote);
  }

  static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
