package dev.modelpack;

import dev.modelpack.testing.Vectors;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/** One input cell of a vector, as what Java can say. */
record VectorCell(String text) {
  /** A value that may be null. */
  record Sayable(Object value) {}

  String kind() {
    return Vectors.kind(text);
  }

  String content() {
    return Vectors.content(text);
  }

  boolean isMissing() {
    return !text.contains(":");
  }

  /** As an object for a map; empty for what Java's objects cannot say. */
  Optional<Sayable> value(Feature feature) {
    return switch (kind()) {
      case "null" -> Optional.of(new Sayable(null));
      case "none" ->
          feature.nullIs() == NullKind.NONE ? Optional.of(new Sayable(null)) : Optional.empty();
      case "nan" -> Optional.of(new Sayable(Double.NaN));
      case "f" -> Optional.of(new Sayable(float64()));
      case "g" -> Optional.of(new Sayable(float32()));
      case "i", "u" -> Optional.of(new Sayable(integer()));
      case "b" -> Optional.of(new Sayable(content().equals("1")));
      case "t" -> Optional.of(new Sayable(instant()));
      case "s" -> string().map(Sayable::new);
      case "d" -> Optional.of(new Sayable(decimal()));
      default -> Optional.empty();
    };
  }

  /** As the cell of the feature's kind. */
  long cell(Row row, Feature feature) {
    if (kind().equals("x")) {
      return bits();
    }
    if (kind().equals("none")) {
      return switch (feature.dtype()) {
        case FLOAT64, FLOAT32 -> Cells.NULL_NUMBER;
        case STRING -> Cells.CODE_NULL;
        case BOOL -> Cells.MISSING_BOOL;
        default -> Cells.MISSING_INTEGER;
      };
    }
    row.set(feature.name(), value(feature).orElseThrow().value());
    return row.cells()[feature.index()];
  }

  double float64() {
    return Double.longBitsToDouble(bits());
  }

  float float32() {
    return Float.intBitsToFloat(Integer.parseUnsignedInt(content(), 16));
  }

  long bits() {
    return Long.parseUnsignedLong(content(), 16);
  }

  byte[] utf8() {
    return Vectors.unescaped(content());
  }

  private Object integer() {
    BigInteger integer = new BigInteger(content());
    return integer.bitLength() < Long.SIZE ? (Object) integer.longValue() : integer;
  }

  private Instant instant() {
    long micros = Long.parseLong(content());
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000L), Math.floorMod(micros, 1_000_000L) * 1000);
  }

  private BigDecimal decimal() {
    String[] parts = content().split(":");
    return new BigDecimal(new BigInteger(parts[0]), Integer.parseInt(parts[1]));
  }

  /** Empty where the bytes are no UTF-8, which no Java text can be. */
  private Optional<String> string() {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8())).toString());
    } catch (CharacterCodingException malformed) {
      return Optional.empty();
    }
  }
}
