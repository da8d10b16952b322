package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.TestKey;
import dev.modelpack.testing.TestModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What follows, what is refused, and that no call notices. */
class BundleHolderTest {
  private static final TestKey ANNA = TestKey.p256(1);
  private static final TestKey MALLORY = TestKey.p256(3);
  private static final TrustPolicy TRUST = TrustPolicy.ofPublicKey(ANNA.pem());

  private final List<String> events = Collections.synchronizedList(new ArrayList<>());

  @TempDir Path folder;

  private static byte[] model(String name, String version, double weight, TestKey... signers) {
    return TestModels.hours(name, version, weight, "float64", signers);
  }

  private static byte[] eta(int minor) {
    return model("eta", "1." + minor + ".0", minor, ANNA);
  }

  /** As deployments do it: written beside, then renamed. */
  private Path put(Path file, byte[] content) throws IOException {
    Path beside = Files.createTempFile(folder, "writing", null);
    Files.write(beside, content);
    return Files.move(
        beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private HolderOptions.Builder options() {
    return HolderOptions.named("eta")
        .pollEvery(Duration.ZERO)
        .listener(
            new HolderListener() {
              @Override
              public void swapped(HeldBundle before, HeldBundle now) {
                events.add(before.version() + " to " + now.version());
              }

              @Override
              public void refused(Path path, ModelpackException reason) {
                events.add(path.getFileName() + " " + reason.code());
              }
            });
  }

  private BundleHolder open(Path path) {
    return BundleHolder.open(path, TRUST, options().build());
  }

  private static double answer(BundleHolder holder) {
    return holder.predict(Map.of("hour", 1.0)).value();
  }

  /** The file's content is refused for this reason, and the old bundle goes on. */
  private void refuses(ErrorCode code, byte[] content) throws IOException {
    Path file = put(folder.resolve("eta.mpk"), eta(4));
    try (BundleHolder holder = open(file)) {
      put(file, content);
      assertFalse(holder.poll());
      assertFalse(holder.poll());
      assertEquals(4, answer(holder));
      assertEquals(code, holder.lastError().orElseThrow().code());
      assertEquals(List.of("eta.mpk " + code), events, "told once");
      put(file, eta(6));
      assertTrue(holder.poll());
      assertEquals(6, answer(holder));
      assertEquals(Optional.empty(), holder.lastError());
    }
  }

  @Test
  void aSuccessorTakesOver() throws IOException {
    Path file = put(folder.resolve("eta.mpk"), eta(4));
    try (BundleHolder holder = open(file)) {
      assertEquals(4, answer(holder));
      assertFalse(holder.poll());
      put(file, eta(5));
      assertTrue(holder.poll());
      assertEquals(5, answer(holder));
      assertEquals("1.5.0", holder.bundle().version());
      assertEquals(List.of("1.4.0 to 1.5.0"), events);
    }
  }

  @Test
  void aHalfWrittenFileIsRefusedUntilItIsWhole() throws IOException {
    refuses(ErrorCode.TRUNCATED, Arrays.copyOf(eta(5), eta(5).length / 2));
  }

  @Test
  void aDamagedFileIsRefused() throws IOException {
    byte[] damaged = eta(5);
    int at = new String(damaged, StandardCharsets.ISO_8859_1).indexOf("\"1.5.0\"");
    damaged[at + 1] = '2';
    refuses(
        assertThrows(ModelpackException.class, () -> Bundle.open(damaged, TRUST)).code(), damaged);
  }

  @Test
  void anUnsignedBundleIsRefused() throws IOException {
    refuses(ErrorCode.TOO_FEW_SIGNATURES, model("eta", "1.5.0", 5));
  }

  @Test
  void aBundleSignedByAnotherIsRefused() throws IOException {
    refuses(ErrorCode.TOO_FEW_SIGNATURES, model("eta", "1.5.0", 5, MALLORY));
  }

  @Test
  void anotherNameIsRefused() throws IOException {
    refuses(ErrorCode.WRONG_NAME, model("delay", "1.5.0", 5, ANNA));
  }

  @Test
  void aLowerVersionIsRefused() throws IOException {
    refuses(ErrorCode.WRONG_VERSION, eta(3));
  }

  @Test
  void anotherBuildOfTheVersionIsRefused() throws IOException {
    refuses(ErrorCode.WRONG_IDENTITY, model("eta", "1.4.0", 4.5, ANNA));
  }

  @Test
  void anotherSchemaIsRefusedWithTheDifference() throws IOException {
    byte[] other = TestModels.hours("eta", "1.5.0", 5, "int64", ANNA);
    refuses(ErrorCode.INCOMPATIBLE_SCHEMA, other);
    try (Bundle before = Bundle.open(eta(4), TRUST);
        Bundle next = Bundle.open(other, TRUST)) {
      TrustException error =
          assertThrows(TrustException.class, () -> before.checkSuccessor(next, true));
      assertEquals(Optional.of("hour"), error.feature());
      assertTrue(error.getMessage().contains("was float64 and is int64"), error.getMessage());
    }
  }

  @Test
  void rollbackIsFollowedWhereItIsAllowed() throws IOException {
    Path file = put(folder.resolve("eta.mpk"), eta(4));
    HolderOptions options = options().allowRollback(true).build();
    try (BundleHolder holder = BundleHolder.open(file, TRUST, options)) {
      put(file, eta(3));
      assertTrue(holder.poll());
      put(file, model("eta", "1.3.0", 3.5, ANNA));
      assertTrue(holder.poll());
      assertEquals(3.5, answer(holder));
    }
  }

  @Test
  void aDeletedFileKeepsTheOldBundle() throws IOException {
    Path file = put(folder.resolve("eta.mpk"), eta(4));
    try (BundleHolder holder = open(file)) {
      Files.delete(file);
      assertFalse(holder.poll());
      assertEquals(ErrorCode.IO, holder.lastError().orElseThrow().code());
      assertEquals(4, answer(holder));
      put(file, eta(4));
      assertFalse(holder.poll());
      assertEquals(Optional.empty(), holder.lastError());
    }
  }

  @Test
  void ofAFolderTheHighestVersionThatVerifiesCounts() throws IOException {
    put(folder.resolve("a.mpk"), eta(9));
    put(folder.resolve("b.mpk"), eta(10));
    put(folder.resolve("c.mpk"), model("eta", "1.11.0", 11, MALLORY));
    put(folder.resolve("d.mpk"), model("delay", "2.0.0", 12, ANNA));
    put(folder.resolve("e.mpk.part"), eta(13));
    try (BundleHolder holder = open(folder)) {
      assertEquals(10, answer(holder));
      assertEquals(List.of("c.mpk TOO_FEW_SIGNATURES"), events);
      put(folder.resolve("e.mpk"), eta(14));
      assertTrue(holder.poll());
      assertEquals(14, answer(holder));
      put(folder.resolve("f.mpk"), eta(8));
      assertFalse(holder.poll());
      Files.delete(folder.resolve("e.mpk"));
      assertFalse(holder.poll());
      assertEquals(14, answer(holder));
    }
  }

  @Test
  void theLinksOfAKubernetesMountAreFollowed() throws IOException {
    for (int minor : List.of(4, 5)) {
      Path mounted = Files.createDirectory(folder.resolve("..release-" + minor));
      put(mounted.resolve("eta.mpk"), eta(minor));
    }
    Files.createSymbolicLink(folder.resolve("..data"), Path.of("..release-4"));
    Path link = Files.createSymbolicLink(folder.resolve("eta.mpk"), Path.of("..data/eta.mpk"));
    try (BundleHolder file = open(link);
        BundleHolder whole = open(folder)) {
      assertEquals(4, answer(file));
      Path renamed = Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..release-5"));
      Files.move(renamed, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
      assertTrue(file.poll());
      assertTrue(whole.poll());
      assertEquals(5, answer(file));
      assertEquals(5, answer(whole));
    }
  }

  @Test
  void withoutAGoodBundleThereIsNoHolder() throws IOException {
    Path file = folder.resolve("eta.mpk");
    assertThrows(IoException.class, () -> open(file));
    assertThrows(IoException.class, () -> open(folder));
    put(file, eta(4));
    HolderOptions newer = options().minVersion("1.5.0").build();
    assertThrows(TrustException.class, () -> BundleHolder.open(file, TRUST, newer));
  }

  @Test
  void whatIsBorrowedOutlivesTheSwapAndIsThenClosed() throws IOException {
    Path file = put(folder.resolve("eta.mpk"), eta(4));
    try (BundleHolder holder = open(file)) {
      put(file, eta(5));
      Predictor old =
          holder.call(
              predictor -> {
                assertTrue(holder.poll());
                assertEquals(4, predictor.predict(Map.of("hour", 1.0)).value());
                assertEquals(5, answer(holder));
                return predictor;
              });
      assertThrows(ClosedException.class, () -> old.predict(Map.of("hour", 1.0)));
    }
  }

  @Test
  void aClosedHolderSaysSo() throws Exception {
    BundleHolder holder = open(put(folder.resolve("eta.mpk"), eta(4)));
    assertTrue(holder.closeAndWait(Duration.ofSeconds(10)));
    assertThrows(ClosedException.class, () -> answer(holder));
    assertThrows(ClosedException.class, holder::poll);
    holder.close();
  }

  @Test
  void aListenerThatFailsChangesNothing() throws IOException {
    Path file = put(folder.resolve("eta.mpk"), eta(4));
    HolderListener failing =
        new HolderListener() {
          @Override
          public void swapped(HeldBundle before, HeldBundle now) {
            throw new IllegalStateException("a listener's own");
          }
        };
    Thread thread = Thread.currentThread();
    Thread.UncaughtExceptionHandler handler = thread.getUncaughtExceptionHandler();
    List<Throwable> reported = new ArrayList<>();
    thread.setUncaughtExceptionHandler((where, failure) -> reported.add(failure));
    try (BundleHolder holder =
        BundleHolder.open(file, TRUST, options().listener(failing).build())) {
      put(file, eta(5));
      assertTrue(holder.poll());
      assertEquals(5, answer(holder));
      assertEquals(1, reported.size());
    } finally {
      thread.setUncaughtExceptionHandler(handler);
    }
  }

  @Test
  void noRequestIsLostOverTwentySwaps() throws Exception {
    Path file = put(folder.resolve("eta.mpk"), eta(0));
    int swaps = 20;
    int requests = 10_000;
    int threads = 4;
    AtomicInteger answered = new AtomicInteger();
    CountDownLatch swapped = new CountDownLatch(swaps);
    HolderListener counting =
        new HolderListener() {
          @Override
          public void swapped(HeldBundle before, HeldBundle now) {
            swapped.countDown();
          }
        };
    HolderOptions options = options().pollEvery(Duration.ofMillis(1)).listener(counting).build();
    ExecutorService callers = Executors.newFixedThreadPool(threads);
    try (BundleHolder holder = BundleHolder.open(file, TRUST, options)) {
      List<Future<?>> running = new ArrayList<>();
      for (int caller = 0; caller < threads; caller++) {
        running.add(
            callers.submit(
                () -> {
                  double last = 0;
                  // All that was asked for, and on until the last swap.
                  for (int i = 0; i < requests / threads || swapped.getCount() > 0; i++) {
                    double found = answer(holder);
                    assertTrue(found >= last && found <= swaps, "never back, never anything else");
                    last = found;
                    answered.incrementAndGet();
                  }
                }));
      }
      for (int minor = 1; minor <= swaps; minor++) {
        put(file, eta(minor));
        while (swapped.getCount() > swaps - minor) {
          Thread.sleep(1);
        }
      }
      for (Future<?> caller : running) {
        caller.get();
      }
      assertTrue(answered.get() >= requests);
      assertEquals(swaps, answer(holder));
    } finally {
      callers.shutdownNow();
    }
  }
}
