package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.modelpack.testing.OneRow;
import dev.modelpack.testing.OwnJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the native library gets into the JVM, and what is said where it does not. */
class NativeLibraryTest {
  private static final String ANSWER = "late";

  /**
   * Mounts, in the name of the JVM alone, a file system at the first argument, then runs the rest.
   */
  private static final String MOUNT =
      "mount -t tmpfs -o \"$2\" tmpfs \"$1\" && shift 2 && exec \"$@\"";

  @TempDir Path folder;

  private static String run(String... options) throws IOException, InterruptedException {
    return OwnJvm.of(OneRow.class).options(options).run();
  }

  /**
   * Whether this process may mount a file system in a name space of its own; containers may forbid
   * it.
   */
  private static boolean mayMount(Path target) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(
                  "unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", target.toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException missing) {
      return false;
    }
  }

  /** A JVM to which {@code target} is a file system with these options, whoever else it is to. */
  private static OwnJvm mounted(Path target, String options)
      throws IOException, InterruptedException {
    assumeTrue(mayMount(target), "no file system can be mounted here");
    return OwnJvm.of(OneRow.class)
        .launchedBy("unshare", "-rm", "sh", "-c", MOUNT, "sh", target.toString(), options);
  }

  private static void assertEmpty(Path target) throws IOException {
    try (Stream<Path> left = Files.list(target)) {
      assertEquals(List.of(), left.toList());
    }
  }

  private Path library(String name) throws IOException {
    PackagedLibrary packaged = PackagedLibrary.find(Platform.current());
    return Files.write(folder.resolve(name), packaged.content());
  }

  @Test
  void aLibraryMayBeNamed() throws Exception {
    Path library = library(Platform.current().libraryFile());
    assertEquals(ANSWER, run("-Dmodelpack.library.path=" + library));
    assertEquals(ANSWER, run("-Dmodelpack.library.path=" + folder));
    String missing = run("-Dmodelpack.library.path=" + folder.resolve("nowhere.so"));
    assertTrue(missing.contains("there is no native library at " + folder), missing);
  }

  @Test
  void theExtractionFolderMayBeNamedAndIsLeftEmpty() throws Exception {
    Path target = Files.createDirectory(folder.resolve("natives"));
    assertEquals(ANSWER, run("-Dmodelpack.dir=" + target));
    assertEmpty(target);
    String missing = run("-Dmodelpack.dir=" + folder.resolve("nowhere"));
    assertTrue(missing.contains("cannot be extracted into " + folder.resolve("nowhere")), missing);
    assertTrue(missing.contains("-Dmodelpack.dir=FOLDER"), missing);
  }

  @Test
  void aFolderFromWhichNothingMayBeLoadedIsNamedWithTheWayOut() throws Exception {
    Path target = Files.createDirectory(folder.resolve("noexec"));
    String output = mounted(target, "noexec").options("-Djava.io.tmpdir=" + target).run();
    assertTrue(output.contains("IoException: the native library " + target), output);
    assertTrue(output.contains(target + " is mounted noexec"), output);
    assertTrue(output.contains("-Dmodelpack.dir=FOLDER"), output);
    Path other = Files.createDirectory(folder.resolve("exec"));
    assertEquals(
        ANSWER,
        mounted(target, "noexec")
            .options("-Djava.io.tmpdir=" + target, "-Dmodelpack.dir=" + other)
            .run());
    assertEmpty(other);
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamedWithTheWayOut() throws Exception {
    Path target = Files.createDirectory(folder.resolve("read-only"));
    String output = mounted(target, "ro").options("-Djava.io.tmpdir=" + target).run();
    assertTrue(output.contains("the native library cannot be extracted into " + target), output);
    assertTrue(output.contains("-Dmodelpack.dir=FOLDER"), output);
  }

  @Test
  void aFolderThatIsFullIsNamedWithTheWayOut() throws Exception {
    Path target = Files.createDirectory(folder.resolve("full"));
    String output = mounted(target, "size=64k").options("-Djava.io.tmpdir=" + target).run();
    assertTrue(output.contains("the native library cannot be extracted into " + target), output);
    assertTrue(output.contains("-Dmodelpack.dir=FOLDER"), output);
  }

  @Test
  void aHomeThatCannotBeWrittenDoesNotMatter() throws Exception {
    Path home = Files.createDirectory(folder.resolve("home"));
    for (Path place : List.of(home, folder.resolve("nowhere"))) {
      String output =
          mounted(home, "ro")
              .options("-Duser.home=" + place)
              .environment("HOME", place)
              .environment("XDG_CONFIG_HOME", place.resolve("config"))
              .run();
      assertEquals(ANSWER, output);
    }
  }

  @Test
  void manyProcessesAndThreadsExtractAtOnce() throws Exception {
    Path target = Files.createDirectory(folder.resolve("natives"));
    List<OwnJvm.Running> running = new ArrayList<>();
    for (int process = 0; process < 6; process++) {
      OwnJvm jvm = OwnJvm.of(OneRow.class).options("-Dmodelpack.dir=" + target).arguments(16);
      running.add(jvm.start());
    }
    for (OwnJvm.Running jvm : running) {
      assertEquals(ANSWER, jvm.join());
    }
    assertEmpty(target);
  }

  @Test
  void theFolderIsPrivateAndNew() throws IOException {
    Path first = NativeLibrary.createPrivateFolder(folder);
    Path second = NativeLibrary.createPrivateFolder(folder);
    assertFalse(first.equals(second));
    assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(first)));
  }

  @Test
  void whatIsExtractedIsHashedBeforeItIsLoaded() throws IOException {
    byte[] content = "no library".getBytes();
    PackagedLibrary other = new PackagedLibrary("other.so", content, "0".repeat(64));
    Path file = folder.resolve("other.so");
    IOException error = assertThrows(IOException.class, () -> NativeLibrary.extract(other, file));
    assertTrue(error.getMessage().contains("is not what can be read from it"), error.getMessage());
    assertThrows(IOException.class, () -> NativeLibrary.extract(other, file), "it is there");
  }

  @Test
  void aPlatformWithoutALibraryIsNamedWithTheWayOut() throws Exception {
    String output = run("-Dos.name=Plan 9", "-Dos.arch=mips");
    assertTrue(output.contains("no native library for plan9-mips"), output);
    assertTrue(output.contains("os.name Plan 9, os.arch mips"), output);
    assertTrue(output.contains("-Dmodelpack.library.path=FILE"), output);
  }

  @Test
  void whatIsNoLibraryIsRefused() throws Exception {
    Path text = Files.writeString(folder.resolve("text.so"), "no library");
    String output = run("-Dmodelpack.library.path=" + text);
    assertTrue(
        output.contains("IoException: the native library " + text + " cannot be loaded"), output);
  }

  @Test
  void platformsHaveOneNameEach() {
    assertEquals("linux-x86_64", Platform.of("Linux", "amd64").toString());
    assertEquals("macos-aarch64", Platform.of("Mac OS X", "aarch64").toString());
    assertEquals("windows-x86_64", Platform.of("Windows Server 2022", "AMD64").toString());
    assertEquals("modelpack_jni.dll", Platform.of("Windows 11", "amd64").libraryFile());
    assertEquals("libmodelpack_jni.dylib", Platform.of("Mac OS X", "x86_64").libraryFile());
  }
}
