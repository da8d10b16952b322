package dev.modelpack;

/** Whether a partition node has a model of its own, and why not. */
public enum NodeReason {
  /** It has one. */
  KEPT,
  /** It does not beat its parent on validation rows. */
  NOT_BETTER,
  /** It has too few training rows. */
  TOO_FEW_ROWS,
  /** Its training rows lack classes that the root's have. */
  LACKS_CLASSES;

  private static final NodeReason[] BY_NUMBER = values();

  static NodeReason of(int number) {
    return BY_NUMBER[number];
  }
}
