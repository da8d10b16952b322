package dev.modelpack;

import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Properties;

/**
 * The native library as it lies in the jar, with the size and SHA-256 that the build wrote beside
 * it.
 */
record PackagedLibrary(String file, byte[] content, String sha256) {

  /** The library for a platform, checked against its digest. */
  static PackagedLibrary find(Platform platform) throws IOException {
    String folder = "native/" + platform + "/";
    Properties facts = new Properties();
    try (InputStream stream =
        PackagedLibrary.class.getResourceAsStream(folder + "library.properties")) {
      if (stream == null) {
        throw missing(platform);
      }
      facts.load(stream);
    }
    String file = facts.getProperty("file");
    try (InputStream stream = PackagedLibrary.class.getResourceAsStream(folder + file)) {
      if (stream == null) {
        throw missing(platform);
      }
      byte[] content = stream.readAllBytes();
      PackagedLibrary library = new PackagedLibrary(file, content, facts.getProperty("sha256"));
      if (content.length != Long.parseLong(facts.getProperty("size"))
          || !library.matches(content)) {
        throw ErrorDetails.of(ErrorCode.IO, "the native library in the modelpack jar is damaged")
            .withHint("fetch the jar anew; shading tools must copy dev/modelpack/native as it is")
            .exception();
      }
      return library;
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
            "this modelpack jar has no native library for %s (os.name %s, os.arch %s)"
                .formatted(platform, System.getProperty("os.name"), System.getProperty("os.arch")))
        .withHint(
            "build one there with `cargo build --release -p modelpack-jni` and name it: "
                + "-Dmodelpack.library.path=FILE")
        .exception();
  }
}
