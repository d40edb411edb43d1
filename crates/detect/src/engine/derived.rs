//! Views that differ from the text only in places.
//!
//! A view forks from the plain search at the first byte where it may differ, and
//! ends when it has been the same for [`SAME`] bytes and nothing in it is live: from
//! there on the plain search finds what it would find. So a text pays for a view
//! only around the places that need it.

use super::Engine;
use super::percent::{Decoder, first_encoded};
use super::search::Search;
use super::text::Last;
use crate::decode::{QuotedPrintable, Unescaper, Utf7, first_escape, first_utf7};
use crate::normalise::hidden::{Hidden, first_hidden};
use crate::normalise::{Mode, Normaliser, Sink, first_dirty};
use pipelock_model::{Finding, View};
use std::collections::VecDeque;
use std::fmt;
use std::ops::Range;

/// Decoded bytes that are searched at a time.
const BLOCK: usize = 4096;
/// Unchanged bytes after which a view may end: more than any look-behind.
const SAME: u64 = 160;

const _: () = assert!(SAME > super::search::CONTEXT);

/// What makes a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Percent-encoding.
    Percent,
    /// HTML entities and backslash escapes.
    Escapes,
    /// Unicode evasions.
    Unicode,
    /// Characters that no reader sees.
    Hidden,
    /// Quoted-printable.
    Quoted,
    /// UTF-7.
    Utf7,
}

impl Kind {
    /// All, in the order in which their findings are told.
    pub(super) const ALL: [Self; 6] = [
        Self::Percent,
        Self::Escapes,
        Self::Unicode,
        Self::Hidden,
        Self::Quoted,
        Self::Utf7,
    ];

    pub(super) const fn view(self) -> View {
        match self {
            Self::Percent => View::UrlDecoded,
            Self::Escapes => View::Unescaped,
            Self::Unicode => View::Normalised,
            Self::Hidden => View::Hidden,
            Self::Quoted => View::QuotedPrintable,
            Self::Utf7 => View::Utf7,
        }
    }

    /// Offset of the first byte from which this view may differ from the text.
    pub(super) fn first(self, chunk: &[u8], last: Last) -> Option<usize> {
        match self {
            Self::Percent => first_encoded(chunk),
            Self::Escapes => first_escape(chunk),
            Self::Unicode => first_dirty(chunk),
            Self::Hidden => first_hidden(chunk),
            Self::Quoted => first_quoted(chunk, last),
            Self::Utf7 => first_utf7(chunk),
        }
    }
}

/// Where bytes came from: offsets with their source offsets, where the distance
/// changes.
#[derive(Debug, Clone)]
struct Steps {
    /// The first; most views have few more.
    first: (u64, u64),
    more: VecDeque<(u64, u64)>,
}

impl Steps {
    fn new(start: u64) -> Self {
        Self {
            first: (start, start),
            more: VecDeque::new(),
        }
    }

    fn last(&self) -> (u64, u64) {
        self.more.back().copied().unwrap_or(self.first)
    }

    /// True when the distance changes here.
    fn note(&mut self, offset: u64, source: u64) -> bool {
        let straight = self.is_straight(offset, source);
        if !straight {
            self.more.push_back((offset, source));
        }
        !straight
    }

    /// True when an offset has the distance of the last one.
    fn is_straight(&self, offset: u64, source: u64) -> bool {
        let (at, from) = self.last();
        source.wrapping_sub(from) == offset - at
    }

    /// Source of an offset that was noted; `None` before all that is known.
    fn source(&self, offset: u64) -> Option<u64> {
        // Mostly the latest is asked for.
        let (mut at, mut source) = self.last();
        if at > offset {
            let after = self.more.partition_point(|(at, _)| *at <= offset);
            let before = after.checked_sub(1).and_then(|index| self.more.get(index));
            (at, source) = before.copied().unwrap_or(self.first);
        }
        Some(source + offset.checked_sub(at)?)
    }

    /// A range cut where the distance changes.
    fn straight(&self, start: u64, end: u64) -> impl Iterator<Item = (u64, u64)> {
        let next = self.more.partition_point(|(at, _)| *at <= start);
        let first = Some(self.first.0).filter(|at| *at > start);
        let cuts = first
            .into_iter()
            .chain(self.more.range(next..).map(|(at, _)| *at));
        let cuts = cuts.take_while(move |at| *at < end).chain([end]);
        let mut from = start;
        cuts.map(move |to| (std::mem::replace(&mut from, to), to))
    }

    fn up_to(&self, offset: u64) -> Self {
        let known = self.more.iter().copied();
        Self {
            first: self.first,
            more: known.take_while(|(at, _)| *at <= offset).collect(),
        }
    }

    fn forget(&mut self, before: u64) {
        while let Some(next) = self.more.front().filter(|(offset, _)| *offset <= before) {
            self.first = *next;
            self.more.pop_front();
        }
    }
}

#[derive(Clone)]
enum Transform {
    Percent(Decoder),
    Escapes(Box<Unescaper>),
    Hidden(Box<Hidden>, u64),
    Quoted(QuotedPrintable),
    Utf7(Utf7),
    /// The bytes themselves; the normaliser follows.
    Same(u64),
}

impl Transform {
    #[inline]
    fn push(&mut self, byte: u8, give: &mut impl FnMut(u8, u64)) {
        match self {
            Self::Percent(decoder) => decoder.push(byte, give),
            Self::Escapes(unescaper) => unescaper.push(byte, give),
            Self::Hidden(hidden, read) => {
                hidden.push(&[byte], give);
                *read += 1;
            }
            Self::Quoted(quoted) => quoted.push(byte, give),
            Self::Utf7(utf7) => utf7.push(byte, give),
            Self::Same(read) => {
                give(byte, *read);
                *read += 1;
            }
        }
    }

    /// How many bytes at the front pass as they are.
    fn plain(&self, bytes: &[u8]) -> usize {
        match self {
            Self::Percent(decoder) => decoder.unchanged(bytes),
            Self::Escapes(unescaper) => unescaper.unchanged(bytes),
            Self::Hidden(..) => 0,
            Self::Quoted(quoted) => quoted.unchanged(bytes),
            Self::Utf7(utf7) => utf7.unchanged(bytes),
            Self::Same(_) => bytes.len(),
        }
    }

    /// Passes over bytes that pass as they are, and returns where they stand.
    fn pass(&mut self, count: usize) -> u64 {
        let source = self.given();
        match self {
            Self::Percent(decoder) => decoder.pass(count),
            Self::Escapes(unescaper) => unescaper.pass(count),
            Self::Quoted(quoted) => quoted.pass(count),
            Self::Utf7(utf7) => utf7.pass(count),
            Self::Hidden(_, read) | Self::Same(read) => *read += count as u64,
        }
        source
    }

    fn flush(&mut self, give: &mut impl FnMut(u8, u64)) {
        match self {
            Self::Percent(decoder) => decoder.flush(give),
            Self::Escapes(unescaper) => unescaper.flush(give),
            Self::Hidden(hidden, _) => hidden.finish(give),
            Self::Quoted(quoted) => quoted.flush(give),
            Self::Utf7(utf7) => utf7.flush(give),
            Self::Same(_) => {}
        }
    }

    /// Source offset of the first byte that was not given out.
    fn given(&self) -> u64 {
        match self {
            Self::Percent(decoder) => decoder.given(),
            Self::Escapes(unescaper) => unescaper.given(),
            Self::Hidden(_, read) => *read,
            Self::Quoted(quoted) => quoted.given(),
            Self::Utf7(utf7) => utf7.given(),
            Self::Same(read) => *read,
        }
    }
}

/// A view that is being read.
#[derive(Clone)]
pub(super) struct Derived {
    kind: Kind,
    search: Search,
    transform: Transform,
    /// Source bytes read.
    read: u64,
    /// Bytes of the transform.
    first: Steps,
    /// Its next offset.
    made: u64,
    /// The offset since which nothing was changed or may be by the next step.
    same: u64,
    /// The offset since which it is not its source, and since which byte of the block, if
    /// since one of these.
    changed: Option<u64>,
    turn: Option<usize>,
    normaliser: Option<Box<Normalised>>,
    block: Vec<u8>,
}

/// The second step: look-alikes in what the first one made.
#[derive(Clone)]
struct Normalised {
    normaliser: Normaliser,
    /// Normalised offsets to source offsets.
    steps: Steps,
    /// Offsets at which a NUL was left out: what stands before and behind is not said
    /// together.
    cuts: VecDeque<u64>,
    block: Vec<u8>,
    made: u64,
}

impl fmt::Debug for Derived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Derived")
    }
}

impl Derived {
    /// Begins where the plain view stands: up to there both are the same.
    pub(super) fn fork(kind: Kind, plain: &Search) -> Self {
        let at = plain.end();
        let mut derived = Self {
            kind,
            search: match kind {
                // What is seen does not go on in what is not.
                Kind::Hidden => plain.fresh(),
                _ => plain.clone(),
            },
            transform: match kind {
                Kind::Percent => Transform::Percent(Decoder::new(at)),
                Kind::Escapes => Transform::Escapes(Box::new(Unescaper::new(at))),
                Kind::Unicode => Transform::Same(at),
                Kind::Hidden => Transform::Hidden(Box::new(Hidden::new(at)), at),
                Kind::Quoted => Transform::Quoted(QuotedPrintable::new(at)),
                Kind::Utf7 => Transform::Utf7(Utf7::new(at)),
            },
            read: at,
            first: Steps::new(at),
            made: at,
            same: at,
            changed: None,
            turn: None,
            normaliser: None,
            block: Vec::with_capacity(256),
        };
        if kind == Kind::Unicode {
            derived.normaliser = Some(derived.normalised());
        }
        derived
    }

    fn normalised(&self) -> Box<Normalised> {
        let at = self.search.end();
        Box::new(Normalised {
            normaliser: Normaliser::new(self.made, Mode::Scan),
            // So far both have the same offsets.
            steps: self.first.up_to(at),
            cuts: VecDeque::new(),
            block: Vec::new(),
            made: at,
        })
    }

    pub(super) fn exhausted(&self) -> bool {
        self.search.exhausted()
    }

    /// What the search has cost so far.
    pub(super) fn work(&self) -> u64 {
        self.search.work()
    }

    /// Reads on. Returns how much of the chunk was read when the view ended there.
    pub(super) fn advance(
        &mut self,
        engine: &Engine,
        chunk: &[u8],
        last: Last,
        queue: &mut Vec<Finding>,
    ) -> Option<usize> {
        let mut done = 0;
        loop {
            let taken = self.decode(&chunk[done..], last);
            done += taken;
            let last = if done == chunk.len() {
                last
            } else {
                Last::Open
            };
            self.search_block(engine, last, queue);
            if last == Last::Open && self.may_end() && self.settled(engine, queue) {
                return Some(done);
            }
            if done == chunk.len() {
                return None;
            }
        }
    }

    /// True at every [`SAME`] bytes of text if the last so many are unchanged: only
    /// the text decides where a view ends.
    fn may_end(&self) -> bool {
        let second = self.normaliser.as_ref();
        self.read.is_multiple_of(SAME)
            && self.made - self.same >= SAME
            && self.transform.given() == self.read
            && second.is_none_or(|second| second.normaliser.is_idle())
    }

    /// Decodes as much as fits a block, and stops where the view may end.
    fn decode(&mut self, chunk: &[u8], last: Last) -> usize {
        self.block.clear();
        let mut taken = 0;
        while taken < chunk.len() {
            // Up to the next place where the view may end.
            let room = (SAME - self.read % SAME).min((BLOCK - taken) as u64);
            let rest = &chunk[taken..];
            let piece = &rest[..rest.len().min(room as usize)];
            let plain = self.transform.plain(piece);
            if plain > 0 {
                self.copy(&piece[..plain]);
                taken += plain;
                self.read += plain as u64;
            } else {
                self.decode_next(Some(rest[0]));
                taken += 1;
                self.read += 1;
            }
            let unchanged = self.made - self.same;
            if taken == BLOCK || (self.read.is_multiple_of(SAME) && unchanged >= SAME) {
                break;
            }
        }
        if last == Last::End && taken == chunk.len() {
            self.decode_next(None);
        }
        taken
    }

    /// Takes bytes over that pass as they are.
    fn copy(&mut self, plain: &[u8]) {
        let source = self.transform.pass(plain.len());
        if self.first.note(self.made, source) {
            self.same = self.made;
            self.note_turn(self.block.len(), true);
        }
        if first_dirty(plain).is_some()
            && let Some(dirty) = plain.iter().rposition(|byte| is_dirty(*byte))
        {
            self.same = self.made + dirty as u64;
        }
        self.made += plain.len() as u64;
        self.block.extend_from_slice(plain);
    }

    /// Decodes one byte more; without one, what still waits at the end.
    #[inline]
    fn decode_next(&mut self, byte: Option<u8>) {
        let from = self.block.len();
        let mut give = give(
            &mut self.block,
            &mut self.first,
            &mut self.made,
            &mut self.same,
        );
        match byte {
            Some(byte) => self.transform.push(byte, &mut give),
            None => self.transform.flush(&mut give),
        }
        drop(give);
        // A plus stands for a blank, which is as long.
        let blank = byte == Some(b'+') && self.kind == Kind::Percent;
        self.note_turn(from, blank);
    }

    /// Notes that since a byte of the block the view is not its source, if what was given
    /// since then is the first that is not.
    fn note_turn(&mut self, from: usize, differs: bool) {
        if self.changed.is_none() && (differs || self.is_moved()) {
            let given = (self.block.len() - from) as u64;
            (self.changed, self.turn) = (Some(self.made - given), Some(from));
        }
    }

    /// True when as much was not given as was read, but for what waits.
    fn is_moved(&self) -> bool {
        !self.first.is_straight(self.made, self.transform.given())
    }

    /// Searches what was decoded. What stands before the first escape is the text: where
    /// the view forked must not matter, so the second step begins behind it.
    fn search_block(&mut self, engine: &Engine, last: Last, queue: &mut Vec<Finding>) {
        let turn = self.turn.take().filter(|at| *at > 0 && self.may_be_none());
        if let Some(turn) = turn.filter(|_| self.normaliser.is_none()) {
            let behind = self.block.split_off(turn);
            let mut found = Vec::new();
            self.search
                .advance(engine, &self.block, Last::Open, &mut found);
            self.queue(engine, found, queue);
            self.block = behind;
        }
        let differs = !self.may_be_none() || self.changed.is_some();
        if self.normaliser.is_none() && differs && first_dirty(&self.block).is_some() {
            // What this block made is not searched yet: the step begins before it.
            self.made -= self.block.len() as u64;
            self.normaliser = Some(self.normalised());
            self.made += self.block.len() as u64;
        }
        let mut found = Vec::new();
        match &mut self.normaliser {
            Some(second) => {
                second.advance(&self.block, last, &self.first);
                self.search.advance(engine, &second.block, last, &mut found);
            }
            None => self.search.advance(engine, &self.block, last, &mut found),
        }
        self.queue(engine, found, queue);
        let needed = self.search.kept_from();
        match &mut self.normaliser {
            Some(second) => {
                second.steps.forget(needed);
                let gone = second.cuts.partition_point(|at| *at <= needed);
                second.cuts.drain(..gone);
                self.first.forget(second.normaliser.given());
            }
            None => self.first.forget(needed),
        }
    }

    /// Kinds of view that fork where an escape only may begin.
    fn may_be_none(&self) -> bool {
        !matches!(self.kind, Kind::Unicode | Kind::Hidden)
    }

    /// False for what stands before the first escape: other views judge the text itself,
    /// and where this one forked must not matter.
    fn tells(&self, span: &Range<u64>) -> bool {
        !self.may_be_none() || self.changed.is_some_and(|at| span.end > at)
    }

    fn queue(&self, engine: &Engine, mut found: Vec<Finding>, queue: &mut Vec<Finding>) {
        found.retain(|finding| self.tells(&finding.span));
        found.retain(|finding| !engine.is_intent(finding.rule) || !self.is_cut(&finding.span));
        queue.extend(found.into_iter().map(|finding| {
            let start = self.source(finding.span.start);
            // The first of several characters that one stands for ends where it begins.
            let end = self.source(finding.span.end).max(start + 1);
            Finding {
                span: start..end,
                view: finding.view.max(self.kind.view()),
                ..finding
            }
        }));
    }

    /// True when NULs were left out of a range.
    fn is_cut(&self, span: &Range<u64>) -> bool {
        self.normaliser.as_ref().is_some_and(|second| {
            let next = second.cuts.partition_point(|at| *at <= span.start);
            second.cuts.get(next).is_some_and(|at| *at < span.end)
        })
    }

    fn settled(&mut self, engine: &Engine, queue: &mut Vec<Finding>) -> bool {
        let mut found = Vec::new();
        let settled = self.search.settled(engine, &mut found);
        self.queue(engine, found, queue);
        settled
    }

    /// Source offset of one of the searched bytes.
    fn source(&self, offset: u64) -> u64 {
        if offset >= self.search.end() {
            return match &self.normaliser {
                Some(second) => self
                    .first
                    .source(second.normaliser.given())
                    .filter(|_| second.normaliser.given() < self.made)
                    .unwrap_or_else(|| self.transform.given()),
                None => self.transform.given(),
            };
        }
        let steps = match &self.normaliser {
            Some(second) => &second.steps,
            None => &self.first,
        };
        // Before the fork both views are the same.
        steps.source(offset).unwrap_or(offset)
    }

    pub(super) fn safe(&self) -> u64 {
        self.source(self.search.safe())
    }
}

/// Takes what a transform makes, byte by byte.
#[inline]
fn give(
    block: &mut Vec<u8>,
    steps: &mut Steps,
    made: &mut u64,
    same: &mut u64,
) -> impl FnMut(u8, u64) {
    move |byte, source| {
        if steps.note(*made, source) || is_dirty(byte) {
            *same = *made;
        }
        *made += 1;
        block.push(byte);
    }
}

impl Normalised {
    fn advance(&mut self, text: &[u8], last: Last, first: &Steps) {
        self.block.clear();
        let mut sink = Collect {
            block: &mut self.block,
            steps: &mut self.steps,
            cuts: &mut self.cuts,
            made: &mut self.made,
            first,
        };
        self.normaliser.push_into(text, &mut sink);
        if last == Last::End {
            self.normaliser.finish_into(&mut sink);
        }
    }
}

/// Takes what the normaliser makes.
struct Collect<'n> {
    block: &'n mut Vec<u8>,
    steps: &'n mut Steps,
    cuts: &'n mut VecDeque<u64>,
    made: &'n mut u64,
    /// Offsets of the first step.
    first: &'n Steps,
}

impl Collect<'_> {
    fn note(&mut self, offset: u64) {
        let _ = self
            .steps
            .note(*self.made, self.first.source(offset).unwrap_or(offset));
    }
}

impl Sink for Collect<'_> {
    fn copied(&mut self, text: &str, at: u64) {
        // Where the first step has the same distance throughout, one note will do.
        let end = at + text.len() as u64;
        let mut done = 0;
        for (from, to) in self.first.straight(at, end) {
            let piece = &text.as_bytes()[(from - at) as usize..(to - at) as usize];
            self.note(from);
            *self.made += piece.len() as u64;
            self.block.extend_from_slice(piece);
            done += piece.len();
        }
        debug_assert_eq!(done, text.len());
    }

    fn cut(&mut self) {
        if self.cuts.back() != Some(self.made) {
            self.cuts.push_back(*self.made);
        }
    }

    fn ascii(&mut self, byte: u8, source: Range<u64>) {
        self.note(source.start);
        *self.made += 1;
        self.block.push(byte);
    }

    fn character(&mut self, character: char, source: Range<u64>) {
        let mut buffer = [0; 4];
        for byte in character.encode_utf8(&mut buffer).bytes() {
            self.ascii(byte, source.clone());
        }
    }
}

/// True for what the normaliser may change.
const fn is_dirty(byte: u8) -> bool {
    !matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n')
}

/// Offset of the first byte that quoted-printable would change. How the text is cut
/// must not decide whether it is read so; hence no more evidence is asked for.
fn first_quoted(chunk: &[u8], last: Last) -> Option<usize> {
    let more = last == Last::Open;
    let blank = |byte: &&u8| matches!(byte, b' ' | b'\t' | b'\r');
    memchr::memchr_iter(b'=', chunk).find(|at| match &chunk[at + 1..] {
        [high, low, ..] if high.is_ascii_hexdigit() => low.is_ascii_hexdigit(),
        [high] if high.is_ascii_hexdigit() => more,
        rest => {
            let blanks = rest.iter().take_while(blank).count();
            rest.get(blanks).map_or(more, |byte| *byte == b'\n')
        }
    })
}
