package dev.modelpack.benchmarks;

import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Whose turn it is: rows one after the other, so that no branch is learnt by heart. */
@State(Scope.Thread)
public class Turn {
  /** A power of two. */
  static final int ROWS = 512;

  private int row;

  int next() {
    row = (row + 1) & (ROWS - 1);
    return row;
  }
}
