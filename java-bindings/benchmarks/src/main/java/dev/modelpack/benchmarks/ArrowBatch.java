package dev.modelpack.benchmarks;

import dev.modelpack.Predictor;
import dev.modelpack.arrow.ArrowPredictor;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** A model's rows in Arrow's vectors, and what predicts them. */
final class ArrowBatch implements AutoCloseable {
  private final BufferAllocator allocator = new RootAllocator();
  private final Predictor predictor;
  private final ArrowPredictor arrow;
  private final VectorSchemaRoot rows;

  ArrowBatch(String model, int rows) {
    Table table = Table.read(model, rows);
    List<FieldVector> columns =
        IntStream.range(0, table.names().size()).mapToObj(i -> column(table, i)).toList();
    this.rows = new VectorSchemaRoot(columns);
    this.predictor = ModelFolder.predictor(model);
    this.arrow = ArrowPredictor.builder(predictor, allocator).outputs("probability").build();
  }

  /** The answers; the caller closes them. */
  VectorSchemaRoot predict() {
    return arrow.predict(rows);
  }

  @Override
  public void close() {
    rows.close();
    predictor.close();
    allocator.close();
  }

  private FieldVector column(Table table, int column) {
    return table.isText(column) ? texts(table, column) : numbers(table, column);
  }

  private FieldVector numbers(Table table, int column) {
    Float8Vector vector = new Float8Vector(table.names().get(column), allocator);
    vector.allocateNew(table.size());
    for (int row = 0; row < table.size(); row++) {
      double value = table.number(row, column);
      if (Double.isNaN(value)) {
        vector.setNull(row);
      } else {
        vector.set(row, value);
      }
    }
    vector.setValueCount(table.size());
    return vector;
  }

  private FieldVector texts(Table table, int column) {
    VarCharVector vector = new VarCharVector(table.names().get(column), allocator);
    vector.allocateNew(table.size());
    for (int row = 0; row < table.size(); row++) {
      vector.setSafe(row, table.text(row, column).getBytes(StandardCharsets.UTF_8));
    }
    vector.setValueCount(table.size());
    return vector;
  }
}
