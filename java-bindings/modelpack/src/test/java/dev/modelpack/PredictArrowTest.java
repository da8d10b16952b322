package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.modelpack.testing.TestModels;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is refused before an Arrow struct is read; modelpack-arrow tests what is answered. */
class PredictArrowTest {
  /** Zeros, as a struct that was released. */
  private final ByteBuffer released =
      ByteBuffer.allocateDirect(96).order(ByteOrder.nativeOrder()).alignedSlice(8);

  private Predictor predictor;
  private OutputBuffer values;

  @BeforeEach
  void open() {
    try (Bundle bundle = Bundle.open(TestModels.flights(), TrustPolicy.UNSIGNED)) {
      predictor = bundle.predictor();
    }
    values = OutputBuffer.allocate(predictor.schema().outputs().get(0), 4);
  }

  @AfterEach
  void close() {
    predictor.close();
  }

  private long address() {
    return Native.bufferAddress(released);
  }

  private ErrorCode refusal(long schema, long array, int rows, OutputBuffer... targets) {
    return assertThrows(
            ModelpackException.class, () -> predictor.predictArrow(schema, array, rows, targets))
        .code();
  }

  @Test
  void addressesThatCanHoldNoStructAreMisuse() {
    assertEquals(ErrorCode.USAGE, refusal(0, address(), 4, values));
    assertEquals(ErrorCode.USAGE, refusal(address(), 0, 4, values));
    assertEquals(ErrorCode.USAGE, refusal(address() + 1, address(), 4, values));
    assertEquals(ErrorCode.USAGE, refusal(address(), address() + 4, 4, values));
    assertThrows(
        UsageException.class,
        () -> predictor.withKey().predictArrow(0, 0, 4, RowNotes.allocate(4), values));
  }

  @Test
  void structsThatWereReleasedAreRefused() {
    assertEquals(ErrorCode.ARROW, refusal(address(), address(), 4, values));
  }

  @Test
  void buffersAreMeasuredForTheRows() {
    assertEquals(ErrorCode.USAGE, refusal(address(), address(), -1, values));
    assertEquals(ErrorCode.BUFFER, refusal(address(), address(), 5, values));
    assertEquals(ErrorCode.USAGE, refusal(address(), address(), 4, values, values));
    RowNotes notes = RowNotes.allocate(3);
    InputException small =
        assertThrows(
            InputException.class,
            () -> predictor.predictArrow(address(), address(), 4, notes, values));
    assertEquals(ErrorCode.BUFFER, small.code());
  }

  @Test
  void aClosedPredictorRefuses() {
    predictor.close();
    assertEquals(ErrorCode.CLOSED, refusal(address(), address(), 4, values));
  }
}
