package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.Vectors;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The coercion table of docs/TYPES.md: every line that a Java object or column can say. */
class TypesVectorsTest {
  private static Bundle bundle;
  private static Predictor predictor;
  private static OutputBuffer answer;

  @BeforeAll
  static void open() {
    bundle = Bundle.open(Vectors.path("types.mpk"), TrustPolicy.UNSIGNED);
    predictor = bundle.predictor();
    answer = OutputBuffer.allocate(bundle.schema().output("value").orElseThrow(), 1);
  }

  @AfterAll
  static void close() {
    predictor.close();
    bundle.close();
  }

  @TestFactory
  Stream<DynamicTest> everyValueBecomesItsCell() {
    List<DynamicTest> tests = new ArrayList<>();
    int line = 0;
    for (String[] vector : Vectors.lines(Vectors.path("types.tsv"))) {
      line++;
      String name = "line %d: %s %s %s".formatted(line, vector[0], vector[1], vector[2]);
      Feature feature = bundle.schema().feature(vector[0]).orElseThrow();
      VectorCell cell = new VectorCell(vector[2]);
      String expected = vector[3];
      if (!vector[1].equals("column")) {
        cell.value(feature)
            .ifPresent(
                value ->
                    tests.add(
                        DynamicTest.dynamicTest(
                            name + " in a row", () -> inRow(feature, value.value(), expected))));
      }
      boolean inColumn = !vector[1].equals("value") || cell.kind().equals("x");
      Optional<Column> column =
          inColumn ? VectorColumn.of(feature, List.of(cell)) : Optional.empty();
      column.ifPresent(
          values ->
              tests.add(
                  DynamicTest.dynamicTest(
                      name + " in a column", () -> inColumn(feature, values, expected))));
    }
    assertTrue(tests.size() > 500, "only " + tests.size() + " cases");
    return tests.stream();
  }

  private static void inRow(Feature feature, Object value, String expected) {
    Row row = missingRow();
    String found =
        outcome(
            () -> {
              row.set(feature.name(), value);
              predictor.predict(row);
              return "%016x".formatted(row.cells()[feature.index()]);
            });
    assertEquals(expected, found);
  }

  private static void inColumn(Feature feature, Column column, String expected) {
    String found =
        outcome(
            () -> {
              predictor.predict(1, columns(feature, column), answer);
              return bits();
            });
    String wanted =
        expected.matches("[0-9a-f]{16}")
            ? answerTo(feature, Long.parseUnsignedLong(expected, 16))
            : expected;
    assertEquals(wanted, found);
  }

  /** What is answered to a cell. */
  private static String answerTo(Feature feature, long cell) {
    ByteBuffer data = VectorColumn.direct(Long.BYTES).putLong(0, cell);
    predictor.predict(1, columns(feature, Column.of(Dtype.CELL, data)), answer);
    return bits();
  }

  private static String outcome(Supplier<String> body) {
    try {
      return body.get();
    } catch (InputException error) {
      return error.code().name();
    }
  }

  /** Every column of the output, which shows the cells of all features but the timestamp. */
  private static String bits() {
    StringBuilder bits = new StringBuilder();
    for (int column = 0; column < answer.output().columns(); column++) {
      bits.append(" %016x".formatted(Double.doubleToRawLongBits(answer.get(0, column))));
    }
    return bits.toString();
  }

  private static Row missingRow() {
    Row row = predictor.row();
    bundle.schema().features().forEach(feature -> row.setMissing(feature.name()));
    return row;
  }

  private static List<Column> columns(Feature feature, Column column) {
    List<Column> columns = new ArrayList<>();
    long[] cells = missingRow().cells();
    for (long cell : cells) {
      columns.add(Column.of(Dtype.CELL, VectorColumn.direct(Long.BYTES).putLong(0, cell)));
    }
    columns.set(feature.index(), column);
    return columns;
  }
}
