package dev.modelpack.testing;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Signs bundles as docs/FORMAT.md says, apart from the core's own signer. */
final class SignatureWriter {
  private static final String PAYLOAD_TYPE = "application/vnd.in-toto+json";

  private SignatureWriter() {}

  static String memberName(TestKey key) {
    return "signatures/" + key.hint() + ".sigstore.json";
  }

  /** The signature's member; {@code digests}: of every member but signatures. */
  static byte[] write(TestKey key, String subject, Map<String, String> digests) {
    byte[] payload = BundleWriter.utf8(Json.of(statement(subject, digests)));
    String head = "DSSEv1 " + PAYLOAD_TYPE.length() + " " + PAYLOAD_TYPE + " " + payload.length;
    ByteArrayOutputStream signed = new ByteArrayOutputStream();
    signed.writeBytes(BundleWriter.utf8(head + " "));
    signed.writeBytes(payload);
    Object signature = Json.object("keyid", "", "sig", base64(key.sign(signed.toByteArray())));
    Object envelope =
        Json.object(
            "payload",
            base64(payload),
            "payloadType",
            PAYLOAD_TYPE,
            "signatures",
            List.of(signature));
    Object material =
        Json.object("publicKey", Json.object("hint", key.hint()), "tlogEntries", List.of());
    Map<String, Object> bundle =
        Json.object(
            "mediaType",
            "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial",
            material,
            "dsseEnvelope",
            envelope);
    return BundleWriter.utf8(Json.of(bundle));
  }

  private static Map<String, Object> statement(String subject, Map<String, String> digests) {
    Map<String, String> ordered = new TreeMap<>(SignatureWriter.byComponents());
    ordered.putAll(digests);
    ByteArrayOutputStream raw = new ByteArrayOutputStream();
    List<Object> resources = new ArrayList<>();
    ordered.forEach(
        (name, digest) -> {
          raw.writeBytes(HexFormat.of().parseHex(digest));
          resources.add(Json.object("name", name, "algorithm", "sha256", "digest", digest));
        });
    Object serialization =
        Json.object(
            "method",
            "files",
            "hash_type",
            "sha256",
            "allow_symlinks",
            false,
            "ignore_paths",
            List.of("signatures"));
    Object digest = Json.object("sha256", BundleWriter.sha256(raw.toByteArray()));
    return Json.object(
        "_type",
        "https://in-toto.io/Statement/v1",
        "subject",
        List.of(Json.object("name", subject, "digest", digest)),
        "predicateType",
        "https://model_signing/signature/v1.0",
        "predicate",
        Json.object("serialization", serialization, "resources", resources));
  }

  private static Comparator<String> byComponents() {
    return (a, b) -> Arrays.compare(a.split("/"), b.split("/"));
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
