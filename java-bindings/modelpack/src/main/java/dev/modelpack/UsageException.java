package dev.modelpack;

/**
 * A call breaks the contract of the API, whatever the data: a buffer that is not direct, a label
 * asked of a regressor.
 */
public final class UsageException extends ModelpackException {
  private static final long serialVersionUID = 1L;

  /**
   * For modules that build on this one.
   *
   * @param message what is wrong, in one line
   * @param hint the way out, or null
   */
  public UsageException(String message, String hint) {
    this(ErrorDetails.of(ErrorCode.USAGE, message).withHint(hint));
  }

  UsageException(ErrorDetails details) {
    super(details);
  }
}
