package dev.modelpack.spark;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Columns that are called by their numbers while Spark maps rows, which loses metadata: names may
 * stand twice or have dots in them.
 */
final class NumberedColumns {
  private NumberedColumns() {}

  /** The columns of a schema by number. */
  static StructType of(StructType schema) {
    StructType numbered = new StructType();
    for (StructField field : schema.fields()) {
      String number = String.valueOf(numbered.size());
      numbered = numbered.add(number, field.dataType(), field.nullable());
    }
    return numbered;
  }

  /** Gives numbered columns the names and metadata of a schema. */
  static Dataset<Row> named(Dataset<Row> numbered, StructType schema) {
    Column[] columns = new Column[schema.size()];
    for (int place = 0; place < columns.length; place++) {
      StructField field = schema.apply(place);
      columns[place] = numbered.col(String.valueOf(place)).as(field.name(), field.metadata());
    }
    return numbered.select(columns);
  }
}
