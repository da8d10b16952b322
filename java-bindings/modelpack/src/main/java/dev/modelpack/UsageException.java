package dev.modelpack;

/**
 * A call breaks the contract of the API, whatever the data: a buffer that is not direct, a label
 * asked of a regressor.
 */
public final class UsageException extends ModelpackException {
  private static final long serialVersionUID = 1L;

  UsageException(ErrorDetails details) {
    super(details);
  }
}
