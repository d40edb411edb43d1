//! What the framing fields of one head say (RFC 9112 §6).

use super::field::Field;
use super::{BodyLength, HeadError, chars};
use pipelock_model::http::Version;

/// How `chunked` may be spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// Lower case: in a request any other is a way to be read in two ways.
    Exact,
    /// As RFC 9112 §7 has it: some origins write capitals.
    AnyCase,
}

/// Framing fields met so far. The second of a kind is an error even when it says
/// the same: readers differ in which one they believe.
#[derive(Debug)]
pub(crate) struct FramingFields {
    spelling: Spelling,
    length: Option<u64>,
    chunked: bool,
}

impl FramingFields {
    pub(crate) const fn new(spelling: Spelling) -> Self {
        Self {
            spelling,
            length: None,
            chunked: false,
        }
    }

    /// Takes note of a framing field; others pass.
    pub(crate) fn visit(&mut self, field: Field<'_>) -> Result<(), HeadError> {
        if field.name.eq_ignore_ascii_case("content-length") {
            return self.visit_length(field);
        }
        if field.name.eq_ignore_ascii_case("transfer-encoding") {
            return self.visit_coding(field);
        }
        Ok(())
    }

    fn visit_length(&mut self, field: Field<'_>) -> Result<(), HeadError> {
        match self.length.replace(length(plain(field)?)?) {
            Some(_) => Err(HeadError::Invalid("more than one content-length")),
            None => Ok(()),
        }
    }

    fn visit_coding(&mut self, field: Field<'_>) -> Result<(), HeadError> {
        if self.chunked {
            return Err(HeadError::Invalid("more than one transfer-encoding"));
        }
        let coding = plain(field)?;
        let known = match self.spelling {
            Spelling::Exact => coding == b"chunked",
            Spelling::AnyCase => coding.eq_ignore_ascii_case(b"chunked"),
        };
        if !known {
            return Err(HeadError::UnsupportedTransferCoding);
        }
        self.chunked = true;
        Ok(())
    }

    /// The framing, `otherwise` without a framing field.
    pub(crate) fn decide(
        &self,
        version: Version,
        otherwise: BodyLength,
    ) -> Result<BodyLength, HeadError> {
        match (self.chunked, self.length) {
            (true, Some(_)) => Err(HeadError::Invalid(
                "transfer-encoding beside content-length",
            )),
            (true, None) if version == Version::Http10 => {
                Err(HeadError::Invalid("transfer-encoding in HTTP/1.0"))
            }
            (true, None) => Ok(BodyLength::Chunked),
            (false, Some(length)) => Ok(BodyLength::Length(length)),
            (false, None) => Ok(otherwise),
        }
    }
}

/// The value without the blanks around it. A tab there is legal and read in more
/// than one way, so it is refused where framing hangs on it.
fn plain(field: Field<'_>) -> Result<&[u8], HeadError> {
    if field.raw_value.contains(&b'\t') {
        return Err(HeadError::Invalid("tab in a framing field"));
    }
    Ok(chars::trim(field.raw_value))
}

/// Digits only. Above `i64::MAX` readers differ, so that is the end.
fn length(text: &[u8]) -> Result<u64, HeadError> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return Err(HeadError::Invalid("content-length is not a number"));
    }
    text.iter()
        .try_fold(0i64, |sum, digit| {
            sum.checked_mul(10)?.checked_add(i64::from(digit - b'0'))
        })
        .and_then(|length| u64::try_from(length).ok())
        .ok_or(HeadError::Invalid("content-length out of range"))
}
