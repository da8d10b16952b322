package dev.modelpack.spark;

import static dev.modelpack.spark.LocalSpark.frame;
import static dev.modelpack.spark.LocalSpark.row;

import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Rows for the test models. */
final class Frames {
  static final String FLIGHT =
      "id STRING, hour BIGINT, distance DOUBLE, wind FLOAT, holiday BOOLEAN, carrier STRING";

  private Frames() {}

  /** Three flights, worth 1121.5, NaN for a missing distance, and 1 + 20 + 300 + 0 - 2. */
  static Dataset<Row> flights() {
    return frame(
        FLIGHT,
        row("a", 1L, 2.0, 1f, true, "AA"),
        row("b", 1L, null, 3f, false, "DL"),
        row("c", 1L, 2.0, 3f, false, "ZZ"));
  }

  /** Two rows for the classifier: late by 2, on time by 2. */
  static Dataset<Row> points() {
    return frame("id STRING, x DOUBLE, y DOUBLE", row("a", 3.0, 1.0), row("b", 1.0, 3.0));
  }

  /** Rows for the model with policies: one that is answered, three that are refused. */
  static Dataset<Row> policies() {
    return frame(
        "id STRING, strict DOUBLE, filled DOUBLE, known STRING, replaced STRING",
        row("good", 1.0, 2.0, "Kraków", "red"),
        row("missing", null, 2.0, "Kraków", "red"),
        row("unseen", 1.0, 2.0, "Berlin", "red"),
        row("no colour", 1.0, 2.0, "Gdańsk", null));
  }
}
