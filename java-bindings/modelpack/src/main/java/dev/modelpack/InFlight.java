package dev.modelpack;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts calls in flight. Threads count in different stripes, each on cache lines of its own, so
 * that callers on many processors do not wait for one another.
 */
final class InFlight {
  /** Longs between two stripes: 128 bytes, since processors fetch cache lines in pairs. */
  private static final int SPACING = 16;

  private static final int MAX_STRIPES = 64;

  private final AtomicLongArray counts;
  private final int mask;

  InFlight() {
    int stripes = 1;
    while (stripes < Runtime.getRuntime().availableProcessors() && stripes < MAX_STRIPES) {
      stripes *= 2;
    }
    this.mask = stripes - 1;
    this.counts = new AtomicLongArray((stripes + 1) * SPACING);
  }

  /** Counts a call in, and names the stripe in which to count it out. */
  int enter() {
    int stripe = ((int) Thread.currentThread().getId() & mask) + 1;
    counts.getAndIncrement(stripe * SPACING);
    return stripe;
  }

  void exit(int stripe) {
    counts.getAndDecrement(stripe * SPACING);
  }

  /** Whether no call is in flight. Once new calls are refused, an answer of true stays true. */
  boolean idle() {
    for (int stripe = 0; stripe <= mask; stripe++) {
      if (counts.get((stripe + 1) * SPACING) != 0) {
        return false;
      }
    }
    return true;
  }
}
