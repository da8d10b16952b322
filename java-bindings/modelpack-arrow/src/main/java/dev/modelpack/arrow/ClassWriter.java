package dev.modelpack.arrow;

import dev.modelpack.Classes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarCharVector;

/** Writes the class of an index into a row. */
@FunctionalInterface
interface ClassWriter {
  void write(int row, int index);

  /** A writer into {@code vector}, which is of the classes' type. */
  static ClassWriter of(Classes classes, FieldVector vector) {
    List<Object> values = classes.values();
    return switch (classes.dtype()) {
      case INT64 -> {
        long[] integers = values.stream().mapToLong(value -> (Long) value).toArray();
        BigIntVector target = (BigIntVector) vector;
        yield (row, index) -> target.set(row, integers[index]);
      }
      case FLOAT64 -> {
        double[] doubles = values.stream().mapToDouble(value -> (Double) value).toArray();
        Float8Vector target = (Float8Vector) vector;
        yield (row, index) -> target.set(row, doubles[index]);
      }
      case BOOL -> {
        int[] bits = values.stream().mapToInt(value -> (Boolean) value ? 1 : 0).toArray();
        BitVector target = (BitVector) vector;
        yield (row, index) -> target.set(row, bits[index]);
      }
      default -> {
        byte[][] texts =
            values.stream()
                .map(value -> ((String) value).getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        VarCharVector target = (VarCharVector) vector;
        yield (row, index) -> target.setSafe(row, texts[index]);
      }
    };
  }
}
