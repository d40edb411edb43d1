//! What a plain scalar means to a key of a certain type.

use super::Scalar;

/// Why a scalar is not a number or a flag. The text never holds the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mismatch {
    /// In quotes, so it is text.
    Quoted,
    /// Another type.
    Other,
    /// A number beyond 64 bits.
    Overflow,
    /// A fraction where an integer is due.
    Fraction,
    /// `.nan` or `.inf`.
    NotFinite,
}

impl Mismatch {
    /// What to tell the operator.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::Quoted => "text in quotes",
            Self::Other => "text",
            Self::Overflow => "a number that is too large",
            Self::Fraction => "a fraction",
            Self::NotFinite => "not a finite number",
        }
    }
}

/// An integer and whether a leading zero made it octal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Integer {
    pub(crate) value: i64,
    pub(crate) octal: bool,
}

impl Scalar {
    pub(crate) fn is_null(&self) -> bool {
        !self.quoted && matches!(&*self.text, "" | "~" | "null" | "Null" | "NULL")
    }

    /// YAML 1.1 words, unquoted.
    pub(crate) fn flag(&self) -> Result<bool, Mismatch> {
        if self.quoted {
            return Err(Mismatch::Quoted);
        }
        match &*self.text {
            "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Ok(true),
            "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Ok(false),
            _ => Err(Mismatch::Other),
        }
    }

    /// Decimal, `0x`, `0o`, `0b`, octal by leading zero, `_` between digits, and
    /// floats without a fraction.
    pub(crate) fn integer(&self) -> Result<Integer, Mismatch> {
        if self.quoted {
            return Err(Mismatch::Quoted);
        }
        if let Some(integer) = integer(&self.text) {
            return integer;
        }
        let float = self.float()?;
        if float.fract() != 0.0 {
            return Err(Mismatch::Fraction);
        }
        // Floats hold integers exactly up to 2^53; beyond, nobody knows what was meant.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if float.abs() > EXACT {
            return Err(Mismatch::Overflow);
        }
        #[allow(clippy::cast_possible_truncation)] // Whole and within 2^53.
        let value = float as i64;
        Ok(Integer {
            value,
            octal: false,
        })
    }

    /// Any finite number.
    pub(crate) fn float(&self) -> Result<f64, Mismatch> {
        if self.quoted {
            return Err(Mismatch::Quoted);
        }
        if let Some(integer) = integer(&self.text) {
            #[allow(clippy::cast_precision_loss)] // A limit that large has no use.
            return integer.map(|integer| integer.value as f64);
        }
        let text = digits_only(&self.text).ok_or(Mismatch::Other)?;
        let lower = text.trim_start_matches(['+', '-']).to_ascii_lowercase();
        if lower == ".inf" || lower == ".nan" {
            return Err(Mismatch::NotFinite);
        }
        let legal = |byte: u8| byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'+' | b'-');
        if !lower.bytes().all(legal) || !lower.bytes().any(|byte| byte.is_ascii_digit()) {
            return Err(Mismatch::Other);
        }
        // `08` and `1.5.2` are no numbers.
        if lower.len() > 1
            && lower.bytes().all(|byte| byte.is_ascii_digit())
            && lower.starts_with('0')
        {
            return Err(Mismatch::Other);
        }
        let value: f64 = text.parse().map_err(|_| Mismatch::Other)?;
        if value.is_finite() {
            Ok(value)
        } else {
            Err(Mismatch::Overflow)
        }
    }
}

/// `None` when the text is not spelled as an integer.
fn integer(text: &str) -> Option<Result<Integer, Mismatch>> {
    let (negative, body) = match text.as_bytes().first()? {
        b'-' => (true, &text[1..]),
        b'+' => (false, &text[1..]),
        _ => (false, text),
    };
    let body = digits_only(body)?;
    let (radix, digits, octal) = match body.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &body[2..], false),
        [b'0', b'o' | b'O', ..] => (8, &body[2..], false),
        [b'0', b'b' | b'B', ..] => (2, &body[2..], false),
        [b'0', _, ..] => (8, &body[1..], true),
        _ => (10, &body[..], false),
    };
    if digits.is_empty() || !digits.chars().all(|digit| digit.is_digit(radix)) {
        return None;
    }
    let signed = if negative {
        format!("-{digits}")
    } else {
        digits.to_owned()
    };
    Some(
        i64::from_str_radix(&signed, radix)
            .map(|value| Integer { value, octal })
            .map_err(|_| Mismatch::Overflow),
    )
}

/// Drops `_` that stands between two digits or letters; refuses it elsewhere.
fn digits_only(text: &str) -> Option<std::borrow::Cow<'_, str>> {
    if !text.contains('_') {
        return Some(text.into());
    }
    let bytes = text.as_bytes();
    let lonely = |index: usize| {
        let beside = |at: Option<usize>| {
            at.and_then(|at| bytes.get(at))
                .is_some_and(|byte| byte.is_ascii_alphanumeric())
        };
        !(beside(index.checked_sub(1)) && beside(index.checked_add(1)))
    };
    let misplaced = bytes
        .iter()
        .enumerate()
        .any(|(index, byte)| *byte == b'_' && lonely(index));
    (!misplaced).then(|| text.replace('_', "").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Scalar {
        Scalar {
            text: text.into(),
            quoted: false,
        }
    }

    #[test]
    fn integers_are_read_in_every_spelling() {
        let ok = |value| {
            Ok(Integer {
                value,
                octal: false,
            })
        };
        let cases = [
            ("5", ok(5)),
            ("-5", ok(-5)),
            ("+5", ok(5)),
            ("0", ok(0)),
            ("0x1F", ok(31)),
            ("0o17", ok(15)),
            ("0b101", ok(5)),
            (
                "010",
                Ok(Integer {
                    value: 8,
                    octal: true,
                }),
            ),
            ("1_000", ok(1000)),
            ("5.0", ok(5)),
            ("1e6", ok(1_000_000)),
            ("1.048576e+06", ok(1_048_576)),
            ("2.7", Err(Mismatch::Fraction)),
            ("08", Err(Mismatch::Other)),
            ("_1", Err(Mismatch::Other)),
            ("1_", Err(Mismatch::Other)),
            ("12a", Err(Mismatch::Other)),
            ("-", Err(Mismatch::Other)),
            ("true", Err(Mismatch::Other)),
            ("9223372036854775807", ok(i64::MAX)),
            ("9223372036854775808", Err(Mismatch::Overflow)),
            ("1e300", Err(Mismatch::Overflow)),
            (".inf", Err(Mismatch::NotFinite)),
            ("-.INF", Err(Mismatch::NotFinite)),
            (".nan", Err(Mismatch::NotFinite)),
            ("inf", Err(Mismatch::Other)),
        ];
        for (text, expected) in cases {
            assert_eq!(plain(text).integer(), expected, "{text}");
        }
        assert_eq!(
            Scalar {
                text: "5".into(),
                quoted: true
            }
            .integer(),
            Err(Mismatch::Quoted)
        );
    }

    #[test]
    fn floats_take_integers_and_refuse_what_is_not_finite() {
        let cases = [
            ("4.5", Ok(4.5)),
            ("4", Ok(4.0)),
            (".5", Ok(0.5)),
            ("1e-3", Ok(0.001)),
            (".nan", Err(Mismatch::NotFinite)),
            ("nan", Err(Mismatch::Other)),
            ("1e999", Err(Mismatch::Overflow)),
            ("e", Err(Mismatch::Other)),
            ("1.2.3", Err(Mismatch::Other)),
        ];
        for (text, expected) in cases {
            assert_eq!(plain(text).float(), expected, "{text}");
        }
    }

    #[test]
    fn flags_are_the_unquoted_words_of_yaml_1_1() {
        for word in ["true", "True", "yes", "ON"] {
            assert_eq!(plain(word).flag(), Ok(true), "{word}");
        }
        for word in ["false", "No", "off"] {
            assert_eq!(plain(word).flag(), Ok(false), "{word}");
        }
        for word in ["1", "y", "tRue", ""] {
            assert_eq!(plain(word).flag(), Err(Mismatch::Other), "{word}");
        }
        assert_eq!(
            Scalar {
                text: "yes".into(),
                quoted: true
            }
            .flag(),
            Err(Mismatch::Quoted)
        );
    }
}
