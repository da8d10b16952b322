package dev.modelpack.testing;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;

/** A key that signs bundles, made by the JDK from a seed. */
public final class TestKey {
  private final KeyPair pair;
  private final String algorithm;

  private TestKey(String curve, String algorithm, long seed) {
    this.algorithm = algorithm;
    try {
      SecureRandom random = SecureRandom.getInstance("SHA1PRNG");
      random.setSeed(seed);
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve), random);
      this.pair = generator.generateKeyPair();
    } catch (GeneralSecurityException error) {
      throw new IllegalStateException(error);
    }
  }

  public static TestKey p256(long seed) {
    return new TestKey("secp256r1", "SHA256withECDSA", seed);
  }

  public static TestKey p384(long seed) {
    return new TestKey("secp384r1", "SHA384withECDSA", seed);
  }

  public PublicKey publicKey() {
    return pair.getPublic();
  }

  /** The public half, as docs/FORMAT.md spells a key. */
  public String pem() {
    return pem("PUBLIC KEY", pair.getPublic().getEncoded());
  }

  public String privatePem() {
    PrivateKey key = pair.getPrivate();
    return pem("PRIVATE KEY", key.getEncoded());
  }

  private static String pem(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  public String hint() {
    return BundleWriter.sha256(BundleWriter.utf8(pem()));
  }

  byte[] sign(byte[] message) {
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(pair.getPrivate());
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException error) {
      throw new IllegalStateException(error);
    }
  }
}
