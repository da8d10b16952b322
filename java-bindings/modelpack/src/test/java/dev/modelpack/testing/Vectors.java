package dev.modelpack.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The vectors that all languages share (tests/vectors/README.md). */
public final class Vectors {
  private static final Path ROOT =
      Path.of(System.getProperty("modelpack.root"), "tests", "vectors");

  private Vectors() {}

  public static Path path(String name) {
    return ROOT.resolve(name);
  }

  /** Lines of a file, each split at its tabs. */
  public static List<String[]> lines(Path file) {
    try {
      return Files.readAllLines(file).stream().map(line -> line.split("\t", -1)).toList();
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  public static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
  }

  /** The bytes that an escaped text stands for. */
  public static byte[] unescaped(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '%') {
        bytes.write(Integer.parseInt(text, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(text.charAt(i));
      }
    }
    return bytes.toByteArray();
  }

  /** What stands before the colon of a cell. */
  public static String kind(String cell) {
    return cell.contains(":") ? cell.substring(0, cell.indexOf(':')) : cell;
  }

  /** What stands after it. */
  public static String content(String cell) {
    return cell.substring(cell.indexOf(':') + 1);
  }

  public static List<String> ids(String index) {
    return lines(path(index)).stream().map(line -> Arrays.asList(line).get(0)).toList();
  }
}
