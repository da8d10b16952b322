package dev.modelpack;

import java.util.List;

/**
 * Values of a row to cells, in the order of the schema. What can be told from the types alone is
 * done here, since a call into the core costs more than the conversion; all else is {@link
 * CoreCells}'.
 */
final class CellEncoder {
  /** Integers up to here are held exactly by a 64-bit float. */
  private static final long EXACT_INTEGER = 1L << 53;

  private final Dtype[] dtypes;
  private final Categories[] categories;
  private final long[] nullCells;
  private final CoreCells core;
  private final ObjectValues objects;

  CellEncoder(Schema schema, long[] nullCells, CoreCells core) {
    List<Feature> features = schema.features();
    this.dtypes = features.stream().map(Feature::dtype).toArray(Dtype[]::new);
    this.categories = features.stream().map(Feature::categories).toArray(Categories[]::new);
    this.nullCells = nullCells;
    this.core = core;
    this.objects = new ObjectValues(this, schema);
  }

  int width() {
    return dtypes.length;
  }

  Dtype dtype(int feature) {
    return dtypes[feature];
  }

  /** The cell of null, which the core made. */
  long missing(int feature) {
    return nullCells[feature];
  }

  long cell(int feature, double value) {
    Dtype dtype = dtypes[feature];
    return dtype == Dtype.FLOAT64 || dtype == Dtype.FLOAT32
        ? Double.doubleToLongBits(value)
        : core.float64(feature, value);
  }

  long cell(int feature, float value) {
    Dtype dtype = dtypes[feature];
    return dtype == Dtype.FLOAT64 || dtype == Dtype.FLOAT32
        ? Double.doubleToLongBits(value)
        : core.float32(feature, value);
  }

  long cell(int feature, long value) {
    Dtype dtype = dtypes[feature];
    if (dtype == Dtype.INT64 && value != Cells.MISSING_INTEGER) {
      return value;
    }
    if ((dtype == Dtype.FLOAT64 || dtype == Dtype.FLOAT32)
        && value <= EXACT_INTEGER
        && value >= -EXACT_INTEGER) {
      return Double.doubleToRawLongBits((double) value);
    }
    return core.int64(feature, value);
  }

  long cell(int feature, boolean value) {
    return dtypes[feature] == Dtype.BOOL ? (value ? 1 : 0) : core.bool(feature, value);
  }

  long cell(int feature, String value) {
    if (value == null) {
      return nullCells[feature];
    }
    // A text of another feature has no categories to be found in, so it goes to the core too.
    long code = categories[feature].code(value);
    return code >= 0 ? code : core.text(feature, value);
  }

  /** An instant in microseconds. */
  long time(int feature, long micros) {
    return core.time(feature, micros);
  }

  /** Any object that docs/TYPES.md lists for Java. */
  long cell(int feature, Object value) {
    if (value == null) {
      return nullCells[feature];
    }
    // By class, the usual ones first: a row by name spends its time here.
    Class<?> type = value.getClass();
    if (type == Double.class) {
      return cell(feature, ((Double) value).doubleValue());
    }
    if (type == String.class) {
      return cell(feature, (String) value);
    }
    if (type == Integer.class) {
      return cell(feature, ((Integer) value).longValue());
    }
    if (type == Long.class) {
      return cell(feature, ((Long) value).longValue());
    }
    if (type == Boolean.class) {
      return cell(feature, ((Boolean) value).booleanValue());
    }
    return objects.cell(feature, value);
  }

  /**
   * One value of a {@code double[]} row: a number as it is; of a string feature the category's
   * code, or NaN for missing; of a timestamp NaN alone.
   */
  long fromRow(int feature, double value) {
    Dtype dtype = dtypes[feature];
    if (dtype == Dtype.FLOAT64 || dtype == Dtype.FLOAT32) {
      return Double.doubleToLongBits(value);
    }
    if (Double.isNaN(value)) {
      return nullCells[feature];
    }
    boolean whole = value == Math.rint(value) && Math.abs(value) < EXACT_INTEGER;
    if (whole && (dtype == Dtype.STRING || dtype == Dtype.INT64)) {
      return (long) value;
    }
    return core.float64(feature, value);
  }
}
