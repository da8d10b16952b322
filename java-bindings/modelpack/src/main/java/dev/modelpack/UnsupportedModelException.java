package dev.modelpack;

/** The model, or the engine asked for, cannot be run here. */
public final class UnsupportedModelException extends ModelpackException {
  private static final long serialVersionUID = 1L;

  UnsupportedModelException(ErrorDetails details) {
    super(details);
  }
}
