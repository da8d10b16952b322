package dev.modelpack;

import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.Base64;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;

/**
 * Who may have made a bundle for it to be opened: a policy file (docs/FORMAT.md), a public key, or
 * {@link #UNSIGNED}. Immutable and safe to share between threads. There is nothing to close: what
 * it holds is small, and freed when it is no longer used.
 *
 * <pre>{@code
 * TrustPolicy trust = TrustPolicy.load(Path.of("trust.json"));
 * OpenOptions expected = OpenOptions.builder().name("eta").build();
 * try (Bundle bundle = Bundle.open(Path.of("eta-1.4.0.mpk"), trust, expected)) {
 *   bundle.verified(); // true
 * }
 * }</pre>
 *
 * <p>The first rule of a policy whose glob matches the bundle's name decides alone. It also says
 * which engines may run the bundle; a bare public key permits the native engine only.
 */
public final class TrustPolicy {
  /** Names the policy file of {@link #ofUser}. */
  static final String PROPERTY = "modelpack.trust";

  /**
   * Skips signatures: nothing says who made the bundle. Every digest is still checked, {@link
   * Bundle#verified()} is false, and only the native engine runs. It can be given in code only: no
   * file, system property or environment variable means it.
   */
  public static final TrustPolicy UNSIGNED = new TrustPolicy(Native::trustUnsigned);

  /**
   * {@link #UNSIGNED}, and the ONNX engine, a large parser, may read the bundle too. Nothing
   * permits compiled code without a signature.
   */
  public static final TrustPolicy UNSIGNED_WITH_ONNX = new TrustPolicy(Native::trustUnsignedOnnx);

  private static final String KEY_LABEL = "PUBLIC KEY";
  private static final int PEM_COLUMNS = 64;

  /** Makes the native object of a constant when it is first needed; null for other policies. */
  private final LongSupplier make;

  /** The native object, or 0: not made yet. */
  private volatile long pointer;

  /**
   * A constant, whose native object lives as long as the library: a {@link java.lang.ref.Cleaner}
   * that waited for a constant would keep its class loader for ever.
   */
  private TrustPolicy(LongSupplier make) {
    this.make = make;
  }

  private TrustPolicy(long pointer) {
    this.make = null;
    this.pointer = pointer;
    Bundle.CLEANER.register(this, freeing(pointer));
  }

  /** Apart from the constructor, so that it cannot hold on to the policy. */
  private static Runnable freeing(long pointer) {
    return () -> Native.trustFree(pointer);
  }

  /**
   * Reads a policy file, or a public key as PEM: whatever that key signed, for the native engine.
   *
   * @param path a file of any file system
   * @return the policy
   * @throws IoException if the file cannot be read
   * @throws TrustException if it is neither, has a field that is not known, or names a key twice
   */
  public static TrustPolicy load(Path path) {
    if (path.getFileSystem() != FileSystems.getDefault()) {
      return of(readAll(path), path.toString());
    }
    NativeLibrary.ensureLoaded();
    return new TrustPolicy(Native.trustFromPath(Wire.utf8(path.toString())));
  }

  /**
   * From the content of a policy file, or a public key as PEM.
   *
   * @param content JSON or PEM
   * @return the policy
   * @throws TrustException if it is neither, has a field that is not known, or names a key twice
   */
  public static TrustPolicy of(String content) {
    return of(content.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * From the content of a policy file, or a public key as PEM.
   *
   * @param content JSON or PEM
   * @return the policy
   * @throws TrustException if it is neither, has a field that is not known, or names a key twice
   */
  public static TrustPolicy of(byte[] content) {
    return of(content, "given as text");
  }

  /**
   * Whatever this key signed, for the native engine.
   *
   * @param pem a public key on P-256 or P-384
   * @return the policy
   * @throws TrustException if it is no such key
   */
  public static TrustPolicy ofPublicKey(String pem) {
    NativeLibrary.ensureLoaded();
    return new TrustPolicy(Native.trustFromKey(pem.getBytes(StandardCharsets.UTF_8)));
  }

  /**
   * Whatever this key signed, for the native engine.
   *
   * @param key a public key on P-256 or P-384, such as one from a {@link java.security.KeyStore}
   * @return the policy
   * @throws TrustException if it is no such key
   */
  public static TrustPolicy ofPublicKey(PublicKey key) {
    byte[] encoded = key.getEncoded();
    if (encoded == null) {
      throw ErrorDetails.of(ErrorCode.KEY, "the public key has no encoding").exception();
    }
    byte[] newLine = {'\n'};
    String body = Base64.getMimeEncoder(PEM_COLUMNS, newLine).encodeToString(encoded);
    return ofPublicKey(
        "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(KEY_LABEL, body, KEY_LABEL));
  }

  /**
   * Exactly one bundle, which somebody else has verified: what a program that verifies under its
   * own policy hands to those that work for it.
   *
   * @param identity as {@link Bundle#identity()} gave it
   * @param engines as {@link Bundle#permittedEngines()} gave them
   * @return the policy
   * @throws UsageException if the identity is malformed or an engine is not known
   */
  public static TrustPolicy ofIdentity(String identity, Set<String> engines) {
    NativeLibrary.ensureLoaded();
    byte[][] names =
        engines.stream().map(TrustPolicy::nonNull).map(Wire::utf8).toArray(byte[][]::new);
    return new TrustPolicy(Native.trustFromIdentity(Wire.utf8(nonNull(identity)), names));
  }

  /**
   * The policy of the user who runs the program: the file that the system property {@code
   * modelpack.trust} names, else the one that the environment variable {@code MODELPACK_TRUST}
   * names, else {@code trust.json} in the user's configuration folder. Where there is none, the
   * policy permits nothing, and what is opened with it says how to mend that.
   *
   * @return the policy
   * @throws IoException if the file that is named cannot be read
   * @throws TrustException if it is no policy
   */
  public static TrustPolicy ofUser() {
    String named = System.getProperty(PROPERTY);
    if (named != null && !named.isEmpty()) {
      return load(Path.of(named));
    }
    NativeLibrary.ensureLoaded();
    return new TrustPolicy(Native.trustOfUser());
  }

  private static TrustPolicy of(byte[] content, String source) {
    NativeLibrary.ensureLoaded();
    return new TrustPolicy(Native.trustFromBytes(nonNull(content), Wire.utf8(source)));
  }

  private static <T> T nonNull(T given) {
    return Objects.requireNonNull(given);
  }

  private static byte[] readAll(Path path) {
    try {
      return Files.readAllBytes(path);
    } catch (IOException error) {
      throw ErrorDetails.of(
              ErrorCode.IO, "cannot read the trust policy " + path + ": " + error.getMessage())
          .withCause(error)
          .exception();
    }
  }

  /**
   * The policy with its defaults filled in, keys with their hints, and where it came from.
   *
   * @return JSON
   */
  public String json() {
    byte[] json = with(this, Native::trustJson);
    return new String(json, StandardCharsets.UTF_8);
  }

  /** Runs a call with the handle of a policy: 0 for none, which permits nothing. */
  static <T> T with(TrustPolicy trust, LongFunction<T> call) {
    NativeLibrary.ensureLoaded();
    try {
      return call.apply(pointer(trust));
    } finally {
      Reference.reachabilityFence(trust);
    }
  }

  private static long pointer(TrustPolicy trust) {
    if (trust == null) {
      return 0;
    }
    long pointer = trust.pointer;
    return pointer != 0 ? pointer : trust.makeOnce();
  }

  private synchronized long makeOnce() {
    if (pointer == 0) {
      pointer = make.getAsLong();
    }
    return pointer;
  }
}
