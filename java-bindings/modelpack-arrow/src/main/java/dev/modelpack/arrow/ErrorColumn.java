package dev.modelpack.arrow;

import dev.modelpack.ModelpackException;
import dev.modelpack.Output;
import dev.modelpack.OutputBuffer;
import dev.modelpack.RowNotes;
import java.util.BitSet;
import java.util.List;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/**
 * Why rows were refused: the call notes an error's number, and the row is asked again for its text.
 */
final class ErrorColumn {
  /** The call throws what it has to say. */
  private static final RowNotes SILENT = RowNotes.of(null, null, null);

  private final VarCharVector errors;
  private final CoreCall core;
  private final OutputBuffer[] one;

  ErrorColumn(VectorSchemaRoot answers, CoreCall core, List<Output> outputs) {
    this.errors = (VarCharVector) answers.getVector(AnswerFields.ERROR);
    this.core = core;
    this.one =
        outputs.stream()
            .map(output -> OutputBuffer.allocate(output, 1))
            .toArray(OutputBuffer[]::new);
  }

  void fill(ExportedBatch batch, BatchNotes notes, BitSet refused, int rows) {
    errors.allocateNew(rows);
    for (int row = refused.nextSetBit(0); row >= 0; row = refused.nextSetBit(row + 1)) {
      errors.setSafe(row, NodeColumns.utf8(reason(batch, notes, row)));
    }
  }

  private String reason(ExportedBatch batch, BatchNotes notes, int row) {
    batch.moveTo(row);
    try {
      core.predict(batch.schemaAddress(), batch.arrayAddress(), 1, SILENT, one);
    } catch (ModelpackException error) {
      if (error.row().isPresent()) {
        return error.getMessage();
      }
      throw error;
    }
    // It is answered by now, such as one whose model could not be read before.
    return "refused (%s)".formatted(notes.error(row).name());
  }
}
