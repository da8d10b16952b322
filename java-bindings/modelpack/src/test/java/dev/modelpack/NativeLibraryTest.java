package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.OneRow;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How the native library gets into the JVM. Each case that needs properties of its own runs {@link
 * OneRow} in a JVM of its own.
 */
class NativeLibraryTest {
  private static final String ANSWER = "late";

  @TempDir Path folder;

  @Test
  void everyClassLoaderGetsALibraryOfItsOwn() throws Exception {
    URL[] classes = {location(Bundle.class), location(OneRow.class)};
    ClassLoader platform = ClassLoader.getPlatformClassLoader();
    try (URLClassLoader first = new URLClassLoader(classes, platform);
        URLClassLoader second = new URLClassLoader(classes, platform)) {
      assertNotSame(first.loadClass(Bundle.class.getName()), Bundle.class);
      for (URLClassLoader loader : List.of(first, second, first)) {
        assertEquals(
            ANSWER, loader.loadClass(OneRow.class.getName()).getMethod("answer").invoke(null));
      }
    }
    assertEquals(ANSWER, OneRow.answer());
  }

  private static URL location(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation();
  }

  /** Output of a JVM with these options. */
  private String run(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 22) {
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of(options));
    String classPath = location(Bundle.class).getPath() + ":" + location(OneRow.class).getPath();
    command.addAll(List.of("-cp", classPath, OneRow.class.getName()));
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return Files.readString(output).strip();
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
    try (Stream<Path> left = Files.list(target)) {
      assertEquals(0, left.count());
    }
    String missing = run("-Dmodelpack.dir=" + folder.resolve("nowhere"));
    assertTrue(missing.contains("cannot be extracted into " + folder.resolve("nowhere")), missing);
    assertTrue(missing.contains("-Dmodelpack.dir=FOLDER"), missing);
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
