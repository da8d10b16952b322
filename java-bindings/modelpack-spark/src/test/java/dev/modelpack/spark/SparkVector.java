package dev.modelpack.spark;

import dev.modelpack.Bundle;
import dev.modelpack.Dtype;
import dev.modelpack.Feature;
import dev.modelpack.NullKind;
import dev.modelpack.Output;
import dev.modelpack.Schema;
import dev.modelpack.TrustPolicy;
import dev.modelpack.testing.Vectors;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** One valid vector as a data frame; rows that Spark's types cannot say are left out. */
final class SparkVector {
  private final Path folder;
  private final Schema schema;
  private final List<String[]> input;
  private final List<String[]> expected;

  SparkVector(String id) {
    this.folder = Vectors.path("valid/" + id);
    try (Bundle bundle = Bundle.open(bundle(), TrustPolicy.UNSIGNED)) {
      this.schema = bundle.schema();
    }
    this.input = Vectors.lines(folder.resolve("input.tsv"));
    this.expected = Vectors.lines(folder.resolve("expected.tsv"));
  }

  private Path bundle() {
    return folder.resolve("bundle.mpk");
  }

  Dataset<Row> scored() {
    ModelpackTransformer transformer =
        new ModelpackTransformer()
            .setBundle(bundle().toString())
            .setTrust(TrustPolicy.UNSIGNED)
            .setHandleInvalid("keep")
            .setFeatureCols(schema.features().stream().map(SparkVector::column).toList());
    return transformer.setPredictionCol(hasPrediction() ? "the prediction" : "").transform(rows());
  }

  /** A label or value of several columns is no prediction of Spark's, and left out here. */
  private boolean hasPrediction() {
    return schema.output("label").or(() -> schema.output("value")).orElseThrow().columns() == 1;
  }

  boolean hasAnswers() {
    return hasPrediction()
        || schema.output("probability").isPresent()
        || schema.output("margin").isPresent();
  }

  private static String column(Feature feature) {
    return "feature " + feature.index();
  }

  private Dataset<Row> rows() {
    List<Row> rows = new ArrayList<>();
    for (int line = 1; line < input.size(); line++) {
      Object[] values = values(line);
      if (values != null) {
        rows.add(RowFactory.create(values));
      }
    }
    StructType type = new StructType().add("row", DataTypes.IntegerType);
    for (Feature feature : schema.features()) {
      type = type.add(column(feature), carrier(feature.dtype()));
    }
    Dataset<Row> frame = LocalSpark.session().createDataFrame(rows, type);
    for (Feature feature : schema.features()) {
      if (feature.dtype() == Dtype.TIMESTAMP) {
        String name = column(feature);
        frame = frame.withColumn(name, functions.expr("timestamp_micros(`" + name + "`)"));
      }
    }
    return frame;
  }

  private static DataType carrier(Dtype dtype) {
    return switch (dtype) {
      case FLOAT64 -> DataTypes.DoubleType;
      case FLOAT32 -> DataTypes.FloatType;
      case BOOL -> DataTypes.BooleanType;
      case STRING -> DataTypes.StringType;
      default -> DataTypes.LongType;
    };
  }

  /** The row's number and features, or null where a column of the feature's type cannot say one. */
  private Object[] values(int line) {
    List<Object> values = new ArrayList<>();
    values.add(line);
    for (Feature feature : schema.features()) {
      String cell = input.get(line)[feature.index()];
      if (cell.equals("none") || cell.equals("nan")) {
        boolean number = feature.dtype() == Dtype.FLOAT64 || feature.dtype() == Dtype.FLOAT32;
        NullKind kind = cell.equals("none") ? NullKind.NONE : NullKind.NAN;
        if (!number && feature.dtype() == Dtype.STRING && feature.nullIs() != kind) {
          return null;
        }
        values.add(null);
      } else if (Vectors.kind(cell).equals(kindOf(feature.dtype()))) {
        values.add(value(cell));
      } else {
        return null;
      }
    }
    return values.toArray();
  }

  private static String kindOf(Dtype dtype) {
    return switch (dtype) {
      case FLOAT64 -> "f";
      case FLOAT32 -> "g";
      case BOOL -> "b";
      case STRING -> "s";
      case TIMESTAMP -> "t";
      default -> "i";
    };
  }

  private static Object value(String cell) {
    String content = Vectors.content(cell);
    return switch (Vectors.kind(cell)) {
      case "f" -> Double.longBitsToDouble(Long.parseUnsignedLong(content, 16));
      case "g" -> Float.intBitsToFloat(Integer.parseUnsignedInt(content, 16));
      case "b" -> content.equals("1");
      case "s" -> new String(Vectors.unescaped(content), StandardCharsets.UTF_8);
      default -> Long.parseLong(content);
    };
  }

  /** The answers that stand in the vector's file, as bits; empty for a row that is refused. */
  List<Long> expected(Row row) {
    String[] line = expected.get(row.<Integer>getAs("row"));
    List<Long> bits = new ArrayList<>();
    if (!line[0].equals("ok")) {
      return bits;
    }
    if (hasPrediction()) {
      Output output = schema.output("label").or(() -> schema.output("value")).orElseThrow();
      double number = numbers(line, output)[0];
      bits.add(
          Double.doubleToLongBits(
              output.name().equals("label") ? asClass(output, number) : number));
    }
    schema.output("probability").ifPresent(output -> add(bits, numbers(line, output)));
    schema.output("margin").ifPresent(output -> add(bits, margins(line, output)));
    return bits;
  }

  private static double asClass(Output label, double index) {
    Object value = label.classes().get(0).values().get((int) index);
    if (value instanceof String) {
      return index;
    }
    return value instanceof Boolean truth ? (truth ? 1 : 0) : ((Number) value).doubleValue();
  }

  private double[] margins(String[] line, Output output) {
    double[] margins = numbers(line, output);
    boolean mirrored = margins.length == 1 && schema.output("label").isPresent();
    return mirrored ? new double[] {-margins[0], margins[0]} : margins;
  }

  private double[] numbers(String[] line, Output output) {
    double[] numbers = new double[output.columns()];
    for (int column = 0; column < numbers.length; column++) {
      String cell = line[1 + output.offset() + column];
      numbers[column] =
          switch (output.dtype()) {
            case FLOAT64 -> Double.longBitsToDouble(Long.parseUnsignedLong(cell, 16));
            case FLOAT32 -> Float.intBitsToFloat(Integer.parseUnsignedInt(cell, 16));
            default -> Long.parseLong(cell);
          };
    }
    return numbers;
  }

  /** The answers that Spark gave, as bits. */
  List<Long> answers(Row row) {
    List<Long> bits = new ArrayList<>();
    for (int place = schema.features().size() + 1; place < row.length(); place++) {
      Object answer = row.get(place);
      if (answer instanceof Vector vector) {
        add(bits, vector.toArray());
      } else if (answer != null) {
        add(bits, (Double) answer);
      }
    }
    return bits;
  }

  private static void add(List<Long> bits, double... numbers) {
    Arrays.stream(numbers).mapToLong(Double::doubleToLongBits).forEach(bits::add);
  }
}
