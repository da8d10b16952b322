package dev.modelpack.spark;

import dev.modelpack.Predictor;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;

/**
 * What a task does with its rows.
 *
 * @param bundle that answers
 * @param features one per feature in schema order
 * @param answers the columns added
 * @param invalid what becomes of a row that is refused
 */
record Scoring(
    ShippedBundle bundle,
    List<FeatureColumn> features,
    List<AnswerColumn> answers,
    HandleInvalid invalid)
    implements MapPartitionsFunction<Row, Row> {

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    if (!rows.hasNext()) {
      return rows;
    }
    Predictor predictor = LoadedPredictors.forTask(bundle);
    return new ScoredRows(rows, predictor, this);
  }
}
