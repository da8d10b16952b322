package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.TestModels;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows that are filled value by value, and rows by position. */
class PreparedRowTest {
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

  @Test
  void aRowIsFilledByNameAndReused() {
    Row row = predictor.row().set("hour", 17).set("distance", 2.25).set("wind", 0.5f);
    row.set("holiday", true).set("carrier", "DL").set("departure", Instant.EPOCH);
    assertEquals(1091.0, predictor.predict(row).value());
    assertEquals(1091.0, predictor.predict(row).value());
    assertEquals(1091.0 + 1, predictor.predict(row.set("carrier", "UA")).value());
    assertEquals(1091.0 - 2.5, predictor.predict(row.setMissing("carrier")).value());
    assertEquals(List.of("carrier"), predictor.predict(row).missing());
    assertEquals(1091.0 - 3.5, predictor.predict(row.set("carrier", 'x')).value());
    assertEquals(1091.0 - 2.5, predictor.predict(row.set("carrier", (String) null)).value());
    assertEquals(1091.0, predictor.predict(row.set("carrier", (Object) "DL")).value());
  }

  @Test
  void aRowRefusesWrongNamesAndValuesAtOnce() {
    Row row = predictor.row();
    InputException unknown = assertThrows(InputException.class, () -> row.set("huor", 17));
    assertEquals(ErrorCode.FEATURE_UNKNOWN, unknown.code());
    assertEquals(Optional.of("did you mean 'hour'?"), unknown.hint());
    assertEquals(
        ErrorCode.NOT_EXACT,
        assertThrows(InputException.class, () -> row.set("hour", 17.5)).code());
    assertEquals(
        ErrorCode.WRONG_TYPE,
        assertThrows(InputException.class, () -> row.set("hour", "17")).code());
    assertEquals(
        ErrorCode.WRONG_TYPE,
        assertThrows(InputException.class, () -> row.set("carrier", 17)).code());
  }

  @Test
  void aRowWithoutARequiredFeatureIsRefused() {
    Row row = predictor.row().set("hour", 17);
    InputException error = assertThrows(InputException.class, () -> predictor.predict(row));
    assertEquals(ErrorCode.FEATURE_ABSENT, error.code());
    assertEquals(Optional.of("distance"), error.feature());
    row.set("distance", 1).set("wind", 1).set("holiday", false).set("carrier", "AA");
    assertEquals(17 + 10 + 100 + 0.5, predictor.predict(row).value());
    assertThrows(InputException.class, () -> predictor.predict(row.clear()));
  }

  @Test
  void aRowIsGoodForEqualSchemasOnly() {
    Row row = predictor.row().set("hour", 17).set("distance", 2.25).set("wind", 0.5f);
    row.set("holiday", true).set("carrier", "DL");
    try (Bundle same = Bundle.open(TestModels.flights("eta2", "2.0.0"), TrustPolicy.UNSIGNED);
        Predictor other = same.predictor()) {
      assertEquals(1091.0, other.predict(row).value());
    }
    for (byte[] model : List.of(TestModels.classifier(), TestModels.forest(3, 2, 30))) {
      try (Bundle another = Bundle.open(model, TrustPolicy.UNSIGNED);
          Predictor other = another.predictor()) {
        InputException error = assertThrows(InputException.class, () -> other.predict(row));
        assertEquals(ErrorCode.STALE_SCHEMA, error.code());
      }
    }
  }

  @Test
  void aRowByPositionGivesTheSameAnswer() {
    double code = bundle.schema().feature("carrier").orElseThrow().categories().code("DL");
    double[] in = {17, 2.25, 0.5, 1, code, Double.NaN};
    double[] out = new double[1];
    predictor.predict(in, out);
    assertEquals(1091.0, out[0]);
    in[4] = Double.NaN;
    predictor.predict(in, out);
    assertEquals(1091.0 - 2.5, out[0]);
    in[4] = Categories.UNSEEN;
    predictor.predict(in, bundle.schema().output("value").orElseThrow(), out);
    assertEquals(1091.0 - 3.5, out[0]);
    in[3] = Double.NaN;
    predictor.predict(in, out);
    assertTrue(Double.isNaN(out[0]));
  }

  @Test
  void aRowByPositionIsCheckedLikeAnyOther() {
    double[] out = new double[1];
    double[][] bad = {
      {17.5, 2.25, 0.5, 1, 0, Double.NaN},
      {17, 2.25, 1e300, 1, 0, Double.NaN},
      {17, 2.25, 0.5, 2, 0, Double.NaN},
      {17, 2.25, 0.5, 1, 5, Double.NaN},
      {17, 2.25, 0.5, 1, 0.5, Double.NaN},
      {17, 2.25, 0.5, 1, 0, 1000},
    };
    ErrorCode[] codes = {
      ErrorCode.NOT_EXACT,
      ErrorCode.NOT_EXACT,
      ErrorCode.NOT_EXACT,
      ErrorCode.WRONG_TYPE,
      ErrorCode.WRONG_TYPE,
      ErrorCode.WRONG_TYPE
    };
    for (int i = 0; i < bad.length; i++) {
      double[] in = bad[i];
      InputException error =
          assertThrows(InputException.class, () -> predictor.predict(in, out), "row " + i);
      assertEquals(codes[i], error.code(), "row " + i);
    }
    for (double[] in : List.of(new double[5], new double[7])) {
      InputException error = assertThrows(InputException.class, () -> predictor.predict(in, out));
      assertEquals(ErrorCode.WRONG_SHAPE, error.code());
    }
    assertThrows(InputException.class, () -> predictor.predict(new double[6], new double[2]));
  }
}
