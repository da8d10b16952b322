package dev.modelpack;

/** Answers differ from the training framework's beyond the stated bound. */
public final class MismatchException extends ModelpackException {
  private static final long serialVersionUID = 1L;

  MismatchException(ErrorDetails details) {
    super(details);
  }
}
