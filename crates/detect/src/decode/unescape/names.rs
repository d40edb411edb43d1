//! Named character references (HTML, 13.5) for what matters to a reader of plain
//! text: ASCII, blanks, invisible characters, dashes and quotes.

use std::ops::Range;

/// Name and code point, sorted by name.
const NAMES: &[(&[u8], u16)] = &[
    (b"AMP", 0x26),
    (b"ApplyFunction", 0x2061),
    (b"CloseCurlyDoubleQuote", 0x201d),
    (b"CloseCurlyQuote", 0x2019),
    (b"DiacriticalGrave", 0x60),
    (b"GT", 0x3e),
    (b"Hat", 0x5e),
    (b"InvisibleComma", 0x2063),
    (b"InvisibleTimes", 0x2062),
    (b"LT", 0x3c),
    (b"MediumSpace", 0x205f),
    (b"NegativeMediumSpace", 0x200b),
    (b"NegativeThickSpace", 0x200b),
    (b"NegativeThinSpace", 0x200b),
    (b"NegativeVeryThinSpace", 0x200b),
    (b"NewLine", 0xa),
    (b"NoBreak", 0x2060),
    (b"NonBreakingSpace", 0xa0),
    (b"OpenCurlyDoubleQuote", 0x201c),
    (b"OpenCurlyQuote", 0x2018),
    (b"QUOT", 0x22),
    (b"Tab", 0x9),
    (b"ThinSpace", 0x2009),
    (b"UnderBar", 0x5f),
    (b"VerticalLine", 0x7c),
    (b"VeryThinSpace", 0x200a),
    (b"ZeroWidthSpace", 0x200b),
    (b"af", 0x2061),
    (b"amp", 0x26),
    (b"apos", 0x27),
    (b"ast", 0x2a),
    (b"bsol", 0x5c),
    (b"colon", 0x3a),
    (b"comma", 0x2c),
    (b"commat", 0x40),
    (b"dash", 0x2010),
    (b"dollar", 0x24),
    (b"emsp", 0x2003),
    (b"emsp13", 0x2004),
    (b"emsp14", 0x2005),
    (b"ensp", 0x2002),
    (b"equals", 0x3d),
    (b"excl", 0x21),
    (b"grave", 0x60),
    (b"gt", 0x3e),
    (b"hairsp", 0x200a),
    (b"hellip", 0x2026),
    (b"hyphen", 0x2010),
    (b"ic", 0x2063),
    (b"it", 0x2062),
    (b"lbrace", 0x7b),
    (b"lbrack", 0x5b),
    (b"lcub", 0x7b),
    (b"ldquo", 0x201c),
    (b"lowbar", 0x5f),
    (b"lpar", 0x28),
    (b"lrm", 0x200e),
    (b"lsqb", 0x5b),
    (b"lsquo", 0x2018),
    (b"lt", 0x3c),
    (b"mdash", 0x2014),
    (b"midast", 0x2a),
    (b"mldr", 0x2026),
    (b"nbsp", 0xa0),
    (b"ndash", 0x2013),
    (b"num", 0x23),
    (b"numsp", 0x2007),
    (b"percnt", 0x25),
    (b"period", 0x2e),
    (b"plus", 0x2b),
    (b"puncsp", 0x2008),
    (b"quest", 0x3f),
    (b"quot", 0x22),
    (b"rbrace", 0x7d),
    (b"rbrack", 0x5d),
    (b"rcub", 0x7d),
    (b"rdquo", 0x201d),
    (b"rdquor", 0x201d),
    (b"rlm", 0x200f),
    (b"rpar", 0x29),
    (b"rsqb", 0x5d),
    (b"rsquo", 0x2019),
    (b"rsquor", 0x2019),
    (b"semi", 0x3b),
    (b"shy", 0xad),
    (b"sol", 0x2f),
    (b"thinsp", 0x2009),
    (b"verbar", 0x7c),
    (b"vert", 0x7c),
    (b"zwj", 0x200d),
    (b"zwnj", 0x200c),
];

/// The first two bytes of all names: which second bytes follow a first one.
const BEGINNINGS: [u128; 128] = {
    let mut beginnings = [0; 128];
    let mut index = 0;
    while index < NAMES.len() {
        let name = NAMES[index].0;
        beginnings[name[0] as usize] |= 1 << name[1];
        index += 1;
    }
    beginnings
};

/// False when no name begins with the first two bytes of this.
pub(super) fn may_begin(text: &[u8]) -> bool {
    match text {
        [first, second, ..] => {
            let seconds = BEGINNINGS.get(usize::from(*first)).copied().unwrap_or(0);
            second.is_ascii() && seconds & 1 << second != 0
        }
        _ => true,
    }
}

/// Names that HTML also accepts without a semicolon.
const BARE: [&[u8]; 10] = [
    b"amp", b"AMP", b"gt", b"GT", b"lt", b"LT", b"nbsp", b"quot", b"QUOT", b"shy",
];

/// The names that begin with what was read so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Names {
    low: u8,
    high: u8,
    read: u8,
}

impl Names {
    /// All names, nothing read.
    pub(super) fn all() -> Self {
        Self {
            low: 0,
            high: u8::try_from(NAMES.len()).unwrap_or(u8::MAX),
            read: 0,
        }
    }

    fn range(self) -> Range<usize> {
        usize::from(self.low)..usize::from(self.high)
    }

    /// Those whose next byte is this, if there are any.
    pub(super) fn narrow(self, byte: u8) -> Option<Self> {
        let at = usize::from(self.read);
        let names = NAMES.get(self.range())?;
        let key = |name: &[u8]| name.get(at).map_or(-1, |byte| i32::from(*byte));
        let from = names.partition_point(|(name, _)| key(name) < i32::from(byte));
        let to = names.partition_point(|(name, _)| key(name) <= i32::from(byte));
        (from < to).then(|| Self {
            low: self.low + u8::try_from(from).unwrap_or_default(),
            high: self.low + u8::try_from(to).unwrap_or_default(),
            read: self.read + 1,
        })
    }

    /// The character of the name that was read whole.
    pub(super) fn whole(self) -> Option<u32> {
        let (name, code) = NAMES.get(usize::from(self.low))?;
        (name.len() == usize::from(self.read)).then(|| u32::from(*code))
    }
}

/// The longest name without a semicolon that the text begins with: its length and
/// character.
pub(super) fn bare(text: &[u8]) -> Option<(usize, u32)> {
    let name = BARE.iter().find(|name| text.starts_with(name))?;
    let index = NAMES.binary_search_by(|(have, _)| have.cmp(name)).ok()?;
    Some((name.len(), u32::from(NAMES[index].1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_by_reading_it() {
        assert!(NAMES.is_sorted_by(|left, right| left.0 < right.0));
        for (name, code) in NAMES {
            let read = name
                .iter()
                .try_fold(Names::all(), |names, byte| names.narrow(*byte));
            assert_eq!(read.and_then(Names::whole), Some(u32::from(*code)));
            assert!(may_begin(name));
        }
        assert!(!may_begin(b"state") && !may_begin(b"p\x80"));
    }
}
