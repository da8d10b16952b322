package dev.modelpack.spark;

import dev.modelpack.OutputBuffer;
import java.io.Serializable;
import org.apache.spark.ml.linalg.Vectors;

/**
 * How a column is made of an output.
 *
 * @param output name of the output
 * @param form what becomes of its numbers
 * @param classes of {@link Form#CLASS}: the number that stands for each class
 */
record AnswerColumn(String output, Form form, double[] classes) implements Serializable {

  /** What becomes of an output's numbers. */
  enum Form {
    /** The one number. */
    NUMBER,
    /** The number that stands for the class. */
    CLASS,
    /** All numbers. */
    VECTOR,
    /** The margin m of two classes as (-m, m). */
    MIRRORED
  }

  /** The column's value for a row of a batch. */
  Object value(OutputBuffer answers, int row) {
    return switch (form) {
      case NUMBER -> answers.get(row, 0);
      case CLASS -> classes[(int) answers.get(row, 0)];
      case VECTOR -> Vectors.dense(numbers(answers, row));
      case MIRRORED -> {
        double margin = answers.get(row, 0);
        yield Vectors.dense(new double[] {-margin, margin});
      }
    };
  }

  private static double[] numbers(OutputBuffer answers, int row) {
    double[] numbers = new double[answers.output().columns()];
    for (int column = 0; column < numbers.length; column++) {
      numbers[column] = answers.get(row, column);
    }
    return numbers;
  }
}
