package dev.modelpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.modelpack.testing.TestKey;
import dev.modelpack.testing.TestModels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a policy permits. The bundles are signed by the JDK, so two implementations agree here. */
class TrustPolicyTest {
  private static final TestKey ANNA = TestKey.p256(1);
  private static final TestKey BEN = TestKey.p384(2);
  private static final TestKey MALLORY = TestKey.p256(3);
  private static final byte[] SIGNED = TestModels.flights("eta", "1.4.0", ANNA);
  private static final byte[] SIGNED_TWICE = TestModels.flights("eta", "1.4.0", ANNA, BEN);

  @TempDir Path folder;

  /** A policy with the keys anna, ben and mallory and these rules. */
  private static String policy(String rules) {
    return "{\"modelpack_trust\": 1, \"keys\": {"
        + key("anna", ANNA, "")
        + ", "
        + key("ben", BEN, "")
        + ", "
        + key("mallory", MALLORY, "")
        + "}, \"rules\": ["
        + rules.replace('\'', '"')
        + "]}";
  }

  private static String key(String name, TestKey key, String further) {
    String pem = key.pem().replace("\n", "\\n");
    return "\"" + name + "\": {\"pem\": \"" + pem + "\"" + further.replace('\'', '"') + "}";
  }

  private static void accepts(String rules, byte[] bundle) {
    try (Bundle opened = Bundle.open(bundle, TrustPolicy.of(policy(rules)))) {
      assertTrue(opened.verified());
    }
  }

  private static TrustException refuses(TrustPolicy trust, byte[] bundle) {
    return assertThrows(TrustException.class, () -> Bundle.open(bundle, trust));
  }

  private static void refuses(ErrorCode code, String rules, byte[] bundle) {
    TrustException error = refuses(TrustPolicy.of(policy(rules)), bundle);
    assertEquals(code, error.code(), error.getMessage());
  }

  @Test
  void whatAKeySignedIsVerified() {
    for (TestKey key : List.of(ANNA, BEN)) {
      for (TrustPolicy trust :
          List.of(
              TrustPolicy.ofPublicKey(key.pem()),
              TrustPolicy.ofPublicKey(key.publicKey()),
              TrustPolicy.of(key.pem()))) {
        try (Bundle bundle = Bundle.open(SIGNED_TWICE, trust);
            Predictor predictor = bundle.predictor()) {
          assertTrue(bundle.verified());
          assertEquals(Set.of("native"), bundle.permittedEngines());
          assertEquals("native", predictor.engine());
        }
      }
    }
    TrustException error = refuses(TrustPolicy.ofPublicKey(BEN.pem()), SIGNED);
    assertEquals(ErrorCode.TOO_FEW_SIGNATURES, error.code());
  }

  @Test
  void whatIsUnsignedIsRefusedByEveryPolicy() {
    byte[] unsigned = TestModels.flights();
    assertEquals(
        ErrorCode.TOO_FEW_SIGNATURES,
        refuses(TrustPolicy.ofPublicKey(ANNA.pem()), unsigned).code());
    refuses(ErrorCode.TOO_FEW_SIGNATURES, "{'bundle': '*', 'keys': ['anna']}", unsigned);
    refuses(ErrorCode.UNTRUSTED, "", unsigned);
  }

  @Test
  void unsignedSkipsSignaturesAndSaysSo() {
    try (Bundle bundle = Bundle.open(SIGNED, TrustPolicy.UNSIGNED)) {
      assertFalse(bundle.verified());
      assertEquals(Set.of("native"), bundle.permittedEngines());
      assertEquals(Optional.empty(), bundle.explanation().rule());
    }
    try (Bundle bundle = Bundle.open(SIGNED, TrustPolicy.UNSIGNED_WITH_ONNX)) {
      assertFalse(bundle.verified());
      assertEquals(Set.of("native", "onnx"), bundle.permittedEngines());
    }
  }

  @Test
  void theFirstRuleThatMatchesDecides() {
    accepts("{'bundle': 'e*', 'keys': ['anna']}", SIGNED);
    refuses(ErrorCode.UNTRUSTED, "{'bundle': 'delay-*', 'keys': ['anna']}", SIGNED);
    refuses(
        ErrorCode.TOO_FEW_SIGNATURES,
        "{'bundle': 'eta', 'keys': ['ben']}, {'bundle': '*', 'keys': ['anna']}",
        SIGNED);
    accepts("{'bundle': 'eta', 'keys': ['anna']}, {'bundle': '*', 'keys': ['ben']}", SIGNED);
  }

  @Test
  void aThresholdCountsDistinctKeys() {
    String both = "{'bundle': '*', 'keys': ['anna', 'ben'], 'threshold': 2}";
    accepts(both, SIGNED_TWICE);
    refuses(ErrorCode.TOO_FEW_SIGNATURES, both, SIGNED);
    accepts("{'bundle': '*', 'keys': ['anna', 'ben', 'mallory'], 'threshold': 2}", SIGNED_TWICE);
  }

  @Test
  void versionsAndIdentitiesAreHeldToTheRule() {
    String identity = Bundle.explain(SIGNED, null, OpenOptions.none()).identity();
    String rule = "{'bundle': '*', 'keys': ['anna'], ";
    accepts(rule + "'min_version': '1.4.0'}", SIGNED);
    refuses(ErrorCode.WRONG_VERSION, rule + "'min_version': '1.4.1'}", SIGNED);
    accepts(rule + "'identities': ['" + identity + "']}", SIGNED);
    String other = "sha256:" + "0".repeat(64);
    refuses(ErrorCode.WRONG_IDENTITY, rule + "'identities': ['" + other + "']}", SIGNED);
    refuses(ErrorCode.REVOKED, rule + "'revoked_identities': ['" + identity + "']}", SIGNED);
  }

  @Test
  void revokedAndExpiredKeysDoNotCount() {
    for (String mark : List.of(", 'revoked': true", ", 'not_after': '2020-01-01T00:00:00Z'")) {
      String policy =
          "{\"modelpack_trust\": 1, \"keys\": {"
              + key("anna", ANNA, mark)
              + "}, \"rules\": [{\"bundle\": \"*\", \"keys\": [\"anna\"]}]}";
      TrustException error = refuses(TrustPolicy.of(policy), SIGNED);
      assertEquals(ErrorCode.TOO_FEW_SIGNATURES, error.code());
    }
  }

  @Test
  void anExpectedNameIsCheckedBesideTheSignature() {
    TrustPolicy trust = TrustPolicy.ofPublicKey(ANNA.pem());
    byte[] other = TestModels.flights("delay", "1.4.0", ANNA);
    OpenOptions expected = OpenOptions.builder().name("eta").build();
    Bundle.open(SIGNED, trust, expected).close();
    assertEquals(
        ErrorCode.WRONG_NAME,
        assertThrows(TrustException.class, () -> Bundle.open(other, trust, expected)).code());
  }

  @Test
  void aFlippedBitInAnyByteIsRefused() {
    TrustPolicy trust = TrustPolicy.ofPublicKey(ANNA.pem());
    for (int position = 0; position < SIGNED.length; position++) {
      byte[] damaged = SIGNED.clone();
      damaged[position] ^= (byte) (1 << position % 8);
      assertThrows(ModelpackException.class, () -> open(damaged, trust), "byte " + position);
    }
  }

  private static void open(byte[] content, TrustPolicy trust) {
    try (Bundle bundle = Bundle.open(content, trust)) {
      bundle.verify();
    }
  }

  @Test
  void enginesArePermissions() {
    String rule = "{'bundle': '*', 'keys': ['anna'], 'engines': ['onnx', 'compiled']}";
    try (Bundle bundle = Bundle.open(SIGNED, TrustPolicy.of(policy(rule)))) {
      assertEquals(Set.of("onnx", "compiled"), bundle.permittedEngines());
      TrustException error = assertThrows(TrustException.class, bundle::predictor);
      assertEquals(ErrorCode.NOT_PERMITTED, error.code());
    }
  }

  @Test
  void anIdentityStandsForAPolicyThatWasMetElsewhere() {
    try (Bundle bundle = Bundle.open(SIGNED, TrustPolicy.ofPublicKey(ANNA.pem()))) {
      TrustPolicy handed = TrustPolicy.ofIdentity(bundle.identity(), bundle.permittedEngines());
      try (Bundle again = Bundle.open(SIGNED, handed)) {
        assertTrue(again.verified());
        assertEquals(bundle.permittedEngines(), again.permittedEngines());
      }
      byte[] newer = TestModels.flights("eta", "1.4.1", ANNA);
      assertEquals(ErrorCode.WRONG_IDENTITY, refuses(handed, newer).code());
    }
    assertThrows(UsageException.class, () -> TrustPolicy.ofIdentity("eta", Set.of("native")));
    String identity = "sha256:" + "0".repeat(64);
    assertThrows(UsageException.class, () -> TrustPolicy.ofIdentity(identity, Set.of("nativ")));
    Set<String> holed = new HashSet<>(Arrays.asList("native", null));
    assertThrows(NullPointerException.class, () -> TrustPolicy.ofIdentity(identity, holed));
  }

  @Test
  void policiesAreReadFromFiles() throws IOException {
    String rule = "{'bundle': '*', 'keys': ['anna']}";
    Path file = Files.writeString(folder.resolve("trust.json"), policy(rule));
    Path key = Files.writeString(folder.resolve("anna.pub"), ANNA.pem());
    Path zip = folder.resolve("inside.zip");
    try (FileSystem archive = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Path inside = Files.writeString(archive.getPath("trust.json"), policy(rule));
      for (Path path : List.of(file, key, inside)) {
        Bundle.open(SIGNED, TrustPolicy.load(path)).close();
      }
    }
    Path bundle = Files.write(folder.resolve("eta.mpk"), SIGNED);
    assertEquals(
        file.toString(),
        Bundle.explain(bundle, TrustPolicy.load(file), OpenOptions.none()).policy());
    Path nowhere = folder.resolve("nowhere.json");
    IoException error = assertThrows(IoException.class, () -> TrustPolicy.load(nowhere));
    assertTrue(error.getMessage().contains("nowhere.json"), error.getMessage());
  }

  @Test
  void whatIsNoPolicyIsRefused() {
    for (String content :
        List.of(
            "",
            "trust everybody",
            "{}",
            "UNSIGNED",
            policy("{'bundle': '*', 'keys': ['anna'], 'treshold': 2}"),
            policy("{'bundle': '*', 'keys': ['anna'], 'threshold': 0}"),
            policy("{'bundle': '*', 'keys': ['anna'], 'threshold': 2}"),
            policy("{'bundle': '*', 'keys': ['nobody']}"))) {
      TrustException error =
          assertThrows(TrustException.class, () -> TrustPolicy.of(content), content);
      assertEquals(ErrorCode.TRUST_POLICY, error.code());
    }
    TrustException secret =
        assertThrows(TrustException.class, () -> TrustPolicy.ofPublicKey(ANNA.privatePem()));
    assertEquals(ErrorCode.KEY, secret.code());
    assertFalse(secret.getMessage().contains("BEGIN"), secret.getMessage());
    String policy = policy("{'bundle': '*', 'keys': ['anna']}");
    assertThrows(TrustException.class, () -> TrustPolicy.ofPublicKey(policy));
    assertThrows(NullPointerException.class, () -> TrustPolicy.ofPublicKey((String) null));
  }

  @Test
  void aDecisionCanBeExplained() {
    String rules =
        "{'bundle': 'delay', 'keys': ['ben']}, {'bundle': 'e*', 'keys': ['anna', 'mallory'],"
            + " 'min_version': '1.0.0'}";
    TrustPolicy trust = TrustPolicy.of(policy(rules));
    TrustExplanation why = Bundle.explain(SIGNED_TWICE, trust, OpenOptions.none());
    assertTrue(why.permitted());
    TrustExplanation.Rule rule = why.rule().orElseThrow();
    assertEquals(2, rule.number());
    assertEquals("e*", rule.bundle());
    assertEquals(List.of("anna", "mallory"), rule.keys());
    assertEquals(1, rule.threshold());
    assertEquals(Optional.of("1.0.0"), rule.minVersion());
    assertEquals(Optional.empty(), rule.identities());
    assertEquals(2, why.signatures().size());
    for (TrustExplanation.Signature signature : why.signatures()) {
      boolean annas = signature.hint().equals(ANNA.hint());
      assertEquals(annas, signature.counts());
      assertEquals(Optional.of(annas ? "anna" : "ben"), signature.key());
    }
    try (Bundle bundle = Bundle.open(SIGNED_TWICE, trust)) {
      assertEquals(why, bundle.explanation());
      assertEquals(why, bundle.verify());
    }

    OpenOptions newer = OpenOptions.builder().minVersion("2.0.0").build();
    TrustExplanation refused = Bundle.explain(SIGNED_TWICE, trust, newer);
    assertFalse(refused.permitted());
    assertEquals(ErrorCode.WRONG_VERSION, refused.refusal().orElseThrow().code());
    assertEquals(Set.of(), refused.engines());
    TrustExplanation nobody = Bundle.explain(SIGNED_TWICE, null, OpenOptions.none());
    assertEquals(ErrorCode.UNTRUSTED, nobody.refusal().orElseThrow().code());
    assertTrue(nobody.json().contains("\"trusted\":false"), nobody.json());
  }

  @Test
  void aPolicyShowsItsDefaults() {
    String json = TrustPolicy.of(policy("{'bundle': '*', 'keys': ['anna']}")).json();
    assertTrue(json.contains("\"threshold\":1"), json);
    assertTrue(json.contains(ANNA.hint()), json);
    assertTrue(TrustPolicy.UNSIGNED.json().contains("\"keys\":[]"));
  }

  @Test
  void verifyHashesWhatOpeningDoesNot() throws IOException {
    TrustPolicy trust = TrustPolicy.ofPublicKey(ANNA.pem());
    Path file = Files.write(folder.resolve("eta.mpk"), SIGNED);
    assertTrue(Bundle.verify(file, trust, OpenOptions.none()).verified());
    byte[] damaged = SIGNED.clone();
    String text = new String(damaged, StandardCharsets.ISO_8859_1);
    damaged[text.indexOf("by hand")] ^= 1;
    Files.write(file, damaged);
    Bundle.open(file, trust).close();
    assertEquals(
        ErrorCode.DIGEST,
        assertThrows(FormatException.class, () -> Bundle.verify(file, trust, OpenOptions.none()))
            .code());
  }
}
