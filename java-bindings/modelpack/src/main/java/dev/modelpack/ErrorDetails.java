package dev.modelpack;

/**
 * What an exception says, before it has a class. Only what is known is set: texts are null and the
 * row is -1 otherwise.
 */
record ErrorDetails(
    ErrorCode code,
    String message,
    String feature,
    long row,
    String node,
    String hint,
    Throwable cause) {

  /**
   * Loads the class of every kind, so that a refusal can be told also when the jar, from which the
   * JVM loads classes when they are first used, is gone by then.
   */
  static void loadExceptions() {
    for (ErrorCode code : ErrorCode.values()) {
      of(code, "").exception();
    }
  }

  static ErrorDetails of(ErrorCode code, String message) {
    return new ErrorDetails(code, message, null, -1, null, null, null);
  }

  ErrorDetails withFeature(String name) {
    return new ErrorDetails(code, message, name, row, node, hint, cause);
  }

  ErrorDetails withHint(String text) {
    return new ErrorDetails(code, message, feature, row, node, text, cause);
  }

  ErrorDetails withCause(Throwable throwable) {
    return new ErrorDetails(code, message, feature, row, node, hint, throwable);
  }

  String text() {
    return hint == null ? message : message + "; " + hint;
  }

  /** The exception of the code's kind. */
  ModelpackException exception() {
    return switch (code.kind()) {
      case "usage" -> new UsageException(this);
      case "closed" -> new ClosedException(this);
      case "io" -> new IoException(this);
      case "format" -> new FormatException(this);
      case "trust" -> new TrustException(this);
      case "input" -> new InputException(this);
      case "unsupported_model" -> new UnsupportedModelException(this);
      case "mismatch" -> new MismatchException(this);
      default -> new InternalException(this);
    };
  }
}
