package dev.modelpack;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Properties;

/** What this package is called where it was published; the build writes it down. */
final class Artifact {
  private static final String FACTS = "artifact.properties";

  private Artifact() {}

  /** Group, name and version, as build files write them. */
  static String coordinates() {
    return facts().getProperty("coordinates");
  }

  /** The artifact that holds the native library for a platform, where one is published. */
  static Optional<String> natives(Platform platform) {
    Properties facts = facts();
    boolean published =
        Arrays.asList(facts.getProperty("natives").split(" ")).contains(platform.toString());
    return published ? Optional.of(coordinates() + ":natives-" + platform) : Optional.empty();
  }

  private static Properties facts() {
    Properties facts = new Properties();
    try (InputStream stream = Artifact.class.getResourceAsStream(FACTS)) {
      facts.load(stream);
    } catch (IOException error) {
      throw new UncheckedIOException(error);
    }
    return facts;
  }
}
