//! The forms of a URL in which secrets are sought.

use super::Target;
use crate::engine::{Engine, Kinds, Outcome};
use pipelock_model::http::Host;
use pipelock_model::{Finding, View};

/// Longest name plus one.
const NAME_ROOM: usize = 256;

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
    let plain = engine.scan_view(Kinds::DLP, View::Plain, text, out);
    let decoded = match memchr::memchr2(b'%', b'+', text) {
        Some(_) => engine.scan_view(Kinds::DLP, View::UrlDecoded, text, out),
        None => Outcome::Complete,
    };
    let host = search_host(target.host(), engine, out);
    worst([plain, decoded, host])
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
