//! Records to one handshake message (RFC 8446 §5.1).

use super::LIMIT;
use std::borrow::Cow;

/// Content type of handshake records.
pub(super) const HANDSHAKE: u8 = 22;

const CLIENT_HELLO: u8 = 1;
const RECORD_HEADER: usize = 5;
const MESSAGE_HEADER: usize = 4;
/// Longest plain record.
const RECORD_LIMIT: usize = 1 << 14;
/// Most records of one ClientHello. Clients use one, a few to be unseen by
/// filters; the bound keeps a byte-wise sender from costing quadratic time.
const RECORDS: usize = 256;

/// The first handshake message.
#[derive(Debug)]
pub(super) enum Assembled<'a> {
    Partial,
    /// The body of the message, and the bytes of its records.
    Whole {
        message: Cow<'a, [u8]>,
        consumed: usize,
    },
}

/// Joins the records at the start of `buf` to a ClientHello.
pub(super) fn assemble(buf: &[u8]) -> Result<Assembled<'_>, &'static str> {
    let mut header = Vec::with_capacity(MESSAGE_HEADER);
    let (mut at, mut have) = (0, 0);
    for count in 1..=RECORDS {
        let Some(record) = Record::read(&buf[at..])? else {
            return Ok(Assembled::Partial);
        };
        let missing = MESSAGE_HEADER - header.len();
        header.extend(record.present.iter().take(missing));
        if header.first().is_some_and(|kind| *kind != CLIENT_HELLO) {
            return Err("first handshake message is no ClientHello");
        }
        have += record.length;
        at += RECORD_HEADER + record.length;
        if let [_, a, b, c] = header[..] {
            let need = MESSAGE_HEADER + u32::from_be_bytes([0, a, b, c]) as usize;
            if need > LIMIT || at > LIMIT {
                return Err("ClientHello too large");
            }
            if have > need {
                return Err("bytes after the ClientHello in its record");
            }
            if have == need {
                return Ok(whole(buf, at, count));
            }
        }
        if record.present.len() < record.length {
            return Ok(Assembled::Partial);
        }
    }
    Err("ClientHello in too many records")
}

/// The message, once the last record ends at `end`. Copies only when it is split.
fn whole(buf: &[u8], end: usize, count: usize) -> Assembled<'_> {
    if buf.len() < end {
        return Assembled::Partial;
    }
    if count == 1 {
        let message = Cow::Borrowed(&buf[RECORD_HEADER + MESSAGE_HEADER..end]);
        return Assembled::Whole {
            message,
            consumed: end,
        };
    }
    let mut message = Vec::with_capacity(end);
    let mut rest = &buf[..end];
    while let Ok(Some(record)) = Record::read(rest) {
        message.extend_from_slice(record.present);
        rest = &rest[(RECORD_HEADER + record.length).min(rest.len())..];
    }
    message.drain(..MESSAGE_HEADER);
    Assembled::Whole {
        message: message.into(),
        consumed: end,
    }
}

/// A record whose header is whole.
struct Record<'a> {
    length: usize,
    /// The part of its payload that has come.
    present: &'a [u8],
}

impl<'a> Record<'a> {
    /// Checks every byte of the header as soon as it is there.
    fn read(buf: &'a [u8]) -> Result<Option<Self>, &'static str> {
        if buf.first().is_some_and(|kind| *kind != HANDSHAKE) {
            return Err("another record inside the ClientHello");
        }
        if buf.get(1).is_some_and(|major| *major != 3) {
            return Err("record version");
        }
        let Some((&[_, _, _, high, low], payload)) = buf.split_first_chunk() else {
            return Ok(None);
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        match length {
            0 => Err("empty handshake record"),
            1..=RECORD_LIMIT => Ok(Some(Self {
                length,
                present: &payload[..length.min(payload.len())],
            })),
            _ => Err("record too large"),
        }
    }
}
