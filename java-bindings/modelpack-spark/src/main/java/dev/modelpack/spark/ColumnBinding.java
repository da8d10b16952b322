package dev.modelpack.spark;

import dev.modelpack.Bundle;
import dev.modelpack.ErrorCode;
import dev.modelpack.Feature;
import dev.modelpack.InputException;
import dev.modelpack.Predictor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Binds features to columns before any task runs. The core says which feature takes what. */
final class ColumnBinding {
  private final Bundle bundle;
  private final Predictor predictor;
  private final StructType columns;

  /** The column wanted for each feature, or null: the one of the feature's name. */
  private final String[] names;

  private final List<String> problems = new ArrayList<>();

  private ColumnBinding(BundleSource.Opened opened, StructType columns, String[] names) {
    this.bundle = opened.bundle();
    this.predictor = opened.predictor();
    this.columns = columns;
    this.names = names;
  }

  /**
   * Where each feature's values stand.
   *
   * @param names a column per feature in schema order, or null for columns of the features' names
   * @return one per feature in schema order
   * @throws IllegalArgumentException with a line for each feature that does not fit
   */
  static List<FeatureColumn> bind(BundleSource.Opened opened, StructType columns, String[] names) {
    return new ColumnBinding(opened, columns, names).bindAll();
  }

  private List<FeatureColumn> bindAll() {
    List<Feature> features = bundle.schema().features();
    if (names != null && names.length != features.size()) {
      throw new IllegalArgumentException(
          "featureCols names %d columns, %s takes %d features; name one for each, in schema order: %s"
              .formatted(
                  names.length,
                  described(),
                  features.size(),
                  String.join(", ", features.stream().map(Feature::name).toList())));
    }
    List<FeatureColumn> bound = features.stream().map(this::bind).toList();
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "the data frame does not fit %s, %d of %d features:\n  %s"
              .formatted(
                  described(), problems.size(), features.size(), String.join("\n  ", problems)));
    }
    return bound;
  }

  private String described() {
    return bundle.name() + " " + bundle.version();
  }

  private FeatureColumn bind(Feature feature) {
    String column = names == null ? feature.name() : names[feature.index()];
    int position = -1;
    for (int i = 0; i < columns.size(); i++) {
      if (columns.apply(i).name().equals(column)) {
        if (position >= 0) {
          problem(
              feature, "column " + column + " stands more than once; drop or rename the others");
        }
        position = i;
      }
    }
    return position < 0 ? absent(feature, column) : present(feature, position);
  }

  private FeatureColumn present(Feature feature, int position) {
    StructField column = columns.apply(position);
    Optional<ValueKind> kind = ValueKind.of(column.dataType(), feature.dtype());
    if (kind.isEmpty() || !takes(feature, kind.get().sample())) {
      problem(feature, wrongType(feature, column.dataType()));
      return FeatureColumn.absent(feature.name());
    }
    return new FeatureColumn(
        feature.name(), kind.get().dtype(feature.dtype()), position, kind.get());
  }

  private static String wrongType(Feature feature, DataType type) {
    return "the model takes %s, the column holds %s; cast it"
        .formatted(feature.dtype().name().toLowerCase(Locale.ROOT), type.simpleString());
  }

  /** What only some values break is told by the rows. */
  private boolean takes(Feature feature, Object sample) {
    try {
      predictor.row().set(feature.name(), sample);
      return true;
    } catch (InputException refused) {
      return refused.code() != ErrorCode.WRONG_TYPE;
    }
  }

  private FeatureColumn absent(Feature feature, String column) {
    if (names != null) {
      problem(feature, "there is no column " + column + ", which featureCols names");
    } else if (!feature.optional()) {
      problem(feature, Absence.of(feature, predictor, columns.fieldNames()).getMessage());
    }
    return FeatureColumn.absent(feature.name());
  }

  private void problem(Feature feature, String told) {
    problems.add(feature.name() + ": " + told);
  }
}
