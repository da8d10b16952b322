package dev.modelpack.arrow;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;

/** Vectors of the tests; null is null. */
final class Batches {
  static final List<String> CARRIERS = List.of("AA", "Łódź", "ZZ", "UA");

  private Batches() {}

  /** Rides for {@code TestModels.flights()}, in another order than the schema's. */
  static VectorSchemaRoot flights(BufferAllocator allocator, int rows) {
    VarCharVector carrier = texts("carrier", allocator);
    BitVector holiday = new BitVector("holiday", allocator);
    Float4Vector wind = new Float4Vector("wind", allocator);
    Float8Vector distance = new Float8Vector("distance", allocator);
    BigIntVector hour = new BigIntVector("hour", allocator);
    for (int row = 0; row < rows; row++) {
      setText(carrier, row, row % 7 == 3 ? null : CARRIERS.get(row % 4));
      holiday.setSafe(row, row % 3 == 0 ? 1 : 0);
      wind.setSafe(row, row / 8f);
      distance.setSafe(row, row * 1.5);
      hour.setSafe(row, row % 24);
    }
    return root(rows, carrier, holiday, wind, distance, hour);
  }

  /** What the model answers to a row of {@link #flights}. */
  static double flight(int row) {
    int carrier = row % 7 == 3 ? -1 : row % 4;
    double known = new double[] {0.5, 3.5, -2, 2.5}[Math.max(carrier, 0)];
    double term = carrier < 0 ? -1 : known;
    double sum = row % 24 + 10 * (row * 1.5);
    return sum + 100 * (double) (row / 8f) + (row % 3 == 0 ? 1000 : 0) + term;
  }

  static VectorSchemaRoot root(int rows, FieldVector... vectors) {
    VectorSchemaRoot root = VectorSchemaRoot.of(vectors);
    root.setRowCount(rows);
    return root;
  }

  static Float8Vector numbers(String name, BufferAllocator allocator, Double... values) {
    Float8Vector vector = new Float8Vector(name, allocator);
    for (int row = 0; row < values.length; row++) {
      if (values[row] == null) {
        vector.setNull(row);
      } else {
        vector.setSafe(row, values[row]);
      }
    }
    vector.setValueCount(values.length);
    return vector;
  }

  static VarCharVector texts(String name, BufferAllocator allocator, String... values) {
    VarCharVector vector = new VarCharVector(name, allocator);
    vector.allocateNew();
    for (int row = 0; row < values.length; row++) {
      setText(vector, row, values[row]);
    }
    vector.setValueCount(values.length);
    return vector;
  }

  private static void setText(VarCharVector vector, int row, String value) {
    if (value == null) {
      vector.setNull(row);
    } else {
      vector.setSafe(row, value.getBytes(StandardCharsets.UTF_8));
    }
  }
}
