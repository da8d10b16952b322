package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.modelpack.testing.CityModels;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches with mixed keys. */
class PartitionBatchTest {
  private static final int ROWS = 5000;
  private static final List<String> COUNTRIES = Arrays.asList("PL", "DE", "FR", "IT", null);
  private static final List<String> PLACES =
      Arrays.asList("Warsaw", "Berlin", "Paris", "Łódź", "a/b", "Rome", null);

  private final Random random = new Random(6);
  private final double[] hours = random.doubles(ROWS).toArray();
  private final List<String> countries = drawn(COUNTRIES);
  private final List<String> cities = drawn(PLACES);

  private List<String> drawn(List<String> from) {
    List<String> values = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      values.add(from.get(random.nextInt(from.size())));
    }
    return values;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void aMixedBatchAnswersAsItsRowsDo(int threads) {
    PredictorOptions options = PredictorOptions.builder().threads(threads).build();
    try (Predictor predictor = predictor(CityModels.cities(), options)) {
      OutputBuffer values = values(predictor);
      RowNotes notes = RowNotes.allocate(ROWS);
      predictor.predict(ROWS, columns(), notes, values);
      for (int row = 0; row < ROWS; row++) {
        Prediction alone = predictor.predict(row(row));
        assertEquals(Optional.empty(), notes.error(row));
        assertEquals(alone.value(), values.get(row, 0), "row " + row);
        String path = predictor.nodePath(notes.node(row).getAsLong());
        assertEquals(alone.node(), Optional.of(path), "row " + row);
        assertEquals(alone.reason(), notes.reason(row), "row " + row);
      }
    }
  }

  @Test
  void cellsInAMatrixCarryKeysToo() {
    try (Predictor predictor = predictor(CityModels.cities(), PredictorOptions.defaults())) {
      ByteBuffer cells = VectorColumn.direct(ROWS * 3 * Long.BYTES);
      for (int row = 0; row < ROWS; row++) {
        Row one = predictor.row();
        row(row).forEach(one::set);
        for (long cell : one.cells()) {
          cells.putLong(cell);
        }
      }
      Matrix matrix = Matrix.rowMajor(cells.flip(), Dtype.CELL, ROWS, 3);
      OutputBuffer values = values(predictor);
      RowNotes notes = RowNotes.allocateNodes(ROWS);
      predictor.predict(matrix, notes, values);
      for (int row = 0; row < ROWS; row++) {
        Prediction alone = predictor.predict(row(row));
        assertEquals(alone.value(), values.get(row, 0), "row " + row);
        assertEquals(alone.reason(), notes.reason(row), "row " + row);
      }
      assertThrows(UsageException.class, () -> notes.error(0));
    }
  }

  @Test
  void aBatchOfOneKeyNeedsNoColumnsOfIt() {
    try (Predictor predictor = predictor(CityModels.cities(), PredictorOptions.defaults())) {
      KeyedPredictor warsaw = predictor.withKey("PL", "Warsaw");
      List<Column> columns = List.of(columns().get(0), Column.absent(), Column.absent());
      assertAllBy(100, "PL/Warsaw", Reason.EXACT, predictor, warsaw, columns);
      assertAllBy(100, "PL/Warsaw", Reason.EXACT, predictor, warsaw, columns());
      KeyedPredictor germany = predictor.withKey("DE");
      assertAllBy(20, "DE", Reason.MISSING, predictor, germany, columns);
    }
  }

  private void assertAllBy(
      double factor,
      String path,
      Reason reason,
      Predictor predictor,
      KeyedPredictor keyed,
      List<Column> columns) {
    OutputBuffer values = values(predictor);
    RowNotes notes = RowNotes.allocate(ROWS);
    keyed.predict(ROWS, columns, notes, values);
    OutputBuffer without = values(predictor);
    keyed.predict(ROWS, columns, without);
    for (int row = 0; row < ROWS; row++) {
      assertEquals(hours[row] * factor, values.get(row, 0), "row " + row);
      assertEquals(hours[row] * factor, without.get(row, 0), "row " + row);
      assertEquals(path, predictor.nodePath(notes.node(row).getAsLong()));
      assertEquals(Optional.of(reason), notes.reason(row));
    }
  }

  @Test
  void aMatrixOfNumbersNeedsNoTextsOfTheKey() {
    try (Predictor predictor = predictor(CityModels.cities(), PredictorOptions.defaults())) {
      double[][] rows = {{1, Double.NaN, Double.NaN}, {2, 7, -1}};
      Matrix matrix = Matrix.copyOf(rows, 3);
      OutputBuffer values = OutputBuffer.allocate(predictor.schema().outputs().get(0), 2);
      RowNotes notes = RowNotes.allocate(2);
      predictor.withKey("FR", "Paris").predict(matrix, notes, values);
      assertEquals(300, values.get(0, 0));
      assertEquals(600, values.get(1, 0));
      assertEquals(Optional.of(Reason.EXACT), notes.reason(1));
      predictor.withKey("FR", "Rome").predict(matrix, values);
      assertEquals(2, values.get(1, 0));
    }
  }

  @Test
  void rowsOfACorruptNodeFailAndAllOthersAreAnswered() {
    try (Predictor predictor = predictor(CityModels.damaged(100), PredictorOptions.defaults())) {
      OutputBuffer values = values(predictor);
      RowNotes notes = RowNotes.allocate(ROWS);
      predictor.predict(ROWS, columns(), notes, values);
      int first = -1;
      for (int row = 0; row < ROWS; row++) {
        String path = predictor.nodePath(notes.node(row).getAsLong());
        if (path.equals("PL/Warsaw")) {
          first = first < 0 ? row : first;
          assertEquals(Optional.of(ErrorCode.DIGEST), notes.error(row));
        } else {
          assertEquals(Optional.empty(), notes.error(row));
          assertEquals(predictor.predict(row(row)).value(), values.get(row, 0));
        }
      }
      FormatException error =
          assertThrows(FormatException.class, () -> predictor.predict(ROWS, columns(), values));
      assertEquals(ErrorCode.DIGEST, error.code());
      assertEquals(Optional.of("PL/Warsaw"), error.node());
      assertEquals(OptionalLong.of(first), error.row());
    }
  }

  @Test
  void anErrorOfARowNamesItsNode() {
    try (Predictor predictor = predictor(CityModels.cities(), PredictorOptions.defaults())) {
      ByteBuffer texts = VectorColumn.direct(4);
      texts.put("17XX".getBytes(StandardCharsets.US_ASCII)).flip();
      ByteBuffer offsets = VectorColumn.direct(2 * Long.BYTES);
      offsets.putLong(0).putLong(4).flip();
      List<Column> columns = List.of(Column.text(texts, offsets), Column.absent(), Column.absent());
      OutputBuffer values = OutputBuffer.allocate(predictor.schema().outputs().get(0), 1);
      KeyedPredictor berlin = predictor.withKey("DE", "Berlin");
      InputException error =
          assertThrows(InputException.class, () -> berlin.predict(1, columns, values));
      assertEquals(Optional.of("hour"), error.feature());
      assertEquals(Optional.of("DE/Berlin"), error.node());
    }
  }

  @Test
  void notesMustHaveRoomAndMemoryOfTheirOwn() {
    try (Predictor predictor = predictor(CityModels.cities(), PredictorOptions.defaults())) {
      OutputBuffer values = values(predictor);
      InputException small =
          assertThrows(
              InputException.class,
              () -> predictor.predict(ROWS, columns(), RowNotes.allocate(ROWS - 1), values));
      assertEquals(ErrorCode.BUFFER, small.code());
      RowNotes shared = RowNotes.of(null, values.data(), null);
      assertThrows(UsageException.class, () -> predictor.predict(ROWS, columns(), shared, values));
      ByteBuffer heap = ByteBuffer.allocate(ROWS);
      RowNotes onHeap = RowNotes.of(null, null, heap);
      assertThrows(UsageException.class, () -> predictor.predict(ROWS, columns(), onHeap, values));
      predictor.predict(ROWS, columns(), RowNotes.of(null, null, null), values);
    }
  }

  private static Predictor predictor(byte[] content, PredictorOptions options) {
    try (Bundle bundle = Bundle.open(content, TrustPolicy.UNSIGNED)) {
      return bundle.predictor(options);
    }
  }

  private static OutputBuffer values(Predictor predictor) {
    return OutputBuffer.allocate(predictor.schema().outputs().get(0), ROWS);
  }

  private Map<String, Object> row(int row) {
    Map<String, Object> values = new HashMap<>();
    values.put("hour", hours[row]);
    values.put("country", countries.get(row));
    values.put("city", cities.get(row));
    return values;
  }

  private List<Column> columns() {
    ByteBuffer numbers = VectorColumn.direct(ROWS * Double.BYTES);
    Arrays.stream(hours).forEach(numbers::putDouble);
    return List.of(Column.of(Dtype.FLOAT64, numbers.flip()), texts(countries), texts(cities));
  }

  private static Column texts(List<String> values) {
    ByteBuffer utf8 = VectorColumn.direct(values.size() * 8);
    ByteBuffer offsets = VectorColumn.direct((values.size() + 1) * Long.BYTES);
    ByteBuffer valid = VectorColumn.direct(values.size());
    offsets.putLong(0);
    for (String value : values) {
      valid.put((byte) (value == null ? 0 : 1));
      utf8.put((value == null ? "" : value).getBytes(StandardCharsets.UTF_8));
      offsets.putLong(utf8.position());
    }
    return Column.text(utf8.flip(), offsets.flip()).withValid(valid.flip());
  }
}
