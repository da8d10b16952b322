package dev.modelpack;

import java.nio.charset.StandardCharsets;

/** Paths of nodes, each asked for once. */
final class NodePaths {
  /**
   * By number. Threads may both ask for one and store the same text: a text is safe to share so.
   */
  private final String[] paths;

  NodePaths(long nodeCount) {
    this.paths = new String[Math.toIntExact(nodeCount)];
  }

  /** {@code predictor} is in a call. */
  String of(long predictor, long node) {
    if (node < 0 || node >= paths.length) {
      // The core says what is wrong.
      return read(predictor, node);
    }
    String path = paths[(int) node];
    if (path == null) {
      path = read(predictor, node);
      paths[(int) node] = path;
    }
    return path;
  }

  private static String read(long predictor, long node) {
    return new String(Native.nodePath(predictor, node), StandardCharsets.UTF_8);
  }
}
