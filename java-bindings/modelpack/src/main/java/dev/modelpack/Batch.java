package dev.modelpack;

/** A batch that was measured, and where its answers go. */
interface Batch {
  /** Predicts; {@code predictor} is a live native object of this schema. */
  void run(long predictor, Schema schema);
}
