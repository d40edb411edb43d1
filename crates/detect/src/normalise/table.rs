//! What becomes of each character, as a table of two stages.
//!
//! The data follow Unicode (NFKC, UTS #39 confusables) and the lists of the
//! specification. `tests/it/normalise_table` derives them anew, compares, and with
//! `BLESS=1` rewrites them: a new Unicode version changes nothing unseen.

mod data;

/// What the table says of one character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    /// It stays.
    Keep,
    /// It stays, and may join what stands before or behind it.
    Join(Join),
    /// It becomes one ASCII character.
    Ascii(u8),
    /// It becomes one other character.
    Character(char),
    /// It becomes several.
    Text(&'static str),
    /// A mark: always deleted.
    Mark,
    /// The voicing mark of kana: joins the kana before it or is deleted.
    Voicing,
    /// It has no shape of its own.
    Invisible,
    /// A control character other than those of lines.
    Control,
    /// Tab, line feed or carriage return.
    Break,
    /// A blank other than U+0020.
    Exotic,
}

/// On which side a character may be composed with another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Join {
    /// With the next.
    Next,
    /// With the one before.
    Previous,
    /// With either.
    Both,
}

/// Everything below is in the first stage one block after the other.
const DENSE: u32 = 0x2_0000;
/// CJK compatibility ideographs, whose blocks follow those of `DENSE`.
const COMPATIBLE: std::ops::Range<u32> = 0x2_f800..0x2_fa20;
/// Tags and variation selectors: a plane of which nothing is ever shown.
const IGNORABLE: std::ops::Range<u32> = 0xe_0000..0xe_1000;
const BLOCK_BITS: u32 = 6;

/// A character's place in the table, which answers the common questions at once.
/// Bit 15: an ASCII character; bit 14: an index of `MAPS`; otherwise a class.
#[derive(Clone, Copy)]
pub(super) struct Packed(u16);

/// What becomes of the character.
pub(super) fn entry(character: char) -> Entry {
    packed(u32::from(character)).entry()
}

/// What becomes of the character with this code point, packed.
#[inline]
pub(super) fn packed(code: u32) -> Packed {
    let block = if code < DENSE {
        code >> BLOCK_BITS
    } else if COMPATIBLE.contains(&code) {
        (DENSE + code - COMPATIBLE.start) >> BLOCK_BITS
    } else if IGNORABLE.contains(&code) {
        return Packed(6);
    } else {
        return Packed(0);
    };
    let row = usize::from(data::BLOCKS[block as usize]);
    Packed(data::ENTRIES[(row << BLOCK_BITS) | (code & ((1 << BLOCK_BITS) - 1)) as usize])
}

impl Packed {
    /// Whether the character stays whatever stands around it.
    #[inline]
    pub(super) fn is_kept(self) -> bool {
        self.0 == 0
    }

    /// Whether the character stays unless it joins the next.
    #[inline]
    pub(super) fn joins_next(self) -> bool {
        self.0 == 1
    }

    /// The ASCII character that it becomes.
    #[inline]
    pub(super) fn ascii(self) -> Option<u8> {
        (self.0 & 0x8000 != 0).then_some((self.0 & 0x7f) as u8)
    }

    pub(super) fn entry(self) -> Entry {
        match self.0 {
            0 => Entry::Keep,
            ascii if ascii & 0x8000 != 0 => Entry::Ascii((ascii & 0x7f) as u8),
            map if map & 0x4000 != 0 => mapped(usize::from(map & 0x3fff)),
            1 => Entry::Join(Join::Next),
            2 => Entry::Join(Join::Previous),
            3 => Entry::Join(Join::Both),
            4 => Entry::Voicing,
            5 => Entry::Mark,
            6 => Entry::Invisible,
            7 => Entry::Control,
            8 => Entry::Break,
            _ => Entry::Exotic,
        }
    }
}

/// A character, or bit 31, a length in seven bits and an offset in `TEXTS`.
fn mapped(index: usize) -> Entry {
    let map = data::MAPS[index];
    if map >> 31 == 0 {
        return char::from_u32(map).map_or(Entry::Keep, Entry::Character);
    }
    let (start, length) = ((map & 0xff_ffff) as usize, ((map >> 24) & 0x7f) as usize);
    data::TEXTS
        .get(start..start + length)
        .map_or(Entry::Keep, Entry::Text)
}

/// The two characters as one, where Unicode has such a character.
pub(super) fn compose(first: char, second: char) -> Option<char> {
    let (a, b) = (u32::from(first), u32::from(second));
    match (a, b) {
        // Hangul: the Unicode Standard, section 3.12.
        (0x1100..=0x1112, 0x1161..=0x1175) => {
            char::from_u32(0xac00 + ((a - 0x1100) * 21 + b - 0x1161) * 28)
        }
        (0xac00..=0xd7a3, 0x11a8..=0x11c2) if (a - 0xac00).is_multiple_of(28) => {
            char::from_u32(a + b - 0x11a7)
        }
        _ => {
            let found = data::PAIRS.binary_search_by_key(&(first, second), |pair| (pair.0, pair.1));
            found.ok().map(|index| data::PAIRS[index].2)
        }
    }
}
