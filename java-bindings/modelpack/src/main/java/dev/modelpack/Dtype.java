package dev.modelpack;

import java.util.Locale;

/**
 * What values are: of features, outputs and classes, and of the matrices and columns that carry
 * them.
 */
public enum Dtype {
  /** 64-bit float. */
  FLOAT64(1, 8),
  /** 32-bit float. */
  FLOAT32(2, 4),
  /** 64-bit integer. */
  INT64(3, 8),
  /** Truth value; one byte in a column, 0 or 1. */
  BOOL(4, 1),
  /** UTF-8 text. */
  STRING(5, 0),
  /** Microseconds since 1970-01-01T00:00:00Z, as a 64-bit integer. */
  TIMESTAMP(6, 8),
  /** 8-bit integer; matrices and columns only. */
  INT8(7, 1),
  /** 16-bit integer; matrices and columns only. */
  INT16(8, 2),
  /** 32-bit integer; matrices and columns only, and class indices of labels. */
  INT32(9, 4),
  /** Unsigned 8-bit integer; matrices and columns only. */
  UINT8(10, 1),
  /** Unsigned 16-bit integer; matrices and columns only. */
  UINT16(11, 2),
  /** Unsigned 32-bit integer; matrices and columns only. */
  UINT32(12, 4),
  /** Unsigned 64-bit integer; matrices and columns only. */
  UINT64(13, 8),
  /** 16-bit float; matrices and columns only. */
  FLOAT16(14, 2),
  /**
   * The 8-byte cell of the feature's own kind (docs/FORMAT.md, Cells); matrices and columns only.
   */
  CELL(15, 8);

  private final int number;
  private final int sizeBytes;

  Dtype(int number, int sizeBytes) {
    this.number = number;
    this.sizeBytes = sizeBytes;
  }

  /**
   * Size of one value.
   *
   * @return bytes, or 0 for {@link #STRING}
   */
  public int sizeBytes() {
    return sizeBytes;
  }

  /** The number of this dtype in the core. */
  int number() {
    return number;
  }

  /** As the schema spells it. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Dtype of(int number) {
    return values()[number - 1];
  }
}
