package dev.modelpack;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The bundles at a path: the file itself, or the {@code .mpk} files of a folder. Used by one thread
 * at a time.
 */
final class BundleFiles {
  /**
   * A file changed less than this ago may change again without its attributes showing it, where
   * clocks of file systems are coarse.
   */
  private static final Duration SETTLED = Duration.ofSeconds(2);

  private static final String SUFFIX = ".mpk";

  private final Path path;
  private final TrustPolicy trust;
  private final OpenOptions expectations;

  /** How the files were when they were read last; null: read them anew. */
  private Map<Path, Look> seen;

  BundleFiles(Path path, TrustPolicy trust, OpenOptions expectations) {
    this.path = path;
    this.trust = trust;
    this.expectations = expectations;
  }

  /** Whether the files may be others than at the last call. */
  boolean changed() {
    Map<Path, Look> looks = new HashMap<>();
    boolean settled = true;
    try {
      for (Path file : files()) {
        Look look = Look.at(file);
        settled &= look != null && look.settled();
        looks.put(file, look);
      }
    } catch (IOException error) {
      settled = false; // reading will say what is wrong
    }
    boolean changed = !looks.equals(seen);
    seen = settled ? looks : null;
    return changed;
  }

  /**
   * The bundle with the highest version, to be closed by the caller. What is refused goes to {@code
   * refused}.
   */
  Optional<Candidate> best(BiConsumer<Path, ModelpackException> refused) {
    Candidate best = null;
    try {
      for (Path file : files()) {
        best = higher(best, open(file, refused));
      }
    } catch (IOException error) {
      ErrorDetails details = ErrorDetails.of(ErrorCode.IO, path + " cannot be read: " + error);
      refused.accept(path, details.withCause(error).exception());
    }
    return Optional.ofNullable(best);
  }

  /** Has {@link #changed} say yes the next time. */
  void forget() {
    seen = null;
  }

  private List<Path> files() throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        if (name.endsWith(SUFFIX) && !name.startsWith(".")) {
          files.add(entry);
        }
      }
    } catch (DirectoryIteratorException error) {
      throw error.getCause();
    }
    files.sort(null);
    return files;
  }

  private Candidate open(Path file, BiConsumer<Path, ModelpackException> refused) {
    try {
      return new Candidate(file, Bundle.open(file, trust, expectations));
    } catch (ModelpackException error) {
      // In a folder other models may lie beside the one expected.
      if (file.equals(path) || error.code() != ErrorCode.WRONG_NAME) {
        refused.accept(file, error);
      }
      return null;
    }
  }

  /** Closes the other one; of equals, the first stays. */
  private static Candidate higher(Candidate first, Candidate second) {
    if (first == null || second == null) {
      return first == null ? second : first;
    }
    boolean takeSecond = second.bundle().compareVersion(first.bundle()) > 0;
    (takeSecond ? first : second).close();
    return takeSecond ? second : first;
  }

  /**
   * What tells one state of a file from another, behind all symbolic links: those of a Kubernetes
   * mount lead to another folder after an update.
   */
  private record Look(Path real, Object key, long size, Instant changed, boolean settled) {
    /** Null if the file cannot be looked at. */
    static Look at(Path file) {
      try {
        Path real = file.toRealPath();
        BasicFileAttributes found = Files.readAttributes(real, BasicFileAttributes.class);
        Instant changed = found.lastModifiedTime().toInstant();
        boolean settled = changed.plus(SETTLED).isBefore(Instant.now());
        return new Look(real, found.fileKey(), found.size(), changed, settled);
      } catch (IOException error) {
        return null;
      }
    }
  }
}
