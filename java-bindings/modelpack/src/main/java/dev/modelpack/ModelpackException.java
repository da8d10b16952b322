package dev.modelpack;

import java.util.Optional;
import java.util.OptionalLong;

/**
 * Base of all exceptions of modelpack. Each kind of error has a class of its own; {@link #code()}
 * tells errors of one kind apart and is the same number in every language.
 */
public abstract class ModelpackException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  private final ErrorCode code;

  /** Name of the feature, or null. */
  private final String feature;

  /** The row, or -1. */
  private final long row;

  /** Path of the partition node, or null. */
  private final String node;

  /** The way out, or null. */
  private final String hint;

  ModelpackException(ErrorDetails details) {
    super(details.text(), details.cause());
    this.code = details.code();
    this.feature = details.feature();
    this.row = details.row();
    this.node = details.node();
    this.hint = details.hint();
  }

  /**
   * What went wrong, from the numbered list of errors.
   *
   * @return the code
   */
  public final ErrorCode code() {
    return code;
  }

  /**
   * The feature that the error speaks of.
   *
   * @return its name, or empty
   */
  public final Optional<String> feature() {
    return Optional.ofNullable(feature);
  }

  /**
   * The row that the error speaks of, counted from 0 within the call.
   *
   * @return the row, or empty
   */
  public final OptionalLong row() {
    return row < 0 ? OptionalLong.empty() : OptionalLong.of(row);
  }

  /**
   * The partition node that the error speaks of.
   *
   * @return its path, or empty
   */
  public final Optional<String> node() {
    return Optional.ofNullable(node);
  }

  /**
   * The way out; the message ends with it.
   *
   * @return one line, or empty
   */
  public final Optional<String> hint() {
    return Optional.ofNullable(hint);
  }

  /**
   * Class and message, and the row before it where there is one: what logs and stack traces show.
   *
   * @return one line
   */
  @Override
  public final String toString() {
    String place = row < 0 ? "" : "row " + row + ": ";
    return getClass().getName() + ": " + place + getMessage();
  }
}
