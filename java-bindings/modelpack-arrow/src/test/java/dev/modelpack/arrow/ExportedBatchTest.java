package dev.modelpack.arrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.modelpack.Bundle;
import dev.modelpack.ErrorCode;
import dev.modelpack.InputException;
import dev.modelpack.KeyedPredictor;
import dev.modelpack.OutputBuffer;
import dev.modelpack.Predictor;
import dev.modelpack.RowNotes;
import dev.modelpack.TrustPolicy;
import dev.modelpack.testing.CityModels;
import org.apache.arrow.c.ArrowArray;
import org.apache.arrow.c.ArrowSchema;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The structs that {@code predictArrow} of the core takes, and whose they are. */
class ExportedBatchTest {
  private RootAllocator allocator;
  private Predictor predictor;
  private VectorSchemaRoot rides;

  @BeforeEach
  void open() {
    allocator = new RootAllocator();
    try (Bundle bundle = Bundle.open(CityModels.cities(), TrustPolicy.UNSIGNED)) {
      predictor = bundle.predictor();
    }
    rides =
        Batches.root(
            2,
            Batches.numbers("hour", allocator, 1.0, 2.0),
            Batches.texts("country", allocator, "PL", "DE"),
            Batches.texts("city", allocator, "Warsaw", "Berlin"));
  }

  @AfterEach
  void closeWithoutLeak() {
    predictor.close();
    rides.close();
    assertEquals(0, allocator.getAllocatedMemory());
    allocator.close();
  }

  private static long pointer(long address, int index) {
    return MemoryUtil.getLong(address + (long) index * Long.BYTES);
  }

  private static void assertReleased(boolean released, ExportedBatch batch) {
    assertEquals(released, ArrowArray.wrap(batch.arrayAddress()).snapshot().release == 0);
    assertEquals(released, ArrowSchema.wrap(batch.schemaAddress()).snapshot().release == 0);
  }

  private OutputBuffer values(int rows) {
    return OutputBuffer.allocate(predictor.schema().outputs().get(0), rows);
  }

  @Test
  void theVectorsOwnBuffersAreExported() {
    Float8Vector hour = (Float8Vector) rides.getVector("hour");
    try (ExportedBatch batch = new ExportedBatch(allocator, rides, null)) {
      long children = ArrowArray.wrap(batch.arrayAddress()).snapshot().children;
      long buffers = ArrowArray.wrap(pointer(children, 0)).snapshot().buffers;
      assertEquals(hour.getValidityBufferAddress(), pointer(buffers, 0));
      assertEquals(hour.getDataBufferAddress(), pointer(buffers, 1));
    }
  }

  @Test
  void aBatchIsReleasedOnSuccessAndKeptAfterAnError() {
    OutputBuffer values = values(2);
    try (ExportedBatch batch = new ExportedBatch(allocator, rides, null)) {
      for (int rows : new int[] {0, 1, 3}) {
        OutputBuffer others = values(rows);
        InputException error =
            assertThrows(
                InputException.class,
                () ->
                    predictor.predictArrow(
                        batch.schemaAddress(), batch.arrayAddress(), rows, others));
        assertEquals(ErrorCode.WRONG_SHAPE, error.code());
        assertReleased(false, batch);
      }
      RowNotes notes = RowNotes.allocate(2);
      predictor.predictArrow(batch.schemaAddress(), batch.arrayAddress(), 2, notes, values);
      assertReleased(true, batch);
      assertEquals(100, values.get(0, 0));
      assertEquals(400, values.get(1, 0));
      assertEquals("DE/Berlin", predictor.nodePath(notes.node(1).getAsLong()));
      InputException consumed =
          assertThrows(
              InputException.class,
              () -> predictor.predictArrow(batch.schemaAddress(), batch.arrayAddress(), 2, values));
      assertEquals(ErrorCode.ARROW, consumed.code());
    }
  }

  @Test
  void aKeyStandsForTheArraysColumns() {
    OutputBuffer values = values(2);
    KeyedPredictor paris = predictor.withKey("FR", "Paris");
    try (ExportedBatch batch = new ExportedBatch(allocator, rides, null)) {
      paris.predictArrow(batch.schemaAddress(), batch.arrayAddress(), 2, values);
    }
    assertEquals(600, values.get(1, 0));
    RowNotes notes = RowNotes.allocate(2);
    try (ExportedBatch batch = new ExportedBatch(allocator, rides, null)) {
      paris.predictArrow(batch.schemaAddress(), batch.arrayAddress(), 2, notes, values);
    }
    assertEquals("FR/Paris", predictor.nodePath(notes.node(0).getAsLong()));
  }

  @Test
  void oneRowIsTheStructAtItsOffset() {
    OutputBuffer value = values(1);
    try (ExportedBatch batch = new ExportedBatch(allocator, rides, null)) {
      for (int row = 0; row < 2; row++) {
        batch.moveTo(row);
        assertReleased(false, batch);
        predictor.predictArrow(batch.schemaAddress(), batch.arrayAddress(), 1, value);
        assertReleased(true, batch);
        assertEquals(row == 0 ? 100 : 400, value.get(0, 0));
      }
    }
  }
}
