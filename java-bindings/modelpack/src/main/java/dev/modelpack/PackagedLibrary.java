package dev.modelpack;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Properties;

/**
 * The native library as it lies in the jar, or in the one of its platform beside it, with the
 * SHA-256 that the build wrote there.
 */
record PackagedLibrary(String file, byte[] content, String sha256) {
  private static final String FACTS = "library.properties";
  private static final String PACKAGE = "dev/modelpack/";

  /** The library for a platform, checked against its digest. */
  static PackagedLibrary find(Platform platform) {
    String folder = "native/" + platform + "/";
    if (locate(folder + FACTS) == null) {
      throw missing(platform);
    }
    try {
      return read(folder);
    } catch (IOException error) {
      throw ErrorDetails.of(
              ErrorCode.IO, "the native library cannot be read from the modelpack jar: " + error)
          .withHint("if the jar was replaced, start the program anew")
          .withCause(error)
          .exception();
    }
  }

  /** A library that another package brings, which states no digest: its own is taken. */
  static PackagedLibrary of(URL resource, String file) throws IOException {
    byte[] content = read(resource);
    return new PackagedLibrary(file, content, digest(content));
  }

  private static PackagedLibrary read(String folder) throws IOException {
    Properties facts = new Properties();
    try (InputStream stream = open(folder + FACTS)) {
      facts.load(stream);
    }
    String file = facts.getProperty("file");
    try (InputStream stream = open(folder + file)) {
      byte[] content = stream.readAllBytes();
      PackagedLibrary library = new PackagedLibrary(file, content, facts.getProperty("sha256"));
      if (!library.matches(content)) {
        throw ErrorDetails.of(ErrorCode.IO, "the native library in the modelpack jar is damaged")
            .withHint("fetch the jar anew; shading tools must copy dev/modelpack/native as it is")
            .exception();
      }
      return library;
    }
  }

  /**
   * A resource as it is now: the JVM keeps jars that were once opened by their path, and would read
   * a replaced one by the directory of the one before.
   */
  private static InputStream open(String resource) throws IOException {
    URL url = locate(resource);
    if (url == null) {
      throw new FileNotFoundException(resource);
    }
    return open(url);
  }

  /**
   * A class of a module sees the resources of its own jar only; its loader, those of the others.
   */
  private static URL locate(String resource) {
    URL own = PackagedLibrary.class.getResource(resource);
    ClassLoader loader = PackagedLibrary.class.getClassLoader();
    return own != null || loader == null ? own : loader.getResource(PACKAGE + resource);
  }

  private static InputStream open(URL url) throws IOException {
    URLConnection connection = url.openConnection();
    connection.setUseCaches(false);
    return connection.getInputStream();
  }

  private static byte[] read(URL url) throws IOException {
    try (InputStream stream = open(url)) {
      return stream.readAllBytes();
    }
  }

  /** Whether these bytes are the library's. */
  boolean matches(byte[] bytes) {
    return bytes.length == content.length && digest(bytes).equals(sha256);
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  private static ModelpackException missing(Platform platform) {
    return ErrorDetails.of(
            ErrorCode.IO,
            "there is no native library for %s (os.name %s, os.arch %s)"
                .formatted(platform, System.getProperty("os.name"), System.getProperty("os.arch")))
        .withHint(
            Artifact.natives(platform)
                    .map(artifact -> "put " + artifact + " on the class path")
                    .orElse("build one there with `cargo build --release -p modelpack-jni`")
                + ", or name a library: -Dmodelpack.library.path=FILE")
        .exception();
  }
}
