package dev.modelpack.arrow;

import dev.modelpack.OutputBuffer;
import dev.modelpack.RowNotes;

/** A call of the core, with or without a key. */
@FunctionalInterface
interface CoreCall {
  void predict(long schema, long array, int rows, RowNotes notes, OutputBuffer... targets);
}
