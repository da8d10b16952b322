package dev.modelpack.spark;

import dev.modelpack.Bundle;
import dev.modelpack.Classes;
import dev.modelpack.Output;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.MetadataBuilder;

/**
 * What the columns of answers say of themselves, under {@code modelpack}: which bundle answers, and
 * the order of the classes.
 */
final class AnswerMetadata {
  private AnswerMetadata() {}

  static Metadata of(Bundle bundle, Output output) {
    MetadataBuilder found =
        new MetadataBuilder()
            .putString("bundle", bundle.name())
            .putString("version", bundle.version())
            .putString("identity", bundle.identity())
            .putString("output", output.name());
    if (output.classes().size() == 1) {
      putClasses(found, "classes", output.classes().get(0));
    } else if (!output.classes().isEmpty()) {
      // Spark's metadata hold no arrays in arrays.
      MetadataBuilder byColumn = new MetadataBuilder();
      for (int place = 0; place < output.classes().size(); place++) {
        putClasses(byColumn, String.valueOf(place), output.classes().get(place));
      }
      found.putMetadata("classes_of", byColumn.build());
    }
    return new MetadataBuilder().putMetadata("modelpack", found.build()).build();
  }

  private static void putClasses(MetadataBuilder found, String name, Classes classes) {
    switch (classes.dtype()) {
      case INT64 ->
          found.putLongArray(name, classes.values().stream().mapToLong(v -> (Long) v).toArray());
      case FLOAT64 ->
          found.putDoubleArray(
              name, classes.values().stream().mapToDouble(v -> (Double) v).toArray());
      case BOOL -> found.putBooleanArray(name, booleans(classes));
      default -> found.putStringArray(name, classes.values().toArray(String[]::new));
    }
  }

  private static boolean[] booleans(Classes classes) {
    boolean[] values = new boolean[classes.values().size()];
    for (int place = 0; place < values.length; place++) {
      values[place] = (Boolean) classes.values().get(place);
    }
    return values;
  }
}
