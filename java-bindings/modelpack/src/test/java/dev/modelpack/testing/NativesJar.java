package dev.modelpack.testing;

import dev.modelpack.Bundle;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;

/**
 * A jar as those that hold the native library of one platform: here with this machine's library.
 */
public final class NativesJar {
  private static final String HERE = "/dev/modelpack/native/linux-x86_64/";
  private static final String[] ENTRIES = {"library.properties", "libmodelpack_jni.so"};

  private NativesJar() {}

  public static Path write(Path jar, String platform) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(file)) {
      entries.putNextEntry(new JarEntry("META-INF/MANIFEST.MF"));
      String name = "Automatic-Module-Name: dev.modelpack.natives." + platform.replace('-', '.');
      entries.write(
          ("Manifest-Version: 1.0\r\n" + name + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
      for (String entry : ENTRIES) {
        URL found = Bundle.class.getResource(HERE + entry);
        entries.putNextEntry(new JarEntry("dev/modelpack/native/" + platform + "/" + entry));
        entries.write(found.openStream().readAllBytes());
      }
    }
    return jar;
  }
}
