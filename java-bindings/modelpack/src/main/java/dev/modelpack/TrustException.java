package dev.modelpack;

/** The bundle is not the one that the caller permits or expects. */
public final class TrustException extends ModelpackException {
  private static final long serialVersionUID = 1L;

  TrustException(ErrorDetails details) {
    super(details);
  }
}
