package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.TestKey;
import dev.modelpack.testing.TestModels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Matrices and columns in direct buffers. */
class BatchTest {
  private static final int FEATURES = 30;

  private final List<AutoCloseable> opened = new ArrayList<>();
  private Predictor forest;
  private Predictor flights;
  private Predictor classifier;

  @BeforeEach
  void open() {
    forest = predictor(TestModels.forest(20, 4, FEATURES));
    flights = predictor(TestModels.flights());
    classifier = predictor(TestModels.classifier());
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable object : opened) {
      object.close();
    }
  }

  private Predictor predictor(byte[] content) {
    try (Bundle bundle = Bundle.open(content, TrustPolicy.UNSIGNED)) {
      Predictor predictor = bundle.predictor(PredictorOptions.builder().threads(2).build());
      opened.add(predictor);
      return predictor;
    }
  }

  private static ByteBuffer direct(int size) {
    return ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
  }

  private static float[][] rows(int count) {
    Random random = new Random(7);
    float[][] rows = new float[count][FEATURES];
    for (float[] row : rows) {
      for (int i = 0; i < FEATURES; i++) {
        row[i] = random.nextInt(10) == 0 ? Float.NaN : (float) random.nextGaussian();
      }
    }
    return rows;
  }

  /** What the row path answers. */
  private double[] alone(float[][] rows) {
    double[] answers = new double[rows.length];
    double[] in = new double[FEATURES];
    double[] out = new double[1];
    for (int row = 0; row < rows.length; row++) {
      for (int i = 0; i < FEATURES; i++) {
        in[i] = rows[row][i];
      }
      forest.predict(in, out);
      answers[row] = out[0];
    }
    return answers;
  }

  private void assertAnswers(double[] expected, OutputBuffer target) {
    for (int row = 0; row < expected.length; row++) {
      assertEquals(expected[row], target.get(row, 0), "row " + row);
    }
  }

  @Test
  void aMatrixOfAnyLayoutAnswersAsItsRowsDo() {
    for (int count : new int[] {0, 1, 2, 511, 1300}) {
      float[][] rows = rows(count);
      double[] expected = alone(rows);
      Output value = forest.schema().outputs().get(0);

      double[][] doubles = new double[count][FEATURES];
      ByteBuffer columnMajor = direct(4 * count * FEATURES);
      for (int row = 0; row < count; row++) {
        for (int i = 0; i < FEATURES; i++) {
          doubles[row][i] = rows[row][i];
          columnMajor.putFloat(4 * (i * count + row), rows[row][i]);
        }
      }
      OutputBuffer target = OutputBuffer.allocate(value, count);
      forest.predict(Matrix.copyOf(doubles, FEATURES), target);
      assertAnswers(expected, target);

      target = OutputBuffer.allocate(value, count);
      forest.predict(Matrix.columnMajor(columnMajor, Dtype.FLOAT32, count, FEATURES), target);
      assertAnswers(expected, target);
    }
  }

  @Test
  void aMatrixBeginsAtTheBuffersPosition() {
    float[][] rows = rows(3);
    ByteBuffer data = direct(5 + 4 * 3 * FEATURES);
    for (int row = 0; row < 3; row++) {
      for (int i = 0; i < FEATURES; i++) {
        data.putFloat(5 + 4 * (row * FEATURES + i), rows[row][i]);
      }
    }
    data.position(5);
    ByteBuffer out = direct(3 + 4 * 3 * 2);
    out.position(3);
    OutputBuffer target =
        new OutputBuffer(forest.schema().outputs().get(0), Dtype.FLOAT32, out, 2 * Float.BYTES);
    forest.predict(Matrix.rowMajor(data, Dtype.FLOAT32, 3, FEATURES), target);
    assertAnswers(alone(rows), target);
    assertEquals(0f, out.getFloat(3 + 4), "what lies between rows stays as it was");
  }

  @Test
  void everyOutputOfABatchIsTyped() {
    Schema schema = classifier.schema();
    OutputBuffer probability = OutputBuffer.allocate(schema.output("probability").orElseThrow(), 2);
    OutputBuffer label =
        new OutputBuffer(
            schema.output("label").orElseThrow(), Dtype.INT32, direct(8), Integer.BYTES);
    classifier.predict(Matrix.copyOf(new double[][] {{3, 1}, {1, 3}}, 2), probability, label);
    assertEquals("late", label.label(0, 0));
    assertEquals("on time", label.label(1, 0));
    assertEquals(probability.get(0, 1), probability.get(1, 0), 1e-15);
    assertThrows(UsageException.class, () -> probability.label(0, 0));
  }

  private static ByteBuffer longs(long... values) {
    ByteBuffer buffer = direct(8 * values.length);
    buffer.asLongBuffer().put(values);
    return buffer;
  }

  private static ByteBuffer bytes(int... values) {
    ByteBuffer buffer = direct(values.length);
    for (int i = 0; i < values.length; i++) {
      buffer.put(i, (byte) values[i]);
    }
    return buffer;
  }

  private static Column texts(String... values) {
    long[] offsets = new long[values.length + 1];
    byte[] all = String.join("", values).getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < values.length; i++) {
      offsets[i + 1] = offsets[i] + values[i].getBytes(StandardCharsets.UTF_8).length;
    }
    return Column.text(
        direct(all.length).put(all).flip().order(ByteOrder.nativeOrder()), longs(offsets));
  }

  private static List<Column> columns(Column carrier) {
    return List.of(
        Column.of(Dtype.INT64, longs(17, 18, 19)),
        Column.of(Dtype.UINT8, bytes(1, 2, 3)),
        Column.of(Dtype.INT8, bytes(0, -1, 1)),
        Column.of(Dtype.BOOL, bytes(1, 0, 1)),
        carrier,
        Column.absent());
  }

  @Test
  void columnsOfAllTypesAreAnswered() {
    OutputBuffer target = OutputBuffer.allocate(flights.schema().outputs().get(0), 3);
    Column carriers = texts("DL", "Łódź", "B6").withValid(bytes(1, 1, 0));
    flights.predict(3, columns(carriers), target);
    assertEquals(17 + 10 + 0 + 1000 + 1.5, target.get(0, 0));
    assertEquals(18 + 20 - 100 + 0 + 3.5, target.get(1, 0));
    assertEquals(19 + 30 + 100 + 1000 - 1, target.get(2, 0));
    FeatureStats departure = flights.stats().get("departure");
    assertEquals(new FeatureStats(3, 3, 0, 0, 3), departure);
    assertEquals(new FeatureStats(3, 1, 0, 0, 0), flights.stats().get("carrier"));
  }

  @Test
  void cellsAndTimestampsAreColumnsToo() {
    OutputBuffer target = OutputBuffer.allocate(flights.schema().outputs().get(0), 2);
    List<Column> columns =
        List.of(
            Column.of(Dtype.CELL, longs(17, 0, Long.MIN_VALUE, 0)).withStride(16),
            Column.of(Dtype.CELL, longs(Double.doubleToLongBits(1), Double.doubleToLongBits(2))),
            Column.of(Dtype.CELL, longs(0, 0)),
            Column.of(Dtype.CELL, longs(0, 1)),
            Column.of(Dtype.CELL, longs(0, Categories.UNSEEN)),
            Column.of(Dtype.TIMESTAMP, longs(0, 1)));
    flights.predict(2, columns, target);
    assertEquals(17 + 10 + 0.5, target.get(0, 0));
    assertTrue(Double.isNaN(target.get(1, 0)));
  }

  @Test
  void theFirstBadRowFailsTheCallUnlessThereIsAStatus() {
    OutputBuffer target = OutputBuffer.allocate(flights.schema().outputs().get(0), 3);
    List<Column> columns = new ArrayList<>(columns(texts("DL", "DL", "DL")));
    columns.set(3, Column.of(Dtype.BOOL, bytes(1, 7, 9)));
    InputException error =
        assertThrows(InputException.class, () -> flights.predict(3, columns, target));
    assertEquals(OptionalLong.of(1), error.row());
    assertEquals("holiday", error.feature().orElseThrow());
    assertTrue(
        error.toString().startsWith("dev.modelpack.InputException: row 1: "), error.toString());

    ByteBuffer status = direct(12);
    flights.predict(3, columns, status, target);
    assertEquals(0, status.getInt(0));
    assertEquals(error.code().number(), status.getInt(4));
    assertEquals(error.code().number(), status.getInt(8));
    assertEquals(17 + 10 + 0 + 1000 + 1.5, target.get(0, 0));
  }

  @Test
  void aMatrixRefusesWhatIsNoFloat32() {
    double[][] rows = new double[1][FEATURES];
    rows[0][3] = 0.1;
    OutputBuffer target = OutputBuffer.allocate(forest.schema().outputs().get(0), 1);
    InputException error =
        assertThrows(
            InputException.class, () -> forest.predict(Matrix.copyOf(rows, FEATURES), target));
    assertEquals(ErrorCode.NOT_EXACT, error.code());
    assertEquals("f3", error.feature().orElseThrow());
    forest.predict(rows[0], new double[1]);
    assertEquals(1, forest.stats().get("f3").rounded());
  }

  @Test
  void offsetsThatLeadOutsideAreRefused() {
    OutputBuffer target = OutputBuffer.allocate(flights.schema().outputs().get(0), 3);
    for (long[] offsets : List.of(new long[] {0, 2, 4, 99}, new long[] {0, -5, 2, 4})) {
      Column carriers = Column.text(bytes('D', 'L', 'D', 'L'), longs(offsets));
      assertThrows(InputException.class, () -> flights.predict(3, columns(carriers), target));
    }
  }

  @Test
  void buffersThatCannotBeUsedAreRefused() {
    Output value = classifier.schema().output("margin").orElseThrow();
    Matrix matrix = Matrix.copyOf(new double[2][2], 2);
    ByteBuffer good = direct(16);
    for (OutputBuffer bad :
        List.of(
            OutputBuffer.of(value, ByteBuffer.allocate(16).order(ByteOrder.nativeOrder())),
            OutputBuffer.of(value, direct(16).asReadOnlyBuffer().order(ByteOrder.nativeOrder())),
            OutputBuffer.of(value, direct(16).order(ByteOrder.BIG_ENDIAN)),
            OutputBuffer.of(forest.schema().outputs().get(0), good),
            new OutputBuffer(value, Dtype.FLOAT32, good, 8),
            new OutputBuffer(value, Dtype.FLOAT64, good, 4),
            new OutputBuffer(value, Dtype.FLOAT64, matrix.data(), 8))) {
      assertThrows(UsageException.class, () -> classifier.predict(matrix, bad), bad.toString());
    }
    OutputBuffer small = OutputBuffer.of(value, direct(15));
    InputException error =
        assertThrows(InputException.class, () -> classifier.predict(matrix, small));
    assertEquals(ErrorCode.BUFFER, error.code());
    OutputBuffer target = OutputBuffer.of(value, good);
    for (Matrix bad :
        List.of(
            new Matrix(direct(31), Dtype.FLOAT64, 2, 2, 16, 8),
            new Matrix(direct(32), Dtype.FLOAT64, 2, 2, Long.MAX_VALUE, 8),
            new Matrix(direct(32), Dtype.FLOAT64, Integer.MAX_VALUE, 2, 16, 8),
            new Matrix(direct(32), Dtype.FLOAT64, 2, 3, 16, 8),
            new Matrix(direct(32), Dtype.FLOAT64, 2, 1, 16, 8))) {
      assertThrows(InputException.class, () -> classifier.predict(bad, target), bad.toString());
    }
    for (Matrix bad :
        List.of(
            new Matrix(direct(32), Dtype.FLOAT64, -1, 2, 16, 8),
            new Matrix(direct(32), Dtype.FLOAT64, 2, -1, 16, 8),
            new Matrix(direct(32), Dtype.FLOAT64, 2, 2, -16, 8),
            new Matrix(direct(32), Dtype.STRING, 2, 2, 16, 8))) {
      assertThrows(UsageException.class, () -> classifier.predict(bad, target), bad.toString());
    }
    ByteBuffer status = direct(7);
    assertThrows(InputException.class, () -> classifier.predict(matrix, status, target));
    ByteBuffer odd = direct(16).position(1).slice();
    assertThrows(UsageException.class, () -> classifier.predict(matrix, odd, target));
    assertThrows(UsageException.class, () -> classifier.predict(matrix, good, target));
    assertThrows(UsageException.class, () -> Column.of(Dtype.STRING, good));
    assertThrows(InputException.class, () -> Matrix.copyOf(new double[][] {{1}}, 2));
  }

  @Test
  void theSmallestStackIsEnough() throws Exception {
    TestKey key = TestKey.p384(2);
    byte[] signed = TestModels.flights("eta", "1.4.0", key);
    FutureTask<Boolean> task =
        new FutureTask<>(
            () -> {
              Output value = forest.schema().outputs().get(0);
              Matrix matrix = Matrix.copyOf(new double[1300][FEATURES], FEATURES);
              forest.predict(matrix, OutputBuffer.allocate(value, 1300));
              try (Bundle bundle = Bundle.open(signed, TrustPolicy.ofPublicKey(key.pem()));
                  Predictor predictor = bundle.predictor()) {
                return bundle.verify().permitted() && !predictor.plan().isEmpty();
              }
            });
    new Thread(null, task, "small", 1).start();
    assertTrue(task.get());
  }

  /** Memory that was given back, where this JDK has such: nothing may read it any more. */
  @TestFactory
  Stream<DynamicTest> closedMemoryIsNotRead() {
    Output value = forest.schema().outputs().get(0);
    Matrix matrix = Matrix.copyOf(new double[2][FEATURES], FEATURES);
    return Stream.of("ofConfined", "ofShared")
        .map(
            kind ->
                DynamicTest.dynamicTest(
                    kind,
                    () -> {
                      ByteBuffer given = givenBack(kind, 8 * 2 * FEATURES);
                      Class<? extends RuntimeException> refusal =
                          given.isDirect() ? IllegalStateException.class : ModelpackException.class;
                      OutputBuffer target = OutputBuffer.of(value, given);
                      assertThrows(refusal, () -> forest.predict(matrix, target));
                      OutputBuffer good = OutputBuffer.allocate(value, 2);
                      Matrix gone = Matrix.rowMajor(given, Dtype.FLOAT64, 2, FEATURES);
                      assertThrows(refusal, () -> forest.predict(gone, good));
                      assertThrows(refusal, () -> Bundle.open(given, TrustPolicy.UNSIGNED));
                    }));
  }

  /** A buffer of a closed arena; JDKs without arenas have none, and give one of the heap. */
  private static ByteBuffer givenBack(String kind, long size) throws ReflectiveOperationException {
    if (Runtime.version().feature() < 22) {
      return ByteBuffer.allocate((int) size).order(ByteOrder.nativeOrder());
    }
    Class<?> arenas = Class.forName("java.lang.foreign.Arena");
    Object arena = arenas.getMethod(kind).invoke(null);
    Object segment = arenas.getMethod("allocate", long.class).invoke(arena, size);
    Class<?> segments = Class.forName("java.lang.foreign.MemorySegment");
    ByteBuffer buffer = (ByteBuffer) segments.getMethod("asByteBuffer").invoke(segment);
    arenas.getMethod("close").invoke(arena);
    return buffer.order(ByteOrder.nativeOrder());
  }
}
