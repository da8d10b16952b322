package dev.modelpack;

/** Why a partition node answers for a row. */
public enum Reason {
  /** It is the node of the row's whole key. */
  EXACT,
  /** The node of the key is pruned, and an ancestor answers. */
  PRUNED,
  /** There is no node of the key, and an ancestor answers. */
  UNKNOWN,
  /** A level of the key has no value: the node of the levels before it answers, or an ancestor. */
  MISSING;

  private static final Reason[] BY_NUMBER = values();

  /** The reason of the core's number, or null where a row's key could not be read. */
  static Reason of(int number) {
    return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : null;
  }
}
