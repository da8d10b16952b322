package dev.modelpack.arrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.Bundle;
import dev.modelpack.ErrorCode;
import dev.modelpack.FormatException;
import dev.modelpack.InputException;
import dev.modelpack.Predictor;
import dev.modelpack.PredictorOptions;
import dev.modelpack.TrustPolicy;
import dev.modelpack.testing.CityModels;
import dev.modelpack.testing.TestModels;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches that do not fit: the error names what is wrong, the vectors stay, and nothing leaks. */
class ArrowRefusalsTest {
  private RootAllocator allocator;

  @BeforeEach
  void open() {
    allocator = new RootAllocator();
  }

  @AfterEach
  void closeWithoutLeak() {
    assertEquals(0, allocator.getAllocatedMemory());
    allocator.close();
  }

  private Predictor predictor(byte[] content, PredictorOptions options) {
    try (Bundle bundle = Bundle.open(content, TrustPolicy.UNSIGNED)) {
      return bundle.predictor(options);
    }
  }

  private Predictor classifier() {
    return predictor(TestModels.classifier(), PredictorOptions.defaults());
  }

  /** The batch's error; the batch is as it was before. Closes the batch. */
  private InputException refusal(Predictor predictor, int rows, FieldVector... vectors) {
    try (VectorSchemaRoot batch = Batches.root(rows, vectors)) {
      long before = allocator.getAllocatedMemory();
      ArrowPredictor arrow = ArrowPredictor.of(predictor, allocator);
      InputException error = assertThrows(InputException.class, () -> arrow.predict(batch));
      assertEquals(before, allocator.getAllocatedMemory());
      for (FieldVector vector : vectors) {
        assertEquals(rows, vector.getValueCount());
        if (rows > 0) {
          vector.getObject(rows - 1);
        }
      }
      return error;
    }
  }

  private Float8Vector numbers(String name) {
    return Batches.numbers(name, allocator, 1.0, 2.0, 3.0);
  }

  @Test
  void aMissingColumnNamesTheNearOne() {
    try (Predictor predictor = classifier()) {
      InputException error = refusal(predictor, 3, numbers("x"), numbers("Y"));
      assertEquals(ErrorCode.FEATURE_ABSENT, error.code());
      assertEquals(Optional.of("y"), error.feature());
      assertTrue(error.hint().orElseThrow().contains("'Y'"), error.getMessage());
    }
  }

  @Test
  void aNameThatStandsTwiceIsRefusedWhereAFeatureReadsIt() {
    try (Predictor predictor = classifier()) {
      InputException error = refusal(predictor, 3, numbers("x"), numbers("y"), numbers("x"));
      assertEquals(ErrorCode.ARROW, error.code());
      assertEquals(Optional.of("x"), error.feature());
    }
  }

  @Test
  void furtherColumnsAreIgnoredUnlessStrict() {
    PredictorOptions strict = PredictorOptions.builder().strict(true).build();
    try (Predictor lenient = classifier();
        Predictor exact = predictor(TestModels.classifier(), strict)) {
      try (VectorSchemaRoot batch =
              Batches.root(3, numbers("x"), numbers("z"), numbers("y"), numbers("z"));
          VectorSchemaRoot answers = ArrowPredictor.of(lenient, allocator).predict(batch)) {
        assertEquals(3, answers.getRowCount());
      }
      InputException error = refusal(exact, 3, numbers("x"), numbers("y"), numbers("z"));
      assertEquals(ErrorCode.FEATURE_UNKNOWN, error.code());
      assertEquals(Optional.of("z"), error.feature());
    }
  }

  @Test
  void aWrongTypeNamesFeatureAndRow() {
    try (Predictor predictor = classifier()) {
      FieldVector texts = Batches.texts("y", allocator, null, "17", "late");
      InputException error = refusal(predictor, 3, numbers("x"), texts);
      assertEquals(ErrorCode.WRONG_TYPE, error.code());
      assertEquals(Optional.of("y"), error.feature());
      assertEquals(OptionalLong.of(1), error.row());

      VarBinaryVector bytes = new VarBinaryVector("y", allocator);
      bytes.setSafe(2, new byte[] {1});
      error = refusal(predictor, 3, numbers("x"), bytes);
      assertEquals(ErrorCode.ARROW, error.code());
      assertEquals(Optional.of("y"), error.feature());
    }
  }

  /** The second row lacks what must be there. */
  private VectorSchemaRoot policies() {
    return Batches.root(
        3,
        Batches.numbers("strict", allocator, 1.0, null, 3.0),
        Batches.numbers("filled", allocator, null, 2.0, 3.0),
        Batches.texts("known", allocator, "Gdańsk", "Kraków", null),
        Batches.texts("replaced", allocator, "red", "green", "blue"));
  }

  @Test
  void refusedRowsAreNullAndSayWhy() {
    try (Predictor predictor = predictor(TestModels.policies(), PredictorOptions.defaults());
        VectorSchemaRoot batch = policies();
        VectorSchemaRoot answers =
            ArrowPredictor.builder(predictor, allocator).errorsAsNull().build().predict(batch)) {
      InputException first =
          assertThrows(
              InputException.class, () -> ArrowPredictor.of(predictor, allocator).predict(batch));
      assertEquals(OptionalLong.of(1), first.row());
      FieldVector values = answers.getVector("value");
      FieldVector errors = answers.getVector("error");
      for (int row = 0; row < 3; row++) {
        assertEquals(row == 1, values.isNull(row), "row " + row);
        assertEquals(row != 1, errors.isNull(row), "row " + row);
      }
      assertEquals(first.getMessage(), errors.getObject(1).toString());
    }
  }

  @Test
  void aNodeThatCannotBeLoadedFailsItsRowsOnly() {
    byte[] damaged = CityModels.damaged(100);
    try (Predictor predictor = predictor(damaged, PredictorOptions.defaults());
        VectorSchemaRoot batch =
            Batches.root(
                3,
                numbers("hour"),
                Batches.texts("country", allocator, "PL", "PL", "DE"),
                Batches.texts("city", allocator, "Łódź", "Warsaw", "Berlin"));
        VectorSchemaRoot answers =
            ArrowPredictor.builder(predictor, allocator)
                .errorsAsNull()
                .nodes()
                .build()
                .predict(batch)) {
      FieldVector values = answers.getVector("value");
      assertEquals(10.0, values.getObject(0));
      assertTrue(values.isNull(1));
      assertEquals(600.0, values.getObject(2));
      assertEquals("PL/Warsaw", answers.getVector("node").getObject(1).toString());
      FormatException error =
          assertThrows(
              FormatException.class, () -> ArrowPredictor.of(predictor, allocator).predict(batch));
      assertEquals(Optional.of("PL/Warsaw"), error.node());
      assertEquals(error.getMessage(), answers.getVector("error").getObject(1).toString());
    }
  }
}
