//! Two pieces, put one behind the other and searched where they meet.

use pipelock_detect::engine::{Engine, Kinds, Stream};
use pipelock_model::Finding;
use pipelock_session::crossing::{FRAGMENT, FragmentKind};

/// Read of the second piece between two looks at whether anything is still open.
const SLICE: usize = 256;
/// Shortest end that may be encoded.
const RUN: usize = 4;
/// A start of this length completes any token that is not mostly in it.
const HEAD: usize = 256;

/// What was found across the border.
pub(super) struct Joint {
    /// Findings that neither piece holds alone.
    pub(super) found: Vec<Finding>,
    /// Where, in both together, what began before the border is still open at the end.
    pub(super) live: Option<usize>,
}

impl Joint {
    pub(super) fn search(engine: &Engine, before: &[u8], after: &[u8]) -> Self {
        let border = before.len() as u64;
        let whole = after.len() <= FRAGMENT;
        let after = &after[..after.len().min(FRAGMENT)];
        let mut stream = Stream::new(Kinds::DLP);
        let mut found = Vec::new();
        stream.push(engine, before, &mut found);
        // An encoded run is known as one only at its end.
        let run = leading_run(after) + 1;
        let mut read = 0;
        while read < after.len() && (read == 0 || stream.safe() < border) {
            let next = after.len().min((read + SLICE).max(run));
            stream.push(engine, &after[read..next], &mut found);
            read = next;
        }
        let open = whole && read == after.len() && stream.safe() < border;
        let live = usize::try_from(stream.safe()).ok().filter(|_| open);
        stream.finish(engine, &mut found);
        found.retain(|finding| finding.span.start < border && border < finding.span.end);
        if !found.is_empty() {
            drop_whole(engine, before, 0, &mut found);
            drop_whole(engine, &after[..read], border, &mut found);
        }
        Self { found, live }
    }
}

/// Leaves out what overlaps a match of the same rule in one piece alone: that was in
/// one request and is judged there.
fn drop_whole(engine: &Engine, piece: &[u8], offset: u64, found: &mut Vec<Finding>) {
    let mut alone = Vec::new();
    let mut stream = Stream::new(Kinds::DLP);
    stream.push(engine, piece, &mut alone);
    stream.finish(engine, &mut alone);
    found.retain(|finding| {
        let span = &finding.span;
        alone.iter().all(|whole| {
            let (start, end) = (whole.span.start + offset, whole.span.end + offset);
            whole.rule != finding.rule || end <= span.start || span.end <= start
        })
    });
}

/// The end of a payload from which a secret may go on.
pub(super) fn tail<'t>(engine: &Engine, end: &'t [u8]) -> Option<(FragmentKind, &'t [u8])> {
    let end = &end[end.len().saturating_sub(FRAGMENT)..];
    let mut stream = Stream::new(Kinds::DLP);
    stream.push(engine, end, &mut Vec::new());
    let safe = usize::try_from(stream.safe()).unwrap_or(usize::MAX);
    if let Some(live) = end.get(safe..).filter(|live| !live.is_empty()) {
        return Some((FragmentKind::Live, live));
    }
    let run = end.iter().rev().take_while(|byte| is_token(**byte)).count();
    (run >= RUN).then(|| (FragmentKind::Run, &end[end.len() - run..]))
}

/// The start of a payload that may be the rest of a token.
pub(super) fn head(start: &[u8]) -> Option<&[u8]> {
    let run = leading_run(start).min(HEAD);
    (run >= RUN).then(|| &start[..run])
}

fn leading_run(text: &[u8]) -> usize {
    text.iter().take_while(|byte| is_token(**byte)).count()
}

const fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'_' | b'=' | b'-' | b'.')
}
