package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.CityModels;
import dev.modelpack.testing.TestModels;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Rows by key, and the nodes behind a predictor. */
class PartitionsTest {
  private Predictor predictor;

  @BeforeEach
  void open() {
    try (Bundle bundle = Bundle.open(CityModels.cities(), TrustPolicy.UNSIGNED)) {
      predictor = bundle.predictor();
    }
  }

  @AfterEach
  void close() {
    predictor.close();
  }

  /** Country, city, what the node multiplies the hour by, its path, why it answers. */
  static Stream<Arguments> keys() {
    return Stream.of(
        Arguments.of("PL", "Warsaw", 100, "PL/Warsaw", Reason.EXACT),
        Arguments.of("DE", "Berlin", 200, "DE/Berlin", Reason.EXACT),
        Arguments.of("DE", "a/b", 250, "DE/a\\/b", Reason.EXACT),
        Arguments.of("FR", "Paris", 300, "FR/Paris", Reason.EXACT),
        Arguments.of("PL", "Łódź", 10, "PL", Reason.PRUNED),
        Arguments.of("PL", "Paris", 10, "PL", Reason.UNKNOWN),
        Arguments.of("PL", "Gdynia", 10, "PL", Reason.UNKNOWN),
        Arguments.of("FR", "Berlin", 1, "/", Reason.UNKNOWN),
        Arguments.of("IT", "Rome", 1, "/", Reason.UNKNOWN),
        Arguments.of("IT", "Warsaw", 1, "/", Reason.UNKNOWN),
        Arguments.of("PL", null, 10, "PL", Reason.MISSING),
        Arguments.of("FR", null, 1, "/", Reason.MISSING),
        Arguments.of(null, "Warsaw", 1, "/", Reason.MISSING),
        Arguments.of(null, null, 1, "/", Reason.MISSING));
  }

  @ParameterizedTest
  @MethodSource("keys")
  void aRowIsAnsweredByTheNodeOfItsKey(
      String country, String city, double factor, String path, Reason reason) {
    Map<String, Object> map = row(country, city);
    Prediction byName = predictor.predict(map);
    assertAnswer(3 * factor, path, reason, byName);
    Row row = predictor.row();
    map.forEach(row::set);
    assertAnswer(3 * factor, path, reason, predictor.predict(row));
    double[] out = new double[1];
    predictor.predict(new double[] {3, code("country", country), code("city", city)}, out);
    assertEquals(3 * factor, out[0]);
  }

  @ParameterizedTest
  @MethodSource("keys")
  void aKeyStandsForWhatRowsHold(
      String country, String city, double factor, String path, Reason reason) {
    KeyedPredictor keyed = predictor.withKey(country, city);
    assertAnswer(3 * factor, path, reason, keyed.predict(Map.of("hour", 3)));
    assertAnswer(3 * factor, path, reason, keyed.predict(row("DE", "Berlin")));
    Row row = predictor.row().set("hour", 3);
    assertAnswer(3 * factor, path, reason, keyed.predict(row));
    assertAnswer(3 * factor, path, reason, keyed.predict(row.set("city", "Berlin")));
    double[] out = new double[1];
    keyed.predict(new double[] {3, Double.NaN, 0.5}, out);
    assertEquals(3 * factor, out[0]);
    keyed.predict(new double[] {4, 99, 99}, predictor.schema().outputs().get(0), out);
    assertEquals(4 * factor, out[0]);
  }

  @ParameterizedTest
  @MethodSource("keys")
  void theNodeOfAKeyIsFoundWithoutARow(
      String country, String city, double factor, String path, Reason reason) {
    NodeMatch match = predictor.find(country, city);
    assertEquals(path, match.node().path());
    assertEquals(reason, match.reason());
    assertFalse(match.node().pruned());
    assertEquals(0, predictor.cacheStats().loads());
  }

  @Test
  void aShorterKeyIsMissingTheRest() {
    assertAnswer(30, "PL", Reason.MISSING, predictor.withKey("PL").predict(Map.of("hour", 3)));
    assertAnswer(3, "/", Reason.MISSING, predictor.withKey().predict(Map.of("hour", 3)));
  }

  @Test
  void aRowOfAKeyStillNeedsTheOtherFeatures() {
    KeyedPredictor keyed = predictor.withKey("PL", "Warsaw");
    InputException absent =
        assertThrows(InputException.class, () -> keyed.predict(Map.of("houre", 3)));
    assertEquals(ErrorCode.FEATURE_ABSENT, absent.code());
    assertEquals(Optional.of("hour"), absent.feature());
    Row row = predictor.row().set("city", "Warsaw");
    assertThrows(InputException.class, () -> keyed.predict(row));
    row.set("hour", 3);
    assertThrows(InputException.class, () -> predictor.predict(row), "without the country");
  }

  @Test
  void aKeyIsToldAmongWhatIsMissingAndUnseen() {
    Prediction prediction = predictor.withKey("IT").predict(Map.of("hour", 3));
    assertEquals(List.of("country"), prediction.unseen());
    assertEquals(List.of("city"), prediction.missing());
    assertEquals("Prediction[value=[3.0], node=/, reason=MISSING]", prediction.toString());
  }

  @Test
  void aKeyThatDoesNotFitIsRefused() {
    UsageException tooLong =
        assertThrows(UsageException.class, () -> predictor.withKey("PL", "Warsaw", 1));
    assertTrue(tooLong.getMessage().contains("[country, city]"), tooLong::getMessage);
    InputException number = assertThrows(InputException.class, () -> predictor.withKey("PL", 7));
    assertEquals(ErrorCode.WRONG_TYPE, number.code());
    assertEquals(Optional.of("city"), number.feature());
    assertThrows(UsageException.class, () -> predictor.find("PL", "Warsaw", 1));
    assertThrows(UsageException.class, () -> predictor.preload(List.of("PL", "Warsaw", 1)));
  }

  @Test
  void nodesStandInTheOrderOfTheTree() {
    List<PartitionNode> nodes = predictor.nodes().toList();
    assertEquals(
        List.of("/", "DE", "DE/Berlin", "DE/a\\/b", "FR/Paris", "PL", "PL/Warsaw", "PL/Łódź"),
        nodes.stream().map(PartitionNode::path).toList());
    Map<String, PartitionNode> byPath = new HashMap<>();
    nodes.forEach(node -> byPath.put(node.path(), node));
    PartitionNode root = byPath.get("/");
    assertEquals(0, root.number());
    assertEquals(List.of(), root.key());
    assertEquals(OptionalLong.empty(), root.parent());
    assertEquals(OptionalLong.of(1000), root.rows());
    assertEquals(OptionalDouble.empty(), root.parentMetric());
    PartitionNode poland = byPath.get("PL");
    PartitionNode warsaw = byPath.get("PL/Warsaw");
    assertEquals(List.of("PL", "Warsaw"), warsaw.key());
    assertEquals(OptionalLong.of(poland.number()), warsaw.parent());
    assertEquals(OptionalLong.of(0), byPath.get("FR/Paris").parent());
    assertTrue(warsaw.sizeBytes() > 8);
    assertEquals(OptionalLong.of(300), warsaw.rows());
    assertEquals(OptionalDouble.of(6.5), warsaw.metric());
    assertEquals(OptionalDouble.of(7), warsaw.parentMetric());
    assertEquals(Optional.of(NodeReason.KEPT), warsaw.reason());
    PartitionNode lodz = byPath.get("PL/Łódź");
    assertTrue(lodz.pruned());
    assertEquals(0, lodz.sizeBytes());
    assertEquals(Optional.of(NodeReason.NOT_BETTER), lodz.reason());
    assertEquals(OptionalLong.empty(), byPath.get("DE").rows());
    assertEquals(OptionalDouble.empty(), byPath.get("DE").metric());
    assertEquals(Optional.of(new NodeMetric("mae", false)), predictor.nodeMetric());
    for (PartitionNode node : nodes) {
      assertEquals(Optional.of(node), predictor.node(node.key().toArray()));
      assertEquals(node.path(), predictor.nodePath(node.number()));
    }
  }

  @Test
  void onlyTheNodeOfExactlyAKeyIsThatNode() {
    assertEquals(Optional.empty(), predictor.node("FR"));
    assertEquals(Optional.empty(), predictor.node("PL", null));
    assertEquals(Optional.empty(), predictor.node("PL", "Gdynia"));
    assertTrue(predictor.node("PL", "Łódź").orElseThrow().pruned());
    assertThrows(UsageException.class, () -> predictor.nodePath(8));
    assertThrows(UsageException.class, () -> predictor.nodePath(-1));
    assertThrows(UsageException.class, () -> predictor.nodePath(1L << 32));
  }

  @Test
  void manyNodesAreDescribedOneAfterTheOther() {
    int count = 3000;
    try (Bundle bundle = Bundle.open(CityModels.shops(count), TrustPolicy.UNSIGNED);
        Predictor shops = bundle.predictor()) {
      List<PartitionNode> nodes = shops.nodes().toList();
      assertEquals(count + 1, nodes.size());
      for (int shop = 0; shop < count; shop++) {
        assertEquals(List.of((long) shop), nodes.get(shop + 1).key());
        assertEquals(String.valueOf(shop), nodes.get(shop + 1).path());
      }
      assertEquals(Optional.empty(), shops.nodeMetric());
      assertEquals(Optional.empty(), nodes.get(1).reason());
      Prediction prediction = shops.withKey(2999).predict(Map.of("hour", 2));
      assertAnswer(6000, "2999", Reason.EXACT, prediction);
      assertAnswer(
          2, "/", Reason.UNKNOWN, shops.predict(Map.of("hour", 2, "shop", Long.MAX_VALUE)));
    }
  }

  @Test
  void theSchemaNamesTheLevels() {
    assertEquals(
        List.of("country", "city"), predictor.schema().keys().stream().map(Feature::name).toList());
  }

  @Test
  void afterCloseEveryCallSaysSo() {
    KeyedPredictor keyed = predictor.withKey("PL");
    Stream<PartitionNode> nodes = predictor.nodes();
    PartitionNode root = predictor.node().orElseThrow();
    Prediction prediction = keyed.predict(Map.of("hour", 3));
    predictor.close();
    assertEquals(Optional.of("PL"), prediction.node());
    assertThrows(ClosedException.class, () -> keyed.predict(Map.of("hour", 3)));
    assertThrows(ClosedException.class, nodes::toList);
    assertThrows(ClosedException.class, predictor::nodes);
    assertThrows(ClosedException.class, predictor::cacheStats);
    assertThrows(ClosedException.class, predictor::nodeMetric);
    assertThrows(ClosedException.class, () -> predictor.nodeStats(root));
    assertThrows(ClosedException.class, () -> predictor.node("PL"));
    assertThrows(ClosedException.class, () -> predictor.find("PL"));
    assertThrows(ClosedException.class, () -> predictor.nodePath(0));
    assertThrows(ClosedException.class, () -> predictor.preload(List.of("PL")));
    assertThrows(ClosedException.class, predictor::preloadAll);
  }

  @Test
  void aModelWithoutPartitionsHasTheRootAlone() {
    try (Bundle bundle = Bundle.open(TestModels.classifier(), TrustPolicy.UNSIGNED);
        Predictor plain = bundle.predictor()) {
      assertEquals(List.of(), plain.schema().keys());
      Prediction prediction = plain.predict(Map.of("x", 3, "y", 1));
      assertEquals(Optional.empty(), prediction.node());
      assertEquals(Optional.empty(), prediction.reason());
      List<PartitionNode> nodes = plain.nodes().toList();
      assertEquals(List.of("/"), nodes.stream().map(PartitionNode::path).toList());
      assertEquals(Optional.of(nodes.get(0)), plain.node());
      assertEquals(Reason.EXACT, plain.find().reason());
      assertEquals(1, plain.nodeStats(nodes.get(0)).rows());
      assertEquals(new CacheStats(0, 0, 0, 0, 0, 0), plain.cacheStats());
      plain.preloadAll();
      plain.preload(List.of());
      assertEquals("late", plain.withKey().predict(Map.of("x", 3, "y", 1)).label());
      assertThrows(UsageException.class, () -> plain.withKey("PL"));
      assertThrows(UsageException.class, () -> plain.nodeStats(predictor.node("PL").get()));
    }
  }

  private static void assertAnswer(double value, String path, Reason reason, Prediction found) {
    assertEquals(value, found.value());
    assertEquals(Optional.of(path), found.node());
    assertEquals(Optional.of(reason), found.reason());
  }

  private static Map<String, Object> row(String country, String city) {
    Map<String, Object> row = new HashMap<>();
    row.put("hour", 3);
    row.put("country", country);
    row.put("city", city);
    return row;
  }

  private double code(String feature, String text) {
    Categories categories = predictor.schema().feature(feature).orElseThrow().categories();
    return text == null ? Double.NaN : categories.code(text);
  }
}
