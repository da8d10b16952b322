package dev.modelpack;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads what the native library says of a decision. */
final class TrustExplanationReader {
  private final Wire wire;

  private TrustExplanationReader(Wire wire) {
    this.wire = wire;
  }

  static TrustExplanation read(byte[] bytes) {
    return new TrustExplanationReader(new Wire(bytes)).explanation();
  }

  /** Names of engines, in the order of preference. */
  static Set<String> engines(Wire wire) {
    return Collections.unmodifiableSet(new LinkedHashSet<>(texts(wire)));
  }

  private TrustExplanation explanation() {
    return new TrustExplanation(
        wire.text(),
        wire.text(),
        wire.text(),
        wire.text(),
        wire.bool() ? Optional.of(rule()) : Optional.empty(),
        signatures(),
        engines(wire),
        wire.bool(),
        wire.bool() ? Optional.of(refusal()) : Optional.empty(),
        wire.text());
  }

  private TrustExplanation.Rule rule() {
    return new TrustExplanation.Rule(
        wire.int32(),
        wire.text(),
        texts(wire),
        wire.int32(),
        optionalText(),
        identities(),
        texts(wire),
        engines(wire));
  }

  private Optional<List<String>> identities() {
    boolean named = wire.bool();
    List<String> identities = texts(wire);
    return named ? Optional.of(identities) : Optional.empty();
  }

  private List<TrustExplanation.Signature> signatures() {
    int count = wire.int32();
    List<TrustExplanation.Signature> signatures = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      signatures.add(
          new TrustExplanation.Signature(wire.text(), optionalText(), wire.bool(), wire.text()));
    }
    return List.copyOf(signatures);
  }

  private TrustExplanation.Refusal refusal() {
    return new TrustExplanation.Refusal(ErrorCode.of(wire.int32()), wire.text(), optionalText());
  }

  private Optional<String> optionalText() {
    return wire.bool() ? Optional.of(wire.text()) : Optional.empty();
  }

  private static List<String> texts(Wire wire) {
    int count = wire.int32();
    List<String> texts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      texts.add(wire.text());
    }
    return List.copyOf(texts);
  }
}
