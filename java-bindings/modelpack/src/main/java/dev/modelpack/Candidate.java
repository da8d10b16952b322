package dev.modelpack;

import java.nio.file.Path;

/**
 * A bundle that was opened under the policy and met the expectations, and the file it came from.
 */
record Candidate(Path path, Bundle bundle) implements AutoCloseable {
  @Override
  public void close() {
    bundle.close();
  }
}
