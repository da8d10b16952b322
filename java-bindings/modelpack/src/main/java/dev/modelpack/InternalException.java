package dev.modelpack;

/** A defect in modelpack. Nothing was answered, and the process is unharmed. */
public final class InternalException extends ModelpackException {
  private static final long serialVersionUID = 1L;

  InternalException(ErrorDetails details) {
    super(details);
  }
}
