package dev.modelpack;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Date;

/**
 * The rarer Java types of a value (docs/TYPES.md, Java), each as the raw value that it stands for.
 */
final class ObjectValues {
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final int NANOS_PER_MICRO = 1_000;

  private final CellEncoder encoder;
  private final Schema schema;

  ObjectValues(CellEncoder encoder, Schema schema) {
    this.encoder = encoder;
    this.schema = schema;
  }

  long cell(int feature, Object value) {
    if (value instanceof Float number) {
      return encoder.cell(feature, number.floatValue());
    }
    if (value instanceof Short || value instanceof Byte) {
      return encoder.cell(feature, ((Number) value).longValue());
    }
    if (value instanceof BigInteger number) {
      return integer(feature, number);
    }
    if (value instanceof BigDecimal number) {
      return decimal(feature, number);
    }
    if (value instanceof CharSequence || value instanceof Character) {
      return encoder.cell(feature, value.toString());
    }
    if (value instanceof Enum<?> constant) {
      return encoder.cell(feature, constant.name());
    }
    Instant instant = instant(value);
    if (instant == null) {
      throw wrongType(feature, value);
    }
    return time(feature, instant);
  }

  private long integer(int feature, BigInteger number) {
    if (number.bitLength() < Long.SIZE) {
      return encoder.cell(feature, number.longValue());
    }
    double nearest = number.doubleValue();
    if (Double.isInfinite(nearest) || !new BigDecimal(nearest).toBigInteger().equals(number)) {
      throw notExact(feature, number, "no 64-bit float holds it");
    }
    return encoder.cell(feature, nearest);
  }

  private long decimal(int feature, BigDecimal number) {
    if (encoder.dtype(feature) != Dtype.INT64) {
      double nearest = number.doubleValue();
      if (Double.isInfinite(nearest)) {
        throw notExact(feature, number, "it is too large for a 64-bit float");
      }
      return encoder.cell(feature, nearest);
    }
    try {
      return encoder.cell(feature, number.longValueExact());
    } catch (ArithmeticException notInteger) {
      throw notExact(feature, number, "the feature takes 64-bit integers");
    }
  }

  private long time(int feature, Instant instant) {
    if (instant.getNano() % NANOS_PER_MICRO != 0) {
      throw notExact(feature, instant, "timestamps are whole microseconds");
    }
    try {
      return encoder.time(feature, micros(instant));
    } catch (ArithmeticException overflow) {
      throw notExact(feature, instant, "microseconds since 1970 do not fit 64 bits");
    }
  }

  /**
   * Counted from the second next to 1970, as the one before may lie beyond 64 bits though the
   * instant does not.
   */
  private static long micros(Instant instant) {
    long seconds = instant.getEpochSecond();
    long micros = instant.getNano() / NANOS_PER_MICRO;
    if (seconds < 0) {
      seconds++;
      micros -= MICROS_PER_SECOND;
    }
    return Math.addExact(Math.multiplyExact(seconds, MICROS_PER_SECOND), micros);
  }

  /** The instant that a value names, or null if it is none. */
  private static Instant instant(Object value) {
    if (value instanceof Instant instant) {
      return instant;
    }
    if (value instanceof OffsetDateTime time) {
      return time.toInstant();
    }
    if (value instanceof ZonedDateTime time) {
      return time.toInstant();
    }
    if (value instanceof LocalDateTime time) {
      return time.toInstant(ZoneOffset.UTC);
    }
    if (value instanceof LocalDate date) {
      return date.atStartOfDay().toInstant(ZoneOffset.UTC);
    }
    if (value instanceof Date date) {
      return instant(date);
    }
    return null;
  }

  private static Instant instant(Date date) {
    return switch (date.getClass().getName()) {
      // Only here, so that a runtime without the module java.sql never looks for it.
      case "java.sql.Date" -> instant(((java.sql.Date) date).toLocalDate());
      case "java.sql.Time" -> null;
      default -> date.toInstant();
    };
  }

  private ModelpackException wrongType(int feature, Object value) {
    Feature described = schema.features().get(feature);
    return ErrorDetails.of(
            ErrorCode.WRONG_TYPE,
            "feature %s (%s) takes no %s"
                .formatted(
                    Quote.of(described.name()),
                    described.dtype().text(),
                    value.getClass().getName()))
        .withFeature(described.name())
        .exception();
  }

  private ModelpackException notExact(int feature, Object value, String why) {
    Feature described = schema.features().get(feature);
    return ErrorDetails.of(
            ErrorCode.NOT_EXACT,
            "feature %s (%s) cannot hold %s exactly: %s"
                .formatted(
                    Quote.of(described.name()), described.dtype().text(), Quote.of(value), why))
        .withFeature(described.name())
        .exception();
  }
}
