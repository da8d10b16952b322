package dev.modelpack.spark;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** One direct buffer, handed out in parts. */
final class DirectMemory {
  /** Parts begin at multiples of this, the largest alignment that a value asks for. */
  static final int ALIGNMENT = 8;

  private final ByteBuffer whole;
  private int taken;

  DirectMemory(int sizeBytes) {
    this.whole = allocate(sizeBytes);
  }

  ByteBuffer take(int sizeBytes) {
    ByteBuffer part = whole.slice(taken, sizeBytes).order(ByteOrder.nativeOrder());
    taken += (sizeBytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    return part;
  }

  static ByteBuffer allocate(int sizeBytes) {
    return ByteBuffer.allocateDirect(sizeBytes).order(ByteOrder.nativeOrder());
  }

  /** A buffer at least twice as large with the first {@code used} bytes of another one. */
  static ByteBuffer grown(ByteBuffer small, int used, int neededBytes) {
    long doubled = Math.min(2L * small.capacity(), Integer.MAX_VALUE);
    ByteBuffer large = allocate((int) Math.max(doubled, neededBytes));
    large.put(0, small, 0, used);
    return large;
  }
}
