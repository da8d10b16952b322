package dev.modelpack.spark;

import dev.modelpack.Bundle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerApplicationEnd;
import scala.collection.Iterator;

/** Sends bundles to the executors, as Spark files whose names are made of their identities. */
final class BundleShipping {
  private BundleShipping() {}

  /** Sends the bundle's file once per application. */
  static ShippedBundle ship(SparkContext context, BundleSource.Opened opened) {
    String name = name(opened.bundle());
    synchronized (BundleShipping.class) {
      if (!isSent(context, name)) {
        send(context, opened.file(), name);
      }
    }
    return ShippedBundle.of(opened.bundle(), opened.engine(), name);
  }

  private static String name(Bundle bundle) {
    return "modelpack-" + bundle.identity().substring("sha256:".length()) + ".mpk";
  }

  /** Spark's own list is asked, since others of the application may have sent the file. */
  private static boolean isSent(SparkContext context, String name) {
    Iterator<String> files = context.listFiles().iterator();
    while (files.hasNext()) {
      if (files.next().endsWith("/" + name)) {
        return true;
      }
    }
    return false;
  }

  private static void send(SparkContext context, Path file, String name) {
    try {
      Path folder = Files.createTempDirectory("modelpack-");
      Path copy = folder.resolve(name);
      // The driver serves the copy as long as the application lives.
      context.addSparkListener(new Removal(copy));
      Files.copy(file, copy);
      context.addFile(copy.toString());
    } catch (IOException failure) {
      throw new UncheckedIOException(file + " cannot be sent to the executors", failure);
    }
  }

  /** Removes a copy and its folder when the application ends. */
  private static final class Removal extends SparkListener {
    private final Path copy;

    Removal(Path copy) {
      this.copy = copy;
    }

    @Override
    public void onApplicationEnd(SparkListenerApplicationEnd end) {
      try {
        Files.deleteIfExists(copy);
        Files.deleteIfExists(copy.getParent());
      } catch (IOException left) {
        throw new UncheckedIOException(left);
      }
    }
  }
}
