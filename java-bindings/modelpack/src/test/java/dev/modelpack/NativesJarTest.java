package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.NativesJar;
import dev.modelpack.testing.OneRow;
import dev.modelpack.testing.OwnJvm;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Where the native library of a platform lies in a jar of its own, and what is said where it does
 * not.
 */
class NativesJarTest {
  @TempDir Path folder;

  private static String run(String architecture, Path... jars) throws Exception {
    OwnJvm jvm = OwnJvm.of(OneRow.class).options("-Dos.name=Linux", "-Dos.arch=" + architecture);
    for (Path jar : jars) {
      jvm.with(jar);
    }
    return jvm.run();
  }

  @Test
  void theJarOfAPlatformIsFoundOnTheClassPath() throws Exception {
    Path jar = NativesJar.write(folder.resolve("natives.jar"), "linux-riscv64");
    assertEquals("late", run("riscv64", jar));
  }

  @Test
  void theArtifactThatIsMissingIsNamed() throws Exception {
    String version = Artifact.coordinates();
    assertTrue(version.matches("dev\\.modelpack:modelpack:\\d+\\.\\d+\\.\\d+"), version);
    for (Path[] jars :
        new Path[][] {{}, {NativesJar.write(folder.resolve("o.jar"), "linux-mips")}}) {
      String output = run("arm64", jars);
      assertTrue(
          output.contains(
              "there is no native library for linux-aarch64 (os.name Linux, os.arch arm64)"),
          output);
      assertTrue(
          output.contains("put " + version + ":natives-linux-aarch64 on the class path"), output);
      assertTrue(output.contains("or name a library: -Dmodelpack.library.path=FILE"), output);
    }
  }

  @Test
  void noArtifactIsNamedThatNobodyPublishes() throws Exception {
    String output = run("riscv64");
    assertTrue(output.contains("there is no native library for linux-riscv64"), output);
    assertFalse(output.contains("natives-linux-riscv64"), output);
    assertTrue(output.contains("build one there with `cargo build"), output);
  }
}
