//! What is nearly a token of a built-in format and none. It is derived from the examples
//! of the rule files, so that a new rule is measured as soon as it is there.

use super::examples::{engine, root};
use crate::format::{self, Shelf};
use crate::{builtin, notation};
use pipelock_detect::engine::{Engine, Kinds};
use pipelock_model::Confidence;
use pipelock_testkit::credentials::other_first_letter;
use std::collections::BTreeSet;

/// Rules whose tokens may be one character shorter, each list with its reason.
const MAY_BE_SHORTER: &str = include_str!("near-shorter.txt");

/// Rules whose tokens begin with what was drawn, so that another first letter makes
/// another token: they are known by something behind it.
const BEGIN_DRAWN: &str = include_str!("near-first.txt");

/// Rules whose constant part, with zeros for the rest, is still a number.
const MASK_IS_SMALL: &str = "ed25519-der-key\nwebex-bot-token";

/// The rules that block the text.
fn blocking(engine: &Engine, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let _ = engine.scan(Kinds::DLP, text.as_bytes(), &mut found);
    found.retain(|finding| finding.confidence >= Confidence::Medium);
    found
        .iter()
        .map(|finding| engine.rule(finding.rule).id.to_string())
        .collect()
}

/// An example that is a drawn token and nothing else.
fn is_bare(example: &str, text: &str) -> bool {
    let token = |c: char| c.is_ascii_graphic() && !"\"'`<>{}()[],;&=\\".contains(c);
    let one = example.matches("{random:").count() == example.matches('{').count();
    one && text.len() >= 16
        && example.contains("{random:")
        && text.chars().all(token)
        && !text.contains("://")
}

fn shorter(token: &str) -> String {
    let end = token.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
    format!("{}{}", &end[..end.len() - 1], &token[end.len()..])
}

/// The example with a mask wherever something was drawn.
fn masked(example: &str, mask: fn(usize) -> String) -> String {
    let mut out = String::new();
    for (at, part) in example.split("{random:").enumerate() {
        match part.split_once('}') {
            Some((drawn, behind)) if at > 0 => {
                let length = drawn.rsplit(':').next().unwrap_or_default();
                out.push_str(&mask(length.parse().unwrap()));
                out.push_str(behind);
            }
            _ => out.push_str(part),
        }
    }
    out
}

/// Calls `judge` with the rule and each of its bare examples: written and expanded.
fn each_bare_token(engine: &Engine, mut judge: impl FnMut(&str, &str, &str)) -> usize {
    let mut count = 0;
    for file in format::read(&root(), Shelf::Dlp).unwrap() {
        for example in &file.matches {
            let token = notation::expand(example).unwrap();
            if is_bare(example, &token) && blocking(engine, &token).contains(&file.id) {
                count += 1;
                judge(&file.id, example, &token);
            }
        }
    }
    count
}

fn listed(list: &str) -> BTreeSet<&str> {
    list.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
}

/// Every rule of which `near` makes something that blocks must be in the list, and
/// every rule of the list must need it.
fn judge(list: &str, near: impl Fn(&str, &str) -> String) {
    let engine = engine(builtin());
    let mut blocked = BTreeSet::new();
    let count = each_bare_token(&engine, |rule, example, token| {
        if !blocking(&engine, &near(example, token)).is_empty() {
            blocked.insert(rule.to_owned());
        }
    });
    assert!(count > 200, "{count} examples are too few");
    let (blocked, listed) = (blocked.iter().map(String::as_str).collect(), listed(list));
    let new: Vec<_> = BTreeSet::difference(&blocked, &listed).collect();
    let old: Vec<_> = listed.difference(&blocked).collect();
    assert!(
        new.is_empty() && old.is_empty(),
        "new {new:#?} old {old:#?}"
    );
}

#[test]
fn a_token_without_its_last_character_does_not_block() {
    judge(MAY_BE_SHORTER, |_, token| shorter(token));
}

#[test]
fn a_token_with_another_first_letter_does_not_block() {
    judge(BEGIN_DRAWN, |_, token| other_first_letter(token));
}

#[test]
fn a_mask_in_the_place_of_what_is_drawn_does_not_block() {
    judge("", |example, _| {
        masked(example, |length| "x".repeat(length))
    });
    judge(MASK_IS_SMALL, |example, _| {
        masked(example, |length| "0".repeat(length))
    });
    judge("", |example, _| {
        masked(example, |_| "YOUR_TOKEN_HERE".to_owned())
    });
}
