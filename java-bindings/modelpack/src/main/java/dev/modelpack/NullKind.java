package dev.modelpack;

/** What Java's one null is to a model whose training told None and NaN apart. */
public enum NullKind {
  /** Python's None. */
  NONE,
  /** Not a number. */
  NAN
}
