package dev.modelpack.spark;

import dev.modelpack.Dtype;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import org.apache.spark.sql.types.CharType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.VarcharType;

/** How the values of a Spark type go into a column of the core. */
enum ValueKind {
  BOOL(Dtype.BOOL, true) {
    @Override
    void put(ByteBuffer data, int row, Object value) {
      data.put(row, (byte) ((Boolean) value ? 1 : 0));
    }
  },
  INT8(Dtype.INT8, (byte) 1) {
    @Override
    void put(ByteBuffer data, int row, Object value) {
      data.put(row, (Byte) value);
    }
  },
  INT16(Dtype.INT16, (short) 1) {
    @Override
    void put(ByteBuffer data, int row, Object value) {
      data.putShort(row * Short.BYTES, (Short) value);
    }
  },
  INT32(Dtype.INT32, 1) {
    @Override
    void put(ByteBuffer data, int row, Object value) {
      data.putInt(row * Integer.BYTES, (Integer) value);
    }
  },
  INT64(Dtype.INT64, 1L) {
    @Override
    void put(ByteBuffer data, int row, Object value) {
      data.putLong(row * Long.BYTES, (Long) value);
    }
  },
  FLOAT32(Dtype.FLOAT32, 1f) {
    @Override
    void put(ByteBuffer data, int row, Object value) {
      data.putFloat(row * Float.BYTES, (Float) value);
    }
  },
  FLOAT64(Dtype.FLOAT64, 1.0) {
    @Override
    void put(ByteBuffer data, int row, Object value) {
      data.putDouble(row * Double.BYTES, (Double) value);
    }
  },
  DECIMAL(Dtype.FLOAT64, BigDecimal.ONE) {
    @Override
    void put(ByteBuffer data, int row, Object value) {
      data.putDouble(row * Double.BYTES, ((BigDecimal) value).doubleValue());
    }
  },
  /** For features that are integers. */
  WHOLE_DECIMAL(Dtype.INT64, BigDecimal.ONE) {
    @Override
    void put(ByteBuffer data, int row, Object value) {
      data.putLong(row * Long.BYTES, ((BigDecimal) value).longValueExact());
    }
  },
  DATE(Dtype.TIMESTAMP, LocalDate.EPOCH) {
    @Override
    void put(ByteBuffer data, int row, Object value) {
      data.putLong(row * Long.BYTES, SparkTimes.microsOfDate(value));
    }
  },
  TIMESTAMP(Dtype.TIMESTAMP, Instant.EPOCH) {
    @Override
    void put(ByteBuffer data, int row, Object value) {
      data.putLong(row * Long.BYTES, SparkTimes.micros(value));
    }
  },
  TEXT(Dtype.STRING, "1") {
    @Override
    void put(ByteBuffer data, int row, Object value) {
      throw new IllegalStateException("texts have no size of their own");
    }
  },
  /** Spark's {@code void}: nothing but nulls. */
  NOTHING(null, null) {
    @Override
    void put(ByteBuffer data, int row, Object value) {
      throw new IllegalStateException("void has no values");
    }
  };

  private final Dtype dtype;
  private final Object sample;

  ValueKind(Dtype dtype, Object sample) {
    this.dtype = dtype;
    this.sample = sample;
  }

  /**
   * Writes a value that is not null.
   *
   * @throws ArithmeticException if the column cannot hold it
   */
  abstract void put(ByteBuffer data, int row, Object value);

  /** The type of the column for a feature. */
  Dtype dtype(Dtype ofFeature) {
    return dtype == null ? ofFeature : dtype;
  }

  /** A value of the kind: the core says whether a feature takes it. */
  Object sample() {
    return sample;
  }

  /**
   * The kind of a Spark type.
   *
   * @return empty for types that no feature takes
   */
  static Optional<ValueKind> of(DataType type, Dtype ofFeature) {
    if (type instanceof DecimalType) {
      return Optional.of(ofFeature == Dtype.INT64 ? WHOLE_DECIMAL : DECIMAL);
    }
    if (type instanceof StringType || type instanceof CharType || type instanceof VarcharType) {
      return Optional.of(TEXT);
    }
    return Optional.ofNullable(ofPlain(type));
  }

  private static ValueKind ofPlain(DataType type) {
    return switch (type.typeName()) {
      case "boolean" -> BOOL;
      case "byte" -> INT8;
      case "short" -> INT16;
      case "integer" -> INT32;
      case "long" -> INT64;
      case "float" -> FLOAT32;
      case "double" -> FLOAT64;
      case "date" -> DATE;
      case "timestamp", "timestamp_ntz" -> TIMESTAMP;
      case "void" -> NOTHING;
      default -> null;
    };
  }
}
