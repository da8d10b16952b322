package dev.modelpack;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The partition nodes behind a predictor: what they are, and what happened to them. */
final class Nodes {
  /** Nodes that are described by one call. */
  private static final int CHUNK = 1024;

  private final Handle predictor;
  private final Schema schema;
  private final CellEncoder encoder;
  private final NodePaths paths;

  Nodes(Handle predictor, Schema schema, CellEncoder encoder, NodePaths paths) {
    this.predictor = predictor;
    this.schema = schema;
    this.encoder = encoder;
    this.paths = paths;
  }

  /** All nodes in the order of the tree, described as they are asked for. */
  Stream<PartitionNode> all() {
    long[] order = call(Native::nodeOrder);
    int chunks = (order.length + CHUNK - 1) / CHUNK;
    return IntStream.range(0, chunks)
        .mapToObj(
            chunk -> {
              int end = Math.min(order.length, (chunk + 1) * CHUNK);
              return described(Arrays.copyOfRange(order, chunk * CHUNK, end));
            })
        .flatMap(List::stream);
  }

  Optional<PartitionNode> exact(Object[] key) {
    long[] cells = KeyCells.encode(schema, encoder, key);
    long node = call(pointer -> Native.nodeExact(pointer, cells));
    return node < 0 ? Optional.empty() : Optional.of(described(node));
  }

  NodeMatch find(Object[] key) {
    long[] found = found(key);
    return new NodeMatch(described(found[0]), Reason.of((int) found[1]));
  }

  void preload(List<?>[] keys) {
    long[] nodes = Arrays.stream(keys).mapToLong(key -> found(key.toArray())[0]).toArray();
    load(nodes);
  }

  void preloadAll() {
    load(null);
  }

  String path(long node) {
    return call(pointer -> paths.of(pointer, node));
  }

  NodeStats stats(PartitionNode node) {
    return call(
        pointer -> {
          if (!paths.of(pointer, node.number()).equals(node.path())) {
            throw ErrorDetails.of(
                    ErrorCode.USAGE, Quote.of(node.path()) + " is a node of another bundle")
                .withHint("take it from predictor.nodes() or predictor.node(key)")
                .exception();
          }
          long[] counts = Native.nodeStats(pointer, node.number());
          return new NodeStats(counts[0], counts[1], counts[2], counts[3] != 0, counts[4]);
        });
  }

  CacheStats cacheStats() {
    long[] counts = call(Native::cacheStats);
    return new CacheStats(counts[0], counts[1], counts[2], counts[3], counts[4], counts[5]);
  }

  Optional<NodeMetric> metric() {
    byte[] bytes = call(Native::nodeMetric);
    if (bytes == null) {
      return Optional.empty();
    }
    Wire wire = new Wire(bytes);
    return Optional.of(new NodeMetric(wire.text(), wire.bool()));
  }

  private long[] found(Object[] key) {
    long[] cells = KeyCells.encode(schema, encoder, key);
    return call(pointer -> Native.nodeFind(pointer, cells));
  }

  private PartitionNode described(long node) {
    return described(new long[] {node}).get(0);
  }

  private List<PartitionNode> described(long[] nodes) {
    byte[] bytes = call(pointer -> Native.nodes(pointer, nodes));
    return PartitionNodeReader.read(bytes, nodes.length);
  }

  private void load(long[] nodes) {
    call(
        pointer -> {
          Native.preload(pointer, nodes);
          return null;
        });
  }

  /** A call into the native library, given the predictor. */
  private interface Call<T> {
    T run(long pointer);
  }

  private <T> T call(Call<T> body) {
    int call = predictor.enter();
    try {
      return body.run(predictor.pointer());
    } finally {
      predictor.exit(call);
    }
  }
}
