//! `scan_api`: judging on request.

use super::known::unusable;
use crate::hash::Canonical;
use crate::path::Paths;
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
    paths: &Paths<'_>,
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
    let tokens = tokens(&section, root, paths, problems);
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
    paths: &Paths<'_>,
    problems: &mut Problems,
) -> Vec<Secret<String>> {
    let auth = section.section("auth");
    let items = auth.texts("bearer_tokens").unwrap_or_default();
    let mut tokens = Vec::new();
    let mut list = Tokens {
        admin: root.section("kill_switch").text("api_token"),
        seen: HashSet::new(),
    };
    for item in &items {
        let token = item.text.trim();
        if token.is_empty() {
            problems.error(Code::Missing, item.place, &item.key, "must not be blank");
            continue;
        }
        list.check(token, |code, message| {
            problems.warn(code, item.place, &item.key, message);
        });
        tokens.push(token.to_owned());
    }
    if let Some(text) = token_file(&auth, !items.is_empty(), paths, problems) {
        let lines = text.lines().map(str::trim);
        for token in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
            list.check(token, |code, message| {
                auth.warn(problems, code, TOKEN_FILE, format!("a token is {message}"));
            });
            tokens.push(token.to_owned());
        }
        if tokens.is_empty() {
            let message = "holds no token: one on each line";
            auth.error(problems, Code::Missing, TOKEN_FILE, message);
        }
    } else if items.is_empty() && auth.text(TOKEN_FILE).is_none() {
        let message = "needs at least one of `auth.bearer_tokens`, or `auth.bearer_tokens_file`";
        section.error(problems, Code::Missing, "listen", message);
    }
    tokens.retain(|token| list.seen.remove(token));
    tokens.into_iter().map(Secret::new).collect()
}

const TOKEN_FILE: &str = "bearer_tokens_file";
/// Longest file of tokens, in bytes.
const TOKEN_FILE_LIMIT: u64 = 64 * 1024;

/// The text of the file of tokens, if one is named and good.
fn token_file(
    auth: &Section<'_>,
    listed: bool,
    paths: &Paths<'_>,
    problems: &mut Problems,
) -> Option<String> {
    let path = paths.resolve(auth, TOKEN_FILE, problems)?;
    if listed {
        let message = "given together with `bearer_tokens`: keep one of them";
        auth.error(problems, Code::Conflict, TOKEN_FILE, message);
        return None;
    }
    if let Some(problem) = unusable(&path) {
        auth.error(problems, Code::Unreadable, TOKEN_FILE, problem);
        return None;
    }
    let long = std::fs::metadata(&path).is_ok_and(|meta| meta.len() > TOKEN_FILE_LIMIT);
    match std::fs::read_to_string(&path) {
        Ok(text) if !long => Some(text),
        Ok(_) => {
            let message = format!("longer than {TOKEN_FILE_LIMIT} bytes");
            auth.error(problems, Code::TooLarge, TOKEN_FILE, message);
            None
        }
        Err(error) => {
            let message = format!("cannot be read: {error}");
            auth.error(problems, Code::Unreadable, TOKEN_FILE, message);
            None
        }
    }
}

/// What tokens must be among themselves.
struct Tokens<'t> {
    admin: Option<&'t str>,
    seen: HashSet<String>,
}

impl Tokens<'_> {
    /// Warns of a token that is weak, the administrator's, or there already.
    fn check(&mut self, token: &str, mut warn: impl FnMut(Code, String)) {
        if token.len() < SHORT_TOKEN {
            let message = format!("shorter than {SHORT_TOKEN} characters: it can be guessed");
            warn(Code::Weakened, message);
        }
        if self.admin == Some(token) {
            let message = "the same as `kill_switch.api_token`: who may ask may then switch it off";
            warn(Code::Weakened, message.to_owned());
        }
        if !self.seen.insert(token.to_owned()) {
            let message = "given twice; both share one rate limit";
            warn(Code::DuplicateName, message.to_owned());
        }
    }
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
