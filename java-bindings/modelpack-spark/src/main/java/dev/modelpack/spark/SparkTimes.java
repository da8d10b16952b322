package dev.modelpack.spark;

import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import org.apache.spark.sql.catalyst.util.DateTimeUtils;

/**
 * The times in Spark's rows. What a {@code java.sql} class says of itself is another instant for
 * times long ago, since it counts by the Julian calendar; Spark's own way back is exact, but for
 * the ten days of 1582 that no calendar of {@code java.sql} has.
 */
final class SparkTimes {
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private SparkTimes() {}

  /** Microseconds since 1970 of a timestamp, with or without a zone; one without is in UTC. */
  static long micros(Object value) {
    if (value instanceof Timestamp timestamp) {
      return DateTimeUtils.fromJavaTimestamp(timestamp);
    }
    if (value instanceof LocalDateTime local) {
      return DateTimeUtils.localDateTimeToMicros(local);
    }
    return DateTimeUtils.instantToMicros((Instant) value);
  }

  /** Microseconds from 1970 to a date's midnight in UTC. */
  static long microsOfDate(Object value) {
    return Math.multiplyExact(days(value), MICROS_PER_DAY);
  }

  /** A value that the core takes, by the calendar that Spark counts by. */
  static Object plain(Object value) {
    if (value instanceof Timestamp timestamp) {
      return Instant.EPOCH.plus(DateTimeUtils.fromJavaTimestamp(timestamp), ChronoUnit.MICROS);
    }
    return value instanceof Date ? LocalDate.ofEpochDay(days(value)) : value;
  }

  private static long days(Object value) {
    return value instanceof Date date
        ? DateTimeUtils.fromJavaDate(date)
        : ((LocalDate) value).toEpochDay();
  }
}
