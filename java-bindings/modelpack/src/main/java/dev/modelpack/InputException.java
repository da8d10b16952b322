package dev.modelpack;

/** The data do not fit the model's schema; {@link #feature()} and {@link #row()} say where. */
public final class InputException extends ModelpackException {
  private static final long serialVersionUID = 1L;

  InputException(ErrorDetails details) {
    super(details);
  }
}
