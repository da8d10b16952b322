package dev.modelpack.testing;

import dev.modelpack.Bundle;
import dev.modelpack.Predictor;
import dev.modelpack.TrustException;
import dev.modelpack.TrustPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Uses modelpack before and after the jar that it comes from is replaced: a program for a JVM of
 * its own.
 */
public final class ReplacedJar {
  /** How a jar is replaced: by a rename, as package managers do, or by writing over it. */
  public enum Way {
    RENAMED,
    OVERWRITTEN,
    EMPTIED
  }

  private ReplacedJar() {}

  /** Arguments: the way, whether it is used before too, the jar, what takes its place. */
  public static void main(String[] arguments) throws IOException {
    Path jar = Path.of(arguments[2]);
    byte[] content = TestModels.classifier();
    if (Boolean.parseBoolean(arguments[1])) {
      try (Bundle bundle = Bundle.open(content, TrustPolicy.UNSIGNED);
          Predictor predictor = bundle.predictor()) {
        print("before", () -> label(predictor));
        replace(Way.valueOf(arguments[0]), jar, Path.of(arguments[3]));
        print("held", () -> label(predictor));
      }
    } else {
      TrustPolicy.UNSIGNED.getClass();
      replace(Way.valueOf(arguments[0]), jar, Path.of(arguments[3]));
    }
    print("anew", OneRow::answer);
    print("refused", ReplacedJar::refusal);
  }

  private static String label(Predictor predictor) {
    return predictor.predict(Map.of("x", 3, "y", 1)).label().toString();
  }

  private static String refusal() {
    try (Bundle bundle = Bundle.open(TestModels.classifier(), null)) {
      return bundle.name();
    } catch (TrustException refused) {
      return refused.code().name();
    }
  }

  private static void replace(Way way, Path jar, Path other) throws IOException {
    switch (way) {
      case RENAMED -> Files.move(other, jar, StandardCopyOption.REPLACE_EXISTING);
      case OVERWRITTEN -> Files.write(jar, Files.readAllBytes(other));
      case EMPTIED -> Files.write(jar, new byte[0]);
    }
  }

  private static void print(String step, Supplier<String> answer) {
    String printed;
    try {
      printed = answer.get();
    } catch (RuntimeException | LinkageError error) {
      printed = error.toString();
    }
    System.out.println(step + ": " + printed);
  }
}
