package dev.modelpack;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Predicts with the newest good bundle at a path, and swaps it for its successor while calls go on.
 * Safe to share between threads.
 *
 * <pre>{@code
 * HolderOptions options = HolderOptions.named("eta").minVersion("1.4.0").build();
 * try (BundleHolder holder = BundleHolder.open(Path.of("/models"), trust, options)) {
 *   Prediction prediction = holder.predict(Map.of("hour", 17, "carrier", "AA"));
 * }
 * }</pre>
 *
 * <p>The path is a file, or a folder whose {@code .mpk} file of the expected name with the highest
 * version counts. A thread looks at it from time to time, also behind symbolic links. A bundle that
 * appears is verified under the policy and the expectations, must be a successor of the one in use
 * ({@link Bundle#checkSuccessor}), and must reproduce its golden rows; then new calls get it, and
 * the old one is closed after the last call that uses it. Whatever is refused, or deleted, changes
 * nothing: {@link #lastError()} and {@link HolderListener} say why.
 */
public final class BundleHolder implements AutoCloseable {
  private final Path path;
  private final HolderOptions options;
  private final BundleFiles files;
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile LeasedPredictor current;
  private volatile ModelpackException lastError;

  /** What was refused at the last reading, so that it is told once. */
  private Set<String> refusals = Set.of();

  private BundleHolder(Path path, TrustPolicy trust, HolderOptions options) {
    this.path = path;
    this.options = options;
    this.files = new BundleFiles(path, trust, options.expectations());
  }

  /**
   * Opens the bundle that is there now, and begins to follow the path.
   *
   * @param path a file, or a folder of {@code .mpk} files
   * @param trust who may have made bundles
   * @param options what is expected of them
   * @return the holder, to be closed
   * @throws IoException if there is no file, or no bundle of the name in the folder
   * @throws FormatException if it is no whole bundle
   * @throws TrustException if the policy does not permit it, or it is not the one expected
   */
  public static BundleHolder open(Path path, TrustPolicy trust, HolderOptions options) {
    BundleHolder holder = new BundleHolder(path, trust, options);
    holder.poll();
    if (holder.current == null) {
      throw holder.lastError != null ? holder.lastError : holder.nothingThere();
    }
    if (!options.interval().isZero()) {
      Thread thread = new Thread(holder::follow, "modelpack-holder");
      thread.setDaemon(true);
      thread.start();
    }
    return holder;
  }

  /**
   * Predicts a row given by name, as {@link Predictor#predict(Map)}.
   *
   * @param row feature names and values
   * @return the answer
   * @throws InputException if a feature is not present or a value is refused
   * @throws ClosedException if this holder was closed
   */
  public Prediction predict(Map<String, ?> row) {
    return call(predictor -> predictor.predict(row));
  }

  /**
   * Lends the predictor in use; it stays open until {@code body} returns, whatever is swapped
   * meanwhile. What is made for a predictor (rows, category codes, buffers) belongs in the body:
   * the next call may get another one.
   *
   * @param <R> what the body answers
   * @param body uses the predictor, and neither keeps nor closes it
   * @return what the body answers
   * @throws ClosedException if this holder was closed
   */
  public <R> R call(Function<? super Predictor, ? extends R> body) {
    for (; ; ) {
      LeasedPredictor leased = current;
      int lease;
      try {
        lease = leased.enter();
      } catch (ClosedException late) {
        if (current == leased) {
          throw late; // no swap retired it, but close
        }
        continue;
      }
      try {
        return body.apply(leased.predictor());
      } finally {
        leased.exit(lease);
      }
    }
  }

  /**
   * The bundle that answers calls which begin now.
   *
   * @return what it is
   */
  public HeldBundle bundle() {
    return current.held();
  }

  /**
   * Why the path's present content is not, or not all of it, what answers.
   *
   * @return the last refusal, or empty if the last reading found nothing to refuse
   */
  public Optional<ModelpackException> lastError() {
    return Optional.ofNullable(lastError);
  }

  /**
   * Looks now.
   *
   * @return whether another bundle answers from now on
   * @throws ClosedException if this holder was closed
   */
  public synchronized boolean poll() {
    if (closed.getCount() == 0) {
      throw ErrorDetails.of(ErrorCode.CLOSED, "the holder of " + path + " was closed").exception();
    }
    if (!files.changed()) {
      return false;
    }
    Refusals found = new Refusals();
    HeldBundle before = current == null ? null : current.held();
    boolean swapped = files.best(found::add).map(next -> take(next, found)).orElse(false);
    lastError = found.last;
    found.tell();
    if (swapped && before != null) {
      tell(listener -> listener.swapped(before, current.held()));
    }
    return swapped;
  }

  /** Closes at once: calls in flight finish. A second call does nothing. */
  @Override
  public synchronized void close() {
    closed.countDown();
    if (current != null) {
      current.retire();
    }
  }

  /**
   * Closes, then waits for the calls in flight.
   *
   * @param timeout how long to wait
   * @return whether all calls finished and the memory is free; if not, the last call will free it
   * @throws InterruptedException if the waiting thread is interrupted; this is closed all the same
   */
  public boolean closeAndWait(Duration timeout) throws InterruptedException {
    close();
    return current.retireAndWait(timeout);
  }

  /** Takes the candidate if it may follow, and closes it otherwise. */
  private boolean take(Candidate next, Refusals found) {
    LeasedPredictor old = current;
    try {
      if (old != null && old.held().identity().equals(next.bundle().identity())) {
        next.close();
        return false;
      }
      if (old != null) {
        old.bundle().checkSuccessor(next.bundle(), options.allowRollback());
      }
      current = new LeasedPredictor(next, options.predictor());
    } catch (ModelpackException refusal) {
      next.close();
      found.add(next.path(), refusal);
      return false;
    }
    if (old != null) {
      old.retire();
    }
    return true;
  }

  private ModelpackException nothingThere() {
    String name = options.expectations().name().orElseThrow();
    String message = path + " holds no bundle named " + Quote.of(name);
    return ErrorDetails.of(ErrorCode.IO, message).exception();
  }

  private void follow() {
    try {
      while (!closed.await(options.interval().toNanos(), TimeUnit.NANOSECONDS)) {
        try {
          poll();
        } catch (ClosedException late) {
          return;
        } catch (RuntimeException | Error failure) {
          report(failure); // such as no memory: the next look may do better
        }
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  private void tell(Consumer<HolderListener> event) {
    try {
      event.accept(options.listener());
    } catch (RuntimeException failure) {
      report(failure);
    }
  }

  private static void report(Throwable failure) {
    Thread thread = Thread.currentThread();
    thread.getUncaughtExceptionHandler().uncaughtException(thread, failure);
  }

  /** What one reading refused, told when all is done, and what was told before not again. */
  private final class Refusals {
    private final Map<String, Consumer<HolderListener>> events = new LinkedHashMap<>();
    private ModelpackException last;

    void add(Path file, ModelpackException reason) {
      last = reason;
      events.put(file + ": " + reason.getMessage(), listener -> listener.refused(file, reason));
      if (reason instanceof IoException) {
        files.forget(); // it may pass without the file changing
      }
    }

    void tell() {
      Set<String> before = refusals;
      refusals = Set.copyOf(events.keySet());
      events.forEach(
          (text, event) -> {
            if (!before.contains(text)) {
              BundleHolder.this.tell(event);
            }
          });
    }
  }
}
