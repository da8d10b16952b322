package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.OneRow;
import dev.modelpack.testing.OwnJvm;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Several class loaders in one JVM, each with a native library of its own, and their end. */
class ClassLoadersTest {
  private static final String ANSWER = "late";

  private static URLClassLoader loader() {
    try {
      URL[] classes = {
        OwnJvm.location(Bundle.class).toUri().toURL(), OwnJvm.location(OneRow.class).toUri().toURL()
      };
      return new URLClassLoader(classes, ClassLoader.getPlatformClassLoader());
    } catch (MalformedURLException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Object call(ClassLoader loader, String method) throws Exception {
    return loader.loadClass(OneRow.class.getName()).getMethod(method).invoke(null);
  }

  @Test
  void everyClassLoaderGetsALibraryOfItsOwn() throws Exception {
    try (URLClassLoader first = loader();
        URLClassLoader second = loader()) {
      assertNotSame(first.loadClass(Bundle.class.getName()), Bundle.class);
      for (URLClassLoader loader : List.of(first, second, first)) {
        assertEquals(ANSWER, call(loader, "answer"));
      }
    }
    assertEquals(ANSWER, OneRow.answer());
  }

  @Test
  void aClassLoaderAndItsLibraryGoWhenTheyAreNoLongerUsed() throws Exception {
    assertEquals(ANSWER, OneRow.answer());
    for (String method : List.of("answer", "forgetfulAnswer", "answer", "forgetfulAnswer")) {
      long before = mappedLibraries();
      WeakReference<ClassLoader> gone = useOnce(method);
      for (int attempt = 0; attempt < 500 && gone.get() != null; attempt++) {
        System.gc();
        Thread.sleep(10);
      }
      assertTrue(gone.refersTo(null), "the class loader is still there after " + method);
      for (int attempt = 0; attempt < 500 && mappedLibraries() > before; attempt++) {
        System.gc();
        Thread.sleep(10);
      }
      assertTrue(mappedLibraries() <= before, "its library is still there after " + method);
      assertEquals(ANSWER, OneRow.answer());
    }
  }

  /** In a thread of its own: a thread that has called a native library keeps it until it ends. */
  private static WeakReference<ClassLoader> useOnce(String method) throws Exception {
    FutureTask<WeakReference<ClassLoader>> task =
        new FutureTask<>(
            () -> {
              try (URLClassLoader loader = loader()) {
                assertEquals(ANSWER, call(loader, method));
                return new WeakReference<>(loader);
              }
            });
    Thread thread = new Thread(task);
    thread.start();
    thread.join();
    return task.get();
  }

  /** Mappings of native libraries of modelpack in this process. */
  private static long mappedLibraries() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.filter(line -> line.contains("libmodelpack_jni")).count();
    }
  }
}
