package dev.modelpack;

/** Who may have made a bundle for it to be opened. */
public final class TrustPolicy {
  /**
   * Skips signatures: nothing says who made the bundle. Every digest is still checked, and {@link
   * Bundle#verified()} is false.
   */
  public static final TrustPolicy UNSIGNED = new TrustPolicy();

  private TrustPolicy() {}
}
