package dev.modelpack.spark;

import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.ml.param.shared.HasPredictionCol;
import org.apache.spark.ml.param.shared.HasProbabilityCol;
import org.apache.spark.ml.param.shared.HasRawPredictionCol;

/** The params of {@link ModelpackTransformer}. */
abstract class ModelpackParams extends Transformer
    implements HasPredictionCol, HasProbabilityCol, HasRawPredictionCol {
  private static final long serialVersionUID = 1L;

  private final String uid;
  private final Param<String> bundle;
  private final Param<String> name;
  private final Param<String> minVersion;
  private final Param<String> identity;
  private final Param<String> engine;
  private final StringArrayParam featureCols;
  private final Param<String> handleInvalid;
  private Param<String> predictionCol;
  private Param<String> probabilityCol;
  private Param<String> rawPredictionCol;

  ModelpackParams(String uid) {
    this.uid = uid;
    this.bundle = new Param<>(uid, "bundle", "path of the bundle that answers");
    this.name = new Param<>(uid, "name", "name that the bundle must have");
    this.minVersion = new Param<>(uid, "minVersion", "lowest version of the bundle accepted");
    this.identity = new Param<>(uid, "identity", "identity of the one bundle accepted");
    this.engine = new Param<>(uid, "engine", "engine that runs the model");
    this.featureCols =
        new StringArrayParam(
            this,
            "featureCols",
            "a column per feature in schema order; unset: those of their names");
    this.handleInvalid =
        new Param<>(
            uid,
            "handleInvalid",
            "rows that are refused: error fails the task, keep has null answers, skip drops them",
            ParamValidators.inArray(
                new String[] {
                  HandleInvalid.ERROR.text(), HandleInvalid.KEEP.text(), HandleInvalid.SKIP.text()
                }));
    HasPredictionCol.$init$(this);
    HasProbabilityCol.$init$(this);
    HasRawPredictionCol.$init$(this);
    setDefault(handleInvalid, HandleInvalid.ERROR.text());
  }

  @Override
  public String uid() {
    return uid;
  }

  /**
   * Path of the bundle that answers: a local file, or a URI that Hadoop knows.
   *
   * @return the param
   */
  public Param<String> bundle() {
    return bundle;
  }

  /**
   * Name that the bundle must have.
   *
   * @return the param
   */
  public Param<String> name() {
    return name;
  }

  /**
   * Lowest version of the bundle accepted.
   *
   * @return the param
   */
  public Param<String> minVersion() {
    return minVersion;
  }

  /**
   * Identity of the one bundle accepted.
   *
   * @return the param
   */
  public Param<String> identity() {
    return identity;
  }

  /**
   * Engine that runs the model.
   *
   * @return the param
   */
  public Param<String> engine() {
    return engine;
  }

  /**
   * Columns of the features in schema order; unset, those that bear the features' names.
   *
   * @return the param
   */
  public StringArrayParam featureCols() {
    return featureCols;
  }

  /**
   * What becomes of a row that is refused: {@code error}, {@code keep} or {@code skip}.
   *
   * @return the param
   */
  public Param<String> handleInvalid() {
    return handleInvalid;
  }

  /**
   * The bundle's path.
   *
   * @return what was set
   */
  public String getBundle() {
    return getOrDefault(bundle);
  }

  /**
   * The columns of the features.
   *
   * @return what was set
   */
  public String[] getFeatureCols() {
    return getOrDefault(featureCols);
  }

  /**
   * What becomes of a row that is refused.
   *
   * @return {@code error}, {@code keep} or {@code skip}
   */
  public String getHandleInvalid() {
    return getOrDefault(handleInvalid);
  }

  final String[] featureColumnsOrNull() {
    return isSet(featureCols) ? getFeatureCols() : null;
  }

  final String orNull(Param<String> param) {
    return isSet(param) ? getOrDefault(param) : null;
  }

  @Override
  public Param<String> predictionCol() {
    return predictionCol;
  }

  /**
   * For Spark alone, which makes the param.
   *
   * @param made by Spark's own trait
   */
  @Override
  public void org$apache$spark$ml$param$shared$HasPredictionCol$_setter_$predictionCol_$eq(
      Param<String> made) {
    this.predictionCol = made;
  }

  @Override
  public Param<String> probabilityCol() {
    return probabilityCol;
  }

  /**
   * For Spark alone, which makes the param.
   *
   * @param made by Spark's own trait
   */
  @Override
  public void org$apache$spark$ml$param$shared$HasProbabilityCol$_setter_$probabilityCol_$eq(
      Param<String> made) {
    this.probabilityCol = made;
  }

  @Override
  public Param<String> rawPredictionCol() {
    return rawPredictionCol;
  }

  /**
   * For Spark alone, which makes the param.
   *
   * @param made by Spark's own trait
   */
  @Override
  public void org$apache$spark$ml$param$shared$HasRawPredictionCol$_setter_$rawPredictionCol_$eq(
      Param<String> made) {
    this.rawPredictionCol = made;
  }
}
