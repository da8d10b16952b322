package dev.modelpack;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;

/**
 * Owns one native object. {@link #close} returns at once; calls in flight finish, and whoever is
 * last frees the object, once.
 *
 * <p>Why that is safe: a call counts itself in before it looks at {@code closed}, and a closer sets
 * {@code closed} before it looks at the counts. So either the call sees that it came too late, or
 * the closer sees the call.
 */
final class Handle {
  private final String what;
  private final long pointer;
  private final LongConsumer free;
  private final InFlight calls = new InFlight();
  private final AtomicBoolean claimed = new AtomicBoolean();
  private final CountDownLatch freed = new CountDownLatch(1);
  private volatile boolean closed;

  /**
   * Takes ownership of {@code pointer}, which {@code free} gives back. {@code what} names the
   * object in errors.
   */
  Handle(String what, long pointer, LongConsumer free) {
    this.what = what;
    this.pointer = pointer;
    this.free = free;
  }

  /** Begins a call. Returns what {@link #exit} takes. */
  int enter() {
    int stripe = calls.enter();
    if (closed) {
      exit(stripe);
      throw ErrorDetails.of(ErrorCode.CLOSED, "the " + what + " was closed").exception();
    }
    return stripe;
  }

  void exit(int stripe) {
    calls.exit(stripe);
    if (closed) {
      freeIfIdle();
    }
  }

  /** The native object; only between {@link #enter} and {@link #exit}. */
  long pointer() {
    return pointer;
  }

  void close() {
    closed = true;
    freeIfIdle();
  }

  /**
   * Closes, then waits until the object is freed. False: calls were still in flight when the time
   * was over.
   */
  boolean closeAndWait(Duration timeout) throws InterruptedException {
    close();
    return freed.await(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS);
  }

  private void freeIfIdle() {
    if (calls.idle() && claimed.compareAndSet(false, true)) {
      free.accept(pointer);
      freed.countDown();
    }
  }
}
