//! How examples are written, so that no whole token stands in a file.
//!
//! | written | stands for |
//! |---|---|
//! | `{s*n}` | `s`, `n` times |
//! | `{luhn:digits}` | the digits and their ISO/IEC 7812-1 check digit |
//! | `{iban:CC:bban}` | country, check digits (ISO 13616-1), the rest |
//! | `{iban+1:CC:bban}` | the same with check digits that are one too high |
//! | `{base58check:hex}` | the bytes with four bytes of double SHA-256, in base58 |
//! | `{crc32:s}` | `s` and the CRC-32 of what follows its last `_`, six digits of base62 |
//! | `{random:kind:n}` | `n` characters that look drawn: `hex base32 base58 base62 base64` |
//! | `{changed:s}` | `s` with another last character of the same class |
//!
//! Everything may stand inside everything: `{{01*2}x*3}`, `{luhn:51{0*13}}`.
//! Any other brace stands for itself.

mod checksum;
mod drawn;

/// Longest text that an example may be written as, in bytes.
const SOURCE_LIMIT: usize = 4096;
/// Longest text that an example may stand for, in bytes.
const LIMIT: usize = 65_536;

/// Why an example cannot be expanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotationError {
    /// The example or its expansion is longer than it may be.
    #[error("example is too long")]
    TooLong,
    /// The argument of a function is not what the function takes.
    #[error("{0} cannot take this argument")]
    Argument(&'static str),
}

/// The text that an example stands for.
///
/// # Errors
/// When the text is too long, or a function gets an argument that it cannot take.
pub fn expand(example: &str) -> Result<String, NotationError> {
    if example.len() > SOURCE_LIMIT {
        return Err(NotationError::TooLong);
    }
    let mut out = String::new();
    let mut rest = example;
    while let Some(open) = rest.find('{') {
        let (before, from) = rest.split_at(open);
        out.push_str(before);
        match braced(from).map(|inner| (inner, expression(inner))) {
            Some((inner, Some(value))) => {
                out.push_str(&value?);
                rest = &from[inner.len() + 2..];
            }
            _ => {
                out.push('{');
                rest = &from[1..];
            }
        }
        if out.len() > LIMIT {
            return Err(NotationError::TooLong);
        }
    }
    out.push_str(rest);
    if out.len() > LIMIT {
        Err(NotationError::TooLong)
    } else {
        Ok(out)
    }
}

/// What stands between the brace at the start and the one that closes it.
fn braced(text: &str) -> Option<&str> {
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if depth == 0 {
            return text.get(1..at);
        }
    }
    None
}

/// The value of what stands in braces; `None` when the braces mean themselves.
fn expression(inner: &str) -> Option<Result<String, NotationError>> {
    if let Some((text, count)) = inner.rsplit_once('*')
        && !count.is_empty()
        && count.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Some(repeated(text, count));
    }
    let (name, argument) = inner.split_once(':')?;
    let function: fn(&str) -> Result<String, NotationError> = match name {
        "luhn" => checksum::luhn,
        "iban" => checksum::iban,
        "iban+1" => checksum::wrong_iban,
        "base58check" => checksum::base58check,
        "crc32" => checksum::crc32,
        "random" => drawn::random,
        "changed" => checksum::changed,
        _ => return None,
    };
    Some(expand(argument).and_then(|argument| function(&argument)))
}

fn repeated(text: &str, count: &str) -> Result<String, NotationError> {
    let text = expand(text)?;
    let count: usize = count.parse().map_err(|_| NotationError::TooLong)?;
    if text.len().saturating_mul(count) > LIMIT {
        return Err(NotationError::TooLong);
    }
    Ok(text.repeat(count))
}

#[cfg(test)]
mod tests;
