package dev.modelpack;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Reads nodes as the native library sends them (native/jni/src/node.rs writes them). */
final class PartitionNodeReader {
  private final Wire wire;

  private PartitionNodeReader(Wire wire) {
    this.wire = wire;
  }

  static List<PartitionNode> read(byte[] bytes, int count) {
    PartitionNodeReader reader = new PartitionNodeReader(new Wire(bytes));
    List<PartitionNode> nodes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      nodes.add(reader.node());
    }
    return nodes;
  }

  private PartitionNode node() {
    long number = wire.int64();
    String path = wire.text();
    List<Object> key = key();
    OptionalLong parent = known(wire.int64());
    boolean pruned = wire.bool();
    long sizeBytes = wire.int64();
    boolean facts = wire.bool();
    return new PartitionNode(
        number,
        path,
        key,
        parent,
        pruned,
        sizeBytes,
        facts ? known(wire.int64()) : OptionalLong.empty(),
        facts ? known(wire.float64()) : OptionalDouble.empty(),
        facts ? known(wire.float64()) : OptionalDouble.empty(),
        facts ? Optional.of(NodeReason.of(wire.int32())) : Optional.empty());
  }

  private List<Object> key() {
    int depth = wire.int32();
    List<Object> key = new ArrayList<>(depth);
    for (int level = 0; level < depth; level++) {
      key.add(wire.value());
    }
    return List.copyOf(key);
  }

  private static OptionalLong known(long number) {
    return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
  }

  private static OptionalDouble known(double number) {
    return Double.isNaN(number) ? OptionalDouble.empty() : OptionalDouble.of(number);
  }
}
