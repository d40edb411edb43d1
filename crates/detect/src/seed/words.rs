//! Looks words up in all lists at once.

use super::fold::{HEAD, Token};
use super::layout;

static TABLE: &[u8; layout::SLOTS * layout::SLOT
     + layout::FILES.len() * layout::WORDS * layout::ENTRY] =
    include_bytes!(concat!(env!("OUT_DIR"), "/seeds.bin"));

/// Number of lists.
pub(super) const LISTS: usize = layout::FILES.len();

/// How a token stands for a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    /// All of it.
    Whole,
    /// Its first four letters.
    Short,
}

/// A word of one list.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word {
    /// Which list.
    pub(super) list: u8,
    /// Its number there.
    pub(super) index: u16,
    /// How it was written.
    pub(super) spelling: Spelling,
}

/// Calls back with the word that a token is in each list.
pub(super) fn each(token: &Token, mut found: impl FnMut(Word)) {
    let (head, whole) = (token.head(), token.whole());
    let mut slot = layout::first_slot(head);
    while let Some(entry) = entry(slot) {
        let (same_head, same) = (u32_at(entry, 0) == head, u32_at(entry, 4) == whole);
        let list = u16_at(entry, 10);
        let short = token.letters() == HEAD && usize::from(list) < layout::LATIN;
        if same_head && (same || short) {
            found(Word {
                list: u8::try_from(list).unwrap_or(0),
                index: u16_at(entry, 8),
                spelling: if same {
                    Spelling::Whole
                } else {
                    Spelling::Short
                },
            });
        }
        slot = layout::next_slot(slot);
    }
}

/// True when a token is a word of some list.
pub(super) fn is_known(token: &Token) -> bool {
    let mut known = false;
    each(token, |_| known = true);
    known
}

/// The entry that a slot names. An empty slot ends every search, and there are more
/// slots than words.
fn entry(slot: usize) -> Option<&'static [u8]> {
    let number = usize::from(u16_at(TABLE, slot * layout::SLOT)).checked_sub(1)?;
    let start = layout::SLOTS * layout::SLOT + number * layout::ENTRY;
    TABLE.get(start..start + layout::ENTRY)
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    match bytes.get(at..at + 2) {
        Some([low, high]) => u16::from_le_bytes([*low, *high]),
        _ => 0,
    }
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}
