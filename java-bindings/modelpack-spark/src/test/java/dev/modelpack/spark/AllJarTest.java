package dev.modelpack.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.Bundle;
import dev.modelpack.testing.OwnJvm;
import dev.modelpack.testing.TestModels;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The one jar that {@code spark-submit --jars} takes, with its native library. */
class AllJarTest {
  private static final int TIMEOUT_SECONDS = 300;

  @TempDir Path folder;

  /** With true, executors load the jar by a class loader of their own: natives load twice. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void itIsAllThatAnApplicationNeeds(boolean userClassPathFirst) throws Exception {
    byte[] model = TestModels.hours("hours", "1.0.0", 2, "float64");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(System.getProperty("modelpack.spark.opens").split(" ")));
    command.addAll(List.of("-Xmx1g", "-cp", sparkAlone(), "org.apache.spark.deploy.SparkSubmit"));
    command.addAll(List.of("--master", "local[2]", "--conf", "spark.ui.enabled=false"));
    command.addAll(List.of("--conf", "spark.executor.userClassPathFirst=" + userClassPathFirst));
    command.addAll(List.of("--jars", System.getProperty("modelpack.spark.all")));
    command.addAll(List.of("--class", AllJarProgram.class.getName(), program().toString()));
    command.add(LocalSpark.bundle(folder, "m.mpk", model).toString());
    assertEquals("transformer 999000.0\nsql 999000.0\n", run(command));
  }

  /** The class path of the tests without modelpack. */
  private static String sparkAlone() {
    List<Path> ours =
        List.of(
            OwnJvm.location(Bundle.class),
            OwnJvm.location(ModelpackTransformer.class),
            OwnJvm.location(AllJarProgram.class));
    List<String> path =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(entry -> !ours.contains(Path.of(entry)))
            .toList();
    assertTrue(path.stream().noneMatch(entry -> entry.contains("modelpack")), path.toString());
    return path.stream().collect(Collectors.joining(File.pathSeparator));
  }

  /** A jar with the application alone. */
  private Path program() throws IOException {
    Path jar = folder.resolve("program.jar");
    String name = AllJarProgram.class.getName().replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        InputStream code = AllJarProgram.class.getClassLoader().getResourceAsStream(name)) {
      out.putNextEntry(new JarEntry(name));
      code.transferTo(out);
    }
    return jar;
  }

  private String run(List<String> command) throws IOException, InterruptedException {
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertTrue(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS), "it does not end");
    } finally {
      process.destroyForcibly();
    }
    assertEquals(0, process.exitValue(), Files.readString(err));
    return Files.readString(out);
  }
}
