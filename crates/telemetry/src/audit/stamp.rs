//! Time stamps: RFC 3339, UTC, milliseconds.

use std::cell::Cell;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// `2006-01-02T15:04:05`.
type Second = [u8; 19];

/// Last second of the year 9999; RFC 3339 has no later year.
const LAST_SECOND: u64 = 253_402_300_799;

/// Appends the time. Times outside 1970 to 9999 are clamped.
pub(crate) fn push(out: &mut Vec<u8>, at: SystemTime) {
    thread_local! {
        static SECOND: Cell<(u64, Second)> = const { Cell::new((0, *b"1970-01-01T00:00:00")) };
    }
    let since = at.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let second = since.as_secs().min(LAST_SECOND);
    let text = SECOND.with(|cache| {
        let (cached, text) = cache.get();
        if cached == second {
            return text;
        }
        let text = format_second(second);
        cache.set((second, text));
        text
    });
    out.extend_from_slice(&text);
    let millis = since.subsec_millis();
    out.extend_from_slice(&[
        b'.',
        digit(millis / 100),
        digit(millis / 10),
        digit(millis),
        b'Z',
    ]);
}

/// The last decimal digit.
fn digit(number: u32) -> u8 {
    b"0123456789"[(number % 10) as usize]
}

fn format_second(second: u64) -> Second {
    let (year, month, day) = civil(second / 86_400);
    let (hour, minute, rest) = (second / 3600 % 24, second / 60 % 60, second % 60);
    let mut text = *b"0000-00-00T00:00:00";
    let fields = [
        (0, 4, year),
        (5, 2, month),
        (8, 2, day),
        (11, 2, hour),
        (14, 2, minute),
        (17, 2, rest),
    ];
    for (start, width, mut number) in fields {
        for place in (start..start + width).rev() {
            text[place] = digit((number % 10) as u32);
            number /= 10;
        }
    }
    text
}

/// Year, month and day of a day number since 1970-01-01 in the proleptic
/// Gregorian calendar. Years start in March here, so that the leap day is last.
const fn civil(day_number: u64) -> (u64, u64, u64) {
    // Days from 0000-03-01 to 1970-01-01.
    let day = day_number + 719_468;
    let (era, of_era) = (day / 146_097, day % 146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 {
        shifted + 3
    } else {
        shifted - 9
    };
    let year = era * 400 + year_of_era + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rfc_3339_in_utc_with_milliseconds() {
        let cases = [
            (0, 0, "1970-01-01T00:00:00.000Z"),
            (951_782_399, 999, "2000-02-28T23:59:59.999Z"),
            (951_782_400, 7, "2000-02-29T00:00:00.007Z"),
            (1_709_251_199, 40, "2024-02-29T23:59:59.040Z"),
            (1_767_225_599, 1, "2025-12-31T23:59:59.001Z"),
            (4_107_542_400, 0, "2100-03-01T00:00:00.000Z"),
            (LAST_SECOND, 0, "9999-12-31T23:59:59.000Z"),
            (LAST_SECOND + 5, 0, "9999-12-31T23:59:59.000Z"),
        ];
        for (second, millis, expected) in cases {
            let mut out = Vec::new();
            push(
                &mut out,
                UNIX_EPOCH + Duration::from_millis(second * 1000 + millis),
            );
            assert_eq!(String::from_utf8_lossy(&out), expected, "second {second}");
        }
    }

    #[test]
    fn a_clock_before_1970_is_shown_as_1970() {
        let mut out = Vec::new();
        push(&mut out, UNIX_EPOCH - Duration::from_secs(5));
        assert_eq!(out, b"1970-01-01T00:00:00.000Z");
    }
}
