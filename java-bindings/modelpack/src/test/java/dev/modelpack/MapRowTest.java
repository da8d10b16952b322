package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.TestModels;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that are maps, on a model whose answer can be worked out by hand. */
class MapRowTest {
  private Bundle bundle;
  private Predictor predictor;

  @BeforeEach
  void open() {
    bundle = Bundle.open(TestModels.flights(), TrustPolicy.UNSIGNED);
    predictor = bundle.predictor();
  }

  @AfterEach
  void close() {
    predictor.close();
    bundle.close();
  }

  private static Map<String, Object> row() {
    Map<String, Object> row = new HashMap<>();
    row.put("hour", 17);
    row.put("distance", 2.25);
    row.put("wind", 0.5f);
    row.put("holiday", true);
    row.put("carrier", "DL");
    return row;
  }

  private static Map<String, Object> row(String feature, Object value) {
    Map<String, Object> row = row();
    row.put(feature, value);
    return row;
  }

  private double value(String feature, Object value) {
    return predictor.predict(row(feature, value)).value();
  }

  @Test
  void aRowByNameIsAnswered() {
    Prediction prediction = predictor.predict(row());
    assertEquals(17 + 22.5 + 50 + 1000 + 1.5, prediction.value());
    assertEquals(prediction.value(), prediction.score());
    assertThrows(UsageException.class, prediction::label);
    assertThrows(UsageException.class, () -> prediction.probability(true));
    assertEquals(bundle.identity(), prediction.identity());
    assertEquals(List.of("departure"), prediction.missing());
    assertEquals(List.of(), prediction.unseen());
    assertEquals(Optional.empty(), prediction.node());
    assertEquals(1, prediction.outputs().size());
    assertEquals("Prediction[value=[1091.0]]", prediction.toString());
  }

  @Test
  void furtherKeysAreIgnoredUnlessStrict() {
    Map<String, Object> row = row("tailnum", "N14228");
    assertEquals(1091.0, predictor.predict(row).value());
    try (Predictor strict = bundle.predictor(PredictorOptions.builder().strict(true).build())) {
      assertEquals(1091.0, strict.predict(row()).value());
      InputException error = assertThrows(InputException.class, () -> strict.predict(row));
      assertEquals(ErrorCode.FEATURE_UNKNOWN, error.code());
      assertEquals(Optional.of("tailnum"), error.feature());
    }
  }

  @Test
  void everyJavaNumberThatIsExactIsTaken() {
    for (Object seventeen :
        List.of(
            (byte) 17,
            (short) 17,
            17,
            17L,
            17f,
            17d,
            BigInteger.valueOf(17),
            new BigDecimal("17.00"))) {
      assertEquals(1091.0, value("hour", seventeen), seventeen.getClass().getName());
      assertEquals(17 + 170 + 50 + 1000 + 1.5, value("distance", seventeen));
    }
    assertEquals(1091.0, value("holiday", 1));
    assertEquals(91.0, value("holiday", 0.0));
    assertEquals(17 + 10 + 50 + 1000 + 1.5, value("distance", true));
    assertEquals(17 + 1.1 * 10 + 50 + 1000 + 1.5, value("distance", new BigDecimal("1.1")), 1e-12);
  }

  @Test
  void whatIsNotExactIsRefusedAndNamed() {
    for (Map.Entry<String, Object> bad :
        List.<Map.Entry<String, Object>>of(
            Map.entry("hour", 17.5),
            Map.entry("hour", new BigDecimal("17.5")),
            Map.entry("hour", Long.MIN_VALUE),
            Map.entry("hour", BigInteger.ONE.shiftLeft(70)),
            Map.entry("distance", (1L << 53) + 1),
            Map.entry("distance", BigInteger.ONE.shiftLeft(70).add(BigInteger.ONE)),
            Map.entry("distance", new BigDecimal("1e400")),
            Map.entry("wind", 1e300),
            Map.entry("holiday", 2),
            Map.entry("departure", Instant.ofEpochSecond(1, 1)),
            Map.entry("departure", Instant.MAX))) {
      InputException error =
          assertThrows(
              InputException.class,
              () -> predictor.predict(row(bad.getKey(), bad.getValue())),
              bad.toString());
      assertEquals(ErrorCode.NOT_EXACT, error.code(), bad.toString());
      assertEquals(Optional.of(bad.getKey()), error.feature());
      assertTrue(error.getMessage().contains("'" + bad.getKey() + "'"), error.getMessage());
    }
  }

  @Test
  void aWrongTypeIsRefusedAndNamed() {
    for (Map.Entry<String, Object> bad :
        List.<Map.Entry<String, Object>>of(
            Map.entry("hour", "17"),
            Map.entry("hour", Instant.EPOCH),
            Map.entry("distance", new Object()),
            Map.entry("distance", Optional.of(1.0)),
            Map.entry("carrier", 17),
            Map.entry("carrier", true),
            Map.entry("carrier", List.of("DL")),
            Map.entry("carrier", "\ud800"),
            Map.entry("departure", 1000L),
            Map.entry("departure", "2013-01-01"),
            Map.entry("departure", new java.sql.Time(0)))) {
      InputException error =
          assertThrows(
              InputException.class,
              () -> predictor.predict(row(bad.getKey(), bad.getValue())),
              bad.toString());
      assertEquals(ErrorCode.WRONG_TYPE, error.code(), bad.toString());
      assertEquals(Optional.of(bad.getKey()), error.feature());
    }
  }

  @Test
  void aMissingKeyIsRefusedWithTheNameThatIsNear() {
    Map<String, Object> row = row();
    row.remove("carrier");
    row.put("carier", "DL");
    InputException error = assertThrows(InputException.class, () -> predictor.predict(row));
    assertEquals(ErrorCode.FEATURE_ABSENT, error.code());
    assertEquals(Optional.of("carrier"), error.feature());
    assertTrue(error.hint().orElseThrow().contains("'carier'"), error.getMessage());
    assertTrue(error.getMessage().endsWith(error.hint().orElseThrow()), error.getMessage());
  }

  @Test
  void nullIsMissing() {
    Prediction prediction = predictor.predict(row("carrier", null));
    assertEquals(1091.0 - 1.5 - 1, prediction.value());
    assertEquals(List.of("carrier", "departure"), prediction.missing());
    assertTrue(Double.isNaN(value("distance", null)));
    assertTrue(Double.isNaN(value("distance", Double.NaN)));
    assertTrue(Double.isNaN(value("hour", null)));
  }

  @Test
  void anUnknownCategoryIsUnseen() {
    Prediction prediction = predictor.predict(row("carrier", "dl"));
    assertEquals(1091.0 - 1.5 - 2, prediction.value());
    assertEquals(List.of("carrier"), prediction.unseen());
  }

  @Test
  void everyKindOfTextIsACategory() {
    assertEquals(1091.0, value("carrier", new StringBuilder("DL")));
    assertEquals(1091.0 - 1, value("carrier", Carrier.AA));
    assertEquals(1091.0 + 2, value("carrier", "Łódź"));
    assertEquals(1091.0 + 3, value("carrier", ""));
    assertEquals(1091.0 - 3.5, value("carrier", 'D'));
  }

  private enum Carrier {
    AA
  }

  @Test
  void everyKindOfInstantIsATimestamp() {
    for (Object time :
        List.of(
            Instant.EPOCH,
            OffsetDateTime.parse("2013-01-01T05:15:00-05:00"),
            OffsetDateTime.parse("2013-01-01T05:15:00-05:00").toZonedDateTime(),
            LocalDateTime.parse("2013-01-01T05:15:00"),
            LocalDate.parse("2013-01-01"),
            new java.util.Date(0),
            new java.sql.Timestamp(0),
            java.sql.Date.valueOf("2013-01-01"))) {
      Prediction prediction = predictor.predict(row("departure", time));
      assertEquals(List.of(), prediction.missing(), time.getClass().getName());
    }
  }

  @Test
  void statsCountWhatWasSeen() {
    predictor.predict(row());
    predictor.predict(row("carrier", "B6"));
    predictor.predict(row("distance", null));
    predictor.predict(row("wind", 0.1));
    Map<String, FeatureStats> stats = predictor.stats();
    assertEquals(
        List.of("hour", "distance", "wind", "holiday", "carrier", "departure"),
        List.copyOf(stats.keySet()));
    assertEquals(new FeatureStats(4, 0, 1, 0, 0), stats.get("carrier"));
    assertEquals(new FeatureStats(4, 1, 0, 0, 0), stats.get("distance"));
    assertEquals(new FeatureStats(4, 0, 0, 1, 0), stats.get("wind"));
    assertEquals(new FeatureStats(4, 4, 0, 0, 4), stats.get("departure"));
  }

  @Test
  void aModelMayBeAskedFromWithinARow() {
    Map<String, Object> stacked =
        new HashMap<>(row()) {
          private static final long serialVersionUID = 1L;

          @Override
          public Object get(Object key) {
            return key.equals("distance") ? predictor.predict(row()).value() : super.get(key);
          }
        };
    assertEquals(17 + 10910 + 50 + 1000 + 1.5, predictor.predict(stacked).value());
  }

  @Test
  void aPredictorSaysHowItWorks() {
    assertEquals("native", predictor.engine());
    assertTrue(predictor.plan().contains("linear"), predictor.plan());
    assertEquals(bundle.schema(), predictor.schema());
    UnsupportedModelException error =
        assertThrows(
            UnsupportedModelException.class,
            () -> bundle.predictor(PredictorOptions.builder().engine("onnx").build()));
    assertEquals(ErrorCode.ENGINE, error.code());
  }
}
