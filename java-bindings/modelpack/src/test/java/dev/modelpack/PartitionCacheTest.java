package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.CityModels;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** When models of nodes are loaded, and what becomes of those that cannot be. */
class PartitionCacheTest {
  private static final int SHOPS = 200;
  private static final int THREADS = 32;

  @Test
  void modelsAreLoadedWhenTheyAreFirstUsed() {
    try (Predictor predictor = predictor(CityModels.cities(), PredictorOptions.defaults())) {
      PartitionNode warsaw = predictor.node("PL", "Warsaw").orElseThrow();
      assertEquals(new NodeStats(0, 0, 0, false, 0), predictor.nodeStats(warsaw));
      predictor.withKey("PL", "Warsaw").predict(Map.of("hour", 3));
      predictor.withKey("PL", "Warsaw").predict(Map.of("hour", 4));
      NodeStats stats = predictor.nodeStats(warsaw);
      assertEquals(2, stats.rows());
      assertEquals(1, stats.loads());
      assertEquals(0, stats.failures());
      assertTrue(stats.loaded());
      assertTrue(stats.memoryBytes() > 0);
      CacheStats cache = predictor.cacheStats();
      assertEquals(1L << 30, cache.budgetBytes());
      assertEquals(stats.memoryBytes(), cache.memoryBytes());
      assertEquals(1, cache.nodes());
      predictor.withKey("PL", "Łódź").predict(Map.of("hour", 3));
      assertEquals(1, predictor.nodeStats(predictor.node("PL").orElseThrow()).rows());
      assertEquals(0, predictor.nodeStats(predictor.node("PL", "Łódź").orElseThrow()).rows());
    }
  }

  @Test
  void whatIsPreloadedNeedsNoLoadLater() {
    try (Predictor predictor = predictor(CityModels.cities(), PredictorOptions.defaults())) {
      predictor.preload(List.of("DE", "Berlin"), List.of("PL", "Gdynia"), List.of());
      assertTrue(predictor.nodeStats(predictor.node("DE", "Berlin").orElseThrow()).loaded());
      assertTrue(predictor.nodeStats(predictor.node("PL").orElseThrow()).loaded());
      assertEquals(2, predictor.cacheStats().loads());
      predictor.preloadAll();
      assertEquals(6, predictor.cacheStats().loads());
      predictor.nodes().forEach(node -> predictor.withKey(node.key().toArray()));
      assertEquals(6, predictor.cacheStats().nodes());
    }
  }

  @Test
  void manyThreadsOnAColdCacheWithASmallBudget() throws Exception {
    PredictorOptions options = PredictorOptions.builder().cacheBytes(20_000).build();
    assertEquals(OptionalLong.of(20_000), options.cacheBytes());
    try (Predictor predictor = predictor(CityModels.shops(SHOPS), options)) {
      ExecutorService threads = Executors.newFixedThreadPool(THREADS);
      CountDownLatch begin = new CountDownLatch(1);
      List<Future<Integer>> answers = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        Random random = new Random(thread);
        answers.add(
            threads.submit(
                () -> {
                  begin.await();
                  return wrongAnswers(predictor, random, 300);
                }));
      }
      begin.countDown();
      threads.shutdown();
      for (Future<Integer> answer : answers) {
        assertEquals(0, answer.get());
      }
      CacheStats cache = predictor.cacheStats();
      assertEquals(20_000, cache.budgetBytes());
      assertTrue(cache.memoryBytes() <= 20_000, cache::toString);
      assertTrue(cache.evictions() > 0, cache::toString);
      assertEquals(cache.loads() - cache.evictions(), cache.nodes());
      assertEquals(0, cache.failures());
      long rows = predictor.nodes().mapToLong(node -> predictor.nodeStats(node).rows()).sum();
      assertEquals(THREADS * 300, rows);
    }
  }

  /** Of shops that are there and of some that are not. */
  private static int wrongAnswers(Predictor predictor, Random random, int calls) {
    int wrong = 0;
    for (int call = 0; call < calls; call++) {
      long shop = random.nextInt(SHOPS + 20);
      boolean known = shop < SHOPS;
      Prediction found = predictor.predict(Map.of("hour", 2, "shop", shop));
      boolean right =
          found.value() == (known ? 2.0 * (shop + 1) : 2)
              && found.node().equals(Optional.of(known ? String.valueOf(shop) : "/"))
              && found.reason().equals(Optional.of(known ? Reason.EXACT : Reason.UNKNOWN));
      wrong += right ? 0 : 1;
    }
    return wrong;
  }

  @Test
  void threadsThatWantOneModelLoadItOnce() throws Exception {
    try (Predictor predictor = predictor(CityModels.cities(), PredictorOptions.defaults())) {
      ExecutorService threads = Executors.newFixedThreadPool(THREADS);
      CountDownLatch begin = new CountDownLatch(1);
      List<Future<Double>> answers = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        answers.add(
            threads.submit(
                () -> {
                  begin.await();
                  return predictor.withKey("FR", "Paris").predict(Map.of("hour", 2)).value();
                }));
      }
      begin.countDown();
      threads.shutdown();
      for (Future<Double> answer : answers) {
        assertEquals(600, answer.get());
      }
      assertEquals(1, predictor.cacheStats().loads());
    }
  }

  @Test
  void loadsUnderWayEndBeforeAClosedPredictorIsFreed() throws Exception {
    PredictorOptions options = PredictorOptions.builder().cacheBytes(5_000).build();
    Predictor predictor = predictor(CityModels.shops(SHOPS), options);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    CountDownLatch warm = new CountDownLatch(THREADS);
    List<Future<Integer>> answers = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      Random random = new Random(thread);
      answers.add(
          threads.submit(
              () -> {
                int wrong = 0;
                try {
                  while (true) {
                    wrong += wrongAnswers(predictor, random, 10);
                    warm.countDown();
                  }
                } catch (ClosedException closed) {
                  return wrong;
                }
              }));
    }
    threads.shutdown();
    warm.await();
    assertTrue(predictor.closeAndWait(Duration.ofMinutes(1)));
    for (Future<Integer> answer : answers) {
      assertEquals(0, answer.get());
    }
  }

  @Test
  void aCorruptEntryFailsAloneAndByName() {
    byte[] content = CityModels.damaged(100);
    try (Predictor predictor = predictor(content, PredictorOptions.defaults())) {
      KeyedPredictor warsaw = predictor.withKey("PL", "Warsaw");
      for (int attempt = 1; attempt <= 2; attempt++) {
        FormatException error =
            assertThrows(FormatException.class, () -> warsaw.predict(Map.of("hour", 3)));
        assertEquals(ErrorCode.DIGEST, error.code());
        assertEquals(Optional.of("PL/Warsaw"), error.node());
        assertTrue(error.getMessage().contains("PL/Warsaw"), error::getMessage);
        assertTrue(error.hint().isPresent());
        PartitionNode node = predictor.node("PL", "Warsaw").orElseThrow();
        assertEquals(new NodeStats(0, 0, attempt, false, 0), predictor.nodeStats(node));
      }
      assertEquals(30, predictor.withKey("PL", "Łódź").predict(Map.of("hour", 3)).value());
      assertEquals(600, predictor.withKey("DE", "Berlin").predict(Map.of("hour", 3)).value());
      assertEquals(3, predictor.withKey("IT", "Rome").predict(Map.of("hour", 3)).value());
      FormatException preload = assertThrows(FormatException.class, predictor::preloadAll);
      assertEquals(Optional.of("PL/Warsaw"), preload.node());
      assertEquals(5, predictor.cacheStats().nodes());
      assertFalse(predictor.nodeStats(predictor.node("PL", "Warsaw").orElseThrow()).loaded());
    }
    try (Bundle bundle = Bundle.open(content, TrustPolicy.UNSIGNED)) {
      assertEquals(ErrorCode.DIGEST, assertThrows(FormatException.class, bundle::verify).code());
    }
  }

  @Test
  void aBudgetOfNothingIsRefused() {
    assertThrows(UsageException.class, () -> PredictorOptions.builder().cacheBytes(0));
    assertThrows(UsageException.class, () -> PredictorOptions.builder().cacheBytes(-1));
    assertEquals(OptionalLong.empty(), PredictorOptions.defaults().cacheBytes());
  }

  @Test
  void aModelThatIsLargerThanTheBudgetAnswers() {
    PredictorOptions options = PredictorOptions.builder().cacheBytes(1).build();
    try (Predictor predictor = predictor(CityModels.cities(), options)) {
      assertEquals(300, predictor.withKey("PL", "Warsaw").predict(Map.of("hour", 3)).value());
      assertEquals(600, predictor.withKey("DE", "Berlin").predict(Map.of("hour", 3)).value());
      assertEquals(1, predictor.cacheStats().nodes());
    }
  }

  private static Predictor predictor(byte[] content, PredictorOptions options) {
    try (Bundle bundle = Bundle.open(content, TrustPolicy.UNSIGNED)) {
      return bundle.predictor(options);
    }
  }
}
