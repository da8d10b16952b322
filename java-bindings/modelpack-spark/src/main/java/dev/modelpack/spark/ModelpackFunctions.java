package dev.modelpack.spark;

import dev.modelpack.OpenOptions;
import dev.modelpack.TrustPolicy;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * Bundles as functions of a struct, for SQL and expressions.
 *
 * <pre>{@code
 * ModelpackFunctions.register(spark, "modelpack_predict", "eta-1.4.0.mpk", trust);
 * spark.sql("SELECT id, modelpack_predict(struct(*)).value FROM rides");
 * }</pre>
 *
 * <p>The struct's fields are bound to features by name; further fields are ignored. The answer is a
 * struct with a field per output: {@code label} in the classes' own type, {@code probability} as
 * {@code array<double>}, {@code value}, {@code margin}. A null struct has a null answer. A row that
 * the model refuses fails its task.
 *
 * <p>Spark tells a function nothing of its argument beforehand, so that what does not fit is found
 * by the first task, and rows come one at a time: {@link ModelpackTransformer} looks before, and is
 * faster.
 */
public final class ModelpackFunctions {
  private ModelpackFunctions() {}

  /**
   * Makes a bundle known to SQL.
   *
   * @param session that knows it
   * @param name of the function
   * @param path of the bundle, local or a URI that Hadoop knows
   * @param trust who may have made it
   * @return the function
   * @throws dev.modelpack.TrustException if the policy does not permit the bundle
   */
  public static UserDefinedFunction register(
      SparkSession session, String name, String path, TrustPolicy trust) {
    return register(session, name, path, trust, OpenOptions.none());
  }

  /**
   * Makes a bundle known to SQL.
   *
   * @param session that knows it
   * @param name of the function
   * @param path of the bundle, local or a URI that Hadoop knows
   * @param trust who may have made it
   * @param expected what the caller expects of it
   * @return the function
   * @throws dev.modelpack.TrustException if the policy does not permit the bundle, or it is not the
   *     one expected
   */
  public static UserDefinedFunction register(
      SparkSession session, String name, String path, TrustPolicy trust, OpenOptions expected) {
    return session.udf().register(name, predict(session, path, trust, expected));
  }

  /**
   * A bundle as a function for expressions: {@code predict(spark, path, trust).apply(struct("*"))}.
   *
   * @param session whose executors get the bundle
   * @param path of the bundle, local or a URI that Hadoop knows
   * @param trust who may have made it
   * @return a function of a struct
   * @throws dev.modelpack.TrustException if the policy does not permit the bundle
   */
  public static UserDefinedFunction predict(SparkSession session, String path, TrustPolicy trust) {
    return predict(session, path, trust, OpenOptions.none());
  }

  /**
   * A bundle as a function for expressions.
   *
   * @param session whose executors get the bundle
   * @param path of the bundle, local or a URI that Hadoop knows
   * @param trust who may have made it
   * @param expected what the caller expects of it
   * @return a function of a struct
   * @throws dev.modelpack.TrustException if the policy does not permit the bundle, or it is not the
   *     one expected
   */
  public static UserDefinedFunction predict(
      SparkSession session, String path, TrustPolicy trust, OpenOptions expected) {
    BundleSource source = new BundleSource(path, trust, expected, null);
    try (BundleSource.Opened opened = source.open(ModelpackTransformer.hadoop(session))) {
      ShippedBundle shipped = BundleShipping.ship(session.sparkContext(), opened);
      StructType type = StructAnswer.type(opened.bundle().schema());
      return functions.udf(new PredictFunction(shipped), type);
    }
  }
}
