package dev.modelpack;

/**
 * The bundle is not the one that the caller permits or expects. Nothing of it was used. {@link
 * #code()} names the step that failed, in this order:
 *
 * <ul>
 *   <li>{@link ErrorCode#TRUST_POLICY}, {@link ErrorCode#KEY}: the policy itself was not understood
 *   <li>{@link ErrorCode#UNTRUSTED}: there is no policy, or none of its rules is for this bundle
 *   <li>{@link ErrorCode#SIGNATURE}: a signature under a key of the rule does not verify
 *   <li>{@link ErrorCode#TOO_FEW_SIGNATURES}: the rule asks for more signatures than count
 *   <li>{@link ErrorCode#WRONG_VERSION}, {@link ErrorCode#WRONG_IDENTITY}, {@link
 *       ErrorCode#REVOKED}: the rule refuses this version or this very bundle
 *   <li>{@link ErrorCode#WRONG_NAME}, {@link ErrorCode#WRONG_VERSION}, {@link
 *       ErrorCode#WRONG_IDENTITY}: it is not what {@link OpenOptions} expect
 *   <li>{@link ErrorCode#NOT_PERMITTED}: the rule does not permit the engine asked for
 * </ul>
 *
 * <p>{@link Bundle#explain(java.nio.file.Path, TrustPolicy, OpenOptions)} tells the whole of it.
 */
public final class TrustException extends ModelpackException {
  private static final long serialVersionUID = 1L;

  TrustException(ErrorDetails details) {
    super(details);
  }
}
