//! The forms of a URL in which secrets are sought.

use super::{Target, decode};
use crate::decode::Noise;
use crate::engine::{Engine, Kinds, Order, Outcome};
use crate::validate::looks_random;
use pipelock_model::http::Host;
use pipelock_model::{Confidence, Finding, View};
use std::borrow::Cow;

/// Longest name plus one.
const NAME_ROOM: usize = 256;

/// Most query values that one secret may be cut into or hidden among.
const VALUES: usize = 20;
/// Longest path or value whose separators are left out, in bytes.
const NOISE_ROOM: usize = 2048;

/// Searches every view of a URL, of whose text only `limit` bytes. A new view is
/// one more line here.
pub(super) fn search(
    target: &Target,
    limit: usize,
    engine: &Engine,
    out: &mut Vec<Finding>,
) -> Outcome {
    let raw = target.raw();
    let text = &raw.as_bytes()[..limit.min(raw.len())];
    let all = engine.scan(Kinds::DLP, text, out);
    let host = search_host(target.host(), engine, out);
    let path = search_quiet(target.path(), engine, out);
    let values = target.query().map_or(Outcome::Complete, |query| {
        search_values(&query[..limit.min(query.len())], engine, out)
    });
    worst([all, host, path, values])
}

/// Query values one behind the other, and each without its separators.
fn search_values(query: &str, engine: &Engine, out: &mut Vec<Finding>) -> Outcome {
    let mut values: [Cow<'_, [u8]>; VALUES] = [const { Cow::Borrowed(&[]) }; VALUES];
    let mut count = 0;
    let mut outcome = Outcome::Complete;
    for pair in query.split('&') {
        let value = pair.split_once('=').map_or(pair, |(_, value)| value);
        outcome = worst([outcome, search_quiet(value, engine, out)]);
        if let (false, Some(slot)) = (value.is_empty(), values.get_mut(count)) {
            *slot = decoded(value);
            count += 1;
        }
    }
    let values: [&[u8]; VALUES] = std::array::from_fn(|index| values[index].as_ref());
    let parts = engine.scan_parts(Kinds::DLP, &values[..count], Order::Forward, out);
    worst([outcome, parts])
}

/// A path or value without the separators that may cut a secret. What then looks like
/// a key by chance is no finding: it must look drawn as well.
fn search_quiet(text: &str, engine: &Engine, out: &mut Vec<Finding>) -> Outcome {
    let text = decoded(text);
    let mut room = [0; NOISE_ROOM];
    let mut len = 0;
    for byte in text
        .iter()
        .take(NOISE_ROOM)
        .filter(|byte| !Noise::Narrow.has(**byte))
    {
        room[len] = *byte;
        len += 1;
    }
    if len < QUIET_LEAST || len == text.len() {
        return Outcome::Complete;
    }
    let first = out.len();
    let outcome = engine.scan_view(Kinds::DLP, View::Joined, &room[..len], out);
    let mut index = 0;
    out.retain(|finding| {
        index += 1;
        let at = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX).min(len);
        index <= first
            || finding.confidence == Confidence::Certain
            || looks_random(&room[at(finding.span.start)..at(finding.span.end)])
    });
    outcome
}

/// A shorter text holds no key.
const QUIET_LEAST: usize = 16;

fn decoded(text: &str) -> Cow<'_, [u8]> {
    match memchr::memchr2(b'%', b'+', text.as_bytes()) {
        None => Cow::Borrowed(text.as_bytes()),
        Some(_) => Cow::Owned(decode::fully(text.as_bytes())),
    }
}

/// A name without its dots: secrets are cut into labels.
fn search_host(host: &Host, engine: &Engine, out: &mut Vec<Finding>) -> Outcome {
    match host {
        Host::Name(name) => search_name(name, engine, out),
        Host::Ip(_) => Outcome::Complete,
    }
}

/// The same for a host of any text. What is longer than a name is cut: it resolves
/// to nothing.
pub(crate) fn search_name(name: &str, engine: &Engine, out: &mut Vec<Finding>) -> Outcome {
    let mut room = [0; NAME_ROOM];
    let mut len = 0;
    for label in name.as_bytes().split(|byte| *byte == b'.') {
        let label = &label[..label.len().min(NAME_ROOM - len)];
        room[len..len + label.len()].copy_from_slice(label);
        len += label.len();
    }
    engine.scan_view(Kinds::DLP, View::HostCollapsed, &room[..len], out)
}

fn worst<const N: usize>(outcomes: [Outcome; N]) -> Outcome {
    match outcomes.contains(&Outcome::BudgetExceeded) {
        true => Outcome::BudgetExceeded,
        false => Outcome::Complete,
    }
}
