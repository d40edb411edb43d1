//! Durations as every flag takes them: `90s`, `15m`, `1h30m`, `250ms`.

use std::str::FromStr;
use std::time::Duration;

/// Not a duration.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct DurationError;

impl std::fmt::Display for DurationError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a duration is a number with a unit, such as 90s, 15m or 1h30m")
    }
}

impl std::error::Error for DurationError {}

/// A span of time on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span(pub(crate) Duration);

impl FromStr for Span {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let (mut rest, mut total) = (text, Duration::ZERO);
        while !rest.is_empty() {
            let (number, tail) = split(rest, |c| c.is_ascii_digit());
            let (unit, tail) = split(tail, |c| c.is_ascii_alphabetic());
            let number: u64 = number.parse().map_err(|_| DurationError)?;
            let part = match unit {
                "ms" => Some(Duration::from_millis(number)),
                "s" => Some(Duration::from_secs(number)),
                "m" => number.checked_mul(60).map(Duration::from_secs),
                "h" => number.checked_mul(3600).map(Duration::from_secs),
                _ => None,
            };
            total = part
                .and_then(|part| total.checked_add(part))
                .ok_or(DurationError)?;
            rest = tail;
        }
        if text.is_empty() {
            Err(DurationError)
        } else {
            Ok(Self(total))
        }
    }
}

/// Cuts where `belongs` first says no.
fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_numbers_with_units() {
        let cases = [
            ("0s", Some(0)),
            ("250ms", Some(250)),
            ("90s", Some(90_000)),
            ("15m", Some(900_000)),
            ("1h30m", Some(5_400_000)),
            ("720h", Some(2_592_000_000)),
            ("", None),
            ("5", None),
            ("s", None),
            ("5 s", None),
            ("-5s", None),
            ("1.5s", None),
            ("5d", None),
            ("18446744073709551615h", None),
            ("18446744073709551616s", None),
            ("18446744073709551615s1s", None),
        ];
        for (text, millis) in cases {
            let expected = millis.map(Duration::from_millis);
            assert_eq!(
                text.parse::<Span>().ok().map(|span| span.0),
                expected,
                "{text:?}"
            );
        }
    }
}
