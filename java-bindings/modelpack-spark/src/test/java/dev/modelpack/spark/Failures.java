package dev.modelpack.spark;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;

/** What failed calls say. */
final class Failures {
  private Failures() {}

  /** Class and message of what was thrown and of all its causes, a line each. */
  static String causes(Executable call) {
    Throwable thrown = assertThrows(Throwable.class, call);
    return Stream.iterate(thrown, cause -> cause != null, Throwable::getCause)
        .map(Throwable::toString)
        .collect(Collectors.joining("\n"));
  }
}
