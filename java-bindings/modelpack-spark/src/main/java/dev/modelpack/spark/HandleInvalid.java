package dev.modelpack.spark;

import java.util.Locale;

/** What becomes of a row that the model refuses. */
enum HandleInvalid {
  /** The task fails with the row's error. */
  ERROR,
  /** The row stays, its answers are null. */
  KEEP,
  /** The row is dropped. */
  SKIP;

  /** As the param spells it. */
  String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static HandleInvalid of(String text) {
    return valueOf(text.toUpperCase(Locale.ROOT));
  }
}
