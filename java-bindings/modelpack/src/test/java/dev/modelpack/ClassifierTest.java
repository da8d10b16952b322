package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.modelpack.testing.TestModels;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Labels, probabilities and margins. */
class ClassifierTest {
  private static final double LATE = 1 / (1 + Math.exp(-2.0));

  private static Prediction predict(double x, double y) {
    try (Bundle bundle = Bundle.open(TestModels.classifier(), TrustPolicy.UNSIGNED);
        Predictor predictor = bundle.predictor()) {
      return predictor.predict(Map.of("x", x, "y", y));
    }
  }

  @Test
  void aPredictionHoldsEveryOutput() {
    Prediction prediction = predict(3, 1);
    assertEquals("late", prediction.label());
    assertEquals(List.of("late"), prediction.labels());
    assertEquals(LATE, prediction.probability("late"), 1e-15);
    assertEquals(1 - prediction.probability("late"), prediction.probability("on time"));
    assertArrayEquals(
        new double[] {prediction.probability("on time"), prediction.probability("late")},
        prediction.probabilities());
    assertEquals(prediction.probability("late"), prediction.score());
    assertArrayEquals(new double[] {2}, prediction.margin());
    assertArrayEquals(new double[] {1}, prediction.output("label"));
    assertEquals(
        List.of("label", "probability", "margin"), List.copyOf(prediction.outputs().keySet()));
    assertEquals("on time", predict(1, 3).label());
  }

  @Test
  void whatTheModelDoesNotAnswerIsNamed() {
    Prediction prediction = predict(3, 1);
    UsageException value = assertThrows(UsageException.class, prediction::value);
    assertEquals(
        "the model has no output 'value'; it answers [label, probability, margin]",
        value.getMessage());
    UsageException wrongClass =
        assertThrows(UsageException.class, () -> prediction.probability("Late"));
    assertEquals(
        "'Late' is not a class of the model; its classes are [on time, late]",
        wrongClass.getMessage());
    assertThrows(UsageException.class, () -> prediction.output("leaf"));
  }

  @Test
  void aPredictionCannotBeChanged() {
    Prediction prediction = predict(3, 1);
    prediction.margin()[0] = 7;
    prediction.outputs().get("margin")[0] = 7;
    assertArrayEquals(new double[] {2}, prediction.margin());
    assertThrows(UnsupportedOperationException.class, () -> prediction.missing().add("x"));
  }

  @Test
  void outputsStandOneAfterTheOther() {
    try (Bundle bundle = Bundle.open(TestModels.classifier(), TrustPolicy.UNSIGNED);
        Predictor predictor = bundle.predictor()) {
      Schema schema = bundle.schema();
      double[] out = new double[schema.outputWidth()];
      predictor.predict(new double[] {3, 1}, out);
      Prediction same = predictor.predict(Map.of("x", 3, "y", 1));
      for (Output output : schema.outputs()) {
        double[] columns = same.output(output.name());
        for (int column = 0; column < output.columns(); column++) {
          assertEquals(columns[column], out[output.offset() + column], output.name());
        }
        double[] alone = new double[output.columns()];
        predictor.predict(new double[] {3, 1}, output, alone);
        assertArrayEquals(columns, alone, output.name());
      }
    }
  }

  @Test
  void classesKeepTheirTypes() {
    Classes numbers = new Classes(Dtype.INT64, List.of(0L, 1L));
    assertEquals(1, numbers.indexOf(1));
    assertEquals(1, numbers.indexOf((short) 1));
    assertEquals(-1, numbers.indexOf("1"));
    assertEquals(-1, numbers.indexOf(true));
    assertEquals(-1, numbers.indexOf(1.0));
    assertEquals(0, new Classes(Dtype.FLOAT64, List.of(0.5)).indexOf(0.5f));
    assertEquals(1, new Classes(Dtype.BOOL, List.of(false, true)).indexOf(true));
  }
}
