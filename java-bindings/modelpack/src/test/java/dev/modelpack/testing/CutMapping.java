package dev.modelpack.testing;

import dev.modelpack.Bundle;
import dev.modelpack.FormatException;
import dev.modelpack.TrustPolicy;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Opens a bundle from a mapped file that is cut first: a program for a JVM of its own. */
public final class CutMapping {
  private CutMapping() {}

  /** Argument: a bundle that may be written. */
  public static void main(String[] arguments) throws IOException {
    Path file = Path.of(arguments[0]);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      channel.truncate(0);
      try (Bundle bundle = Bundle.open(mapped, TrustPolicy.UNSIGNED)) {
        System.out.println("opened " + bundle.name());
      } catch (InternalError | FormatException refused) {
        System.out.println("refused");
      }
    }
  }
}
