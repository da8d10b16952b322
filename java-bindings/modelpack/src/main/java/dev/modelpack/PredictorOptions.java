package dev.modelpack;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** How a predictor runs. */
public final class PredictorOptions {
  private static final int AUTO = -1;

  private final String engine;
  private final int threads;
  private final boolean strict;
  private final long cacheBytes;
  private final Path onnxRuntime;

  private PredictorOptions(Builder builder) {
    this.engine = builder.engine;
    this.threads = builder.threads;
    this.strict = builder.strict;
    this.cacheBytes = builder.cacheBytes;
    this.onnxRuntime = builder.onnxRuntime;
  }

  /**
   * The defaults: the first engine that can be used, one thread per call, further keys of a row
   * ignored, 1 GiB for the models of partition nodes.
   *
   * @return the options
   */
  public static PredictorOptions defaults() {
    return builder().build();
  }

  /**
   * A builder that starts from the defaults.
   *
   * @return a new builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The engine asked for.
   *
   * @return its name, or empty for the first one that can be used
   */
  public Optional<String> engine() {
    return Optional.ofNullable(engine);
  }

  /**
   * Threads that one batch may use.
   *
   * @return a positive number, or -1: as many as there are processors
   */
  public int threads() {
    return threads;
  }

  /**
   * Whether a row with a key that is no feature is refused.
   *
   * @return true if so
   */
  public boolean strict() {
    return strict;
  }

  /**
   * Memory that the models of partition nodes may take together, the root's not counted.
   *
   * @return bytes, or empty for the core's default of 1 GiB
   */
  public OptionalLong cacheBytes() {
    return cacheBytes == 0 ? OptionalLong.empty() : OptionalLong.of(cacheBytes);
  }

  /**
   * The library of ONNX Runtime that the engine {@code onnx} uses.
   *
   * @return its path, or empty: it is looked for
   */
  public Optional<Path> onnxRuntime() {
    return Optional.ofNullable(onnxRuntime);
  }

  /** Collects options. */
  public static final class Builder {
    private String engine;
    private int threads = 1;
    private boolean strict;
    private long cacheBytes;
    private Path onnxRuntime;

    private Builder() {}

    /**
     * Asks for an engine. Any but {@code native} must be permitted by the trust policy.
     *
     * @param name {@code native}, {@code onnx} or {@code compiled}; by default {@code native}, or
     *     {@code onnx} where the bundle has no program
     * @return this
     */
    public Builder engine(String name) {
      this.engine = name;
      return this;
    }

    /**
     * Sets how many threads one batch may use; a row always uses the caller's.
     *
     * @param count at least 1
     * @return this
     */
    public Builder threads(int count) {
      if (count < 1) {
        throw ErrorDetails.of(ErrorCode.USAGE, "threads is " + count)
            .withHint("give at least 1, or call threadsAuto()")
            .exception();
      }
      this.threads = count;
      return this;
    }

    /**
     * Lets a batch use as many threads as there are processors.
     *
     * @return this
     */
    public Builder threadsAuto() {
      this.threads = AUTO;
      return this;
    }

    /**
     * Sets whether a row with a key that is no feature is refused; it is ignored by default.
     *
     * @param refuse true to refuse it
     * @return this
     */
    public Builder strict(boolean refuse) {
      this.strict = refuse;
      return this;
    }

    /**
     * Sets how much memory the models of partition nodes may take together. They are loaded when
     * they are first used; those used least recently are given up when the budget is spent. The
     * model used last stays, whatever its size, and the root's is not counted.
     *
     * @param bytes at least 1; 1 GiB by default
     * @return this
     * @throws UsageException if it is less than 1
     */
    public Builder cacheBytes(long bytes) {
      if (bytes < 1) {
        throw ErrorDetails.of(ErrorCode.USAGE, "cacheBytes is " + bytes)
            .withHint("give at least 1 byte: a model that is used stays until another one is")
            .exception();
      }
      this.cacheBytes = bytes;
      return this;
    }

    /**
     * Names the library of ONNX Runtime (1.24 or newer) for the engine {@code onnx}. Without it the
     * system property {@code modelpack.onnxruntime} names it, then the environment variable {@code
     * MODELPACK_ONNXRUNTIME}; then it is looked for on the class path, in the Maven artefact {@code
     * com.microsoft.onnxruntime:onnxruntime}, and in the system's folders. Its telemetry is
     * switched off.
     *
     * @param library path of {@code libonnxruntime.so}
     * @return this
     */
    public Builder onnxRuntime(Path library) {
      this.onnxRuntime = library;
      return this;
    }

    /**
     * The options.
     *
     * @return immutable options
     */
    public PredictorOptions build() {
      return new PredictorOptions(this);
    }
  }
}
