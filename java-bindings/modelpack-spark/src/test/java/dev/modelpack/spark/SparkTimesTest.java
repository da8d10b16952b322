package dev.modelpack.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparkTimesTest {
  /** Times before the Gregorian calendar, before time zones, before 1970, and after; to the µs. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0001-01-01 00:00:00.000001",
        "1582-10-03 23:59:59.999999",
        "1850-06-01 12:00:00.5",
        "1969-12-31 23:59:59.999999",
        "2024-02-29 12:34:56.789012"
      })
  void microsAreSparksOwnInBothKindsOfRows(String time) {
    for (String modern : new String[] {"false", "true"}) {
      // A session of its own, whose settings no other test sees.
      SparkSession spark = LocalSpark.session().newSession();
      spark.conf().set("spark.sql.datetime.java8API.enabled", modern);
      spark.conf().set("spark.sql.session.timeZone", "America/New_York");
      Row row =
          spark
              .sql(
                  "SELECT TIMESTAMP '%s' t, unix_micros(TIMESTAMP '%s') u, TIMESTAMP_NTZ '%s' n, DATE '%s' d, unix_date(DATE '%s') v"
                      .formatted(time, time, time, time.substring(0, 10), time.substring(0, 10)))
              .first();
      assertEquals(row.getLong(1), SparkTimes.micros(row.get(0)));
      assertEquals(
          Instant.EPOCH.plus(row.getLong(1), ChronoUnit.MICROS), SparkTimes.plain(row.get(0)));
      assertEquals(
          Instant.parse(time.replace(' ', 'T') + "Z"),
          Instant.EPOCH.plus(SparkTimes.micros(row.get(2)), ChronoUnit.MICROS));
      assertEquals(row.getInt(4) * 86_400_000_000L, SparkTimes.microsOfDate(row.get(3)));
      assertEquals(LocalDate.ofEpochDay(row.getInt(4)), SparkTimes.plain(row.get(3)));
    }
  }
}
