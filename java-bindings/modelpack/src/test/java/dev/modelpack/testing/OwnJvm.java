package dev.modelpack.testing;

import dev.modelpack.Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A program of the tests in a JVM of its own, which may have other properties and may crash. */
public final class OwnJvm {
  private static final int TIMEOUT_SECONDS = 120;

  private final Class<?> program;
  private final List<String> launcher = new ArrayList<>();
  private final List<String> options = new ArrayList<>();
  private final List<String> arguments = new ArrayList<>();
  private final Map<String, String> environment = new HashMap<>();
  private final List<Path> jars = new ArrayList<>();
  private Path library = location(Bundle.class);

  private OwnJvm(Class<?> program) {
    this.program = program;
  }

  public static OwnJvm of(Class<?> program) {
    return new OwnJvm(program);
  }

  /** Where a class was loaded from: a folder or a jar. */
  public static Path location(Class<?> type) {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath());
  }

  public OwnJvm options(String... further) {
    options.addAll(List.of(further));
    return this;
  }

  public OwnJvm arguments(Object... further) {
    for (Object argument : further) {
      arguments.add(argument.toString());
    }
    return this;
  }

  public OwnJvm environment(String name, Object value) {
    environment.put(name, value.toString());
    return this;
  }

  /** What starts the JVM: a command that takes another one as its last arguments. */
  public OwnJvm launchedBy(String... command) {
    launcher.addAll(List.of(command));
    return this;
  }

  /** Takes modelpack from this jar instead of its folder of classes. */
  public OwnJvm from(Path jar) {
    this.library = jar;
    return this;
  }

  /** Puts another jar on the class path. */
  public OwnJvm with(Path jar) {
    jars.add(jar);
    return this;
  }

  /** What it printed; what is not an orderly end is an error. */
  public String run() throws IOException, InterruptedException {
    return start().join();
  }

  public Running start() throws IOException {
    List<String> command = new ArrayList<>(launcher);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.add("-XX:+UseSerialGC");
    command.add("-XX:-CreateCoredumpOnCrash");
    command.addAll(options);
    command.add("-cp");
    StringBuilder path = new StringBuilder(library + ":" + location(OwnJvm.class));
    jars.forEach(jar -> path.append(':').append(jar));
    command.add(path.toString());
    command.add(program.getName());
    command.addAll(arguments);
    Path output = Files.createTempFile("modelpack-test-", ".txt");
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(output.getParent().toFile());
    builder.environment().putAll(environment);
    return new Running(
        builder.redirectErrorStream(true).redirectOutput(output.toFile()).start(), output);
  }

  /** A JVM that was started. */
  public record Running(Process process, Path output) {
    public String join() throws IOException, InterruptedException {
      try {
        boolean ended = process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        String printed = Files.readString(output).strip();
        // 0 and 1: it ended by itself, or by an exception; a signal would be above 128.
        if (!ended || process.exitValue() > 1) {
          throw new AssertionError("the JVM crashed, or did not end: " + printed);
        }
        return printed;
      } finally {
        process.destroyForcibly();
        Files.deleteIfExists(output);
      }
    }
  }
}
