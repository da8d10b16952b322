//! Times as members write them: `YYYY-MM-DDTHH:MM:SSZ`.

use std::time::{SystemTime, UNIX_EPOCH};

/// Whether `text` is a time in that form that exists in the Gregorian calendar.
pub(crate) fn is_utc_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    let pattern = b"dddd-dd-ddTdd:dd:ddZ";
    let fits = |(&byte, &form): (&u8, &u8)| {
        if form == b'd' {
            byte.is_ascii_digit()
        } else {
            byte == form
        }
    };
    if bytes.len() != pattern.len() || !bytes.iter().zip(pattern).all(fits) {
        return false;
    }
    let number = |from: usize, to: usize| {
        bytes[from..to]
            .iter()
            .fold(0u32, |sum, digit| sum * 10 + u32::from(digit - b'0'))
    };
    let (year, month, day) = (number(0, 4), number(5, 7), number(8, 10));
    (1..=12).contains(&month)
        && (1..=days(year, month)).contains(&day)
        && number(11, 13) < 24
        && number(14, 16) < 60
        && number(17, 19) < 60
}

/// Now, by the clock of this machine.
pub(crate) fn now() -> String {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
    from_unix(elapsed.map_or(0, |elapsed| elapsed.as_secs()))
}

/// The time that many seconds after 1970-01-01. Texts of this form stand in the order of their times, up to the year 9999.
fn from_unix(seconds: u64) -> String {
    let (mut day, second) = (seconds / 86_400, seconds % 86_400);
    let mut year = 1970;
    loop {
        let length = (1..=12).fold(0, |sum, month| sum + u64::from(days(year, month)));
        if day < length || year == 9999 {
            break;
        }
        day -= length;
        year += 1;
    }
    let mut month = 1;
    while month < 12 && day >= u64::from(days(year, month)) {
        day -= u64::from(days(year, month));
        month += 1;
    }
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{:02}T{hour:02}:{minute:02}:{second:02}Z", day + 1)
}

fn days(year: u32, month: u32) -> u32 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::{from_unix, is_utc_time};

    #[test]
    fn seconds_become_the_time_that_the_calendar_says() {
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"),
            (951_782_399, "2000-02-28T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (951_868_800, "2000-03-01T00:00:00Z"),
            (1_795_539_159, "2026-11-24T16:52:39Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
        ] {
            assert_eq!(from_unix(seconds), text);
            assert!(is_utc_time(text));
        }
    }

    #[test]
    fn only_times_that_exist_are_times() {
        for text in [
            "2026-11-24T13:05:59Z",
            "2024-02-29T00:00:00Z",
            "2000-02-29T23:59:59Z",
            "0001-01-01T00:00:00Z",
        ] {
            assert!(is_utc_time(text), "{text}");
        }
        for text in [
            "",
            "2026-11-24",
            "2026-11-24T13:05:59",
            "2026-11-24 13:05:59Z",
            "2026-11-24T13:05:59z",
            "2026-11-24T13:05:59.0Z",
            "2026-11-24T13:05:59+00:00",
            "2026-13-01T00:00:00Z",
            "2026-00-01T00:00:00Z",
            "2026-04-31T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "1900-02-29T00:00:00Z",
            "2026-11-24T24:00:00Z",
            "2026-11-24T00:60:00Z",
            "2026-11-24T00:00:60Z",
            "+026-11-24T00:00:00Z",
        ] {
            assert!(!is_utc_time(text), "{text}");
        }
    }
}
