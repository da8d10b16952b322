package dev.modelpack.testing;

import dev.modelpack.Bundle;
import dev.modelpack.OpenOptions;
import dev.modelpack.Predictor;
import dev.modelpack.TrustPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Opens bundles and never closes them, in threads, while garbage is collected all the time: a
 * program for a small JVM of its own. Prints by how much its memory grew, in MiB.
 */
public final class Forgetful {
  private static final int THREADS = 4;
  private static final int GARBAGE = 256 * 1024;

  private Forgetful() {}

  /** Argument: how many bundles each thread opens. */
  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[0]);
    TestKey key = TestKey.p256(1);
    byte[] forest = TestModels.forest(200, 6, 10);
    byte[] signed = TestModels.flights("eta", "1.4.0", key);
    run(count / 10, forest, signed, key);
    long before = residentMebibytes();
    run(count, forest, signed, key);
    System.out.println(residentMebibytes() - before);
  }

  private static void run(int count, byte[] forest, byte[] signed, TestKey key) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    List<Future<?>> workers = new ArrayList<>();
    for (int worker = 0; worker < THREADS; worker++) {
      workers.add(threads.submit(() -> forget(count, forest, signed, key)));
    }
    threads.shutdown();
    for (Future<?> worker : workers) {
      worker.get();
    }
  }

  private static void forget(int count, byte[] forest, byte[] signed, TestKey key) {
    double[] out = new double[1];
    double expected = Double.NaN;
    for (int i = 0; i < count; i++) {
      Predictor predictor = Bundle.open(forest, TrustPolicy.UNSIGNED).predictor();
      for (int call = 0; call < 10; call++) {
        predictor.predict(new double[10], out);
        byte[] garbage = new byte[GARBAGE];
        if (garbage[call] != 0 || (i + call > 0 && out[0] != expected)) {
          throw new AssertionError("another answer: " + out[0]);
        }
        expected = out[0];
      }
      // Objects that nobody refers to while their calls run.
      if (!Bundle.open(signed, TrustPolicy.ofPublicKey(key.pem())).verify().verified()
          || Bundle.explain(signed, TrustPolicy.of(key.pem()), OpenOptions.none())
              .rule()
              .isEmpty()) {
        throw new AssertionError("a signed bundle is not verified");
      }
    }
  }

  private static long residentMebibytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmRSS:"))
            .map(line -> line.replaceAll("[^0-9]", ""))
            .mapToLong(Long::parseLong)
            .sum()
        / 1024;
  }
}
