package dev.modelpack;

import java.time.Duration;
import java.util.Objects;

/** What a {@link BundleHolder} expects, and how it follows. */
public final class HolderOptions {
  private final OpenOptions expectations;
  private final boolean allowRollback;
  private final PredictorOptions predictor;
  private final Duration interval;
  private final HolderListener listener;

  private HolderOptions(Builder builder) {
    this.expectations =
        OpenOptions.builder().name(builder.name).minVersion(builder.minVersion).build();
    this.allowRollback = builder.allowRollback;
    this.predictor = builder.predictor;
    this.interval = builder.interval;
    this.listener = builder.listener;
  }

  /**
   * Options for bundles of a name.
   *
   * @param name the name expected; bundles of other names are never taken
   * @return a new builder
   */
  public static Builder named(String name) {
    return new Builder(Objects.requireNonNull(name, "name"));
  }

  OpenOptions expectations() {
    return expectations;
  }

  boolean allowRollback() {
    return allowRollback;
  }

  PredictorOptions predictor() {
    return predictor;
  }

  Duration interval() {
    return interval;
  }

  HolderListener listener() {
    return listener;
  }

  /** Collects options. */
  public static final class Builder {
    private final String name;
    private String minVersion;
    private boolean allowRollback;
    private PredictorOptions predictor = PredictorOptions.defaults();
    private Duration interval = Duration.ofSeconds(5);
    private HolderListener listener = new HolderListener() {};

    private Builder(String name) {
      this.name = name;
    }

    /**
     * Refuses older versions, also at the start.
     *
     * @param lowest a semantic version, such as {@code 1.4.0}
     * @return this
     */
    public Builder minVersion(String lowest) {
      this.minVersion = lowest;
      return this;
    }

    /**
     * Follows also to a lower version, and to another build of the same version.
     *
     * @param allow false by default
     * @return this
     */
    public Builder allowRollback(boolean allow) {
      this.allowRollback = allow;
      return this;
    }

    /**
     * How predictors run.
     *
     * @param options for each predictor that is made
     * @return this
     */
    public Builder predictor(PredictorOptions options) {
      this.predictor = Objects.requireNonNull(options, "options");
      return this;
    }

    /**
     * How often to look.
     *
     * @param time five seconds by default; zero: only when {@link BundleHolder#poll()} is called
     * @return this
     */
    public Builder pollEvery(Duration time) {
      if (time.isNegative()) {
        throw new IllegalArgumentException("a negative interval: " + time);
      }
      this.interval = time;
      return this;
    }

    /**
     * Who is told.
     *
     * @param told of swaps and refusals
     * @return this
     */
    public Builder listener(HolderListener told) {
      this.listener = Objects.requireNonNull(told, "told");
      return this;
    }

    /**
     * The options.
     *
     * @return immutable options
     */
    public HolderOptions build() {
      return new HolderOptions(this);
    }
  }
}
