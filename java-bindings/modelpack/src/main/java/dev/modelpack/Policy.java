package dev.modelpack;

import java.util.Optional;

/**
 * What becomes of a missing value, or of a category that training did not see.
 *
 * @param kind which of the three policies
 * @param value what stands in, for {@link Kind#DEFAULT}: a Double, Long, Boolean or String (a
 *     timestamp is a Long, microseconds)
 */
public record Policy(Kind kind, Optional<Object> value) {
  /** The three policies. */
  public enum Kind {
    /** As the training pipeline does. */
    MODEL,
    /** An error. */
    REJECT,
    /** A fixed value stands in. */
    DEFAULT
  }
}
