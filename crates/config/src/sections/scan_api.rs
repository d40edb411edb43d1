//! `scan_api`: judging on request.

use crate::hash::Canonical;
use crate::problem::{Code, Problems};
use crate::section::Section;
use pipelock_model::Secret;
use pipelock_policy as policy;
use pipelock_policy::{ScanFields, ScanKind, ScanKinds, ScanRate};
use std::collections::HashSet;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

/// A shorter token can be guessed.
const SHORT_TOKEN: usize = 16;

/// Reads the section; `None` when it is off.
pub(crate) fn read(
    root: &Section<'_>,
    main: SocketAddr,
    problems: &mut Problems,
) -> Option<policy::ScanApi> {
    let section = root.section("scan_api");
    let text = section.text("listen")?;
    let listen = crate::text::listen(text);
    match listen {
        Some(listen) => collisions(&section, root, main, listen, problems),
        None => {
            let message = "must be an address and a port, such as 127.0.0.1:9091";
            section.error(problems, Code::BadListen, "listen", message);
        }
    }
    let listen = listen.unwrap_or(main);
    let tokens = tokens(&section, root, problems);
    let times = section.section("timeouts");
    let mut api = policy::ScanApi::new(listen, tokens);
    let rate = section.section("rate_limit");
    let defaults = ScanRate::default();
    api.rate = ScanRate {
        per_minute: count(&rate, "requests_per_minute").unwrap_or(defaults.per_minute),
        burst: count(&rate, "burst").unwrap_or(defaults.burst),
    };
    api.max_body = size(&section, "max_body_bytes", problems).unwrap_or(api.max_body);
    api.connections = size(&section, "connection_limit", problems).unwrap_or(api.connections);
    api.fields = fields(&section.section("field_limits"));
    api.read = time(&times, "read", problems).unwrap_or(api.read);
    api.write = time(&times, "write", problems).unwrap_or(api.write);
    api.scan = time(&times, "scan", problems).unwrap_or(api.scan);
    let kinds = section.section("kinds");
    api.kinds = ScanKinds::of(|kind| kinds.flag(kind.as_str()) != Some(false));
    Some(api)
}

/// Two listeners cannot have one port of one address.
fn collisions(
    section: &Section<'_>,
    root: &Section<'_>,
    main: SocketAddr,
    listen: SocketAddr,
    problems: &mut Problems,
) {
    let other = |text: Option<&str>| text.and_then(crate::text::listen);
    let others = [
        (Some(main), "fetch_proxy.listen"),
        (other(root.text("metrics_listen")), "metrics_listen"),
        (
            other(root.section("kill_switch").text("api_listen")),
            "kill_switch.api_listen",
        ),
    ];
    for (other, name) in others {
        if listen.port() != 0 && other == Some(listen) {
            let message = format!("same address and port as `{name}`");
            section.error(problems, Code::Conflict, "listen", message);
        }
    }
}

fn tokens(
    section: &Section<'_>,
    root: &Section<'_>,
    problems: &mut Problems,
) -> Vec<Secret<String>> {
    let auth = section.section("auth");
    let items = auth.texts("bearer_tokens").unwrap_or_default();
    let kill_switch = root.section("kill_switch");
    let admin = kill_switch.text("api_token");
    let mut seen = HashSet::new();
    for item in &items {
        let token = item.text.trim();
        if token.is_empty() {
            problems.error(Code::Missing, item.place, &item.key, "must not be blank");
            continue;
        }
        if token.len() < SHORT_TOKEN {
            let message = format!("shorter than {SHORT_TOKEN} characters: it can be guessed");
            problems.warn(Code::Weakened, item.place, &item.key, message);
        }
        if admin == Some(token) {
            let message = "the same as `kill_switch.api_token`: who may ask may then switch it off";
            problems.warn(Code::Weakened, item.place, &item.key, message);
        }
        if !seen.insert(token) {
            let message = "given twice; both share one rate limit";
            problems.warn(Code::DuplicateName, item.place, &item.key, message);
        }
    }
    if items.is_empty() {
        let message = "needs at least one of `auth.bearer_tokens`";
        section.error(problems, Code::Missing, "listen", message);
    }
    items
        .iter()
        .map(|item| item.text.trim())
        .filter(|token| seen.remove(token))
        .map(|token| Secret::new(token.to_owned()))
        .collect()
}

/// Zero and less mean the default.
fn count(section: &Section<'_>, key: &str) -> Option<NonZeroU32> {
    let value = section.integer(key).filter(|value| *value > 0)?;
    NonZeroU32::new(u32::try_from(value).unwrap_or(u32::MAX))
}

/// Zero means the default, less is an error.
fn size(section: &Section<'_>, key: &str, problems: &mut Problems) -> Option<usize> {
    let value = section.positive(key, problems)?;
    Some(usize::try_from(value).unwrap_or(usize::MAX))
}

fn fields(section: &Section<'_>) -> ScanFields {
    let defaults = ScanFields::default();
    let limit = |key: &str, default: usize| {
        let value = section.integer(key).filter(|value| *value > 0);
        value.map_or(default, |value| {
            usize::try_from(value).unwrap_or(usize::MAX)
        })
    };
    ScanFields {
        url: limit("url", defaults.url),
        text: limit("text", defaults.text),
        content: limit("content", defaults.content),
        arguments: limit("arguments", defaults.arguments),
    }
}

/// What does not parse was reported by the schema.
fn time(section: &Section<'_>, key: &str, problems: &mut Problems) -> Option<Duration> {
    let time = crate::text::duration(section.text(key)?)?;
    if time.is_zero() {
        section.error(problems, Code::OutOfRange, key, "must be more than nothing");
        return None;
    }
    // More would overflow a clock.
    Some(time.min(Duration::from_secs(86_400)))
}

/// The address decides nothing, and tokens must not be guessed from a hash.
pub(crate) fn describe(api: Option<&policy::ScanApi>, out: &mut Canonical) {
    let Some(api) = api else { return };
    let mut section = out.below("scan_api");
    section.set("rate_limit.requests_per_minute", api.rate.per_minute.get());
    section.set("rate_limit.burst", api.rate.burst.get());
    section.set("max_body_bytes", api.max_body as u64);
    for (key, limit) in [
        ("url", api.fields.url),
        ("text", api.fields.text),
        ("content", api.fields.content),
        ("arguments", api.fields.arguments),
    ] {
        section.set(&format!("field_limits.{key}"), limit as u64);
    }
    for kind in ScanKind::ALL {
        let key = format!("kinds.{}", kind.as_str());
        section.set(&key, api.kinds.serves(kind));
    }
}
