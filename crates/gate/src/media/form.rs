//! `application/x-www-form-urlencoded`.

use super::{BadBody, Ends, Parts};
use pipelock_detect::engine::Order;
use std::borrow::Cow;

/// As [`decode`], where a lone `%` stands for itself.
pub(crate) use pipelock_detect::url::form_decoded as decode_leniently;

/// Names and values as they read, in wire order.
pub(super) fn parts(body: &[u8]) -> Result<Parts<'_>, BadBody> {
    let mut ends = Ends::default();
    for pair in body.split(|byte| *byte == b'&') {
        for half in pair.splitn(2, |byte| *byte == b'=') {
            ends.push(decode(half).ok_or(BadBody::Form)?);
        }
    }
    Ok(ends.in_order(Order::Forward))
}

/// `None` when a `%` begins no escape.
pub(super) fn decode(text: &[u8]) -> Option<Cow<'_, [u8]>> {
    if !text.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return Some(Cow::Borrowed(text));
    }
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [byte, behind @ ..] = rest {
        rest = behind;
        match byte {
            b'+' => out.push(b' '),
            b'%' => {
                let [high, low, behind @ ..] = rest else {
                    return None;
                };
                out.push(hex(*high)? << 4 | hex(*low)?);
                rest = behind;
            }
            other => out.push(*other),
        }
    }
    Some(Cow::Owned(out))
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}
