package dev.modelpack.spark;

import dev.modelpack.ErrorCode;
import dev.modelpack.Feature;
import dev.modelpack.InputException;
import dev.modelpack.Predictor;
import java.util.HashMap;
import java.util.Map;

/** The core's own error for a feature without a column, which names the nearest column. */
final class Absence {
  private Absence() {}

  static InputException of(Feature feature, Predictor predictor, String[] columns) {
    Map<String, Object> row = new HashMap<>();
    for (String column : columns) {
      row.put(column, null);
    }
    predictor.schema().features().forEach(other -> row.put(other.name(), null));
    row.remove(feature.name());
    try {
      predictor.predict(row);
    } catch (InputException refused) {
      if (refused.code() == ErrorCode.FEATURE_ABSENT) {
        return refused;
      }
    }
    throw new IllegalStateException("a row without " + feature.name() + " was not refused for it");
  }
}
