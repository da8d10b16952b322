package dev.modelpack.spark;

import dev.modelpack.Dtype;
import java.io.Serializable;

/**
 * Where the values of a feature stand in a row.
 *
 * @param feature its name
 * @param dtype of the column that the core gets
 * @param position in Spark's row, or -1 where an optional feature has no column
 * @param kind of its values, or null where it has no column
 */
record FeatureColumn(String feature, Dtype dtype, int position, ValueKind kind)
    implements Serializable {

  static FeatureColumn absent(String feature) {
    return new FeatureColumn(feature, null, -1, null);
  }

  boolean isAbsent() {
    return position < 0;
  }
}
