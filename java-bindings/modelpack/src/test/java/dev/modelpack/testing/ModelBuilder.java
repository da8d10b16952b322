package dev.modelpack.testing;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Builds a bundle around a program that is written down op by op. It has no golden rows, so it
 * needs no engine to be made.
 */
public final class ModelBuilder {
  private final String name;
  private final String version;
  private final List<Map<String, Object>> features = new ArrayList<>();
  private final List<Map<String, Object>> outputs = new ArrayList<>();
  private final Map<String, Object> outputValues = new TreeMap<>();
  private final List<Object> inputs = new ArrayList<>();
  private final List<Object> ops = new ArrayList<>();
  private final TreeSet<String> uses = new TreeSet<>();
  private final Map<String, Tensor> tensors = new TreeMap<>();
  private final Map<String, Tensor> dictionaries = new TreeMap<>();
  private final Map<String, byte[]> members = new HashMap<>();
  private final List<String> keys = new ArrayList<>();
  private final PartitionBuilder partitions = new PartitionBuilder();
  private final List<Node> nodes = new ArrayList<>();

  /** {@code tensors}: those that differ from the root's, or null for a pruned node. */
  private record Node(List<Object> key, Map<String, Tensor> tensors, PartitionBuilder.Fact fact) {}

  private ModelBuilder(String name, String version) {
    this.name = name;
    this.version = version;
  }

  public static ModelBuilder named(String name, String version) {
    return new ModelBuilder(name, version);
  }

  /** A feature that the program reads; the name of its value. */
  String input(String feature, String dtype, Object... fields) {
    feature(feature, dtype, fields);
    String value = "x" + inputs.size();
    inputs.add(Json.object("feature", feature, "value", value));
    return value;
  }

  /** A feature that the program does not read. */
  void feature(String feature, String dtype, Object... fields) {
    Map<String, Object> json =
        Json.object(
            "name",
            feature,
            "dtype",
            dtype,
            "missing",
            "model",
            "unseen",
            "model",
            "null_is",
            "nan",
            "optional",
            false);
    json.putAll(Json.object(fields));
    features.add(json);
  }

  /** A string feature with its categories; the name of its value. */
  String categories(String feature, List<String> categories, Object... fields) {
    dictionary(categories);
    return input(feature, "string", fields);
  }

  /** A level of the keys: texts of a dictionary, or integers where that is empty. */
  void key(String feature, List<String> texts) {
    if (!texts.isEmpty()) {
      dictionary(texts);
    }
    feature(feature, texts.isEmpty() ? "int64" : "string");
    keys.add(feature);
  }

  /** A node: its tensors that differ from the root's, and what is known about it, or null. */
  void node(List<Object> key, Map<String, Tensor> changed, PartitionBuilder.Fact fact) {
    nodes.add(new Node(key, changed, fact));
  }

  void pruned(List<Object> key, PartitionBuilder.Fact fact) {
    nodes.add(new Node(key, null, fact));
  }

  void metric(String metric, PartitionBuilder.Fact ofRoot) {
    partitions.metric(metric, ofRoot);
  }

  /** The dictionary of the feature that comes next. */
  private void dictionary(List<String> categories) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long[] offsets = new long[categories.size() + 1];
    for (int code = 0; code < categories.size(); code++) {
      bytes.writeBytes(BundleWriter.utf8(categories.get(code)));
      offsets[code + 1] = bytes.size();
    }
    dictionaries.put(features.size() + ".bytes", Tensor.uint8(bytes.toByteArray()));
    dictionaries.put(features.size() + ".offsets", Tensor.uint64(List.of(offsets.length), offsets));
  }

  /** An operation; the name of its value. {@code fields}: options by name, and tensors. */
  String op(String op, List<String> in, Object... fields) {
    String value = "v" + ops.size();
    Map<String, Object> json =
        Json.object("op", op, "in", in, "out", List.of(value), "origin", "step" + ops.size());
    Map<String, Object> named = new TreeMap<>();
    for (Map.Entry<String, Object> field : Json.object(fields).entrySet()) {
      if (field.getValue() instanceof Tensor tensor) {
        String tensorName = "t%03d".formatted(tensors.size());
        tensors.put(tensorName, tensor);
        named.put(field.getKey(), tensorName);
      } else {
        json.put(field.getKey(), field.getValue());
      }
    }
    if (!named.isEmpty()) {
      json.put("tensors", named);
    }
    ops.add(json);
    uses.add(op);
    return value;
  }

  void output(String output, String dtype, int columns, String value, Object... fields) {
    Map<String, Object> json = Json.object("name", output, "dtype", dtype, "columns", columns);
    json.putAll(Json.object(fields));
    outputs.add(json);
    outputValues.put(output, value);
  }

  public ModelBuilder member(String member, String text) {
    members.put(member, BundleWriter.utf8(text));
    return this;
  }

  public byte[] build(TestKey... signers) {
    String program =
        Json.of(
            Json.object(
                "program",
                1,
                "math",
                1,
                "uses",
                List.copyOf(uses),
                "inputs",
                inputs,
                "ops",
                ops,
                "outputs",
                outputValues));
    String digest = BundleWriter.sha256(BundleWriter.utf8(program));
    member("programs.json", Json.of(Json.object(digest, program)));
    member(
        "schema.json",
        Json.of(Json.object("features", features, "keys", keys, "outputs", outputs)));
    members.put(
        "models/main/tensors.safetensors", Tensor.member(tensors, Map.of("program", digest)));
    members.put("golden.safetensors", Tensor.member(goldenTensors(), Map.of("source", "given")));
    if (!dictionaries.isEmpty()) {
      members.put("dictionaries.safetensors", Tensor.member(dictionaries, Map.of()));
    }
    if (!keys.isEmpty()) {
      addPartitions(digest);
    }
    List<String> requires = new ArrayList<>(uses);
    requires.add("math@1");
    requires.sort(null);
    return BundleWriter.write(
        Json.object(
            "name",
            name,
            "version",
            version,
            "created_at",
            "2026-01-01T00:00:00Z",
            "task",
            "other",
            "format",
            Json.object("major", 1, "minor", 0),
            "partition_keys",
            keys,
            "requires",
            keys.isEmpty() ? List.of() : List.of("partitions"),
            "engines",
            List.of(Json.object("name", "native", "requires", requires))),
        members,
        signers);
  }

  private void addPartitions(String program) {
    for (Node node : nodes) {
      byte[] entry = null;
      if (node.tensors != null) {
        Map<String, Tensor> own = new TreeMap<>(tensors);
        own.putAll(node.tensors);
        entry = Tensor.member(own, Map.of("program", program));
      }
      partitions.add(node.key, entry, node.fact);
    }
    members.putAll(partitions.members(keys.size()));
  }

  private Map<String, Tensor> goldenTensors() {
    Map<String, Tensor> tensors = new TreeMap<>();
    tensors.put("cells", Tensor.uint64(List.of(0, features.size())));
    for (Map<String, Object> output : outputs) {
      List<Integer> shape = List.of(0, (Integer) output.get("columns"));
      for (String kind : List.of("framework.", "native.")) {
        tensors.put(kind + output.get("name"), emptyTensor((String) output.get("dtype"), shape));
      }
      tensors.put("bound." + output.get("name"), Tensor.float64(shape));
    }
    return tensors;
  }

  private static Tensor emptyTensor(String dtype, List<Integer> shape) {
    return switch (dtype) {
      case "float64" -> Tensor.float64(shape);
      case "float32" -> Tensor.float32(shape);
      default -> Tensor.int64(shape);
    };
  }
}
