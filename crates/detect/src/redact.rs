//! Text that may be logged: no secret, no userinfo, no control character.

mod clean;

pub use clean::clean_url;
pub(crate) use clean::prefix;

use crate::engine::{Engine, Kinds, Outcome};
use crate::url::search_name;
use clean::{authority_of, push_clean, userinfo_free};
use pipelock_model::{Finding, Redactor};
use std::borrow::Cow;

/// Searched beyond the limit, so that a secret cut by it is still whole.
const LOOK_AHEAD: usize = 4096;

/// What replaces a text that could not be searched to its end.
const UNSEARCHED: &str = "[REDACTED: not searched]";

/// Redacts with the DLP rules of an engine.
#[derive(Debug, Clone, Copy)]
pub struct Redact<'a> {
    /// The engine.
    pub engine: &'a Engine,
}

impl Redact<'_> {
    /// Replaces what a DLP rule matches, in the text as it is and decoded.
    fn without_secrets<'t>(&self, text: Cow<'t, str>) -> Cow<'t, str> {
        let mut found = Vec::new();
        let outcome = self.engine.scan(Kinds::DLP, text.as_bytes(), &mut found);
        if outcome == Outcome::BudgetExceeded {
            return Cow::Borrowed(UNSEARCHED);
        }
        if found.is_empty() {
            text
        } else {
            Cow::Owned(self.replace(&text, found))
        }
    }

    fn replace(&self, text: &str, mut found: Vec<Finding>) -> String {
        found.sort_by_key(|finding| (finding.span.start, finding.rule));
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for finding in found {
            let (start, mut end) = bounds(text, &finding);
            if self.engine.rule(finding.rule).id == PRIVATE_KEY {
                end = end_of_key(text, end);
            }
            if start >= done {
                out.push_str(&text[done..start]);
                out.push_str("[REDACTED: ");
                out.push_str(&self.engine.rule(finding.rule).name);
                out.push(']');
            }
            done = done.max(end);
        }
        out.push_str(&text[done..]);
        out
    }

    /// Replaces a host that spells a secret over its labels.
    fn without_secret_host<'t>(&self, url: Cow<'t, str>) -> Cow<'t, str> {
        let span = authority_of(&url);
        let mut found = Vec::new();
        let outcome = search_name(&url[span.clone()], self.engine, &mut found);
        let name = match (outcome, found.first()) {
            (Outcome::BudgetExceeded, _) => UNSEARCHED.to_owned(),
            (Outcome::Complete, None) => return url,
            (Outcome::Complete, Some(first)) => {
                format!("[REDACTED: {}]", self.engine.rule(first.rule).name)
            }
        };
        Cow::Owned([&url[..span.start], &name, &url[span.end..]].concat())
    }
}

/// The rule finds the header of a key; the key is what follows it.
const PRIVATE_KEY: &str = "private-key-header";

/// Behind the line that ends a PEM block, else the end of the text.
fn end_of_key(text: &str, header: usize) -> usize {
    let rest = &text[header..];
    let end = rest
        .find("END")
        .and_then(|at| Some(at + rest[at..].find("-----")? + 5));
    header + end.unwrap_or(rest.len())
}

/// The span of a finding, widened to whole characters of the text.
fn bounds(text: &str, finding: &Finding) -> (usize, usize) {
    let at = |offset: u64| {
        usize::try_from(offset)
            .unwrap_or(usize::MAX)
            .min(text.len())
    };
    let start = prefix(text, at(finding.span.start)).len();
    let mut end = at(finding.span.end).max(start);
    while !text.is_char_boundary(end) {
        end += 1;
    }
    (start, end)
}

/// Cleaned before it is searched: a control character inside a secret must not
/// hide it.
impl Redactor for Redact<'_> {
    fn redact(&self, text: &str, limit: usize) -> String {
        let room = limit.saturating_add(LOOK_AHEAD);
        let text = prefix(text, room);
        let mut cleaned = String::with_capacity(text.len());
        push_clean(&userinfo_free(text), room, &mut cleaned);
        cut(self.without_secrets(cleaned.into()), limit)
    }

    fn redact_url(&self, url: &str, limit: usize) -> String {
        let room = limit.saturating_add(LOOK_AHEAD);
        let cleaned = clean_url(prefix(url, room), room);
        cut(
            self.without_secret_host(self.without_secrets(cleaned.into())),
            limit,
        )
    }
}

fn cut(text: Cow<'_, str>, limit: usize) -> String {
    let mut text = text.into_owned();
    text.truncate(prefix(&text, limit).len());
    text
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
