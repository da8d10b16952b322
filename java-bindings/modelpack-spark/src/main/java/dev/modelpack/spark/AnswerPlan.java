package dev.modelpack.spark;

import dev.modelpack.Bundle;
import dev.modelpack.Classes;
import dev.modelpack.Dtype;
import dev.modelpack.Output;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** The columns that a transformer adds. A name that is empty switches its column off. */
final class AnswerPlan {
  /** Beyond it, doubles do not tell integers apart. */
  private static final double EXACT_INTEGER = 1L << 53;

  private final Bundle bundle;
  private final List<AnswerColumn> columns = new ArrayList<>();
  private final List<StructField> fields = new ArrayList<>();

  private AnswerPlan(Bundle bundle) {
    this.bundle = bundle;
  }

  static AnswerPlan of(Bundle bundle, String prediction, String probability, String raw) {
    AnswerPlan plan = new AnswerPlan(bundle);
    if (!prediction.isEmpty()) {
      plan.addPrediction(prediction);
    }
    if (!probability.isEmpty()) {
      bundle
          .schema()
          .output("probability")
          .ifPresent(output -> plan.addVector(probability, output));
    }
    if (!raw.isEmpty()) {
      bundle.schema().output("margin").ifPresent(output -> plan.addRaw(raw, output));
    }
    if (plan.columns.isEmpty()) {
      throw new IllegalArgumentException(
          "%s has no answer to add; set predictionCol".formatted(plan.described()));
    }
    return plan;
  }

  List<AnswerColumn> columns() {
    return List.copyOf(columns);
  }

  /**
   * A data frame's columns with these.
   *
   * @throws IllegalArgumentException if a name is there already, in whatever case
   */
  StructType appendedTo(StructType schema) {
    StructType all = schema;
    for (StructField field : fields) {
      for (String there : all.fieldNames()) {
        if (there.equalsIgnoreCase(field.name())) {
          throw new IllegalArgumentException(
              "the data frame has a column %s already, or two answers have this name; rename it, or set predictionCol, probabilityCol or rawPredictionCol"
                  .formatted(there));
        }
      }
      all = all.add(field);
    }
    return all;
  }

  private String described() {
    return bundle.name() + " " + bundle.version();
  }

  private void addPrediction(String name) {
    Optional<Output> label = bundle.schema().output("label");
    Output output = label.or(() -> bundle.schema().output("value")).orElse(null);
    if (output == null || output.columns() != 1) {
      int several = output == null ? 0 : output.columns();
      throw new IllegalArgumentException(
          "%s answers %d columns, a prediction is one number; set predictionCol to \"\", or use modelpack_predict"
              .formatted(described(), several));
    }
    if (label.isPresent()) {
      addClass(name, output);
    } else {
      add(name, output, AnswerColumn.Form.NUMBER, null, AnswerMetadata.of(bundle, output));
    }
  }

  /** The class where it is a number, else its index, with the classes as Spark's labels. */
  private void addClass(String name, Output output) {
    Classes classes = output.classes().get(0);
    Metadata metadata = AnswerMetadata.of(bundle, output);
    double[] numbers = numbers(classes);
    if (numbers == null) {
      numbers = IntStream.range(0, classes.values().size()).asDoubleStream().toArray();
      String[] labels = classes.values().stream().map(String::valueOf).toArray(String[]::new);
      metadata =
          NominalAttribute.defaultAttr().withName(name).withValues(labels).toMetadata(metadata);
    }
    add(name, output, AnswerColumn.Form.CLASS, numbers, metadata);
  }

  /** The classes as numbers, or null where they are no numbers that doubles hold. */
  private static double[] numbers(Classes classes) {
    if (classes.dtype() == Dtype.STRING) {
      return null;
    }
    double[] numbers = classes.values().stream().mapToDouble(AnswerPlan::number).toArray();
    boolean exact =
        classes.dtype() != Dtype.INT64
            || IntStream.range(0, numbers.length)
                .allMatch(place -> Math.abs(numbers[place]) <= EXACT_INTEGER);
    return exact ? numbers : null;
  }

  private static double number(Object value) {
    if (value instanceof Boolean truth) {
      return truth ? 1 : 0;
    }
    return ((Number) value).doubleValue();
  }

  private void addVector(String name, Output output) {
    add(name, output, AnswerColumn.Form.VECTOR, null, vector(name, output, output.columns()));
  }

  private void addRaw(String name, Output output) {
    boolean binary =
        output.columns() == 1
            && bundle
                .schema()
                .output("label")
                .filter(label -> label.columns() == 1)
                .filter(label -> label.classes().get(0).values().size() == 2)
                .isPresent();
    if (binary) {
      add(name, output, AnswerColumn.Form.MIRRORED, null, vector(name, output, 2));
    } else {
      addVector(name, output);
    }
  }

  private Metadata vector(String name, Output output, int size) {
    return new AttributeGroup(name, size).toMetadata(AnswerMetadata.of(bundle, output));
  }

  private void add(
      String name, Output output, AnswerColumn.Form form, double[] classes, Metadata metadata) {
    columns.add(new AnswerColumn(output.name(), form, classes));
    boolean number = form == AnswerColumn.Form.NUMBER || form == AnswerColumn.Form.CLASS;
    fields.add(
        new StructField(
            name, number ? DataTypes.DoubleType : SQLDataTypes.VectorType(), true, metadata));
  }
}
