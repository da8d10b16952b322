package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.Forgetful;
import dev.modelpack.testing.OwnJvm;
import dev.modelpack.testing.TestModels;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Closing, while others predict too. */
class CloseTest {
  private static final int CALLERS = 32;
  private static final Duration SOON = Duration.ofSeconds(20);

  @Test
  void whatIsClosedThrows() {
    Bundle bundle = Bundle.open(TestModels.classifier(), TrustPolicy.UNSIGNED);
    Predictor predictor = bundle.predictor();
    Row row = predictor.row();
    bundle.close();
    bundle.close();
    assertEquals(ErrorCode.CLOSED, assertThrows(ClosedException.class, bundle::predictor).code());
    assertThrows(ClosedException.class, bundle::metricsJson);
    assertEquals("late", bundle.name());

    assertEquals("late", predictor.predict(Map.of("x", 3, "y", 1)).label());
    predictor.close();
    predictor.close();
    assertThrows(ClosedException.class, () -> predictor.predict(Map.of("x", 3, "y", 1)));
    assertThrows(ClosedException.class, () -> predictor.predict(new double[2], new double[4]));
    assertThrows(ClosedException.class, () -> row.set("z", 1));
    Matrix matrix = Matrix.copyOf(new double[1][2], 2);
    OutputBuffer margin = OutputBuffer.of(predictor.schema().outputs().get(2), buffer());
    assertThrows(ClosedException.class, () -> predictor.predict(matrix, margin));
    assertThrows(ClosedException.class, predictor::stats);
    assertThrows(ClosedException.class, predictor::plan);
    assertEquals(2, predictor.schema().features().size());
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocateDirect(8).order(java.nio.ByteOrder.nativeOrder());
  }

  @Test
  void closingWhileOthersPredictIsSafe() throws Exception {
    byte[] content = TestModels.forest(50, 5, 10);
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    for (int round = 0; round < 25; round++) {
      try (Bundle bundle = Bundle.open(content, TrustPolicy.UNSIGNED)) {
        Predictor predictor = bundle.predictor();
        double[] expected = new double[1];
        predictor.predict(new double[10], expected);
        CountDownLatch started = new CountDownLatch(CALLERS);
        List<Future<Integer>> workers = new ArrayList<>();
        for (int worker = 0; worker < CALLERS; worker++) {
          Runnable call = call(worker, predictor, expected[0]);
          workers.add(threads.submit(() -> callUntilClosed(call, started)));
        }
        started.await();
        Thread.sleep(2);
        assertTrue(predictor.closeAndWait(SOON));
        for (Future<Integer> worker : workers) {
          assertTrue(worker.get() > 0);
        }
      }
    }
    threads.shutdown();
  }

  /** A call of every kind that a predictor answers; the same kind again for every eighth thread. */
  private static Runnable call(int worker, Predictor predictor, double expected) {
    double[] in = new double[10];
    double[] out = new double[1];
    Map<String, Object> named = new HashMap<>();
    Row row = predictor.row();
    for (Feature feature : predictor.schema().features()) {
      named.put(feature.name(), 0);
      row.set(feature.name(), 0);
    }
    Matrix matrix = Matrix.copyOf(new double[600][10], 10);
    OutputBuffer value = OutputBuffer.allocate(predictor.schema().outputs().get(0), 600);
    return switch (worker % 8) {
      case 0 -> () -> assertEquals(expected, predictor.predict(named).value());
      case 1 -> () -> assertEquals(expected, predictor.predict(row).value());
      case 2 ->
          () -> {
            predictor.predict(matrix, value);
            assertEquals(expected, value.get(599, 0));
          };
      case 3 -> () -> assertEquals(10, predictor.stats().size());
      case 4 -> () -> assertFalse(predictor.plan().isEmpty());
      case 5 -> () -> refuse(predictor);
      default ->
          () -> {
            predictor.predict(in, out);
            assertEquals(expected, out[0]);
          };
    };
  }

  private static void refuse(Predictor predictor) {
    try {
      predictor.predict(Map.of("f1", 0));
    } catch (InputException refused) {
      return;
    }
    throw new AssertionError("a row without its features was answered");
  }

  private static int callUntilClosed(Runnable call, CountDownLatch started) {
    int answered = 0;
    while (true) {
      try {
        call.run();
      } catch (ClosedException closed) {
        return answered;
      }
      if (answered++ == 0) {
        started.countDown();
      }
    }
  }

  @Test
  void manyThreadsShareAPredictor() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try (Bundle bundle = Bundle.open(TestModels.flights(), TrustPolicy.UNSIGNED);
        Predictor predictor = bundle.predictor()) {
      List<Future<?>> workers = new ArrayList<>();
      for (int worker = 0; worker < 16; worker++) {
        int hour = worker;
        workers.add(threads.submit(() -> predictHour(predictor, hour)));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
      assertEquals(16 * 2000L, predictor.stats().get("hour").rows());
    }
    threads.shutdown();
  }

  private static void predictHour(Predictor predictor, int hour) {
    double[] out = new double[1];
    Row row = predictor.row().set("distance", 1).set("wind", 0).set("holiday", false);
    row.set("hour", hour).set("carrier", "AA");
    for (int i = 0; i < 1000; i++) {
      predictor.predict(new double[] {hour, i, 0, 0, 1, Double.NaN}, out);
      assertEquals(hour + 10 * i + 1.5, out[0]);
      assertEquals(hour + 10 + 0.5, predictor.predict(row).value());
    }
  }

  @Test
  void aHandleIsFreedOnceAndOnlyWhenIdle() throws Exception {
    AtomicInteger freed = new AtomicInteger();
    Handle handle = new Handle("thing", 7, pointer -> freed.incrementAndGet());
    int call = handle.enter();
    handle.close();
    assertThrows(ClosedException.class, handle::enter);
    assertEquals(0, freed.get());
    assertFalse(handle.closeAndWait(Duration.ofMillis(1)));
    handle.exit(call);
    assertTrue(handle.closeAndWait(SOON));
    assertTrue(handle.closeAndWait(Duration.ofSeconds(Long.MAX_VALUE)));
    assertEquals(1, freed.get());
  }

  @Test
  void aRaceToCloseFreesOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    for (int round = 0; round < 150; round++) {
      AtomicInteger freed = new AtomicInteger();
      AtomicInteger inside = new AtomicInteger();
      Handle handle =
          new Handle(
              "thing",
              7,
              pointer -> {
                assertEquals(0, inside.get());
                freed.incrementAndGet();
              });
      List<Future<?>> workers = new ArrayList<>();
      for (int worker = 0; worker < 3; worker++) {
        workers.add(threads.submit(() -> enterUntilClosed(handle, inside, freed)));
      }
      workers.add(threads.submit(handle::close));
      for (Future<?> worker : workers) {
        worker.get();
      }
      assertTrue(handle.closeAndWait(SOON));
      assertEquals(1, freed.get());
    }
    threads.shutdown();
  }

  private static void enterUntilClosed(Handle handle, AtomicInteger inside, AtomicInteger freed) {
    while (true) {
      int call;
      try {
        call = handle.enter();
      } catch (ClosedException closed) {
        return;
      }
      inside.incrementAndGet();
      assertEquals(0, freed.get());
      inside.decrementAndGet();
      handle.exit(call);
    }
  }

  @Test
  void whatIsForgottenIsFreed() throws Exception {
    CountDownLatch freed = new CountDownLatch(1);
    forget(freed);
    for (int attempt = 0; attempt < 200 && freed.getCount() > 0; attempt++) {
      System.gc();
      Thread.sleep(10);
    }
    assertEquals(0, freed.getCount());
  }

  /**
   * Leaves an owner to the garbage collector, with a handle registered as bundles and predictors
   * register theirs.
   */
  private static void forget(CountDownLatch freed) {
    Object owner = new Object();
    Handle handle = new Handle("thing", 7, pointer -> freed.countDown());
    Bundle.CLEANER.register(owner, handle::close);
  }

  @Test
  void manyMayCloseAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
    for (int round = 0; round < 50; round++) {
      Bundle bundle = Bundle.open(TestModels.classifier(), TrustPolicy.UNSIGNED);
      Predictor predictor = bundle.predictor();
      CountDownLatch begin = new CountDownLatch(1);
      List<Future<?>> workers = new ArrayList<>();
      for (int worker = 0; worker < CALLERS; worker++) {
        boolean first = worker % 2 == 0;
        workers.add(
            threads.submit(
                () -> {
                  begin.await();
                  (first ? (AutoCloseable) bundle : predictor).close();
                  assertThrows(
                      ClosedException.class,
                      first ? bundle::verify : () -> predictor.predict(Map.of("x", 3, "y", 1)));
                  return null;
                }));
      }
      begin.countDown();
      for (Future<?> worker : workers) {
        worker.get();
      }
    }
    threads.shutdown();
  }

  @Test
  void whatManyThreadsForgetIsFreedWhileTheyGoOn() throws Exception {
    String grown = OwnJvm.of(Forgetful.class).options("-Xmx96m").arguments(400).run();
    // Each of the 1,600 forests takes more than half a MiB.
    assertTrue(Long.parseLong(grown) < 300, grown + " MiB");
  }

  @Test
  void callsKeepToTheRulesOfJni() throws Exception {
    String printed = OwnJvm.of(Forgetful.class).options("-Xcheck:jni").arguments(10).run();
    assertTrue(printed.matches("-?[0-9]+"), printed);
  }
}
