package dev.modelpack;

/** The operating system refused to read, write or load a file, or to give memory. */
public final class IoException extends ModelpackException {
  private static final long serialVersionUID = 1L;

  IoException(ErrorDetails details) {
    super(details);
  }
}
