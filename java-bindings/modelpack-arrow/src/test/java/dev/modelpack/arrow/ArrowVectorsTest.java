package dev.modelpack.arrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.Bundle;
import dev.modelpack.Feature;
import dev.modelpack.NullKind;
import dev.modelpack.Output;
import dev.modelpack.Predictor;
import dev.modelpack.TrustPolicy;
import dev.modelpack.testing.Vectors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.util.Text;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Bundles with their answers to the bit, in batches: rows whose cells Arrow can hold in the same
 * vectors.
 */
class ArrowVectorsTest {
  @TestFactory
  Stream<DynamicTest> everyAnswerHasTheSameBits() {
    return Vectors.ids("valid/index.tsv").stream()
        .map(id -> DynamicTest.dynamicTest(id, () -> check(id)));
  }

  private static void check(String id) {
    try (RootAllocator allocator = new RootAllocator();
        Bundle bundle =
            Bundle.open(Vectors.path("valid/" + id).resolve("bundle.mpk"), TrustPolicy.UNSIGNED);
        Predictor predictor = bundle.predictor()) {
      List<String[]> input = body(id, "input.tsv");
      List<String[]> expected = body(id, "expected.tsv");
      ArrowPredictor arrow = ArrowPredictor.builder(predictor, allocator).errorsAsNull().build();
      int checked = 0;
      for (Map.Entry<List<String>, List<Integer>> batch : batches(predictor, input).entrySet()) {
        List<Integer> rows = batch.getValue();
        try (VectorSchemaRoot root = root(predictor, input, batch.getKey(), rows, allocator);
            VectorSchemaRoot answers = arrow.predict(root)) {
          for (int row = 0; row < rows.size(); row++) {
            assertAnswer(predictor, expected.get(rows.get(row)), answers, row);
          }
        }
        checked += rows.size();
      }
      assertTrue(checked * 10 >= input.size() * 9, checked + " of " + input.size() + " rows");
    }
  }

  private static List<String[]> body(String id, String file) {
    List<String[]> lines = Vectors.lines(Vectors.path("valid/" + id).resolve(file));
    return lines.subList(1, lines.size());
  }

  /** The rows by the types of their vectors. */
  private static Map<List<String>, List<Integer>> batches(
      Predictor predictor, List<String[]> input) {
    Map<List<String>, List<Integer>> batches = new HashMap<>();
    for (int row = 0; row < input.size(); row++) {
      List<String> types = new ArrayList<>();
      for (Feature feature : predictor.schema().features()) {
        types.add(type(feature, input, row));
      }
      if (!types.contains(null)) {
        batches.computeIfAbsent(types, unused -> new ArrayList<>()).add(row);
      }
    }
    return batches;
  }

  /**
   * A null goes into the vector of the first value of its column; null where Arrow cannot say it.
   */
  private static String type(Feature feature, List<String[]> input, int row) {
    String cell = cell(feature, input.get(row));
    if (!cell.equals(CellVectors.NULL)) {
      return CellVectors.types(Vectors.kind(cell)).stream().findFirst().orElse(null);
    }
    return input.stream()
        .map(line -> cell(feature, line))
        .filter(other -> !other.equals(CellVectors.NULL))
        .map(other -> CellVectors.types(Vectors.kind(other)).get(0))
        .findFirst()
        .orElse("null");
  }

  private static String cell(Feature feature, String[] line) {
    String cell = line[feature.index()];
    String own = feature.nullIs() == NullKind.NONE ? "none" : "nan";
    return cell.equals(own) ? CellVectors.NULL : cell;
  }

  private static VectorSchemaRoot root(
      Predictor predictor,
      List<String[]> input,
      List<String> types,
      List<Integer> rows,
      BufferAllocator allocator) {
    List<FieldVector> vectors = new ArrayList<>();
    for (Feature feature : predictor.schema().features()) {
      List<String> cells = rows.stream().map(row -> cell(feature, input.get(row))).toList();
      String type = types.get(feature.index());
      vectors.add(CellVectors.of(type, feature.name(), cells, allocator));
    }
    return new VectorSchemaRoot(vectors);
  }

  private static void assertAnswer(
      Predictor predictor, String[] expected, VectorSchemaRoot answers, int row) {
    Object error = answers.getVector("error").getObject(row);
    int next = 1;
    if (expected[0].equals("ok")) {
      assertNull(error);
    } else {
      assertTrue(error.toString().length() > 10, "a line that says why: " + error);
    }
    for (Output output : predictor.schema().outputs()) {
      FieldVector vector = answers.getVector(output.name());
      for (int column = 0; column < output.columns(); column++) {
        String wanted = expected[next++];
        if (expected[0].equals("ok")) {
          assertEquals(
              wanted, found(output, vector, row, column), output.name() + " of row " + row);
        } else {
          assertTrue(vector.isNull(row));
        }
      }
    }
  }

  private static String found(Output output, FieldVector vector, int row, int column) {
    if (AnswerFields.isLabel(output)) {
      Object label = vector.getObject(row);
      Object known = label instanceof Text ? label.toString() : label;
      return Integer.toString(output.classes().get(column).indexOf(known));
    }
    FieldVector values =
        vector instanceof FixedSizeListVector lists ? lists.getDataVector() : vector;
    Object value = values.getObject(row * output.columns() + column);
    return value instanceof Float single
        ? "%08x".formatted(Float.floatToRawIntBits(single))
        : "%016x".formatted(Double.doubleToRawLongBits((Double) value));
  }
}
