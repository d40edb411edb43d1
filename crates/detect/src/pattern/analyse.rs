//! From a parsed pattern to parts: what triggers a look, and what is then run.

use super::guard::{self, Guard};
use super::literals::{self, Prefixes};
use super::program::program;
use super::translate::{Translated, translate};
use super::{Case, Part, PatternError, Then, Trigger};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{
    Capture, Class, ClassBytes, ClassBytesRange, Hir, HirKind, Look, Repetition,
};
use std::borrow::Cow;
use std::fmt::Write as _;

/// Largest compiled program of one pattern, in bytes.
const PROGRAM_LIMIT: usize = 2 * 1024 * 1024;
/// Deepest nesting of groups.
const NEST_LIMIT: u32 = 200;
/// Most alternatives that become parts of their own.
const PART_LIMIT: usize = 32;
/// A shorter run says too little to be a trigger.
const RUN_LEAST: usize = 12;
/// Places behind a run that its guard speaks of.
const BEHIND_RUN: usize = 2;
/// A longer run is found by its first bytes.
pub(crate) const RUN_LIMIT: usize = 96;

/// What [`analyse`] found out about a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Analysis {
    pub(super) parts: Vec<Part>,
}

impl Analysis {
    /// True when neither an anchor nor a run can be derived for some alternative.
    #[must_use]
    pub fn is_unanchored(&self) -> bool {
        self.parts.iter().any(Part::is_unanchored)
    }

    /// The alternatives.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// A Rust expression of type `pipelock_detect::pattern::BuiltinPattern`, made of
    /// constants only, for build scripts: `static P: BuiltinPattern = <this>;`.
    #[must_use]
    pub fn to_rust(&self) -> String {
        let mut out = String::from("::pipelock_detect::pattern::BuiltinPattern { parts: &[");
        for part in &self.parts {
            let Part {
                before,
                body,
                exact,
                word_start,
                trigger,
                guard,
            } = part;
            write!(
                out,
                "::pipelock_detect::pattern::Part {{ before: {COW}({before:?}), body: {COW}({body:?}), \
                 exact: {COW}({exact:?}), word_start: {word_start}, \
                 trigger: ::pipelock_detect::pattern::Trigger::"
            )
            .expect("strings take text");
            write_trigger(&mut out, trigger);
            write!(
                out,
                ", guard: ::pipelock_detect::pattern::Guard {{ sets: {COW}(&{:?}), places: {COW}(&{:?}) }} }}, ",
                guard.sets, guard.places
            )
            .expect("strings take text");
        }
        out.push_str("] }");
        out
    }
}

const COW: &str = "::std::borrow::Cow::Borrowed";

fn write_trigger(out: &mut String, trigger: &Trigger) {
    let written = match trigger {
        Trigger::Anchors(anchors) => {
            let list: Vec<_> = anchors
                .iter()
                .map(|anchor| format!("{COW}(&{anchor:?})"))
                .collect();
            write!(out, "Anchors({COW}(&[{}]))", list.join(", "))
        }
        Trigger::Run {
            set,
            first,
            least,
            then,
        } => write!(
            out,
            "Run {{ set: {set:?}, first: {first:?}, least: {least}, then: ::pipelock_detect::pattern::Then::{then:?} }}"
        ),
        Trigger::Everywhere => write!(out, "Everywhere"),
    };
    written.expect("strings take text");
}

/// Translates a pattern and derives its anchors.
///
/// # Errors
/// When it does not parse, matches the empty text or is too large.
pub fn analyse(source: &str, case: Case) -> Result<Analysis, PatternError> {
    let translated = translate(source, case)?;
    let parsed = parse(&translated)?;
    let whole = |message: &str| PatternError {
        message: message.into(),
        column: 1,
    };
    if parsed.properties().minimum_len() == Some(0) {
        return Err(whole("pattern matches the empty text"));
    }
    let tolerant = rebuild(parsed.clone(), Invalid::CountsAsCharacter);
    check_size(&tolerant).ok_or_else(|| whole("pattern is too large"))?;
    let exact = rebuild(parsed, Invalid::NeverMatches);
    let parts = split(&tolerant, &exact);
    for part in &parts {
        // Printed and parsed once more, as at run time: what is stored must compile.
        for text in [&part.before, &part.body, &part.exact] {
            if !text.is_empty() {
                let hir = parser()
                    .parse(text)
                    .map_err(|_| whole("pattern is too deeply nested"))?;
                check_size(&hir).ok_or_else(|| whole("pattern is too large"))?;
            }
        }
    }
    Ok(Analysis { parts })
}

pub(crate) fn parser() -> regex_syntax::Parser {
    ParserBuilder::new()
        .utf8(false)
        .unicode(true)
        .nest_limit(NEST_LIMIT * 4)
        .build()
}

fn parse(translated: &Translated) -> Result<Hir, PatternError> {
    let mut parser = ParserBuilder::new()
        .utf8(false)
        .unicode(true)
        .nest_limit(NEST_LIMIT)
        .build();
    parser.parse(&translated.text).map_err(|error| {
        let (message, offset) = match &error {
            regex_syntax::Error::Parse(error) => {
                (error.kind().to_string(), error.span().start.offset)
            }
            regex_syntax::Error::Translate(error) => {
                (error.kind().to_string(), error.span().start.offset)
            }
            _ => ("invalid pattern".to_owned(), 0),
        };
        PatternError {
            message,
            column: translated.column(offset),
        }
    })
}

/// The program is within its limit.
fn check_size(hir: &Hir) -> Option<()> {
    program(hir, Some(PROGRAM_LIMIT)).map(|_| ())
}

/// What a byte that is not UTF-8 is to a class that holds U+FFFD.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Invalid {
    CountsAsCharacter,
    NeverMatches,
}

/// Drops captures, and lets classes match invalid bytes where asked.
fn rebuild(hir: Hir, invalid: Invalid) -> Hir {
    match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Capture(capture) => rebuild(*capture.sub, invalid),
        HirKind::Class(class) => rebuild_class(class, invalid),
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            sub: Box::new(grouped(rebuild(*repetition.sub, invalid))),
            ..repetition
        }),
        HirKind::Concat(items) => Hir::concat(
            items
                .into_iter()
                .map(|item| rebuild(item, invalid))
                .collect(),
        ),
        HirKind::Alternation(items) => Hir::alternation(
            items
                .into_iter()
                .map(|item| rebuild(item, invalid))
                .collect(),
        ),
    }
}

/// A repetition in a group: right inside another one it would be printed without,
/// and `[a-z]{4}?` is not `(?:[a-z]{4})?`.
fn grouped(hir: Hir) -> Hir {
    match hir.kind() {
        HirKind::Repetition(_) => Hir::capture(Capture {
            index: 1,
            name: None,
            sub: Box::new(hir),
        }),
        _ => hir,
    }
}

fn rebuild_class(class: Class, invalid: Invalid) -> Hir {
    let replacement = match &class {
        Class::Unicode(unicode) => unicode
            .iter()
            .any(|range| (range.start()..=range.end()).contains(&'\u{FFFD}')),
        Class::Bytes(_) => false,
    };
    let class = Hir::class(class);
    if !replacement || invalid == Invalid::NeverMatches {
        return class;
    }
    let bad = ClassBytes::new([ClassBytesRange::new(0x80, 0xFF)]);
    Hir::alternation(vec![class, Hir::class(Class::Bytes(bad))])
}

/// One part for the whole pattern if it has a trigger, else one for each
/// alternative of its top level.
fn split(tolerant: &Hir, exact: &Hir) -> Vec<Part> {
    let whole = part(tolerant, exact);
    if !whole.is_unanchored() {
        return vec![whole];
    }
    match (tolerant.kind(), exact.kind()) {
        (HirKind::Alternation(branches), HirKind::Alternation(exacts))
            if branches.len() == exacts.len() && branches.len() <= PART_LIMIT =>
        {
            branches
                .iter()
                .zip(exacts)
                .map(|(branch, exact)| part(branch, exact))
                .collect()
        }
        _ => vec![whole],
    }
}

fn items(hir: &Hir) -> Vec<Hir> {
    match hir.kind() {
        HirKind::Concat(items) => items.clone(),
        _ => vec![hir.clone()],
    }
}

/// A leading repetition needs no more than its least count: a match that starts
/// later is a match.
fn trim_front(mut items: Vec<Hir>) -> Vec<Hir> {
    while let Some(HirKind::Repetition(repetition)) = items.first().map(Hir::kind) {
        let least = repetition.min;
        if repetition.max == Some(least) {
            break;
        }
        if least == 0 {
            items.remove(0);
        } else {
            let repetition = Repetition {
                max: Some(least),
                ..repetition.clone()
            };
            items[0] = Hir::repetition(repetition);
            break;
        }
    }
    items
}

fn part(tolerant: &Hir, exact: &Hir) -> Part {
    let parts = trim_front(items(tolerant));
    let exact = trim_front(items(exact));
    let (cut, trigger) = trigger(&parts);
    let body = Hir::concat(parts[cut..].to_vec());
    let before = if cut == 0 {
        Hir::empty()
    } else {
        Hir::concat(parts[..cut].to_vec())
    };
    // Items correspond one to one unless a smart constructor merged some; then the
    // tolerant form alone decides.
    let exact = if parts.len() == exact.len() {
        Hir::concat(exact[cut..].to_vec())
    } else {
        body.clone()
    };
    let print = |hir: &Hir| {
        Cow::Owned(if *hir == Hir::empty() {
            String::new()
        } else {
            hir.to_string()
        })
    };
    let guard = match trigger {
        Trigger::Anchors(_) => Guard::new(&body, guard::PLACES),
        // What follows the run tells most.
        Trigger::Run { least, .. } => Guard::new(&body, usize::from(least) + BEHIND_RUN),
        Trigger::Everywhere => Guard::default(),
    };
    Part {
        guard,
        before: print(&before),
        exact: if exact == body {
            Cow::Borrowed("")
        } else {
            print(&exact)
        },
        word_start: starts_at_word(&parts[cut..]),
        body: print(&body),
        trigger,
    }
}

fn starts_at_word(items: &[Hir]) -> bool {
    matches!(
        items.first().map(Hir::kind),
        Some(HirKind::Look(Look::WordAscii | Look::WordStartAscii))
    )
}

/// Where the body starts, and what makes it worth a look. Literals at the very
/// start are best: what precedes them is never part of a candidate.
fn trigger(items: &[Hir]) -> (usize, Trigger) {
    let leading = literals::prefixes(items);
    if leading.selects() {
        return (0, anchors(leading));
    }
    if let Some(run) = run(items) {
        return (0, run);
    }
    let inner = (1..items.len())
        .filter(|cut| reach(&items[..*cut]) <= super::LOOK_BEHIND)
        .map(|cut| (cut, literals::prefixes(&items[cut..])))
        .filter(|(_, prefixes)| prefixes.selects())
        .max_by_key(|(cut, prefixes)| (prefixes.weight(), std::cmp::Reverse(*cut)));
    inner.map_or((0, Trigger::Everywhere), |(cut, prefixes)| {
        (cut, anchors(prefixes))
    })
}

fn anchors(prefixes: Prefixes) -> Trigger {
    Trigger::Anchors(
        prefixes
            .into_anchors()
            .into_iter()
            .map(Cow::Owned)
            .collect(),
    )
}

/// Least length of what stands before an inner anchor.
fn reach(items: &[Hir]) -> usize {
    items
        .iter()
        .map(|item| item.properties().minimum_len().unwrap_or(0))
        .sum()
}

/// A leading run of one small set of bytes, such as 51 base58 characters.
fn run(items: &[Hir]) -> Option<Trigger> {
    let skip = usize::from(starts_at_word(items));
    let (mut set, mut first, mut least) = ([0; 4], None, 0);
    let mut then = Then::Anything;
    for (index, item) in items.iter().enumerate().skip(skip) {
        let (sub, min, max) = match item.kind() {
            HirKind::Repetition(repetition) => (
                &*repetition.sub,
                repetition.min as usize,
                repetition.max.map(|max| max as usize),
            ),
            _ => (item, 1, Some(1)),
        };
        let Some(bytes) = literals::single_bytes(sub).filter(|_| min > 0) else {
            break;
        };
        first.get_or_insert(bytes);
        for (all, more) in set.iter_mut().zip(bytes) {
            *all |= more;
        }
        least += min;
        if max != Some(min) {
            let next = items.get(index + 1).and_then(literals::single_bytes);
            let outside =
                next.is_some_and(|next| next.iter().zip(set).all(|(next, set)| next & set == 0));
            if skip == 0 && max.is_none() && bytes == set && outside {
                then = Then::Outsider;
            }
            break;
        }
    }
    // Blanks are in no run: prose is not one.
    let blank = set[0] & ((1 << b' ') | (1 << b'\n')) != 0;
    let first = first.filter(|_| least >= RUN_LEAST && !blank)?;
    let least = u16::try_from(least.min(RUN_LIMIT)).unwrap_or(u16::MAX);
    Some(Trigger::Run {
        set,
        first,
        least,
        then,
    })
}
