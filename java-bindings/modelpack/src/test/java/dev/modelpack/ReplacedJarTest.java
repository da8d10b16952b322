package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.OneRow;
import dev.modelpack.testing.OwnJvm;
import dev.modelpack.testing.ReplacedJar;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a running JVM does when its jar is replaced, and a new one when the jar is damaged. */
class ReplacedJarTest {
  private static final Path CLASSES = OwnJvm.location(Bundle.class);

  @TempDir Path folder;

  private Path jar(String name) throws IOException {
    return jar(name, library -> library);
  }

  /** A jar of modelpack whose native library is what {@code change} makes of it. */
  private Path jar(String name, UnaryOperator<byte[]> change) throws IOException {
    Path jar = folder.resolve(name);
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(file);
        Stream<Path> found = Files.walk(CLASSES)) {
      for (Path path : found.filter(Files::isRegularFile).toList()) {
        byte[] content = Files.readAllBytes(path);
        boolean library = path.endsWith(Platform.current().libraryFile());
        entries.putNextEntry(new JarEntry(CLASSES.relativize(path).toString()));
        entries.write(library ? change.apply(content) : content);
      }
    }
    return jar;
  }

  private List<String> replaced(ReplacedJar.Way way, boolean usedBefore) throws Exception {
    Path jar = jar("modelpack.jar");
    Path other = Files.write(folder.resolve("other.jar"), new byte[(int) Files.size(jar)]);
    return OwnJvm.of(ReplacedJar.class)
        .from(jar)
        .arguments(way, usedBefore, jar, other)
        .run()
        .lines()
        .toList();
  }

  @Test
  void aJarInUseMayBeReplaced() throws Exception {
    List<String> used = List.of("before: late", "held: late", "anew: late", "refused: UNTRUSTED");
    for (ReplacedJar.Way way : ReplacedJar.Way.values()) {
      assertEquals(used, replaced(way, true), way.toString());
    }
  }

  @Test
  void aJarThatIsReplacedBeforeItsFirstUseIsAnError() throws Exception {
    for (ReplacedJar.Way way : ReplacedJar.Way.values()) {
      List<String> unused = replaced(way, false);
      assertEquals(2, unused.size());
      for (String line : unused) {
        assertFalse(line.endsWith("late"), line);
        assertTrue(line.contains("Error") || line.contains("Exception"), line);
      }
    }
    String renamed = replaced(ReplacedJar.Way.RENAMED, false).get(0);
    assertTrue(renamed.contains("if the jar was replaced, start the program anew"), renamed);
  }

  @Test
  void aNewClassLoaderTakesTheNewJar() throws Exception {
    Path jar = jar("modelpack.jar");
    try (URLClassLoader before = loader(jar)) {
      assertEquals("late", answer(before));
      Path padded = jar("padded.jar", library -> Arrays.copyOf(library, library.length + 1));
      Files.write(jar, Files.readAllBytes(padded));
      try (URLClassLoader after = loader(jar)) {
        InvocationTargetException error =
            assertThrows(InvocationTargetException.class, () -> answer(after));
        String message = error.getCause().getMessage();
        assertTrue(message.contains("the native library in the modelpack jar is damaged"), message);
      }
      Files.write(jar, Files.readAllBytes(jar("again.jar")));
      try (URLClassLoader last = loader(jar)) {
        assertEquals("late", answer(last));
      }
    }
  }

  private static URLClassLoader loader(Path jar) throws IOException {
    URL[] places = {jar.toUri().toURL(), OwnJvm.location(OneRow.class).toUri().toURL()};
    return new URLClassLoader(places, ClassLoader.getPlatformClassLoader());
  }

  private static Object answer(ClassLoader loader) throws ReflectiveOperationException {
    return loader.loadClass(OneRow.class.getName()).getMethod("answer").invoke(null);
  }

  @Test
  void aDamagedLibraryIsNotLoaded() throws Exception {
    for (int at : new int[] {0, 4096, 100_000}) {
      Path jar =
          jar(
              "damaged.jar",
              library -> {
                library[at] ^= 1;
                return library;
              });
      String output = OwnJvm.of(OneRow.class).from(jar).run();
      assertTrue(output.contains("the native library in the modelpack jar is damaged"), output);
    }
    Path cut = jar("cut.jar", library -> Arrays.copyOf(library, library.length - 1));
    String output = OwnJvm.of(OneRow.class).from(cut).run();
    assertTrue(output.contains("the native library in the modelpack jar is damaged"), output);
  }
}
