package dev.modelpack;

import java.util.Optional;

/**
 * What the caller expects of a bundle, checked before anything of it is used. Give at least the
 * name: a bundle that is whole and trusted may still be another model's.
 *
 * <pre>{@code
 * OpenOptions.builder().name("eta").minVersion("1.4.0").build()
 * }</pre>
 */
public final class OpenOptions {
  private final String name;
  private final String minVersion;
  private final String identity;

  private OpenOptions(Builder builder) {
    this.name = builder.name;
    this.minVersion = builder.minVersion;
    this.identity = builder.identity;
  }

  /**
   * No expectations.
   *
   * @return options that any bundle meets
   */
  public static OpenOptions none() {
    return builder().build();
  }

  /**
   * A builder that starts without expectations.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The name expected.
   *
   * @return the name, or empty
   */
  public Optional<String> name() {
    return Optional.ofNullable(name);
  }

  /**
   * The lowest version accepted.
   *
   * @return the version, or empty
   */
  public Optional<String> minVersion() {
    return Optional.ofNullable(minVersion);
  }

  /**
   * The exact bundle expected.
   *
   * @return its identity, or empty
   */
  public Optional<String> identity() {
    return Optional.ofNullable(identity);
  }

  /** Collects expectations. */
  public static final class Builder {
    private String name;
    private String minVersion;
    private String identity;

    private Builder() {}

    /**
     * Expects a name.
     *
     * @param expected the bundle's name
     * @return this
     */
    public Builder name(String expected) {
      this.name = expected;
      return this;
    }

    /**
     * Refuses older versions.
     *
     * @param lowest a semantic version, such as {@code 1.4.0}
     * @return this
     */
    public Builder minVersion(String lowest) {
      this.minVersion = lowest;
      return this;
    }

    /**
     * Expects one exact bundle.
     *
     * @param expected {@code sha256:} and 64 hex digits, as {@link Bundle#identity()} gives it
     * @return this
     */
    public Builder identity(String expected) {
      this.identity = expected;
      return this;
    }

    /**
     * The options.
     *
     * @return immutable options
     */
    public OpenOptions build() {
      return new OpenOptions(this);
    }
  }
}
