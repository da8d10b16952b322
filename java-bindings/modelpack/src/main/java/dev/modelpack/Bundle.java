package dev.modelpack;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.Cleaner;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * An opened bundle: a model with its schema, configuration, metrics and record. Safe to share
 * between threads.
 *
 * <pre>{@code
 * TrustPolicy trust = TrustPolicy.load(Path.of("trust.json"));
 * try (Bundle bundle = Bundle.open(Path.of("eta.mpk"), trust, OpenOptions.builder().name("eta").build());
 *     Predictor predictor = bundle.predictor()) {
 *   Prediction prediction = predictor.predict(Map.of("hour", 17, "carrier", "AA"));
 * }
 * }</pre>
 *
 * <p>Opening checks the structure of the bundle, the trust policy on its signatures, what the
 * caller expects, and the digests of what is read, which is copied: a file replaced later changes
 * nothing. What is read later is hashed before it is used. A predictor outlives its bundle.
 */
public final class Bundle implements AutoCloseable {
  static final Cleaner CLEANER = Cleaner.create();

  private final Handle handle;
  private final String name;
  private final String version;
  private final String identity;
  private final String modelDigest;
  private final boolean verified;
  private final Set<String> permittedEngines;
  private final Schema schema;

  private Bundle(long pointer) {
    this.handle = new Handle("bundle", pointer, Native::bundleFree);
    try {
      Wire facts = new Wire(Native.bundleFacts(pointer));
      this.name = facts.text();
      this.version = facts.text();
      this.identity = facts.text();
      this.modelDigest = facts.text();
      this.verified = facts.bool();
      this.permittedEngines = TrustExplanationReader.engines(facts);
      this.schema = SchemaReader.read(Native.bundleSchema(pointer));
    } catch (RuntimeException | Error failure) {
      handle.close();
      throw failure;
    }
    CLEANER.register(this, handle::close);
  }

  /**
   * Opens a bundle of any name.
   *
   * @param path a file of any file system
   * @param trust who may have made it
   * @return the bundle, to be closed
   * @throws IoException if the file cannot be read
   * @throws FormatException if it is no whole bundle
   * @throws TrustException if the policy does not permit it
   */
  public static Bundle open(Path path, TrustPolicy trust) {
    return open(path, trust, OpenOptions.none());
  }

  /**
   * Opens a bundle.
   *
   * @param path a file of any file system
   * @param trust who may have made it
   * @param options what the caller expects of it
   * @return the bundle, to be closed
   * @throws IoException if the file cannot be read
   * @throws FormatException if it is no whole bundle
   * @throws TrustException if the policy does not permit it, or it is not the one expected
   */
  public static Bundle open(Path path, TrustPolicy trust, OpenOptions options) {
    if (path.getFileSystem() != FileSystems.getDefault()) {
      return open(readAll(path), trust, options);
    }
    return TrustPolicy.with(
        trust,
        pointer ->
            new Bundle(
                Native.bundleOpenPath(
                    Wire.utf8(path.toString()),
                    pointer,
                    name(options),
                    minVersion(options),
                    identity(options))));
  }

  /**
   * Opens a bundle of any name from a stream, such as a resource's.
   *
   * @param stream read to its end, not closed
   * @param trust who may have made it
   * @return the bundle, to be closed
   */
  public static Bundle open(InputStream stream, TrustPolicy trust) {
    return open(stream, trust, OpenOptions.none());
  }

  /**
   * Opens a bundle from a stream, such as a resource's.
   *
   * @param stream read to its end, not closed
   * @param trust who may have made it
   * @param options what the caller expects of it
   * @return the bundle, to be closed
   */
  public static Bundle open(InputStream stream, TrustPolicy trust, OpenOptions options) {
    try {
      return open(stream.readAllBytes(), trust, options);
    } catch (IOException error) {
      throw unreadable("the stream", error);
    }
  }

  /**
   * Opens a bundle of any name from memory.
   *
   * @param content the bundle, copied
   * @param trust who may have made it
   * @return the bundle, to be closed
   */
  public static Bundle open(byte[] content, TrustPolicy trust) {
    return open(content, trust, OpenOptions.none());
  }

  /**
   * Opens a bundle from memory.
   *
   * @param content the bundle, copied
   * @param trust who may have made it
   * @param options what the caller expects of it
   * @return the bundle, to be closed
   */
  public static Bundle open(byte[] content, TrustPolicy trust, OpenOptions options) {
    Objects.requireNonNull(content, "content");
    return TrustPolicy.with(
        trust,
        pointer ->
            new Bundle(
                Native.bundleOpenBytes(
                    content, pointer, name(options), minVersion(options), identity(options))));
  }

  /**
   * Opens a bundle of any name from memory.
   *
   * @param content from its position to its limit, copied; the position is left as it is
   * @param trust who may have made it
   * @return the bundle, to be closed
   */
  public static Bundle open(ByteBuffer content, TrustPolicy trust) {
    return open(content, trust, OpenOptions.none());
  }

  /**
   * Opens a bundle from memory.
   *
   * @param content from its position to its limit, copied; the position is left as it is
   * @param trust who may have made it
   * @param options what the caller expects of it
   * @return the bundle, to be closed
   */
  public static Bundle open(ByteBuffer content, TrustPolicy trust, OpenOptions options) {
    // Copied by the JVM, which survives what is wrong with the memory of direct buffers: a mapped
    // file
    // that was cut, an arena that was closed.
    byte[] copy = new byte[content.remaining()];
    content.duplicate().get(copy);
    return open(copy, trust, options);
  }

  /**
   * Opens a bundle as {@link #open(Path, TrustPolicy, OpenOptions)} does, then hashes every member,
   * also those that no prediction needs, reads the model of every partition node, and closes it.
   *
   * @param path a file of any file system
   * @param trust who may have made it
   * @param options what the caller expects of it
   * @return why it may be used
   * @throws IoException if the file cannot be read
   * @throws FormatException if it is no whole bundle
   * @throws TrustException if the policy does not permit it, or it is not the one expected
   */
  public static TrustExplanation verify(Path path, TrustPolicy trust, OpenOptions options) {
    try (Bundle bundle = open(path, trust, options)) {
      return bundle.verify();
    }
  }

  /**
   * Which rule of a policy decides over a bundle, which signatures count, and why others do not. It
   * answers whatever the decision is: it is for people who wonder, not a check.
   *
   * @param path a file of any file system
   * @param trust who may have made it
   * @param options what the caller expects of it
   * @return the decision, and what led to it
   * @throws IoException if the file cannot be read
   * @throws FormatException if it has no readable structure or {@code bundle.json}
   */
  public static TrustExplanation explain(Path path, TrustPolicy trust, OpenOptions options) {
    if (path.getFileSystem() != FileSystems.getDefault()) {
      return explain(readAll(path), trust, options);
    }
    byte[] found =
        TrustPolicy.with(
            trust,
            pointer ->
                Native.explainPath(
                    Wire.utf8(path.toString()),
                    pointer,
                    name(options),
                    minVersion(options),
                    identity(options)));
    return TrustExplanationReader.read(found);
  }

  /**
   * As {@link #explain(Path, TrustPolicy, OpenOptions)}, for a bundle in memory.
   *
   * @param content the bundle
   * @param trust who may have made it
   * @param options what the caller expects of it
   * @return the decision, and what led to it
   * @throws FormatException if it has no readable structure or {@code bundle.json}
   */
  public static TrustExplanation explain(byte[] content, TrustPolicy trust, OpenOptions options) {
    Objects.requireNonNull(content, "content");
    byte[] found =
        TrustPolicy.with(
            trust,
            pointer ->
                Native.explainBytes(
                    content, pointer, name(options), minVersion(options), identity(options)));
    return TrustExplanationReader.read(found);
  }

  /**
   * Hashes every member, also those that no prediction needs, and reads the model of every
   * partition node. What a prediction needs was hashed before it was used.
   *
   * @return why the bundle may be used
   * @throws FormatException if a member or a node's model does not have the digest that the bundle
   *     states
   */
  public TrustExplanation verify() {
    int call = handle.enter();
    try {
      Native.bundleCheckMembers(handle.pointer());
    } finally {
      handle.exit(call);
    }
    return explanation();
  }

  /**
   * Why the bundle may be used: the rule of the policy that was met, and the signatures that count.
   *
   * @return what was found when it was opened
   */
  public TrustExplanation explanation() {
    int call = handle.enter();
    try {
      return TrustExplanationReader.read(Native.bundleExplanation(handle.pointer()));
    } finally {
      handle.exit(call);
    }
  }

  /**
   * Checks that another bundle may take this one's place while callers go on: it has this name, no
   * lower version, and serves whoever gives what this one asks for and reads what this one answers
   * (docs/SERVICE.md says what that means).
   *
   * @param next the bundle that is to follow
   * @param allowRollback whether a lower version, or another build of this version, may follow
   * @throws TrustException with WRONG_NAME, WRONG_VERSION, WRONG_IDENTITY, or INCOMPATIBLE_SCHEMA
   *     and the differences
   */
  public void checkSuccessor(Bundle next, boolean allowRollback) {
    int call = handle.enter();
    try {
      int other = next.handle.enter();
      try {
        Native.bundleCheckSuccessor(handle.pointer(), next.handle.pointer(), allowRollback);
      } finally {
        next.handle.exit(other);
      }
    } finally {
      handle.exit(call);
    }
  }

  /** Positive where this version is higher than the other's, 0 where it is equal. */
  int compareVersion(Bundle another) {
    int call = handle.enter();
    try {
      int other = another.handle.enter();
      try {
        return Native.bundleCompareVersion(handle.pointer(), another.handle.pointer());
      } finally {
        another.handle.exit(other);
      }
    } finally {
      handle.exit(call);
    }
  }

  /**
   * The model's name.
   *
   * @return lower case letters, digits, dots, dashes and underscores
   */
  public String name() {
    return name;
  }

  /**
   * The model's version.
   *
   * @return a semantic version
   */
  public String version() {
    return version;
  }

  /**
   * What this bundle is, to the last byte.
   *
   * @return {@code sha256:} and 64 hex digits
   */
  public String identity() {
    return identity;
  }

  /**
   * What decides the answers; equal for two packagings of one model.
   *
   * @return {@code sha256:} and 64 hex digits
   */
  public String modelDigest() {
    return modelDigest;
  }

  /**
   * Whether a trust policy permits the bundle.
   *
   * @return false under {@link TrustPolicy#UNSIGNED}
   */
  public boolean verified() {
    return verified;
  }

  /**
   * The engines that the trust policy permits.
   *
   * @return names, such as {@code native}
   */
  public Set<String> permittedEngines() {
    return permittedEngines;
  }

  /**
   * What the model takes and answers.
   *
   * @return the schema
   */
  public Schema schema() {
    return schema;
  }

  /**
   * How the model was configured: framework, its version, all hyperparameters.
   *
   * @return {@code config.json}, or empty
   * @throws FormatException if it does not have the digest that the bundle states
   */
  public Optional<String> configJson() {
    return text("config.json");
  }

  /**
   * The metrics of the model on its evaluation data.
   *
   * @return {@code metrics.json}, or empty
   * @throws FormatException if it does not have the digest that the bundle states
   */
  public Optional<String> metricsJson() {
    return text("metrics.json");
  }

  /**
   * Who trained the model, when, on which data, with which code.
   *
   * @return {@code record.json}, or empty
   * @throws FormatException if it does not have the digest that the bundle states
   */
  public Optional<String> recordJson() {
    return text("record.json");
  }

  /**
   * A predictor with the default options.
   *
   * @return the predictor, to be closed
   * @throws FormatException if the model is not well formed, or does not reproduce its golden rows
   *     here
   * @throws UnsupportedModelException if no engine can run it
   */
  public Predictor predictor() {
    return predictor(PredictorOptions.defaults());
  }

  /**
   * A predictor. The bundle's golden rows are replayed before it is handed out.
   *
   * @param options how it runs
   * @return the predictor, to be closed
   * @throws FormatException if the model is not well formed, or does not reproduce its golden rows
   *     here
   * @throws UnsupportedModelException if the engine asked for cannot run it
   */
  public Predictor predictor(PredictorOptions options) {
    int call = handle.enter();
    try {
      OnnxRuntime library =
          mayRunOnnx(options) ? OnnxRuntime.find(options) : OnnxRuntime.notNeeded();
      long pointer =
          Native.predictorNew(
              handle.pointer(),
              Wire.utf8(options.engine().orElse(null)),
              options.threads(),
              options.cacheBytes().orElse(0),
              library.asked(),
              library.found());
      library.loaded();
      return new Predictor(pointer, schema, identity, options.strict(), CLEANER);
    } finally {
      handle.exit(call);
    }
  }

  /** Whether ONNX Runtime can be needed: its library is large, and extracted only then. */
  private boolean mayRunOnnx(PredictorOptions options) {
    if (!permittedEngines.contains(OnnxRuntime.ENGINE)) {
      return false;
    }
    return options
        .engine()
        .map(OnnxRuntime.ENGINE::equals)
        .orElseGet(() -> holds(OnnxRuntime.MEMBER) && !holds("programs.json"));
  }

  private boolean holds(String member) {
    return Native.bundleMember(handle.pointer(), Wire.utf8(member)) != null;
  }

  /** Closes the bundle; its predictors stay open. A second call does nothing. */
  @Override
  public void close() {
    handle.close();
  }

  private Optional<String> text(String member) {
    int call = handle.enter();
    try {
      byte[] content = Native.bundleMember(handle.pointer(), Wire.utf8(member));
      return content == null
          ? Optional.empty()
          : Optional.of(new String(content, StandardCharsets.UTF_8));
    } finally {
      handle.exit(call);
    }
  }

  private static byte[] readAll(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException error) {
      throw unreadable(path.toString(), error);
    }
  }

  private static ModelpackException unreadable(String what, IOException error) {
    return ErrorDetails.of(ErrorCode.IO, what + " cannot be read: " + error)
        .withCause(error)
        .exception();
  }

  private static byte[] name(OpenOptions options) {
    return Wire.utf8(options.name().orElse(null));
  }

  private static byte[] minVersion(OpenOptions options) {
    return Wire.utf8(options.minVersion().orElse(null));
  }

  private static byte[] identity(OpenOptions options) {
    return Wire.utf8(options.identity().orElse(null));
  }
}
