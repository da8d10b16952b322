package dev.modelpack.arrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.Bundle;
import dev.modelpack.InputException;
import dev.modelpack.Predictor;
import dev.modelpack.TrustPolicy;
import dev.modelpack.testing.CityModels;
import dev.modelpack.testing.TestModels;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.ipc.ArrowReader;
import org.apache.arrow.vector.ipc.ArrowStreamReader;
import org.apache.arrow.vector.ipc.ArrowStreamWriter;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Streams of batches. */
class ArrowStreamTest {
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

  private static Predictor predictor(byte[] content) {
    try (Bundle bundle = Bundle.open(content, TrustPolicy.UNSIGNED)) {
      return bundle.predictor();
    }
  }

  /** The batch as a stream of slices of these lengths. Closes the batch. */
  private ArrowReader stream(VectorSchemaRoot whole, DictionaryProvider dictionaries, int... rows)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (whole;
        VectorSchemaRoot part = VectorSchemaRoot.create(whole.getSchema(), allocator);
        ArrowStreamWriter writer = new ArrowStreamWriter(part, dictionaries, bytes)) {
      int start = 0;
      for (int count : rows) {
        for (int column = 0; column < whole.getFieldVectors().size(); column++) {
          FieldVector from = whole.getVector(column);
          from.makeTransferPair(part.getVector(column)).splitAndTransfer(start, count);
        }
        part.setRowCount(count);
        writer.writeBatch();
        start += count;
      }
      writer.end();
    }
    return new ArrowStreamReader(new ByteArrayInputStream(bytes.toByteArray()), allocator);
  }

  @Test
  void eachBatchIsAnsweredWhenItIsAskedFor() throws IOException {
    try (Predictor predictor = predictor(TestModels.flights());
        ArrowReader answers =
            ArrowPredictor.of(predictor, allocator)
                .predict(stream(Batches.flights(allocator, 60), null, 50, 0, 10))) {
      List<Integer> sizes = new ArrayList<>();
      int row = 0;
      while (answers.loadNextBatch()) {
        VectorSchemaRoot batch = answers.getVectorSchemaRoot();
        sizes.add(batch.getRowCount());
        Float8Vector values = (Float8Vector) batch.getVector("value");
        for (int at = 0; at < batch.getRowCount(); at++) {
          assertEquals(Batches.flight(row++), values.get(at));
        }
      }
      assertEquals(List.of(50, 0, 10), sizes);
      assertFalse(answers.loadNextBatch());
      assertEquals(0, answers.getVectorSchemaRoot().getRowCount());
    }
  }

  @Test
  void dictionariesComeWithTheStream() throws IOException {
    Float8Vector hour = Batches.numbers("hour", allocator, 1.0, 2.0, 3.0);
    VarCharVector city = Batches.texts("city", allocator, "Warsaw", "Berlin", null);
    try (Predictor predictor = predictor(CityModels.cities());
        VarCharVector values = Batches.texts("", allocator, "PL", "DE");
        VarCharVector country = Batches.texts("country", allocator, "PL", "DE", "DE")) {
      Dictionary dictionary = new Dictionary(values, new DictionaryEncoding(3, false, null));
      DictionaryProvider provider = new DictionaryProvider.MapDictionaryProvider(dictionary);
      FieldVector encoded = (FieldVector) DictionaryEncoder.encode(country, dictionary);
      VectorSchemaRoot batch = Batches.root(3, hour, encoded, city);
      try (ArrowReader answers =
          ArrowPredictor.builder(predictor, allocator)
              .nodes()
              .build()
              .predict(stream(batch, provider, 3))) {
        assertTrue(answers.loadNextBatch());
        VectorSchemaRoot found = answers.getVectorSchemaRoot();
        assertEquals(100.0, found.getVector("value").getObject(0));
        assertEquals(400.0, found.getVector("value").getObject(1));
        assertEquals("DE", found.getVector("node").getObject(2).toString());
      }
    }
  }

  @Test
  void aBatchThatIsRefusedDoesNotEndTheStream() throws IOException {
    VectorSchemaRoot batch =
        Batches.root(
            3,
            Batches.texts("x", allocator, "1", null, null),
            Batches.numbers("y", allocator, 1.0, 2.0, 3.0));
    try (Predictor predictor = predictor(TestModels.classifier());
        ArrowReader answers =
            ArrowPredictor.of(predictor, allocator).predict(stream(batch, null, 1, 2))) {
      assertThrows(InputException.class, answers::loadNextBatch);
      assertTrue(answers.loadNextBatch());
      assertEquals(2, answers.getVectorSchemaRoot().getRowCount());
    }
  }
}
