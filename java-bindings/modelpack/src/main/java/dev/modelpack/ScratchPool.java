package dev.modelpack;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Scratch memory for row calls, taken and given back without a lock. A pool rather than
 * thread-locals: those outlive the predictor and its class loader, cost one buffer per virtual
 * thread, and would be shared by a call within a call.
 */
final class ScratchPool {
  /** References between two slots: about 128 bytes, so that slots do not share cache lines. */
  private static final int SPACING = 32;

  private static final int MAX_SLOTS = 64;

  private final int cellBytes;
  private final int outputBytes;
  private final boolean partitioned;
  private final AtomicReferenceArray<Scratch> slots;
  private final int mask;

  /** {@code partitioned}: whether calls ask which node answered. */
  ScratchPool(int cellBytes, int outputBytes, boolean partitioned) {
    this.cellBytes = cellBytes;
    this.outputBytes = outputBytes;
    this.partitioned = partitioned;
    int count = 4;
    while (count < 2 * Runtime.getRuntime().availableProcessors() && count < MAX_SLOTS) {
      count *= 2;
    }
    this.mask = count - 1;
    this.slots = new AtomicReferenceArray<>((count + 1) * SPACING);
  }

  Scratch take() {
    Scratch scratch = slots.getAndSet(slot(), null);
    return scratch != null ? scratch : new Scratch(cellBytes, outputBytes, partitioned);
  }

  /**
   * Gives scratch back; where the slot was filled meanwhile, one of the two is left to the garbage
   * collector.
   */
  void give(Scratch scratch) {
    slots.setRelease(slot(), scratch);
  }

  private int slot() {
    return (((int) Thread.currentThread().getId() & mask) + 1) * SPACING;
  }
}
