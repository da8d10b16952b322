package dev.modelpack;

import dev.modelpack.testing.Vectors;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The valid vectors in signed bundles with all engines, as {@code tools/engine_vectors.py} writes
 * them.
 */
final class EngineVectors {
  private static final Path FOLDER =
      Path.of(System.getProperty("modelpack.root"), "build", "engine-vectors");

  private EngineVectors() {}

  /** A vector and an engine that runs it. */
  record Line(String id, String engine) {}

  static List<Line> index() {
    Path index = FOLDER.resolve("index.tsv");
    if (!Files.exists(index)) {
      throw new AssertionError(
          "python tools/engine_vectors.py build/engine-vectors writes " + index);
    }
    return Vectors.lines(index).stream()
        .filter(line -> line[2].equals("ok"))
        .map(line -> new Line(line[0], line[1]))
        .toList();
  }

  static Path bundle(String id) {
    return FOLDER.resolve(id + ".mpk");
  }

  static Path policy() {
    return FOLDER.resolve("trust.json");
  }

  static TrustPolicy trust() {
    return TrustPolicy.load(policy());
  }

  /** Per row, as in {@code expected.tsv}: a status, then the greatest difference of each cell. */
  static List<String[]> bounds(String id) {
    List<String[]> lines = Vectors.lines(FOLDER.resolve(id + ".bounds.tsv"));
    return lines.subList(1, lines.size());
  }

  /** Same bits, any NaN for a NaN, or no further away than the bound. */
  static boolean isWithin(String wanted, String found, String bound) {
    double allowed = Double.longBitsToDouble(Long.parseUnsignedLong(bound, 16));
    double difference = Math.abs(number(wanted) - number(found));
    return wanted.equals(found)
        || Double.isNaN(number(wanted)) && Double.isNaN(number(found))
        || allowed > 0 && difference <= allowed;
  }

  private static double number(String cell) {
    return switch (cell.length()) {
      case 16 -> Double.longBitsToDouble(Long.parseUnsignedLong(cell, 16));
      case 8 -> Float.intBitsToFloat(Integer.parseUnsignedInt(cell, 16));
      default -> Long.parseLong(cell);
    };
  }
}
