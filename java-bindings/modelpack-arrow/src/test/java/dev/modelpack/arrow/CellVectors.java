package dev.modelpack.arrow;

import dev.modelpack.testing.Vectors;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float2Vector;
import org.apache.arrow.vector.Float4Vector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.LargeVarCharVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.UInt8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.ViewVarCharVector;

/** Cells of the shared vectors as Arrow vectors. */
final class CellVectors {
  static final String NULL = "null";

  private static final int PRECISION = 38;

  private CellVectors() {}

  /** The ways in which Arrow holds values of a kind; none where it has no type for them. */
  static List<String> types(String kind) {
    return switch (kind) {
      case NULL -> List.of("null", "float8", "varchar", "timestamp");
      case "f", "nan" -> List.of("float8");
      case "g" -> List.of("float4");
      case "h" -> List.of("float2");
      case "i" -> List.of("int");
      case "u" -> List.of("uint");
      case "b" -> List.of("bit");
      case "t" -> List.of("timestamp", "timestamptz");
      case "s" -> List.of("varchar", "large", "view");
      case "d" -> List.of("decimal");
      default -> List.of();
    };
  }

  /** Whether the type can hold the value; Arrow's decimals have at most 38 digits. */
  static boolean fits(String cell) {
    return switch (Vectors.kind(cell)) {
      case "i" -> new BigInteger(Vectors.content(cell)).bitLength() < Long.SIZE;
      case "d" -> unscaled(cell).abs().toString().length() <= PRECISION;
      default -> true;
    };
  }

  /** A vector with a value per cell; {@link #NULL} is null. */
  static FieldVector of(String type, String name, List<String> cells, BufferAllocator allocator) {
    FieldVector vector = empty(type, name, cells, allocator);
    vector.setInitialCapacity(cells.size());
    vector.allocateNew();
    for (int row = 0; row < cells.size(); row++) {
      if (!cells.get(row).equals(NULL)) {
        set(vector, row, cells.get(row));
      }
    }
    vector.setValueCount(cells.size());
    return vector;
  }

  private static FieldVector empty(
      String type, String name, List<String> cells, BufferAllocator allocator) {
    return switch (type) {
      case "null" -> new NullVector(name);
      case "float8" -> new Float8Vector(name, allocator);
      case "float4" -> new Float4Vector(name, allocator);
      case "float2" -> new Float2Vector(name, allocator);
      case "int" -> new BigIntVector(name, allocator);
      case "uint" -> new UInt8Vector(name, allocator);
      case "bit" -> new BitVector(name, allocator);
      case "timestamp" -> new TimeStampMicroVector(name, allocator);
      case "timestamptz" -> new TimeStampMicroTZVector(name, allocator, "Europe/Warsaw");
      case "varchar" -> new VarCharVector(name, allocator);
      case "large" -> new LargeVarCharVector(name, allocator);
      case "view" -> new ViewVarCharVector(name, allocator);
      default -> new DecimalVector(name, allocator, PRECISION, scale(cells.get(0)));
    };
  }

  private static void set(FieldVector vector, int row, String cell) {
    String content = Vectors.content(cell);
    if (vector instanceof Float8Vector target) {
      long bits = cell.equals("nan") ? Double.doubleToLongBits(Double.NaN) : hex(content);
      // As bits, since a NaN may have some of its own.
      target.set(row, 0);
      target.getDataBuffer().setLong((long) row * Long.BYTES, bits);
    } else if (vector instanceof Float4Vector target) {
      target.set(row, 0);
      target.getDataBuffer().setInt((long) row * Integer.BYTES, (int) hex(content));
    } else if (vector instanceof Float2Vector target) {
      target.set(row, (short) hex(content));
    } else if (vector instanceof BigIntVector target) {
      target.set(row, Long.parseLong(content));
    } else if (vector instanceof UInt8Vector target) {
      target.set(row, Long.parseUnsignedLong(content));
    } else if (vector instanceof BitVector target) {
      target.set(row, Integer.parseInt(content));
    } else if (vector instanceof TimeStampMicroVector target) {
      target.set(row, Long.parseLong(content));
    } else if (vector instanceof TimeStampMicroTZVector target) {
      target.set(row, Long.parseLong(content));
    } else if (vector instanceof VarCharVector target) {
      target.setSafe(row, Vectors.unescaped(content));
    } else if (vector instanceof LargeVarCharVector target) {
      target.setSafe(row, Vectors.unescaped(content));
    } else if (vector instanceof ViewVarCharVector target) {
      target.setSafe(row, Vectors.unescaped(content));
    } else {
      ((DecimalVector) vector).set(row, new BigDecimal(unscaled(cell), scale(cell)));
    }
  }

  private static long hex(String digits) {
    return Long.parseUnsignedLong(digits, 16);
  }

  private static BigInteger unscaled(String cell) {
    return new BigInteger(Vectors.content(cell).split(":")[0]);
  }

  private static int scale(String cell) {
    return Integer.parseInt(Vectors.content(cell).split(":")[1]);
  }
}
