package dev.modelpack.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.Bundle;
import dev.modelpack.testing.NativesJar;
import dev.modelpack.testing.TestModels;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that is a module itself uses the jar from its module path. */
class ModulePathTest {
  private static final String MODULE = "module app { requires dev.modelpack; }";
  private static final String MAIN =
      """
      package app;
      import dev.modelpack.*;
      import java.nio.file.Path;
      import java.util.Map;
      public final class Main {
        public static void main(String[] arguments) {
          System.out.println(Bundle.class.getModule());
          try (Bundle bundle = Bundle.open(Path.of(arguments[0]), TrustPolicy.UNSIGNED);
              Predictor predictor = bundle.predictor()) {
            System.out.println(predictor.predict(Map.of("x", 3, "y", 1)).label());
          } catch (ModelpackException error) {
            System.out.println(error.getMessage());
          }
        }
      }
      """;

  @TempDir Path folder;

  private final Path jar =
      Path.of(Bundle.class.getProtectionDomain().getCodeSource().getLocation().getPath());
  private Path bundle;

  @BeforeEach
  void compile() throws Exception {
    assertTrue(jar.toString().endsWith(".jar"), jar + ": call mvn verify, which packs the jar");
    Path sources = Files.createDirectories(folder.resolve("sources/app"));
    Path module = Files.writeString(sources.resolveSibling("module-info.java"), MODULE);
    Path main = Files.writeString(sources.resolve("Main.java"), MAIN);
    StringWriter said = new StringWriter();
    int status =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(
                new PrintWriter(said),
                new PrintWriter(said),
                "-d",
                folder.resolve("app").toString(),
                "--module-path",
                jar.toString(),
                module.toString(),
                main.toString());
    assertEquals(0, status, said.toString());
    bundle = Files.write(folder.resolve("classifier.mpk"), TestModels.classifier());
  }

  private String run(String architecture, Path... jars) throws Exception {
    StringBuilder modules = new StringBuilder(folder.resolve("app") + File.pathSeparator + jar);
    for (Path further : jars) {
      modules.append(File.pathSeparator).append(further);
    }
    return Program.of(
            "-Dos.arch=" + architecture,
            "--module-path",
            modules.toString(),
            "--module",
            "app/app.Main")
        .nativeAccess("dev.modelpack")
        .run(bundle);
  }

  @Test
  void theLibraryInTheJarIsLoaded() throws Exception {
    String printed = run("amd64");
    assertEquals("late", printed.lines().reduce((first, last) -> last).orElseThrow(), printed);
    assertTrue(printed.startsWith("module dev.modelpack"), printed);
  }

  @Test
  void theLibraryOfAnotherPlatformIsFoundInItsOwnJar() throws Exception {
    Path riscv = NativesJar.write(folder.resolve("natives-riscv64.jar"), "linux-riscv64");
    Path mips = NativesJar.write(folder.resolve("natives-mips.jar"), "linux-mips");
    String printed = run("riscv64", mips, riscv);
    assertEquals("late", printed.lines().reduce((first, last) -> last).orElseThrow(), printed);
    String missing = run("riscv64", mips);
    assertTrue(missing.contains("there is no native library for linux-riscv64"), missing);
  }
}
