//! The form of the table of seed words: the build script writes it, the library
//! reads it.

/// The lists of BIP-39. Those in Latin letters come first.
pub(crate) const FILES: [&str; 10] = [
    "english.txt",
    "czech.txt",
    "french.txt",
    "italian.txt",
    "portuguese.txt",
    "spanish.txt",
    "japanese.txt",
    "korean.txt",
    "chinese-simplified.txt",
    "chinese-traditional.txt",
];
/// In so many of them the first four letters stand for a word.
pub(crate) const LATIN: usize = 6;
/// Words of a list.
pub(crate) const WORDS: usize = 2048;
/// Slots of the hash table, each the number of an entry from 1, or 0. Three in ten
/// are taken.
pub(crate) const SLOTS: usize = 1 << 16;
/// Bytes of a slot.
pub(crate) const SLOT: usize = 2;
/// Bytes of an entry: hash of its first four letters, hash of all, number of the
/// word, number of the list.
pub(crate) const ENTRY: usize = 4 + 4 + 2 + 2;

/// Where the search for a word begins.
pub(crate) fn first_slot(head: u32) -> usize {
    (head ^ (head >> 16)) as usize % SLOTS
}

/// Where it goes on.
pub(crate) fn next_slot(slot: usize) -> usize {
    (slot + 1) % SLOTS
}
