//! The parts of a request body, by its media type.
//!
//! The engine searches the bytes as sent, in all their views. What it cannot see
//! there is a secret cut into several members, fields or parts: those come from here.
//! Structure that readers understand differently is refused, not repaired.
//!
//! Time is linear in the body; memory is that of at most [`PARTS`] parts.

mod form;
mod multipart;

pub(crate) use form::decode_leniently;

use crate::json::{self, Form, JsonError, Role, Sink, Values};
use pipelock_detect::engine::Order;
use pipelock_model::http::Fields;
use std::borrow::Cow;
use std::collections::VecDeque;
use std::ops::Range;

/// Most parts that are kept: the first and the last half of them, as the engine
/// tries no more.
const PARTS: usize = 64;

/// Kinds of bodies that have parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Media {
    /// `application/json` and `+json`.
    Json,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `multipart/…`, with its boundary.
    Multipart(Option<Box<[u8]>>),
    /// One text.
    #[default]
    Other,
}

/// Why a body is not what its media type says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BadBody {
    Json,
    JsonDepth,
    Form,
    Multipart,
    Boundary,
    PartCount,
    FileName,
}

impl BadBody {
    /// The reason of the refusal.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Json => "invalid JSON body",
            Self::JsonDepth => "JSON body is nested too deeply",
            Self::Form => "invalid form body",
            Self::Multipart => "invalid multipart body",
            Self::Boundary => "multipart body without boundary",
            Self::PartCount => "multipart body has too many parts",
            Self::FileName => "multipart file name is too long",
        }
    }
}

/// The parts of a body, and the orders in which a secret may be cut into them.
pub(crate) struct Parts<'b> {
    pub(crate) texts: Vec<Cow<'b, [u8]>>,
    pub(crate) order: Order,
}

impl Media {
    /// What a head says of its body.
    pub(crate) fn of(fields: &Fields) -> Self {
        let Some(value) = fields.get("Content-Type") else {
            return Self::Other;
        };
        let essence = value.split(|byte| *byte == b';').next().unwrap_or_default();
        let essence = essence.trim_ascii().to_ascii_lowercase();
        match &essence[..] {
            b"application/json" => Self::Json,
            other if other.ends_with(b"+json") => Self::Json,
            b"application/x-www-form-urlencoded" => Self::Form,
            other if other.starts_with(b"multipart/") => {
                let boundary = multipart::parameter(value, b"boundary");
                Self::Multipart(boundary.filter(|text| !text.is_empty()).map(Into::into))
            }
            _ => Self::Other,
        }
    }

    /// Takes a body apart.
    ///
    /// # Errors
    /// [`BadBody`] when it is not what its type says. An empty body is none.
    pub(crate) fn parts<'b>(&self, body: &'b [u8]) -> Result<Parts<'b>, BadBody> {
        if body.is_empty() {
            return Ok(Ends::default().in_order(Order::Forward));
        }
        match self {
            Self::Json => json_parts(body),
            Self::Form => form::parts(body),
            Self::Multipart(None) => Err(BadBody::Boundary),
            Self::Multipart(Some(boundary)) => multipart::parts(body, boundary),
            Self::Other => Ok(Ends::default().in_order(Order::Forward)),
        }
    }
}

/// The first and the last of many parts.
#[derive(Default)]
struct Ends<'b> {
    first: Vec<Cow<'b, [u8]>>,
    last: VecDeque<Cow<'b, [u8]>>,
}

impl<'b> Ends<'b> {
    fn push(&mut self, part: Cow<'b, [u8]>) {
        if part.is_empty() || is_prose(&part) || self.has(&part) {
            return;
        }
        if self.first.len() < PARTS / 2 {
            self.first.push(part);
            return;
        }
        if self.last.len() == PARTS / 2 {
            self.last.pop_front();
        }
        self.last.push_back(part);
    }

    /// The same again completes nothing that it did not before.
    fn has(&self, part: &[u8]) -> bool {
        self.first
            .iter()
            .chain(&self.last)
            .any(|have| **have == *part)
    }

    fn in_order(mut self, order: Order) -> Parts<'b> {
        self.first.extend(self.last);
        Parts {
            texts: self.first,
            order,
        }
    }
}

/// Every string, names of members too, as it reads. Members may be joined in any
/// order: who reads them by name decides on that.
fn json_parts(body: &[u8]) -> Result<Parts<'_>, BadBody> {
    // Some writers begin with a byte order mark, and readers skip it.
    let body = body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(body);
    let mut strings = Strings {
        body,
        ends: Ends::default(),
    };
    match json::read(body, Values::Any, &mut strings) {
        Ok(()) => Ok(strings.ends.in_order(Order::Any)),
        Err(JsonError::Malformed) => Err(BadBody::Json),
        Err(JsonError::TooDeep) => Err(BadBody::JsonDepth),
    }
}

struct Strings<'b> {
    body: &'b [u8],
    ends: Ends<'b>,
}

impl Sink for Strings<'_> {
    fn word(&mut self, role: Role, raw: Range<usize>, form: Form) {
        let raw = self.body.get(raw).unwrap_or_default();
        match (form, role) {
            (Form::Scalar, _) => {}
            (_, Role::Key) if is_name(raw) => {}
            (Form::Plain, _) => self.ends.push(Cow::Borrowed(raw)),
            (Form::Escaped, _) => {
                // The engine reads no more of a part than this.
                let raw = &raw[..raw.len().min(8 * 1024)];
                let mut text = Vec::new();
                json::decode(raw, &mut text);
                self.ends.push(Cow::Owned(text));
            }
        }
    }
}

/// The name of a member as programs have them: letters, some of them small.
fn is_name(key: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
    key.iter().all(letter) && key.iter().any(u8::is_ascii_lowercase)
}

/// Several words that begin and end as words do: no piece of a token stands at either
/// end. Most strings of honest bodies are, and each of the others is tried with all.
fn is_prose(part: &[u8]) -> bool {
    let word = |run: &[u8]| match run {
        [first, rest @ ..] => {
            first.is_ascii_alphabetic() && rest.iter().all(u8::is_ascii_lowercase)
        }
        [] => true,
    };
    let token = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/_=-".contains(byte);
    let start = part.iter().position(|byte| !token(byte));
    let end = part.iter().rposition(|byte| !token(byte));
    let (Some(start), Some(end)) = (start, end) else {
        return false;
    };
    let blanks = part.iter().filter(|byte| **byte == b' ').take(2).count();
    blanks == 2 && word(&part[..start]) && word(&part[end + 1..])
}

#[cfg(test)]
mod tests;
