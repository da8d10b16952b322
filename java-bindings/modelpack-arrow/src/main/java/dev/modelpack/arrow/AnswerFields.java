package dev.modelpack.arrow;

import dev.modelpack.Classes;
import dev.modelpack.Dtype;
import dev.modelpack.Output;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.vector.types.FloatingPointPrecision;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.apache.arrow.vector.types.pojo.Schema;

/** The fields of answers: those of the Python package's {@code predict_arrow}. */
final class AnswerFields {
  static final String ERROR = "error";
  static final String NODE = "node";
  static final String REASON = "reason";

  /** Arrow's usual name for what a list holds. */
  private static final String ITEM = "item";

  private AnswerFields() {}

  static Schema schema(List<Output> outputs, boolean errors, boolean nodes) {
    List<Field> fields = new ArrayList<>(outputs.stream().map(AnswerFields::field).toList());
    if (errors) {
      fields.add(nullable(ERROR, ArrowType.Utf8.INSTANCE));
    }
    if (nodes) {
      fields.add(nullable(NODE, ArrowType.Utf8.INSTANCE));
      fields.add(nullable(REASON, ArrowType.Utf8.INSTANCE));
    }
    return new Schema(fields);
  }

  static boolean isLabel(Output output) {
    return output.name().equals("label") && !output.classes().isEmpty();
  }

  private static Field field(Output output) {
    if (isLabel(output)) {
      return label(output);
    }
    ArrowType type = type(output.dtype());
    if (output.columns() == 1) {
      return nullable(output.name(), type);
    }
    ArrowType list = new ArrowType.FixedSizeList(output.columns());
    return new Field(output.name(), FieldType.nullable(list), List.of(nullable(ITEM, type)));
  }

  /** A label's classes; of several label columns, a struct of them by number. */
  private static Field label(Output output) {
    List<Classes> classes = output.classes();
    if (classes.size() == 1) {
      return nullable(output.name(), type(classes.get(0).dtype()));
    }
    List<Field> columns = new ArrayList<>();
    for (int column = 0; column < classes.size(); column++) {
      columns.add(nullable(Integer.toString(column), type(classes.get(column).dtype())));
    }
    return new Field(output.name(), FieldType.nullable(ArrowType.Struct.INSTANCE), columns);
  }

  private static Field nullable(String name, ArrowType type) {
    return Field.nullable(name, type);
  }

  private static ArrowType type(Dtype dtype) {
    return switch (dtype) {
      case FLOAT64 -> new ArrowType.FloatingPoint(FloatingPointPrecision.DOUBLE);
      case FLOAT32 -> new ArrowType.FloatingPoint(FloatingPointPrecision.SINGLE);
      case BOOL -> ArrowType.Bool.INSTANCE;
      case STRING -> ArrowType.Utf8.INSTANCE;
      default -> new ArrowType.Int(Long.SIZE, true);
    };
  }
}
