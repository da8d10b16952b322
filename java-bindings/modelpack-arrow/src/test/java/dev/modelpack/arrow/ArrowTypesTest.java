package dev.modelpack.arrow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.Bundle;
import dev.modelpack.ErrorCode;
import dev.modelpack.Feature;
import dev.modelpack.InputException;
import dev.modelpack.Predictor;
import dev.modelpack.TrustPolicy;
import dev.modelpack.UsageException;
import dev.modelpack.testing.Vectors;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.DateDayVector;
import org.apache.arrow.vector.DateMilliVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.NullVector;
import org.apache.arrow.vector.SmallIntVector;
import org.apache.arrow.vector.TimeStampMilliTZVector;
import org.apache.arrow.vector.TimeStampNanoVector;
import org.apache.arrow.vector.TimeStampSecVector;
import org.apache.arrow.vector.TinyIntVector;
import org.apache.arrow.vector.UInt1Vector;
import org.apache.arrow.vector.UInt2Vector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.ViewVarCharVector;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryEncoder;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.DictionaryEncoding;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Vectors of every type that a feature takes, with nulls and from any offset. */
class ArrowTypesTest {
  /** The columns of {@code value} that show the features of types.mpk. */
  private static final List<String> SHOWN =
      List.of("float64", "float64_none", "float32", "int64", "bool", "string", "string_none");

  private RootAllocator allocator;
  private Predictor predictor;

  @BeforeEach
  void open() {
    allocator = new RootAllocator();
    try (Bundle bundle = Bundle.open(Vectors.path("types.mpk"), TrustPolicy.UNSIGNED)) {
      predictor = bundle.predictor();
    }
  }

  @AfterEach
  void closeWithoutLeak() {
    predictor.close();
    assertEquals(0, allocator.getAllocatedMemory());
    allocator.close();
  }

  /** The vector's values as the model sees them. Closes the vector. */
  private List<Double> shown(FieldVector vector, DictionaryProvider dictionaries) {
    int rows = vector.getValueCount();
    List<FieldVector> vectors = new ArrayList<>();
    for (Feature feature : predictor.schema().features()) {
      boolean given = feature.name().equals(vector.getName());
      vectors.add(given ? vector : new NullVector(feature.name(), rows));
    }
    try (VectorSchemaRoot batch = new VectorSchemaRoot(vectors);
        VectorSchemaRoot answers =
            ArrowPredictor.of(predictor, allocator).predict(batch, dictionaries)) {
      FixedSizeListVector lists = (FixedSizeListVector) answers.getVector("value");
      Float8Vector numbers = (Float8Vector) lists.getDataVector();
      int column = Math.max(SHOWN.indexOf(vector.getName()), 0);
      List<Double> found = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        found.add(numbers.get(row * lists.getListSize() + column));
      }
      return found;
    }
  }

  private void assertShown(FieldVector vector, Double... expected) {
    assertEquals(Arrays.asList(expected), shown(vector, null));
  }

  @Test
  void integersOfEveryWidth() {
    TinyIntVector i8 = new TinyIntVector("float64", allocator);
    i8.setSafe(0, -128);
    i8.setSafe(2, 127);
    i8.setValueCount(3);
    assertShown(i8, -128.0, Double.NaN, 127.0);
    SmallIntVector i16 = new SmallIntVector("float64", allocator);
    i16.setSafe(0, Short.MIN_VALUE);
    i16.setValueCount(1);
    assertShown(i16, -32768.0);
    IntVector i32 = new IntVector("int64", allocator);
    i32.setSafe(0, Integer.MIN_VALUE);
    i32.setValueCount(1);
    assertShown(i32, -2147483648.0);
    UInt1Vector u8 = new UInt1Vector("int64", allocator);
    u8.setSafe(0, 255);
    u8.setValueCount(1);
    assertShown(u8, 255.0);
    UInt2Vector u16 = new UInt2Vector("float64", allocator);
    u16.setSafe(0, 65535);
    u16.setValueCount(1);
    assertShown(u16, 65535.0);
    UInt4Vector u32 = new UInt4Vector("float64", allocator);
    u32.setSafe(0, -1);
    u32.setValueCount(1);
    assertShown(u32, 4294967295.0);
  }

  @Test
  void boolsAreBitsFromAnyOffset() {
    for (int start : new int[] {0, 1, 7, 8, 13}) {
      Double[] expected = new Double[20];
      try (BitVector bits = new BitVector("bool", allocator)) {
        for (int row = 0; row < 40; row++) {
          if (row % 5 == 2) {
            bits.setNull(row);
          } else {
            bits.setSafe(row, row % 3 == 0 ? 1 : 0);
          }
          if (row >= start && row < start + 20) {
            expected[row - start] = row % 5 == 2 ? Double.NaN : row % 3 == 0 ? 1.0 : 0.0;
          }
        }
        bits.setValueCount(40);
        assertShown(slice(bits, start, 20), expected);
      }
    }
  }

  private FieldVector slice(FieldVector vector, int start, int rows) {
    var pair = vector.getTransferPair(allocator);
    pair.splitAndTransfer(start, rows);
    return (FieldVector) pair.getTo();
  }

  @Test
  void decimalsAreTheirNearestFloat() {
    DecimalVector decimals = new DecimalVector("float64", allocator, 38, 2);
    decimals.setSafe(0, new BigDecimal("12345678901234567890.12"));
    decimals.setSafe(1, new BigDecimal("-0.10"));
    decimals.setValueCount(3);
    assertShown(decimals, 12345678901234567890.12, -0.1, Double.NaN);
  }

  @Test
  void datesAndTimesOfEveryUnitAreTimestamps() {
    DateDayVector days = new DateDayVector("timestamp", allocator);
    days.setSafe(0, -1);
    DateMilliVector dates = new DateMilliVector("timestamp", allocator);
    dates.setSafe(0, 86_400_000L);
    TimeStampSecVector seconds = new TimeStampSecVector("timestamp", allocator);
    seconds.setSafe(0, 1_357_095_845L);
    TimeStampMilliTZVector zoned = new TimeStampMilliTZVector("timestamp", allocator, "Asia/Tokyo");
    zoned.setSafe(0, 1_357_095_845_678L);
    TimeStampNanoVector nanos = new TimeStampNanoVector("timestamp", allocator);
    nanos.setSafe(0, 1_357_095_845_678_901_000L);
    for (FieldVector vector : List.of(days, dates, seconds, zoned, nanos)) {
      vector.setValueCount(2);
      long before = predictor.stats().get("timestamp").missing();
      assertEquals(2, shown(vector, null).size());
      assertEquals(before + 1, predictor.stats().get("timestamp").missing());
    }
  }

  @Test
  void aTimeIsNoNumber() {
    DateDayVector days = new DateDayVector("int64", allocator);
    days.setSafe(1, 7);
    days.setValueCount(2);
    InputException error = assertThrows(InputException.class, () -> shown(days, null));
    assertEquals(ErrorCode.WRONG_TYPE, error.code());
    assertEquals(Optional.of("int64"), error.feature());
    assertEquals(OptionalLong.of(1), error.row());
  }

  @Test
  void viewsHoldShortAndLongTexts() {
    ViewVarCharVector views = new ViewVarCharVector("string", allocator);
    byte[] longText = "a category longer than twelve bytes".getBytes();
    views.setSafe(0, "JFK".getBytes());
    views.setSafe(1, longText);
    views.setSafe(3, longText);
    views.setSafe(4, "JFK".getBytes());
    views.setValueCount(5);
    try (views) {
      assertShown(slice(views, 1, 4), -3.0, -2.0, -3.0, 0.0);
    }
  }

  private DictionaryProvider.MapDictionaryProvider dictionary(FieldVector values, int bits) {
    ArrowType.Int index = new ArrowType.Int(bits, true);
    return new DictionaryProvider.MapDictionaryProvider(
        new Dictionary(values, new DictionaryEncoding(7, false, index)));
  }

  @Test
  void textsEncodedByADictionaryAreLookedUp() {
    for (int bits : new int[] {8, 16, 32, 64}) {
      try (VarCharVector values = Batches.texts("", allocator, "elsewhere", "JFK");
          VarCharVector plain =
              Batches.texts("string", allocator, "JFK", null, "elsewhere", "JFK")) {
        DictionaryProvider provider = dictionary(values, bits);
        FieldVector encoded = (FieldVector) DictionaryEncoder.encode(plain, provider.lookup(7));
        assertEquals(List.of(0.0, -2.0, -3.0, 0.0), shown(encoded, provider));
        encoded = (FieldVector) DictionaryEncoder.encode(plain, provider.lookup(7));
        try (FieldVector whole = encoded) {
          assertEquals(List.of(-2.0, -3.0), shown(slice(whole, 1, 2), provider));
        }
      }
    }
  }

  @Test
  void aDictionaryMayHoldNumbers() {
    try (BigIntVector values = new BigIntVector("", allocator)) {
      values.setSafe(0, 70);
      values.setSafe(1, 80);
      values.setValueCount(2);
      try (BigIntVector plain = new BigIntVector("float64", allocator)) {
        plain.setSafe(0, 80);
        plain.setSafe(1, 70);
        plain.setValueCount(2);
        DictionaryProvider provider = dictionary(values, 8);
        FieldVector encoded = (FieldVector) DictionaryEncoder.encode(plain, provider.lookup(7));
        assertEquals(List.of(80.0, 70.0), shown(encoded, provider));
      }
    }
  }

  @Test
  void aDictionaryThatIsNotThereIsNamedByItsColumn() {
    try (VarCharVector values = Batches.texts("", allocator, "JFK");
        VarCharVector plain = Batches.texts("string", allocator, "JFK")) {
      Dictionary dictionary = dictionary(values, 8).lookup(7);
      DictionaryProvider empty = new DictionaryProvider.MapDictionaryProvider();
      for (DictionaryProvider provider : Arrays.asList(null, empty)) {
        FieldVector encoded = (FieldVector) DictionaryEncoder.encode(plain, dictionary);
        UsageException error = assertThrows(UsageException.class, () -> shown(encoded, provider));
        assertTrue(error.getMessage().contains("'string'"), error.getMessage());
      }
    }
  }
}
