package dev.modelpack.arrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.Bundle;
import dev.modelpack.ClosedException;
import dev.modelpack.InputException;
import dev.modelpack.Predictor;
import dev.modelpack.PredictorOptions;
import dev.modelpack.TrustPolicy;
import dev.modelpack.UsageException;
import dev.modelpack.testing.CityModels;
import dev.modelpack.testing.TestModels;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.complex.StructVector;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is answered to batches of Arrow vectors, and to whom memory belongs. */
class ArrowPredictorTest {
  private RootAllocator allocator;

  @BeforeEach
  void open() {
    allocator = new RootAllocator();
  }

  /** Throws where memory is still taken. */
  @AfterEach
  void closeWithoutLeak() {
    assertEquals(0, allocator.getAllocatedMemory());
    allocator.close();
  }

  private static Predictor predictor(byte[] content) {
    return predictor(content, PredictorOptions.defaults());
  }

  private static Predictor predictor(byte[] content, PredictorOptions options) {
    try (Bundle bundle = Bundle.open(content, TrustPolicy.UNSIGNED)) {
      return bundle.predictor(options);
    }
  }

  private static void assertFlights(VectorSchemaRoot answers, int first, int rows) {
    assertEquals(rows, answers.getRowCount());
    Float8Vector values = (Float8Vector) answers.getVector("value");
    for (int row = 0; row < rows; row++) {
      assertFalse(values.isNull(row));
      assertEquals(Batches.flight(first + row), values.get(row), "row " + row);
    }
  }

  @Test
  void rowsAreAnsweredAndTheVectorsCanBeUsedAfterwards() {
    try (Predictor predictor = predictor(TestModels.flights());
        VectorSchemaRoot rides = Batches.flights(allocator, 1000)) {
      long before = allocator.getAllocatedMemory();
      ArrowPredictor arrow = ArrowPredictor.of(predictor, allocator);
      try (VectorSchemaRoot answers = arrow.predict(rides)) {
        assertEquals(arrow.schema(), answers.getSchema());
        assertFlights(answers, 0, 1000);
      }
      assertEquals(before, allocator.getAllocatedMemory());
      assertEquals(1.5, ((Float8Vector) rides.getVector("distance")).get(1));
      try (VectorSchemaRoot again = arrow.predict(rides)) {
        assertFlights(again, 0, 1000);
      }
    }
  }

  @Test
  void slicesAreReadFromTheirOffsets() {
    try (Predictor predictor = predictor(TestModels.flights());
        VectorSchemaRoot rides = Batches.flights(allocator, 100)) {
      ArrowPredictor arrow = ArrowPredictor.of(predictor, allocator);
      for (int start : new int[] {1, 7, 8, 63}) {
        try (VectorSchemaRoot slice = rides.slice(start, 30);
            VectorSchemaRoot answers = arrow.predict(slice)) {
          assertFlights(answers, start, 30);
        }
      }
    }
  }

  @Test
  void anEmptyBatchIsCheckedAndAnswered() {
    try (Predictor predictor = predictor(TestModels.classifier());
        VectorSchemaRoot none =
            Batches.root(0, Batches.numbers("x", allocator), Batches.numbers("y", allocator));
        VectorSchemaRoot half = Batches.root(0, Batches.numbers("x", allocator))) {
      ArrowPredictor arrow =
          ArrowPredictor.builder(predictor, allocator).errorsAsNull().nodes().build();
      try (VectorSchemaRoot answers = arrow.predict(none)) {
        assertEquals(0, answers.getRowCount());
        assertEquals(arrow.schema(), answers.getSchema());
      }
      assertThrows(InputException.class, () -> arrow.predict(half));
    }
  }

  @Test
  void theFieldsAreThoseOfPredictArrowInPython() {
    try (Predictor predictor = predictor(TestModels.classifier());
        VectorSchemaRoot batch =
            Batches.root(
                2,
                Batches.numbers("x", allocator, 1.0, 5.0),
                Batches.numbers("y", allocator, 2.0, null))) {
      ArrowPredictor arrow =
          ArrowPredictor.builder(predictor, allocator).errorsAsNull().nodes().build();
      assertEquals(
          List.of(
              "label: Utf8",
              "probability: FixedSizeList(2)<item: FloatingPoint(DOUBLE)>",
              "margin: FloatingPoint(DOUBLE)",
              "error: Utf8",
              "node: Utf8",
              "reason: Utf8"),
          arrow.schema().getFields().stream().map(Object::toString).toList());
      try (VectorSchemaRoot answers = arrow.predict(batch)) {
        assertEquals("on time", answers.getVector("label").getObject(0).toString());
        FixedSizeListVector lists = (FixedSizeListVector) answers.getVector("probability");
        Float8Vector probabilities = (Float8Vector) lists.getDataVector();
        assertEquals(1, probabilities.get(0) + probabilities.get(1));
        assertEquals(-1, ((Float8Vector) answers.getVector("margin")).get(0));
        for (String text : List.of("error", "node", "reason")) {
          assertTrue(answers.getVector(text).isNull(0), text);
        }
        answers.getFieldVectors().forEach(vector -> assertEquals(2, vector.getValueCount()));
      }
    }
  }

  @Test
  void severalLabelsAreAStruct() {
    try (Predictor predictor = predictor(TestModels.twoLabels());
        VectorSchemaRoot batch =
            Batches.root(
                2,
                Batches.numbers("x", allocator, 1.0, -5.0),
                Batches.numbers("y", allocator, -2.0, 3.0));
        VectorSchemaRoot answers = ArrowPredictor.of(predictor, allocator).predict(batch)) {
      assertEquals(
          "label: Struct<0: Utf8, 1: Int(64, true)>", answers.getSchema().findField("label") + "");
      StructVector labels = (StructVector) answers.getVector("label");
      assertEquals("late", labels.getChild("0").getObject(0).toString());
      assertEquals(10L, labels.getChild("1").getObject(0));
      assertEquals("on time", labels.getChild("0").getObject(1).toString());
      assertEquals(20L, labels.getChild("1").getObject(1));
    }
  }

  @Test
  void outputsAreChosenByName() {
    try (Predictor predictor = predictor(TestModels.classifier());
        VectorSchemaRoot batch =
            Batches.root(
                1, Batches.numbers("x", allocator, 3.0), Batches.numbers("y", allocator, 1.0))) {
      ArrowPredictor.Builder builder = ArrowPredictor.builder(predictor, allocator);
      ArrowPredictor arrow = builder.outputs("margin", "label").build();
      try (VectorSchemaRoot answers = arrow.predict(batch)) {
        assertEquals(
            List.of("margin", "label"),
            answers.getFieldVectors().stream().map(FieldVector::getName).toList());
      }
      UsageException unknown =
          assertThrows(UsageException.class, () -> builder.outputs("value").build());
      assertTrue(unknown.getMessage().contains("[label, probability, margin]"), () -> unknown + "");
      assertThrows(UsageException.class, () -> builder.outputs().build());
    }
  }

  @Test
  void partitionsSayWhichNodeAnsweredAndTakeAKey() {
    try (Predictor predictor = predictor(CityModels.cities());
        VectorSchemaRoot rides =
            Batches.root(
                4,
                Batches.numbers("hour", allocator, 1.0, 2.0, 3.0, 4.0),
                Batches.texts("country", allocator, "PL", "PL", null, "FR"),
                Batches.texts("city", allocator, "Warsaw", "Łódź", "Paris", "Rome"));
        VectorSchemaRoot hours = Batches.root(1, Batches.numbers("hour", allocator, 7.0));
        VectorSchemaRoot answers =
            ArrowPredictor.builder(predictor, allocator).nodes().build().predict(rides);
        VectorSchemaRoot ofKey =
            ArrowPredictor.builder(predictor, allocator)
                .key("DE", null)
                .nodes()
                .build()
                .predict(hours)) {
      assertEquals(List.of("100.0", "20.0", "3.0", "4.0"), column(answers, "value"));
      assertEquals(List.of("PL/Warsaw", "PL", "/", "/"), column(answers, "node"));
      assertEquals(List.of("exact", "pruned", "missing", "unknown"), column(answers, "reason"));
      assertEquals(List.of("140.0"), column(ofKey, "value"));
      assertEquals(List.of("DE"), column(ofKey, "node"));
    }
  }

  private static List<String> column(VectorSchemaRoot root, String name) {
    FieldVector vector = root.getVector(name);
    return IntStream.range(0, root.getRowCount())
        .mapToObj(row -> String.valueOf(vector.getObject(row)))
        .toList();
  }

  @Test
  void manyThreadsPredictAtOnce() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (Predictor predictor = predictor(TestModels.flights())) {
      ArrowPredictor arrow = ArrowPredictor.of(predictor, allocator);
      List<Future<?>> calls = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        calls.add(
            threads.submit(
                () -> {
                  try (VectorSchemaRoot rides = Batches.flights(allocator, 300)) {
                    for (int call = 0; call < 100; call++) {
                      try (VectorSchemaRoot answers = arrow.predict(rides)) {
                        assertFlights(answers, 0, 300);
                      }
                    }
                  }
                }));
      }
      for (Future<?> call : calls) {
        call.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aClosedPredictorRefuses() {
    Predictor predictor = predictor(TestModels.flights());
    ArrowPredictor arrow = ArrowPredictor.of(predictor, allocator);
    predictor.close();
    try (VectorSchemaRoot rides = Batches.flights(allocator, 3)) {
      assertThrows(ClosedException.class, () -> arrow.predict(rides));
    }
  }

  @Test
  void answersBeyondTwoGibibytesAreRefusedBeforeMemoryIsTaken() {
    UsageException error =
        assertThrows(UsageException.class, () -> Direct.requireSize("probability", 1 << 28, 80));
    assertTrue(error.getMessage().contains("VectorSchemaRoot.slice"), error.getMessage());
  }
}
