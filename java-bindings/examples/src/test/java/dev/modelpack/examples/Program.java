package dev.modelpack.examples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program in a JVM of its own, of the same JDK, with exactly the options that it is given. */
final class Program {
  private static final int TIMEOUT_SECONDS = 120;

  private final List<String> options = new ArrayList<>();

  private Program(List<String> options) {
    this.options.addAll(options);
  }

  static Program of(String... options) {
    return new Program(List.of(options));
  }

  /**
   * Permits native code to a module, or to the class path, where the JDK asks for it; all else is
   * then refused, so that a test sees what is really needed.
   */
  Program nativeAccess(String module) {
    if (Runtime.version().feature() >= 24) {
      options.addAll(
          0, List.of("--enable-native-access=" + module, "--illegal-native-access=deny"));
    }
    return this;
  }

  /** What it printed, errors and warnings too. */
  String run(Object... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try {
      String printed = new String(process.getInputStream().readAllBytes()).strip();
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("the program did not end: " + printed);
      }
      return printed;
    } finally {
      process.destroyForcibly();
    }
  }
}
