package dev.modelpack;

import java.util.List;

/**
 * One batch in the structs of the Arrow C Data Interface. What they point to is the producer's
 * word; where the answers go is measured here.
 */
final class ArrowCall implements Batch {
  private final long schemaAddress;
  private final long arrayAddress;
  private final boolean strict;
  private final BatchAnswers answers;

  /** The cells of the call's key, outermost level first; null if there is none. */
  private long[] key;

  ArrowCall(
      long schemaAddress, long arrayAddress, boolean strict, int rows, OutputBuffer[] targets) {
    this.schemaAddress = schemaAddress;
    this.arrayAddress = arrayAddress;
    this.strict = strict;
    this.answers = new BatchAnswers(rows, targets);
  }

  ArrowCall withNotes(RowNotes notes) {
    answers.putNotes(notes);
    return this;
  }

  /** Has every row read the key's cells, whatever children stand in the array. */
  ArrowCall withKey(KeyCells cells) {
    key = cells.toArray();
    return this;
  }

  @Override
  public void run(long predictor, Schema schema) {
    answers.requireOutputsOf(schema);
    answers.refuseOverlaps(List.of());
    Native.predictArrow(
        predictor,
        schemaAddress,
        arrayAddress,
        strict,
        key,
        answers.rows,
        answers.outputs,
        answers.status,
        answers.nodes,
        answers.reasons);
  }
}
