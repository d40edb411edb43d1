//! Tokens that go on behind a gap: wrapped at a line's end, or put together from
//! several string literals or members.

mod member;

use super::super::guards::Refuted;
use super::super::text::{Last, Text};
use super::super::{DEPTH_LIMIT, DLP_KINDS, Engine, Entry};
use super::{Search, TEXT_BEFORE};
use crate::rule::{Rule, RuleKind};
use crate::validate::{Validator, looks_random};
use member::Next;
use pipelock_model::{Confidence, Finding, RuleIndex, View};

/// Longest joined text, in bytes.
const JOINED: usize = 768;
/// Most gaps in one token.
const GAPS: usize = 24;
/// Longest gap: a line end, indentation, quotes and an operator.
const GAP: u64 = 96;
/// Shorter anchors turn up everywhere.
const ANCHOR_LEAST: u8 = 4;
/// A little shorter will do where so much of the pattern matched.
const ANCHOR_MATCHED: u8 = 3;
const MATCHED_LEAST: u64 = 16;

/// Bytes behind a gap that are compared with guards.
const PIECE: usize = 20;

/// A token and its first gap.
#[derive(Debug, Clone, Copy)]
pub(super) struct Joining {
    /// Start of what stands before the gap.
    at: u64,
    /// Where the gap begins.
    gap: u64,
    /// The rule whose pattern failed there; others have places of their own.
    rule: Option<RuleIndex>,
    gaps: Gaps,
}

/// What may stand between the pieces of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gaps {
    Any,
    /// An operator or the name of the next member: a name or a few letters, and any two
    /// words behind them, look drawn too often.
    Deliberate,
}

/// No match of the rule starts in this token and goes on behind its gap.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unjoined {
    rule: RuleIndex,
    joining: Joining,
}

impl Unjoined {
    fn holds(&self, other: Joining) -> bool {
        other.rule == Some(self.rule)
            && other.gap == self.joining.gap
            && other.gaps == self.joining.gaps
            && other.at >= self.joining.at
    }
}

/// The token without its gaps.
struct Joined {
    text: [u8; JOINED],
    length: usize,
    /// Joined offsets with their source offsets, one for each piece.
    pieces: [(usize, u64); GAPS + 2],
    count: usize,
}

/// How the reading of a token ended.
enum Reading {
    /// All that belongs to it is here.
    Complete,
    /// More text decides.
    Open,
    /// Nothing stands behind the gap.
    Nothing,
}

impl Joining {
    /// At an anchor that a gap cut: its last byte is the gap.
    pub(super) const fn gap(at: u64, anchor: u8) -> Self {
        Self {
            at,
            gap: at + anchor as u64 - 1,
            rule: None,
            gaps: Gaps::Any,
        }
    }

    /// At a pattern that failed `cost` bytes behind its anchor, if it failed at a gap.
    pub(super) fn body(
        entry: &Entry<'_>,
        at: u64,
        anchor: u8,
        cost: u64,
        text: &Text<'_>,
    ) -> Option<Self> {
        let gap = at + cost;
        let wanted = refuted(entry.rule) == Refuted::MayJoin
            && (anchor >= ANCHOR_LEAST || anchor >= ANCHOR_MATCHED && cost >= MATCHED_LEAST)
            && cost >= u64::from(anchor)
            && text.get(gap).is_some_and(may_cut);
        wanted.then_some(Self {
            at,
            gap,
            rule: Some(entry.index),
            gaps: match entry.rule.validator {
                None if anchor >= ANCHOR_LEAST => Gaps::Any,
                _ => Gaps::Deliberate,
            },
        })
    }
}

/// False when a pattern that fails `cost` bytes behind its anchor, at a gap, fails behind
/// that gap too: told by the next bytes, before anything is run or copied.
pub(super) fn may_join(
    engine: &Engine,
    entry: &Entry<'_>,
    at: u64,
    anchor: u8,
    cost: u64,
    text: &Text<'_>,
) -> bool {
    let Some(joining) = Joining::body(entry, at, anchor, cost, text) else {
        return false;
    };
    let bytes = text.from(at);
    let gap = usize::try_from(cost).unwrap_or(usize::MAX);
    let Some((token, [first, ..])) = bytes.split_at_checked(gap) else {
        return true;
    };
    if *first == b'"' {
        // A member of the same name may follow.
        return true;
    }
    let rest = &bytes[gap..];
    let length = rest.iter().take_while(|byte| is_gap(**byte)).count();
    let Some(next) = rest.get(length) else {
        return true;
    };
    if length as u64 >= GAP || !is_token(*next) {
        return false;
    }
    if joining.gaps == Gaps::Deliberate && !rest[..length].contains(&b'+') {
        return false;
    }
    if !engine.may_span(entry.index, token, std::slice::from_ref(next)) {
        return false;
    }
    let end = rest[length..].iter().take_while(|byte| is_token(**byte));
    let piece = &rest[length..length + end.take(PIECE).count()];
    engine.may_span(entry.index, token, piece)
}

/// Whether what fails at a gap may go on behind it.
pub(in super::super) fn refuted(rule: &Rule) -> Refuted {
    // Check digits are right by chance in one of a few joined texts.
    let tells = |validator| validator == Validator::Random;
    if rule.kind == RuleKind::Dlp && rule.validator.is_none_or(tells) {
        Refuted::MayJoin
    } else {
        Refuted::Ends
    }
}

/// A gap that a pattern may be tried behind.
pub(in super::super) const fn may_cut(byte: u8) -> bool {
    is_gap(byte) && !matches!(byte, b' ' | b'+')
}

impl Joined {
    fn new() -> Self {
        Self {
            text: [0; JOINED],
            length: 0,
            pieces: [(0, 0); GAPS + 2],
            count: 0,
        }
    }

    /// Appends what lies between two offsets.
    fn add(&mut self, text: &Text<'_>, start: u64, end: u64) {
        if let Some(piece) = self.pieces.get_mut(self.count) {
            *piece = (self.length, start);
            self.count += 1;
            let copied = text.copy(start, end, &mut self.text[self.length..]).len();
            self.length += copied;
        }
    }

    /// Source offset of a joined one.
    fn source(&self, offset: usize) -> u64 {
        let pieces = &self.pieces[..self.count];
        let after = pieces.partition_point(|(at, _)| *at <= offset);
        let (at, source) = pieces[after.saturating_sub(1)];
        source + (offset - at) as u64
    }

    fn read(&mut self, joining: Joining, text: &Text<'_>) -> Reading {
        self.add(text, joining.at.saturating_sub(TEXT_BEFORE), joining.gap);
        let mut at = joining.gap;
        while self.count < GAPS && self.length < JOINED {
            let start = match member::next(text, joining.at, at) {
                Next::Value(start) => start,
                Next::Other => {
                    let start = skip(text, at, GAP, is_gap);
                    let plus = || (at..start).any(|offset| text.get(offset) == Some(b'+'));
                    if joining.gaps == Gaps::Deliberate && !plus() {
                        break;
                    }
                    start
                }
                Next::Open => return Reading::Open,
            };
            if start - at >= GAP || text.get(start).is_some_and(|byte| !is_token(byte)) {
                break;
            }
            let end = skip(text, start, JOINED as u64, is_token);
            if text.get(end).is_none() && text.last == Last::Open {
                return Reading::Open;
            }
            if end == start {
                break;
            }
            self.add(text, start, end);
            at = end;
        }
        if self.count > 1 {
            Reading::Complete
        } else {
            Reading::Nothing
        }
    }
}

/// First offset from `at` on, at most `limit` further, whose byte is not of a kind.
fn skip(text: &Text<'_>, at: u64, limit: u64, kind: fn(u8) -> bool) -> u64 {
    let mut end = at;
    for piece in text.pieces(at, at + limit) {
        let count = piece.iter().take_while(|byte| kind(**byte)).count();
        end += count as u64;
        if count < piece.len() {
            break;
        }
    }
    end
}

/// What stands between the pieces of a token: blanks, line ends, quotes, operators,
/// and the marks that quoted or commented lines begin with.
const fn is_gap(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t'
            | b'\n'
            | b'\r'
            | b'"'
            | b'\''
            | b'`'
            | b'\\'
            | b'+'
            | b'&'
            | b','
            | b';'
            | b'('
            | b')'
            | b'>'
            | b'|'
            | b'#'
            | b'*'
    )
}

const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'_' | b'.' | b'/' | b'=' | b'+' | b'@' | b'%' | b'~'
        )
}

/// All of it, or what stands behind a name, looks like a machine's.
fn is_drawn(text: &[u8]) -> bool {
    looks_random(text) || Validator::Random.check(text)
}

impl Search {
    /// Searches a token without its gaps. False when more text decides.
    pub(super) fn decide_joined(
        &mut self,
        engine: &Engine,
        text: &Text<'_>,
        joining: Joining,
        out: &mut Vec<Finding>,
    ) -> bool {
        if self.depth >= DEPTH_LIMIT {
            return true;
        }
        // What starts later in the same token is among what was looked at.
        let known = |known: &Unjoined| known.holds(joining);
        if self.unjoined.as_ref().is_some_and(known) {
            return true;
        }
        let mut joined = Joined::new();
        let reading = joined.read(joining, text);
        self.spend(joined.length as u64);
        match reading {
            Reading::Nothing => return true,
            Reading::Open => return false,
            Reading::Complete => {}
        }
        let gap = joined.pieces[1].0;
        let token = usize::try_from(joining.at - joined.pieces[0].1).unwrap_or(gap);
        let tail = &joined.text[token..joined.length];
        if let Some(rule) = joining.rule
            && !engine.may_match(rule, tail, gap - token)
        {
            self.unjoined = Some(Unjoined { rule, joining });
            return true;
        }
        if !is_drawn(tail) {
            return true;
        }
        self.spend(4 * joined.length as u64);
        let mut found = Vec::new();
        // As deep as can be: nothing is undone or joined once more.
        Self::new(self.kinds & DLP_KINDS, DEPTH_LIMIT).advance(
            engine,
            &joined.text[..joined.length],
            Last::End,
            &mut found,
        );
        let own = |finding: &Finding| joining.rule.is_none_or(|rule| rule == finding.rule);
        for finding in found.into_iter().filter(own) {
            let index = |offset: u64| usize::try_from(offset).unwrap_or(usize::MAX);
            let (start, end) = (index(finding.span.start), index(finding.span.end));
            let secret = joined.text.get(start..end.min(joined.length));
            let spans = (token..gap).contains(&start) && end > gap;
            let sure = finding.confidence == Confidence::Certain || secret.is_some_and(is_drawn);
            let span = joined.source(start)..joined.source(end.saturating_sub(1)) + 1;
            if spans && sure && !self.found(finding.rule, &span) {
                self.emit(
                    Finding {
                        span,
                        view: View::Joined,
                        ..finding
                    },
                    out,
                );
            }
        }
        true
    }
}
