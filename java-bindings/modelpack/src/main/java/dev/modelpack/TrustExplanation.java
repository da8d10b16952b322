package dev.modelpack;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Why a bundle may be used, or not: which rule decided, and what became of each signature.
 *
 * @param name what the bundle says it is; nothing vouches for it where it is refused
 * @param version likewise
 * @param identity of the bundle
 * @param policy where the policy came from, or what stands in its place
 * @param rule the rule that decided, or empty: none matched, or no policy was asked
 * @param signatures the bundle's signatures that were looked at, in their order in the file
 * @param engines the engines that may run the bundle
 * @param verified whether a rule was met
 * @param refusal why it may not be used, or empty: it may
 * @param json all of it for machines, as {@code mp_bundle_explain} of the C interface gives it
 */
public record TrustExplanation(
    String name,
    String version,
    String identity,
    String policy,
    Optional<Rule> rule,
    List<Signature> signatures,
    Set<String> engines,
    boolean verified,
    Optional<Refusal> refusal,
    String json) {

  /**
   * A rule of the policy, with its defaults filled in.
   *
   * @param number its place in the policy, from 1
   * @param bundle the glob that matched the bundle's name
   * @param keys the policy's names of the keys that count
   * @param threshold how many of them must have signed
   * @param minVersion the lowest version that is accepted
   * @param identities the only bundles that are accepted, if it names any
   * @param revokedIdentities bundles that are refused
   * @param engines the engines that it permits
   */
  public record Rule(
      int number,
      String bundle,
      List<String> keys,
      int threshold,
      Optional<String> minVersion,
      Optional<List<String>> identities,
      List<String> revokedIdentities,
      Set<String> engines) {}

  /**
   * What became of one signature.
   *
   * @param hint names the key: SHA-256 of its canonical PEM
   * @param key the policy's name of the key, if it has it
   * @param counts whether it counts towards the rule's threshold
   * @param why in words
   */
  public record Signature(String hint, Optional<String> key, boolean counts, String why) {}

  /**
   * What opening the bundle would throw.
   *
   * @param code of the exception
   * @param message without the hint
   * @param hint the way out
   */
  public record Refusal(ErrorCode code, String message, Optional<String> hint) {}

  /**
   * Whether the bundle may be used.
   *
   * @return false where there is a {@link #refusal()}
   */
  public boolean permitted() {
    return refusal.isEmpty();
  }
}
