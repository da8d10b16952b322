package dev.modelpack;

/** Bits of the 8-byte cells (docs/FORMAT.md, Cells). */
final class Cells {
  /** The NaN that means null in a number's cell. */
  static final long NULL_NUMBER = 0x7FF84D5000000001L;

  /** Missing in the cell of an integer or a timestamp. */
  static final long MISSING_INTEGER = Long.MIN_VALUE;

  /** Missing in the cell of a bool. */
  static final long MISSING_BOOL = 2;

  /** Null in the cell of a category. */
  static final long CODE_NULL = -1;

  /** NaN in the cell of a category. */
  static final long CODE_NAN = -2;

  private Cells() {}

  /** Whether a cell of a feature of this dtype holds nothing. */
  static boolean isMissing(Dtype dtype, long cell) {
    return switch (dtype) {
      case FLOAT64, FLOAT32 -> Double.isNaN(Double.longBitsToDouble(cell));
      case BOOL -> cell == MISSING_BOOL;
      case STRING -> cell == CODE_NULL || cell == CODE_NAN;
      default -> cell == MISSING_INTEGER;
    };
  }
}
