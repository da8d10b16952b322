package dev.modelpack.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** The nodes of a bundle, as docs/FORMAT.md, Partitions, writes them, apart from the core. */
final class PartitionBuilder {
  private static final int ENTRY_ALIGNMENT = 64;
  private static final int HEADER_BYTES = 64;
  private static final int RECORD_BYTES = 128;
  private static final int PRUNED = 1;

  /** What is known about a node: training rows, its metric, its parent's, why. */
  record Fact(long rows, double metric, double parentMetric, int reason) {}

  private record Node(byte[] key, byte[] hash, byte[] entry, Fact fact) {}

  private final List<Node> nodes = new ArrayList<>();
  private Fact rootFact;
  private String metric;

  /** {@code entry}: its tensors, or null for a pruned node; {@code fact} may be null. */
  void add(List<Object> key, byte[] entry, Fact fact) {
    byte[] canonical = canonical(key);
    ByteBuffer hashed = ByteBuffer.allocate(10 + canonical.length);
    hashed.put(BundleWriter.utf8("mpk-key-1\0")).put(canonical);
    nodes.add(new Node(canonical, sha256(hashed.array()), entry, fact));
  }

  /** Lower is better. */
  void metric(String name, Fact ofRoot) {
    this.metric = name;
    this.rootFact = ofRoot;
  }

  Map<String, byte[]> members(int levels) {
    nodes.sort((a, b) -> Arrays.compareUnsigned(a.hash, b.hash));
    ByteArrayOutputStream pack = new ByteArrayOutputStream();
    Map<Node, Integer> places = new HashMap<>();
    for (Node node : nodes) {
      if (node.entry != null) {
        pack.writeBytes(new byte[Math.floorMod(-pack.size(), ENTRY_ALIGNMENT)]);
        places.put(node, pack.size());
        pack.writeBytes(node.entry);
      }
    }
    Map<String, byte[]> members = new HashMap<>();
    members.put("partitions.pack", pack.toByteArray());
    members.put("partitions.idx", index(levels, places));
    if (metric != null) {
      members.put("nodes.safetensors", facts());
    }
    return members;
  }

  private byte[] index(int levels, Map<Node, Integer> places) {
    int keyBytes = nodes.stream().mapToInt(node -> node.key.length).sum();
    int keysAt = HEADER_BYTES + RECORD_BYTES * nodes.size();
    ByteBuffer index = ByteBuffer.allocate(keysAt + keyBytes).order(ByteOrder.LITTLE_ENDIAN);
    index.put(BundleWriter.utf8("MPKPIDX1")).putInt(1).putInt(levels);
    index.putLong(nodes.size()).putLong(keysAt).putLong(keyBytes);
    int key = 0;
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      boolean pruned = node.entry == null;
      index.position(HEADER_BYTES + RECORD_BYTES * i).put(node.hash);
      index.put(pruned ? new byte[32] : sha256(node.entry));
      index.putLong(pruned ? 0 : places.get(node)).putLong(pruned ? 0 : node.entry.length);
      index.putLong(key).putInt(node.key.length).putInt(0).putInt(pruned ? PRUNED : 0);
      index.position(keysAt + key).put(node.key);
      key += node.key.length;
    }
    return index.array();
  }

  private byte[] facts() {
    List<Fact> facts = new ArrayList<>(List.of(rootFact));
    nodes.forEach(node -> facts.add(node.fact));
    List<Integer> shape = List.of(facts.size());
    byte[] reasons = new byte[facts.size()];
    for (int i = 0; i < reasons.length; i++) {
      reasons[i] = (byte) facts.get(i).reason;
    }
    return Tensor.member(
        Map.of(
            "rows",
            Tensor.int64(shape, facts.stream().mapToLong(Fact::rows).toArray()),
            "metric",
            Tensor.float64(shape, facts.stream().mapToDouble(Fact::metric).toArray()),
            "parent_metric",
            Tensor.float64(shape, facts.stream().mapToDouble(Fact::parentMetric).toArray()),
            "reason",
            Tensor.uint8(reasons)),
        Map.of("greater_is_better", "0", "metric", metric));
  }

  private static byte[] canonical(List<Object> key) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(key.size());
    for (Object value : key) {
      byte[] data = data(value);
      ByteBuffer head = ByteBuffer.allocate(5).order(ByteOrder.LITTLE_ENDIAN);
      head.put((byte) (value instanceof String ? 1 : value instanceof Long ? 2 : 3));
      bytes.writeBytes(head.putInt(data.length).array());
      bytes.writeBytes(data);
    }
    return bytes.toByteArray();
  }

  private static byte[] data(Object value) {
    if (value instanceof String text) {
      return BundleWriter.utf8(text);
    }
    if (value instanceof Long number) {
      return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(number).array();
    }
    return new byte[] {(byte) ((Boolean) value ? 1 : 0)};
  }

  private static byte[] sha256(byte[] bytes) {
    return HexFormat.of().parseHex(BundleWriter.sha256(bytes));
  }
}
