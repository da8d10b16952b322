package dev.modelpack.arrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.Bundle;
import dev.modelpack.Column;
import dev.modelpack.Dtype;
import dev.modelpack.Feature;
import dev.modelpack.InputException;
import dev.modelpack.OutputBuffer;
import dev.modelpack.Predictor;
import dev.modelpack.TrustPolicy;
import dev.modelpack.testing.Vectors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The coercion table of docs/TYPES.md: every line that an Arrow vector can say. */
class ArrowTypesVectorsTest {
  private static RootAllocator allocator;
  private static Bundle bundle;
  private static Predictor predictor;

  @BeforeAll
  static void open() {
    allocator = new RootAllocator();
    bundle = Bundle.open(Vectors.path("types.mpk"), TrustPolicy.UNSIGNED);
    predictor = bundle.predictor();
  }

  @AfterAll
  static void closeWithoutLeak() {
    predictor.close();
    bundle.close();
    allocator.close();
  }

  @TestFactory
  Stream<DynamicTest> everyVectorBecomesItsCell() {
    List<DynamicTest> tests = new ArrayList<>();
    int number = 0;
    for (String[] line : Vectors.lines(Vectors.path("types.tsv"))) {
      number++;
      if (line[1].equals("value") || !CellVectors.fits(line[2])) {
        continue;
      }
      for (String type : CellVectors.types(Vectors.kind(line[2]))) {
        String name = "line %d: %s %s as %s".formatted(number, line[0], line[2], type);
        tests.add(DynamicTest.dynamicTest(name, () -> check(line[0], type, line[2], line[3])));
      }
    }
    assertTrue(tests.size() > 350, "only " + tests.size() + " cases");
    return tests.stream();
  }

  private static void check(String feature, String type, String cell, String expected) {
    String wanted =
        expected.matches("[0-9a-f]{16}")
            ? answerTo(feature, Long.parseUnsignedLong(expected, 16))
            : expected;
    assertEquals(wanted, answer(feature, type, cell));
  }

  private static String answer(String name, String type, String cell) {
    try (VectorSchemaRoot root = root(name, type, cell, allocator);
        VectorSchemaRoot answers = ArrowPredictor.of(predictor, allocator).predict(root)) {
      FixedSizeListVector values = (FixedSizeListVector) answers.getVector("value");
      Float8Vector numbers = (Float8Vector) values.getDataVector();
      StringBuilder bits = new StringBuilder();
      for (int column = 0; column < values.getListSize(); column++) {
        bits.append(" %016x".formatted(Double.doubleToRawLongBits(numbers.get(column))));
      }
      return bits.toString();
    } catch (InputException error) {
      assertEquals(name, error.feature().orElseThrow());
      return error.code().name();
    }
  }

  private static VectorSchemaRoot root(
      String name, String type, String cell, BufferAllocator allocator) {
    List<FieldVector> vectors = new ArrayList<>();
    for (Feature feature : bundle.schema().features()) {
      vectors.add(
          feature.name().equals(name)
              ? CellVectors.of(type, name, List.of(cell), allocator)
              : new NullVector(feature.name(), 1));
    }
    return new VectorSchemaRoot(vectors);
  }

  /** What is answered to a cell, where the other features are null. */
  private static String answerTo(String name, long cell) {
    List<Column> columns = new ArrayList<>();
    for (Feature feature : bundle.schema().features()) {
      Column column = Column.of(Dtype.CELL, direct().putLong(0, cell));
      boolean given = feature.name().equals(name);
      columns.add(given ? column : column.withValid(ByteBuffer.allocateDirect(1)));
    }
    OutputBuffer answer = OutputBuffer.allocate(bundle.schema().output("value").orElseThrow(), 1);
    predictor.predict(1, columns, answer);
    StringBuilder bits = new StringBuilder();
    for (int column = 0; column < answer.output().columns(); column++) {
      bits.append(" %016x".formatted(Double.doubleToRawLongBits(answer.get(0, column))));
    }
    return bits.toString();
  }

  private static ByteBuffer direct() {
    return ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
  }
}
