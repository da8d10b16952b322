package dev.modelpack;

/** A bundle or predictor was used after it had been closed. */
public final class ClosedException extends ModelpackException {
  private static final long serialVersionUID = 1L;

  ClosedException(ErrorDetails details) {
    super(details);
  }
}
