package dev.modelpack.spark;

import dev.modelpack.Column;
import dev.modelpack.ErrorCode;
import dev.modelpack.Output;
import dev.modelpack.OutputBuffer;
import dev.modelpack.Predictor;
import dev.modelpack.RowNotes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;

/** The memory of a task: the features of some rows, and the core's answers for them. */
final class RowBatch {
  private static final int MAX_ROWS = 2048;
  private static final int MAX_BYTES = 1 << 24;
  private static final int STATUS_BYTES = Integer.BYTES;

  /** Room between the parts, which begin at multiples of 8. */
  private static final int GAP_BYTES = 4 * DirectMemory.ALIGNMENT;

  private final Predictor predictor;
  private final List<FeatureColumn> columns;
  private final FeatureBuffer[] features;
  private final OutputBuffer[] answers;
  private final ByteBuffer status;
  private final RowNotes notes;
  private final int capacity;

  RowBatch(Predictor predictor, List<FeatureColumn> columns, List<Output> outputs) {
    this.predictor = predictor;
    this.columns = columns;
    int rowBytes = STATUS_BYTES;
    for (FeatureColumn column : columns) {
      rowBytes = Math.addExact(rowBytes, FeatureBuffer.rowBytes(column));
    }
    for (Output output : outputs) {
      rowBytes = Math.addExact(rowBytes, output.columns() * output.dtype().sizeBytes());
    }
    this.capacity = Math.max(1, Math.min(MAX_ROWS, MAX_BYTES / rowBytes));
    int gaps = (1 + columns.size() + outputs.size()) * GAP_BYTES;
    DirectMemory memory = new DirectMemory(capacity * rowBytes + gaps);
    this.features = new FeatureBuffer[columns.size()];
    for (int i = 0; i < features.length; i++) {
      FeatureColumn column = columns.get(i);
      features[i] = column.isAbsent() ? null : FeatureBuffer.in(memory, column, capacity);
    }
    this.answers = new OutputBuffer[outputs.size()];
    for (int i = 0; i < answers.length; i++) {
      Output output = outputs.get(i);
      int bytes = capacity * output.columns() * output.dtype().sizeBytes();
      answers[i] = OutputBuffer.of(output, memory.take(bytes));
    }
    this.status = memory.take(capacity * STATUS_BYTES);
    this.notes = RowNotes.of(status, null, null);
  }

  int capacity() {
    return capacity;
  }

  /** Whether nothing should follow the first {@code rows}. */
  boolean isFull(int rows) {
    if (rows == 0) {
      return false;
    }
    long texts = 0;
    for (FeatureBuffer feature : features) {
      texts += feature == null ? 0 : feature.textBytes(rows);
    }
    return rows == capacity || texts >= MAX_BYTES;
  }

  OutputBuffer answer(int place) {
    return answers[place];
  }

  /**
   * Writes a row's features; rows come in order.
   *
   * @return false if one of them cannot be written: {@link #refuse} says why
   */
  boolean put(int place, Row row) {
    boolean held = true;
    for (int i = 0; i < features.length; i++) {
      if (features[i] != null) {
        held &= put(features[i], place, row.get(columns.get(i).position()));
      }
    }
    return held;
  }

  private static boolean put(FeatureBuffer feature, int place, Object value) {
    try {
      feature.put(place, value);
      return true;
    } catch (ArithmeticException notHeld) {
      feature.put(place, null);
      return false;
    }
  }

  /** Throws the core's own error for a row that is known to be refused. */
  void refuse(Row row) {
    dev.modelpack.Row one = predictor.row();
    for (FeatureColumn column : columns) {
      if (!column.isAbsent()) {
        one.set(column.feature(), SparkTimes.plain(row.get(column.position())));
      }
    }
    predictor.predict(one);
    throw new IllegalStateException("a row that a batch refused was answered by itself");
  }

  /** Predicts the first {@code rows}; throws the error of the lowest that is refused. */
  void predict(int rows) {
    predictor.predict(rows, batch(), answers);
  }

  /** Predicts the first {@code rows}, with an error or an answer for each. */
  void predictEach(int rows) {
    predictor.predict(rows, batch(), notes, answers);
  }

  /** The error of a row, or null, after {@link #predictEach}. */
  ErrorCode error(int place) {
    return status.getInt(place * STATUS_BYTES) == 0 ? null : notes.error(place).orElseThrow();
  }

  private List<Column> batch() {
    List<Column> batch = new ArrayList<>(features.length);
    for (FeatureBuffer feature : features) {
      batch.add(feature == null ? Column.absent() : feature.column());
    }
    return batch;
  }
}
