package dev.modelpack;

/**
 * The bytes are no bundle, or not one that this version can read: damaged, cut short, not
 * canonical, too new.
 */
public final class FormatException extends ModelpackException {
  private static final long serialVersionUID = 1L;

  FormatException(ErrorDetails details) {
    super(details);
  }
}
