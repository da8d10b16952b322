/**
 * modelpack on Apache Spark, for Scala and Java.
 *
 * <pre>{@code
 * Dataset<Row> scored =
 *     new ModelpackTransformer()
 *         .setBundle("eta-1.4.0.mpk")
 *         .setTrustPath("trust.json")
 *         .setName("eta")
 *         .transform(rides);
 * }</pre>
 *
 * <p>The driver verifies the bundle and compares it with the data frame; executors open exactly
 * that bundle, once per JVM. {@link dev.modelpack.spark.ModelpackFunctions} does the same for SQL.
 */
package dev.modelpack.spark;
