package dev.modelpack.arrow;

import dev.modelpack.Predictor;
import dev.modelpack.Reason;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Which partition node answered for each row, and why: its path, and the reason's name. */
final class NodeColumns {
  private static final Map<Reason, byte[]> REASONS = new EnumMap<>(Reason.class);

  static {
    for (Reason reason : Reason.values()) {
      REASONS.put(reason, utf8(reason.name().toLowerCase(Locale.ROOT)));
    }
  }

  private final Predictor predictor;
  private final VarCharVector nodes;
  private final VarCharVector reasons;

  NodeColumns(Predictor predictor, VectorSchemaRoot answers) {
    this.predictor = predictor;
    this.nodes = (VarCharVector) answers.getVector(AnswerFields.NODE);
    this.reasons = (VarCharVector) answers.getVector(AnswerFields.REASON);
  }

  /** Rows without a node, and all rows of a model without partitions, stay null. */
  void fill(BatchNotes notes, int rows) {
    nodes.allocateNew(rows);
    reasons.allocateNew(rows);
    if (predictor.schema().keys().isEmpty()) {
      return;
    }
    Map<Long, byte[]> paths = new HashMap<>();
    for (int row = 0; row < rows; row++) {
      long node = notes.node(row);
      if (node >= 0) {
        byte[] path = paths.computeIfAbsent(node, number -> utf8(predictor.nodePath(number)));
        nodes.setSafe(row, path);
      }
      int at = row;
      notes.notes().reason(row).ifPresent(reason -> reasons.setSafe(at, REASONS.get(reason)));
    }
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
