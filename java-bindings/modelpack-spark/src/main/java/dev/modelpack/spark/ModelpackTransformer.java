package dev.modelpack.spark;

import dev.modelpack.OpenOptions;
import dev.modelpack.TrustPolicy;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.Identifiable$;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Adds a bundle's answers to a data frame.
 *
 * <table>
 * <caption>What is added, all nullable</caption>
 * <tr><th>column</th><th>type</th><th>holds</th></tr>
 * <tr><td>{@code predictionCol}</td><td>double</td><td>the value of a regressor; the class of a
 * classifier where classes are numbers or truth values (1, 0), else the class's index, which
 * {@code IndexToString} turns into the class</td></tr>
 * <tr><td>{@code probabilityCol}</td><td>vector</td><td>a probability per class, in the order of
 * the classes</td></tr>
 * <tr><td>{@code rawPredictionCol}</td><td>vector</td><td>the margins; the one margin m of two
 * classes as (-m, m)</td></tr>
 * </table>
 *
 * <p>Probabilities and margins are added where the model has them; an empty name switches a column
 * off. The columns' metadata name the bundle and its classes, under {@code modelpack}.
 *
 * <p>The driver opens and verifies the bundle under the {@linkplain #setTrust policy}, and compares
 * schema and data frame, before any task runs. The policy is never saved: what {@link #load} gives
 * has the user's, {@link TrustPolicy#ofUser()}, unless another one is set. Settings may be shared
 * between threads as those of Spark's own transformers: read by many, changed by one.
 */
public final class ModelpackTransformer extends ModelpackParams implements MLWritable {
  private static final long serialVersionUID = 1L;

  /** Not a param, so that neither a saved model nor a serialised one can say whom to trust. */
  private transient TrustPolicy trust;

  /** A transformer with an id of its own. */
  public ModelpackTransformer() {
    this(Identifiable$.MODULE$.randomUID("modelpack"));
  }

  /**
   * A transformer.
   *
   * @param uid its id in pipelines
   */
  public ModelpackTransformer(String uid) {
    super(uid);
  }

  /**
   * Sets which bundle answers.
   *
   * @param path a local file, or a URI of any file system that Hadoop knows
   * @return this
   */
  public ModelpackTransformer setBundle(String path) {
    set(bundle(), path);
    return this;
  }

  /**
   * Sets who may have made the bundle; the user's own policy by default.
   *
   * @param policy kept by this and its copies, never saved
   * @return this
   */
  public ModelpackTransformer setTrust(TrustPolicy policy) {
    this.trust = policy;
    return this;
  }

  /**
   * Sets who may have made the bundle.
   *
   * @param path a policy file or a public key on the driver, read now
   * @return this
   * @throws dev.modelpack.IoException if the file cannot be read
   * @throws dev.modelpack.TrustException if it is neither
   */
  public ModelpackTransformer setTrustPath(String path) {
    return setTrust(TrustPolicy.load(Path.of(path)));
  }

  /**
   * Sets the name that the bundle must have.
   *
   * @param expected the model's name
   * @return this
   */
  public ModelpackTransformer setName(String expected) {
    set(name(), expected);
    return this;
  }

  /**
   * Sets the lowest version accepted.
   *
   * @param lowest a semantic version
   * @return this
   */
  public ModelpackTransformer setMinVersion(String lowest) {
    set(minVersion(), lowest);
    return this;
  }

  /**
   * Sets the one bundle accepted.
   *
   * @param expected {@code sha256:} and 64 hex digits
   * @return this
   */
  public ModelpackTransformer setIdentity(String expected) {
    set(identity(), expected);
    return this;
  }

  /**
   * Sets the engine that runs the model, which the policy must permit.
   *
   * @param wanted such as {@code native}
   * @return this
   */
  public ModelpackTransformer setEngine(String wanted) {
    set(engine(), wanted);
    return this;
  }

  /**
   * Sets the columns that hold the features; by default those that bear the features' names.
   *
   * @param columns one per feature in schema order
   * @return this
   */
  public ModelpackTransformer setFeatureCols(String... columns) {
    set(featureCols(), columns.clone());
    return this;
  }

  /**
   * Sets the columns that hold the features.
   *
   * @param columns one per feature in schema order
   * @return this
   */
  public ModelpackTransformer setFeatureCols(List<String> columns) {
    return setFeatureCols(columns.toArray(String[]::new));
  }

  /**
   * Sets what becomes of a row that the model refuses.
   *
   * @param choice {@code error}: the task fails with the row's error, the default; {@code keep}:
   *     its answers are null; {@code skip}: the row is dropped
   * @return this
   */
  public ModelpackTransformer setHandleInvalid(String choice) {
    set(handleInvalid(), choice);
    return this;
  }

  /**
   * Sets the column of predictions.
   *
   * @param column its name, or empty for none
   * @return this
   */
  public ModelpackTransformer setPredictionCol(String column) {
    set(predictionCol(), column);
    return this;
  }

  /**
   * Sets the column of probabilities.
   *
   * @param column its name, or empty for none
   * @return this
   */
  public ModelpackTransformer setProbabilityCol(String column) {
    set(probabilityCol(), column);
    return this;
  }

  /**
   * Sets the column of margins.
   *
   * @param column its name, or empty for none
   * @return this
   */
  public ModelpackTransformer setRawPredictionCol(String column) {
    set(rawPredictionCol(), column);
    return this;
  }

  /**
   * Adds the answers. Lazy, but for the bundle and the columns, which are checked now.
   *
   * @param dataset the rows
   * @return the rows with further columns
   * @throws IllegalArgumentException with a line for each feature that does not fit, or if a column
   *     that is to be added is there already
   * @throws dev.modelpack.TrustException if the policy does not permit the bundle, or it is not the
   *     one expected
   * @throws dev.modelpack.FormatException if it is no whole bundle
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    // Whether times are java.sql's or java.time's is decided when an encoder is made: both now.
    Dataset<Row> rows = dataset.toDF();
    SparkSession session = rows.sparkSession();
    try (BundleSource.Opened opened = source().open(hadoop(session))) {
      AnswerPlan plan = plan(opened);
      StructType schema = plan.appendedTo(rows.schema());
      List<FeatureColumn> features =
          ColumnBinding.bind(opened, rows.schema(), featureColumnsOrNull());
      ShippedBundle shipped = BundleShipping.ship(session.sparkContext(), opened);
      HandleInvalid invalid = HandleInvalid.of(getHandleInvalid());
      Scoring scoring = new Scoring(shipped, features, plan.columns(), invalid);
      return NumberedColumns.named(
          rows.mapPartitions(scoring, Encoders.row(NumberedColumns.of(schema))), schema);
    }
  }

  /**
   * The columns that {@link #transform} gives. Opens and verifies the bundle.
   *
   * @param schema the columns of the rows
   * @return those, and the answers'
   * @throws IllegalArgumentException as {@link #transform} does
   */
  @Override
  public StructType transformSchema(StructType schema) {
    try (BundleSource.Opened opened = source().open(hadoop(SparkSession.active()))) {
      ColumnBinding.bind(opened, schema, featureColumnsOrNull());
      return plan(opened).appendedTo(schema);
    }
  }

  private AnswerPlan plan(BundleSource.Opened opened) {
    return AnswerPlan.of(
        opened.bundle(), getPredictionCol(), getProbabilityCol(), getRawPredictionCol());
  }

  /** The bundle as the settings describe it. */
  BundleSource source() {
    OpenOptions expected =
        OpenOptions.builder()
            .name(orNull(name()))
            .minVersion(orNull(minVersion()))
            .identity(orNull(identity()))
            .build();
    if (!isSet(bundle())) {
      throw new IllegalArgumentException(uid() + " has no bundle; name one with setBundle");
    }
    TrustPolicy policy = trust == null ? TrustPolicy.ofUser() : trust;
    return new BundleSource(getBundle(), policy, expected, orNull(engine()));
  }

  static Configuration hadoop(SparkSession session) {
    return session.sparkContext().hadoopConfiguration();
  }

  @Override
  public ModelpackTransformer copy(ParamMap extra) {
    ModelpackTransformer copied = defaultCopy(extra);
    return copied.setTrust(trust);
  }

  /**
   * Saves the settings and the bundle, but not whom to trust.
   *
   * @return a writer to any file system that Hadoop knows
   */
  @Override
  public MLWriter write() {
    return new ModelpackWriter(this);
  }

  /**
   * Reads what was saved.
   *
   * @return a reader
   */
  public static MLReader<ModelpackTransformer> read() {
    return new ModelpackReader();
  }

  /**
   * Reads what was saved. It trusts whom the user trusts, {@link TrustPolicy#ofUser()}, unless
   * {@link #setTrust} says otherwise; names and versions expected are those saved, so set anew what
   * must hold whoever wrote the folder.
   *
   * @param path the folder
   * @return a transformer
   */
  public static ModelpackTransformer load(String path) {
    return read().load(path);
  }
}
