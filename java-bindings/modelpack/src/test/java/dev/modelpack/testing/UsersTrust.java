package dev.modelpack.testing;

import dev.modelpack.Bundle;
import dev.modelpack.ModelpackException;
import dev.modelpack.TrustPolicy;
import java.nio.file.Path;

/**
 * Opens the file that is its argument under the user's own policy: a program for a JVM of its own.
 */
public final class UsersTrust {
  private UsersTrust() {}

  public static void main(String[] arguments) {
    try (Bundle bundle = Bundle.open(Path.of(arguments[0]), TrustPolicy.ofUser())) {
      System.out.println(bundle.verified() ? "verified" : "not verified");
    } catch (ModelpackException error) {
      System.out.println(error.code() + ": " + error.getMessage());
    }
  }
}
