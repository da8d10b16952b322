package dev.modelpack.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Small models of every kind that the tests need. */
public final class TestModels {
  public static final List<String> CARRIERS = List.of("AA", "DL", "UA", "Łódź", "");

  private TestModels() {}

  /**
   * A regressor over all dtypes: {@code value} = 1·hour + 10·distance + 100·wind + 1000·holiday +
   * the carrier's 0.5, 1.5, …, summed in that order from 0.0. {@code departure} is not read. A
   * missing carrier counts −1, an unseen one −2.
   */
  public static byte[] flights() {
    return flights("eta", "1.4.0");
  }

  /** {@link #flights()} under another name, signed. */
  public static byte[] flights(String name, String version, TestKey... signers) {
    ModelBuilder model = ModelBuilder.named(name, version);
    List<String> terms = new ArrayList<>();
    String hour = model.input("hour", "int64");
    String distance = model.input("distance", "float64");
    String wind = model.input("wind", "float32");
    String holiday = model.input("holiday", "bool");
    String carrier = model.categories("carrier", CARRIERS);
    model.feature("departure", "timestamp", "optional", true);
    terms.add(model.op("cast@1", List.of(hour), "to", "f64"));
    terms.add(distance);
    terms.add(model.op("cast@1", List.of(wind), "to", "f64"));
    terms.add(model.op("cast@1", List.of(holiday), "to", "f64"));
    terms.add(
        model.op(
            "lookup@1",
            List.of(carrier),
            "table",
            Tensor.float64(List.of(8, 1), 0.5, 1.5, 2.5, 3.5, 4.5, -1, -1, -2)));
    String row = model.op("concat@1", terms);
    String value =
        model.op(
            "linear@1",
            List.of(row),
            "bias",
            "none",
            "nan",
            "keep",
            "weight",
            Tensor.float64(List.of(5, 1), 1, 10, 100, 1000, 1));
    model.output("value", "float64", 1, value);
    model.member("metrics.json", "{\"reported\":{\"mae\":\"12 min\"},\"splits\":{}}");
    model.member("config.json", "{\"framework\":\"by hand\"}");
    return model.build(signers);
  }

  /**
   * A classifier of {@code x} and {@code y} with text classes: {@code margin} = x − y, label "late"
   * where it is above 0.
   */
  public static byte[] classifier() {
    ModelBuilder model = ModelBuilder.named("late", "0.1.0");
    String x = model.input("x", "float64");
    String y = model.input("y", "float64");
    String row = model.op("concat@1", List.of(x, y));
    String margin =
        model.op(
            "linear@1",
            List.of(row),
            "bias",
            "none",
            "nan",
            "keep",
            "weight",
            Tensor.float64(List.of(2, 1), 1, -1));
    String late = model.op("sigmoid@1", List.of(margin), "form", "expit");
    String probability = model.op("complement@1", List.of(late));
    String label =
        model.op(
            "compare@1",
            List.of(margin),
            "comparison",
            "gt",
            "constant",
            Tensor.float64(List.of(1), 0));
    Object classes =
        Json.object("dtype", "string", "numpy", "|O", "values", List.of("on time", "late"));
    model.output("label", "int64", 1, label, "classes", classes);
    model.output("probability", "float64", 2, probability, "classes", classes);
    model.output("margin", "float64", 1, margin);
    return model.build();
  }

  /**
   * A classifier of {@code x} and {@code y} with two labels: "late" and 10 where x − y is above 0,
   * else "on time" and 20.
   */
  public static byte[] twoLabels() {
    ModelBuilder model = ModelBuilder.named("labels", "0.1.0");
    String row =
        model.op("concat@1", List.of(model.input("x", "float64"), model.input("y", "float64")));
    Tensor weight = Tensor.float64(List.of(2, 2), 1, 1, -1, -1);
    String margins =
        model.op("linear@1", List.of(row), "bias", "none", "nan", "keep", "weight", weight);
    Tensor zero = Tensor.float64(List.of(1), 0);
    String labels = model.op("compare@1", List.of(margins), "comparison", "gt", "constant", zero);
    Object texts =
        Json.object("dtype", "string", "numpy", "|O", "values", List.of("on time", "late"));
    Object numbers = Json.object("dtype", "int64", "numpy", "<i8", "values", List.of(20L, 10L));
    model.output("label", "int64", 2, labels, "classes", List.of(texts, numbers));
    return model.build();
  }

  /** Answers {@code weight} times the feature {@code hour}, a number of {@code dtype}. */
  public static byte[] hours(
      String name, String version, double weight, String dtype, TestKey... signers) {
    ModelBuilder model = ModelBuilder.named(name, version);
    String hour = model.input("hour", dtype);
    if (!dtype.equals("float64")) {
      hour = model.op("cast@1", List.of(hour), "to", "f64");
    }
    String row = model.op("concat@1", List.of(hour));
    Tensor weights = Tensor.float64(List.of(1, 1), weight);
    String value =
        model.op("linear@1", List.of(row), "bias", "none", "nan", "keep", "weight", weights);
    model.output("value", "float64", 1, value);
    return model.build(signers);
  }

  /** Features that reject or replace what is missing or unseen; {@code value} is their sum. */
  public static byte[] policies() {
    ModelBuilder model = ModelBuilder.named("policies", "1.0.0");
    String strict = model.input("strict", "float64", "missing", "reject");
    String filled =
        model.input(
            "filled",
            "float64",
            "missing",
            Json.object("default", Json.object("f64", "4014000000000000")));
    Tensor table = Tensor.float64(List.of(5, 1), 10, 20, 0, 0, 30);
    String known = model.categories("known", List.of("Kraków", "Gdańsk"), "unseen", "reject");
    String replaced =
        model.categories(
            "replaced",
            List.of("red", "green"),
            "unseen",
            Json.object("default", "green"),
            "missing",
            "reject");
    String row =
        model.op(
            "concat@1",
            List.of(
                strict,
                filled,
                model.op("lookup@1", List.of(known), "table", table),
                model.op("lookup@1", List.of(replaced), "table", table)));
    String value =
        model.op(
            "linear@1",
            List.of(row),
            "bias",
            "none",
            "nan",
            "keep",
            "weight",
            Tensor.float64(List.of(4, 1), 1, 1, 1, 1));
    model.output("value", "float64", 1, value);
    return model.build();
  }

  /** A boosted forest in single precision over {@code f0}, {@code f1}, … of dtype float32. */
  public static byte[] forest(int trees, int depth, int features) {
    Random random = new Random(20130101);
    ModelBuilder model = ModelBuilder.named("forest", "1.0.0");
    List<String> inputs = new ArrayList<>();
    for (int feature = 0; feature < features; feature++) {
      inputs.add(model.input("f" + feature, "float32"));
    }
    String row = model.op("concat@1", inputs);
    int nodes = (1 << depth) - 1;
    int leaves = 1 << depth;
    int[] feature = new int[trees * nodes];
    float[] threshold = new float[trees * nodes];
    int[] left = new int[trees * nodes];
    int[] right = new int[trees * nodes];
    byte[] flags = new byte[trees * nodes];
    for (int node = 0; node < feature.length; node++) {
      int inTree = node % nodes;
      feature[node] = random.nextInt(features);
      threshold[node] = (float) random.nextGaussian();
      left[node] = child(2 * inTree + 1, nodes);
      right[node] = child(2 * inTree + 2, nodes);
      flags[node] = (byte) (2 << 2 | (random.nextBoolean() ? 2 : 0));
    }
    float[] leaf = new float[trees * leaves];
    for (int i = 0; i < leaf.length; i++) {
      leaf[i] = (float) random.nextGaussian() / trees;
    }
    int[] treeNode = new int[trees + 1];
    int[] treeLeaf = new int[trees + 1];
    for (int tree = 1; tree <= trees; tree++) {
      treeNode[tree] = tree * nodes;
      treeLeaf[tree] = tree * leaves;
    }
    String value =
        model.op(
            "forest@1",
            List.of(row),
            "input",
            "f32",
            "compare",
            "lt",
            "acc",
            "f32",
            "emit",
            "sum",
            "category_cast",
            "trunc",
            "tree_node",
            Tensor.uint32(treeNode),
            "tree_leaf",
            Tensor.uint32(treeLeaf),
            "tree_output",
            Tensor.int32(new int[trees]),
            "feature",
            Tensor.uint32(feature),
            "threshold",
            Tensor.float32(List.of(threshold.length), threshold),
            "left",
            Tensor.int32(left),
            "right",
            Tensor.int32(right),
            "flags",
            Tensor.uint8(flags),
            "leaf",
            Tensor.float32(List.of(leaf.length), leaf),
            "init",
            Tensor.float32(List.of(1), 0.5f));
    model.output("value", "float32", 1, value);
    return model.build();
  }

  private static int child(int node, int nodes) {
    return node < nodes ? node : ~(node - nodes);
  }
}
