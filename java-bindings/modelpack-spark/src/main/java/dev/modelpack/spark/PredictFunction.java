package dev.modelpack.spark;

import dev.modelpack.Feature;
import dev.modelpack.Predictor;
import dev.modelpack.Schema;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.StructType;

/**
 * A bundle as a function of a struct, a row at a time. Each task has a copy of its own; on the
 * driver, where Spark evaluates small plans, threads may share one and wait for each other.
 */
final class PredictFunction implements UDF1<Row, Row> {
  private static final long serialVersionUID = 1L;

  private final ShippedBundle bundle;
  private transient Predictor predictor;
  private transient dev.modelpack.Row features;
  private transient StructType bound;

  /** For each feature its place in the struct, or -1. */
  private transient int[] places;

  PredictFunction(ShippedBundle bundle) {
    this.bundle = bundle;
  }

  @Override
  public synchronized Row call(Row row) {
    if (row == null) {
      return null;
    }
    if (predictor == null) {
      predictor = LoadedPredictors.forTask(bundle);
      features = predictor.row();
    }
    Schema schema = predictor.schema();
    if (!row.schema().equals(bound)) {
      bind(schema, row.schema());
    }
    features.clear();
    for (Feature feature : schema.features()) {
      int place = places[feature.index()];
      if (place >= 0) {
        features.set(feature.name(), SparkTimes.plain(row.get(place)));
      }
    }
    return StructAnswer.of(schema, predictor.predict(features));
  }

  private void bind(Schema schema, StructType struct) {
    Map<String, Integer> byName = new HashMap<>();
    for (int place = 0; place < struct.size(); place++) {
      byName.put(struct.apply(place).name(), place);
    }
    places = new int[schema.features().size()];
    for (Feature feature : schema.features()) {
      int place = byName.getOrDefault(feature.name(), -1);
      if (place < 0 && !feature.optional()) {
        throw Absence.of(feature, predictor, struct.fieldNames());
      }
      places[feature.index()] = place;
    }
    bound = struct;
  }
}
