package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.TestModels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What the schema says of missing values and unseen categories. */
class PoliciesTest {
  private static Map<String, Object> row(String feature, Object value) {
    Map<String, Object> row = new HashMap<>();
    row.put("strict", 1.0);
    row.put("filled", 2.0);
    row.put("known", "Kraków");
    row.put("replaced", "red");
    row.put(feature, value);
    return row;
  }

  private static Prediction predict(String feature, Object value) {
    try (Bundle bundle = Bundle.open(TestModels.policies(), TrustPolicy.UNSIGNED);
        Predictor predictor = bundle.predictor()) {
      return predictor.predict(row(feature, value));
    }
  }

  private static InputException refused(String feature, Object value) {
    return assertThrows(InputException.class, () -> predict(feature, value));
  }

  @Test
  void aMissingValueIsRejectedOrReplaced() {
    assertEquals(1 + 2 + 10 + 10, predict("filled", 2).value());
    Prediction replaced = predict("filled", null);
    assertEquals(1 + 5 + 10 + 10, replaced.value());
    assertEquals(List.of("filled"), replaced.missing());
    for (String feature : List.of("strict", "replaced")) {
      InputException error = refused(feature, null);
      assertEquals(ErrorCode.MISSING, error.code());
      assertEquals(Optional.of(feature), error.feature());
    }
    assertEquals(ErrorCode.MISSING, refused("strict", Double.NaN).code());
  }

  @Test
  void anUnseenCategoryIsRejectedOrReplaced() {
    Prediction replaced = predict("replaced", "blue");
    assertEquals(1 + 2 + 10 + 20, replaced.value());
    assertEquals(List.of("replaced"), replaced.unseen());
    InputException error = refused("known", "Krakow");
    assertEquals(ErrorCode.UNSEEN, error.code());
    assertEquals(Optional.of("known"), error.feature());
    assertTrue(error.getMessage().contains("'Krakow'"), error.getMessage());
    assertEquals(Optional.of("did you mean 'Kraków'?"), error.hint());
  }

  @Test
  void theSchemaStatesThem() {
    try (Bundle bundle = Bundle.open(TestModels.policies(), TrustPolicy.UNSIGNED)) {
      Schema schema = bundle.schema();
      Feature strict = schema.feature("strict").orElseThrow();
      assertEquals(new Policy(Policy.Kind.REJECT, Optional.empty()), strict.missing());
      assertEquals(Policy.Kind.MODEL, strict.unseen().kind());
      assertEquals(Optional.of(5.0), schema.feature("filled").orElseThrow().missing().value());
      assertEquals(Optional.of("green"), schema.feature("replaced").orElseThrow().unseen().value());
      assertEquals(NullKind.NAN, strict.nullIs());
    }
  }
}
