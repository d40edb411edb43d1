//! `limits`: what protects the process.

use crate::hash::Canonical;
use crate::problem::{Code, Problems};
use crate::section::Section;
use pipelock_policy as policy;

/// Least memory for bodies that a file may ask for.
const LEAST_BUFFERED: i64 = 16 << 20;

pub(crate) fn read(
    root: &Section<'_>,
    memory_limit: u64,
    problems: &mut Problems,
) -> policy::Limits {
    let section = root.section("limits");
    let defaults = policy::Limits::default();
    let at_least = |key: &str, least: u64, default: usize, problems: &mut Problems| {
        let value = section.positive(key, problems);
        if value.is_some_and(|value| value < least) || section.integer(key) == Some(0) {
            section.error(
                problems,
                Code::OutOfRange,
                key,
                format!("must be at least {least}"),
            );
        }
        value.map_or(default, |value| {
            usize::try_from(value).unwrap_or(usize::MAX)
        })
    };
    policy::Limits {
        buffered: buffered(&section, memory_limit, problems),
        head_bytes: at_least("max_head_bytes", 4096, defaults.head_bytes, problems),
        head_fields: at_least("max_header_fields", 20, defaults.head_fields, problems),
        connections: at_least("max_connections", 1, defaults.connections, problems),
        connections_per_peer: section
            .positive("max_connections_per_peer", problems)
            .map(|most| usize::try_from(most).unwrap_or(usize::MAX)),
        tunnels: at_least("max_tunnels", 1, defaults.tunnels, problems),
    }
}

/// 40 % of the memory leaves room for what is not a body.
fn buffered(section: &Section<'_>, memory_limit: u64, problems: &mut Problems) -> u64 {
    let share = (memory_limit / 5)
        .saturating_mul(2)
        .max(policy::LEAST_BUFFERED);
    let Some(bytes) = section
        .integer("max_buffered_bytes")
        .filter(|bytes| *bytes != 0)
    else {
        return share;
    };
    if bytes < LEAST_BUFFERED {
        let message = format!("must be 0 or at least {LEAST_BUFFERED}");
        section.error(problems, Code::OutOfRange, "max_buffered_bytes", message);
    }
    u64::try_from(bytes).unwrap_or(share)
}

/// The share of the machine's memory is left out: equal files hash alike anywhere.
pub(crate) fn describe(root: &Section<'_>, limits: &policy::Limits, out: &mut Canonical) {
    let written = root
        .section("limits")
        .integer("max_buffered_bytes")
        .unwrap_or(0);
    let mut section = out.below("limits");
    section.set("max_buffered_bytes", written.unsigned_abs());
    section.set("max_head_bytes", limits.head_bytes as u64);
    section.set("max_header_fields", limits.head_fields as u64);
    section.set("max_tunnels", limits.tunnels as u64);
    section.set("max_connections", limits.connections as u64);
    section.set(
        "max_connections_per_peer",
        limits.connections_per_peer.unwrap_or(0) as u64,
    );
}
