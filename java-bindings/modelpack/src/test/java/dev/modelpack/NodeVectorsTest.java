package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.Vectors;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Bundles that open although one node must be refused: it fails by name, all others answer. */
class NodeVectorsTest {
  @TestFactory
  Stream<DynamicTest> theDamagedNodeFailsAlone() {
    return Vectors.lines(Vectors.path("hostile/nodes.tsv")).stream()
        .map(
            vector ->
                DynamicTest.dynamicTest(
                    vector[0] + ": " + vector[5],
                    () -> check(vector[1], vector[2], key(vector[3]), vector[4])));
  }

  private static void check(String file, String phase, List<Object> key, String code) {
    String path = String.join("/", key.stream().map(Object::toString).toList());
    try (Bundle bundle = open(file);
        Predictor predictor = bundle.predictor();
        Bundle soundBundle = open("partitions.mpk");
        Predictor sound = soundBundle.predictor()) {
      if (phase.equals("entry")) {
        assertRefused(code, path, bundle::verify);
      }
      Map<String, Object> row = row(predictor);
      KeyedPredictor damaged = predictor.withKey(key.toArray());
      assertRefused(code, path, () -> damaged.predict(row));
      assertRefused(code, path, () -> predictor.preload(key));
      int others = 0;
      for (PartitionNode node : sound.nodes().toList()) {
        if (!node.path().equals(path)) {
          Object[] other = node.key().toArray();
          Prediction expected = sound.withKey(other).predict(row);
          Prediction found = predictor.withKey(other).predict(row);
          assertEquals(expected.toString(), found.toString(), node.path());
          others++;
        }
      }
      assertEquals(6, others);
    }
  }

  private static void assertRefused(String code, String path, Runnable call) {
    ModelpackException error = assertThrows(ModelpackException.class, call::run);
    assertEquals(code, error.code().name(), error::getMessage);
    assertEquals(Optional.of(path), error.node());
    assertTrue(error.getMessage().contains(path), error::getMessage);
  }

  @Test
  void whatTheyWereMadeFromIsSound() {
    try (Bundle bundle = open("partitions.mpk");
        Predictor predictor = bundle.predictor()) {
      bundle.verify();
      predictor.preloadAll();
      assertEquals(List.of("carrier", "code", "late"), names(predictor.schema().keys()));
      Prediction exact = predictor.withKey("AA", 7, true).predict(row(predictor));
      assertEquals(Optional.of("AA/7/true"), exact.node());
      assertEquals(Optional.of(Reason.EXACT), exact.reason());
      Prediction unknown = predictor.withKey("AA", 7, false).predict(row(predictor));
      assertEquals(Optional.of("AA/7"), unknown.node());
      assertEquals(Optional.of(Reason.UNKNOWN), unknown.reason());
      Prediction pruned = predictor.withKey("AA", -1).predict(row(predictor));
      assertEquals(Optional.of("AA"), pruned.node());
      assertEquals(List.of("AA", 7L, true), predictor.node("AA", 7, true).orElseThrow().key());
    }
  }

  private static List<String> names(List<Feature> features) {
    return features.stream().map(Feature::name).toList();
  }

  private static Bundle open(String file) {
    return Bundle.open(Vectors.path("hostile/" + file), TrustPolicy.UNSIGNED);
  }

  /** Some value for each feature that is no key. */
  private static Map<String, Object> row(Predictor predictor) {
    Map<String, Object> row = new HashMap<>();
    for (Feature feature : predictor.schema().features()) {
      if (!predictor.schema().keys().contains(feature)) {
        row.put(feature.name(), feature.dtype() == Dtype.STRING ? "AA" : (Object) 1);
      }
    }
    return row;
  }

  /** The texts and integers of a JSON list. */
  private static List<Object> key(String json) {
    List<Object> key = new ArrayList<>();
    for (String value : json.substring(1, json.length() - 1).split(",")) {
      boolean text = value.startsWith("\"");
      key.add(text ? value.substring(1, value.length() - 1) : (Object) Long.valueOf(value));
    }
    return key;
  }
}
