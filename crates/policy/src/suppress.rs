//! Finding suppressions (`suppress`), by rule and path.
//!
//! A target is the URL of an exchange or the path of a file. A pattern that is a
//! URL is compared by components, so that text in another part of a URL cannot
//! pretend to be its host.

use pipelock_detect::domain::DomainSet;
use std::borrow::Cow;

mod glob;

pub use glob::GlobError;
use glob::{Glob, Star};

/// Longest pattern, in bytes; matching costs at most pattern times target.
const LONGEST: usize = 1024;

/// One entry. Rule names are compared without case.
#[derive(Debug, Clone)]
pub struct Suppression {
    rule: String,
    path: Path,
}

/// All entries.
#[derive(Debug, Clone, Default)]
pub struct Suppressions(Vec<Suppression>);

#[derive(Debug, Clone)]
struct Path {
    /// As written, with `/` for `\` and without a default port.
    text: String,
    /// Set when the text holds a wildcard.
    glob: Option<Glob>,
    /// Set when the text can be meant as a URL.
    url: Option<UrlPattern>,
}

#[derive(Debug, Clone)]
struct UrlPattern {
    /// Absent: any.
    scheme: Option<String>,
    /// Absent: any.
    host: Option<DomainSet>,
    port: Option<String>,
    /// Path and query; stars cross `/`.
    path: Glob,
}

impl Suppression {
    /// Reads an entry.
    ///
    /// # Errors
    /// When `path` is longer than 1024 bytes or not a legal glob.
    pub fn new(rule: &str, path: &str) -> Result<Self, GlobError> {
        if path.len() > LONGEST {
            return Err(GlobError::TooLong);
        }
        let text = without_default_port(&path.replace('\\', "/")).into_owned();
        let wild = text.contains(['*', '?', '[']);
        let glob = if wild {
            Some(Glob::new(&text, Star::Segment)?)
        } else {
            None
        };
        let url = UrlPattern::read(&text)?;
        Ok(Self {
            rule: rule.to_owned(),
            path: Path { text, glob, url },
        })
    }

    /// Name of the rule that it silences.
    #[must_use]
    pub fn rule(&self) -> &str {
        &self.rule
    }

    fn covers(&self, rule: &str, target: &Target<'_>) -> bool {
        self.rule.eq_ignore_ascii_case(rule) && self.path.matches(target)
    }
}

impl Suppressions {
    /// Takes entries that apply.
    #[must_use]
    pub fn new(entries: Vec<Suppression>) -> Self {
        Self(entries)
    }

    /// True without entries: the usual case, and free.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True when an entry covers this rule at this URL or path.
    #[must_use]
    pub fn covers(&self, rule: &str, target: &str) -> bool {
        if self.is_empty() {
            return false;
        }
        let target = Target::new(target);
        self.0.iter().any(|entry| entry.covers(rule, &target))
    }
}

/// What was scanned, prepared once for all entries.
struct Target<'a> {
    original: &'a str,
    text: Cow<'a, str>,
    is_url: bool,
}

impl<'a> Target<'a> {
    fn new(original: &'a str) -> Self {
        let slashes: Cow<'a, str> = if original.contains('\\') {
            original.replace('\\', "/").into()
        } else {
            original.into()
        };
        let is_url = slashes.contains("://");
        let text = match slashes {
            Cow::Borrowed(text) => without_default_port(text),
            Cow::Owned(text) => Cow::Owned(without_default_port(&text).into_owned()),
        };
        Self {
            original,
            text,
            is_url,
        }
    }

    fn last_segment(&self) -> &str {
        self.text
            .rsplit_once('/')
            .map_or(&*self.text, |(_, last)| last)
    }
}

impl Path {
    fn matches(&self, target: &Target<'_>) -> bool {
        let text = &*self.text;
        if text == target.original || text == target.text {
            return true;
        }
        if let Some(url) = self.url.as_ref().filter(|_| target.is_url) {
            if url.matches(&target.text) {
                return true;
            }
            // A pattern with a scheme means this and nothing else.
            if text.contains("://") {
                return false;
            }
        }
        if text.ends_with('/') && target.text.starts_with(text) {
            return true;
        }
        let globbed = self.glob.as_ref().is_some_and(|glob| {
            (!target.is_url && glob.matches(&target.text)) || glob.matches(target.last_segment())
        });
        globbed || (!text.starts_with('/') && ends_with_segments(&target.text, text))
    }
}

fn ends_with_segments(target: &str, tail: &str) -> bool {
    !tail.is_empty()
        && target
            .strip_suffix(tail)
            .is_some_and(|before| before.ends_with('/'))
}

impl UrlPattern {
    /// `None` when the text cannot be meant as a URL: no scheme, and what comes
    /// before the first `/` is neither `*` nor a name of two labels.
    fn read(text: &str) -> Result<Option<Self>, GlobError> {
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
            None => (None, text),
        };
        let cut = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(cut);
        // `host*` means the host and whatever follows it; never `host.evil.example`.
        let (authority, open) = match authority.strip_suffix('*') {
            Some(host) if !host.is_empty() => (host, true),
            _ => (authority, false),
        };
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !host.ends_with(':') && !port.contains(']') => {
                (host, Some(port.to_owned()))
            }
            _ => (authority, None),
        };
        let Some(host) = host_pattern(host) else {
            return Ok(if scheme.is_some() {
                Some(Self::nothing(scheme)?)
            } else {
                None
            });
        };
        let path = match (path, open) {
            ("" | "/", false) if text.ends_with('/') => "/*".to_owned(),
            ("", false) => "/".to_owned(),
            ("", true) => "*".to_owned(),
            (path, _) if path.ends_with('/') => format!("{path}*"),
            (path, _) => path.to_owned(),
        };
        let scheme = scheme.filter(|scheme| scheme != "*");
        Ok(Some(Self {
            scheme,
            host,
            port,
            path: Glob::new(&path, Star::Everything)?,
        }))
    }

    /// Matches no URL: its host is neither a name nor a legal wildcard.
    fn nothing(scheme: Option<String>) -> Result<Self, GlobError> {
        let host = Some(DomainSet::default());
        Ok(Self {
            scheme,
            host,
            port: None,
            path: Glob::new("", Star::Everything)?,
        })
    }

    fn matches(&self, url: &str) -> bool {
        let Some((scheme, rest)) = url.split_once("://") else {
            return false;
        };
        let cut = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(cut);
        if authority.contains('@') {
            return false;
        }
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.contains(']') => (host, Some(port)),
            _ => (authority, None),
        };
        let path: Cow<'_, str> = match path.as_bytes().first() {
            Some(b'/') => path.into(),
            _ => format!("/{path}").into(),
        };
        self.scheme
            .as_deref()
            .is_none_or(|have| have.eq_ignore_ascii_case(scheme))
            && self.host.as_ref().is_none_or(|set| set.matches_name(host))
            && self
                .port
                .as_deref()
                .is_none_or(|have| have == "*" || Some(have) == port)
            && (self.port.is_some() || port.is_none())
            && self.path.matches(&path)
    }
}

/// Reads the host of a pattern: `Some(None)` is any host, `None` no host at all.
fn host_pattern(text: &str) -> Option<Option<DomainSet>> {
    if text == "*" {
        return Some(None);
    }
    // `*example.com` was always meant as the host and everything below it.
    let name = text.strip_prefix("*.").or_else(|| text.strip_prefix('*'));
    let base = name.unwrap_or(text);
    let bracketed = base.starts_with('[') && base.ends_with(']');
    if base.is_empty() || (!bracketed && base.contains(['*', '?', '[', ']', '@'])) {
        return None;
    }
    // `*.md` is a kind of file, not a country; a lone word is a file or directory.
    if !bracketed && !base.contains('.') && base != "localhost" {
        return None;
    }
    let pattern = if name.is_some() {
        format!("*.{base}")
    } else {
        base.to_owned()
    };
    Some(Some(DomainSet::new([pattern.as_str()])))
}

/// Drops `:443` and `:80` behind the host of a URL.
fn without_default_port(text: &str) -> Cow<'_, str> {
    let Some(start) = text.find("://").map(|at| at + 3) else {
        return text.into();
    };
    let end = text[start..]
        .find(['/', '?', '#'])
        .map_or(text.len(), |at| start + at);
    for port in [":443", ":80"] {
        if text[start..end].ends_with(port) {
            return format!("{}{}", &text[..end - port.len()], &text[end..]).into();
        }
    }
    text.into()
}

#[cfg(test)]
mod tests;
