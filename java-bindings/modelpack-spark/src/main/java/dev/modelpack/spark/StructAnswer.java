package dev.modelpack.spark;

import dev.modelpack.Classes;
import dev.modelpack.Dtype;
import dev.modelpack.Output;
import dev.modelpack.Prediction;
import dev.modelpack.Schema;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** What the function for SQL returns: a struct with a field per output, each in its own type. */
final class StructAnswer {
  private StructAnswer() {}

  static StructType type(Schema schema) {
    List<StructField> fields = new ArrayList<>();
    for (Output output : schema.outputs()) {
      fields.add(DataTypes.createStructField(output.name(), type(output), true));
    }
    return DataTypes.createStructType(fields);
  }

  static Row of(Schema schema, Prediction prediction) {
    Object[] values = new Object[schema.outputs().size()];
    for (Output output : schema.outputs()) {
      values[output.index()] = value(output, prediction);
    }
    return RowFactory.create(values);
  }

  private static boolean isLabel(Output output) {
    return output.name().equals("label");
  }

  /** A probability is a double to Spark, also where the framework answers in float32. */
  private static boolean isNarrow(Output output) {
    return output.dtype() == Dtype.FLOAT32 && !output.name().equals("probability");
  }

  private static DataType type(Output output) {
    if (isLabel(output)) {
      return labelType(output.classes());
    }
    DataType number = isNarrow(output) ? DataTypes.FloatType : DataTypes.DoubleType;
    return output.columns() == 1 ? number : DataTypes.createArrayType(number);
  }

  private static DataType labelType(List<Classes> labels) {
    if (labels.size() == 1) {
      return classType(labels.get(0));
    }
    List<StructField> fields = new ArrayList<>();
    for (int place = 0; place < labels.size(); place++) {
      DataType type = classType(labels.get(place));
      fields.add(DataTypes.createStructField(String.valueOf(place), type, true));
    }
    return DataTypes.createStructType(fields);
  }

  private static DataType classType(Classes classes) {
    return switch (classes.dtype()) {
      case INT64 -> DataTypes.LongType;
      case FLOAT64 -> DataTypes.DoubleType;
      case BOOL -> DataTypes.BooleanType;
      default -> DataTypes.StringType;
    };
  }

  private static Object value(Output output, Prediction prediction) {
    if (isLabel(output)) {
      List<Object> labels = prediction.labels();
      return labels.size() == 1 ? labels.get(0) : RowFactory.create(labels.toArray());
    }
    double[] numbers = prediction.output(output.name());
    Object[] values = new Object[numbers.length];
    for (int column = 0; column < numbers.length; column++) {
      double number = numbers[column];
      values[column] = isNarrow(output) ? (Object) (float) number : number;
    }
    return values.length == 1 ? values[0] : values;
  }
}
