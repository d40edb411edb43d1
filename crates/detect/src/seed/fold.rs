//! Letters of seed words, so that spelling does not matter: case, accents, composed
//! or decomposed characters.

/// A word as hashes of its folded letters.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    whole: u64,
    head: u64,
    letters: u8,
}

impl Default for Token {
    fn default() -> Self {
        Self {
            whole: OFFSET,
            head: OFFSET,
            letters: 0,
        }
    }
}

/// FNV-1a, by letters instead of bytes.
const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;
/// Letters that stand for a whole word.
pub(crate) const HEAD: u8 = 4;

impl Token {
    /// Adds a letter.
    pub(crate) fn push(&mut self, letter: char) {
        match letter {
            'a'..='z' => self.add(letter as u32),
            'A'..='Z' => self.add(letter as u32 | 0x20),
            _ => self.push_other(letter),
        }
    }

    #[cold]
    fn push_other(&mut self, letter: char) {
        match letter as u32 {
            // Combining accents and the voicing marks of kana.
            0x300..=0x36f | 0x3099 | 0x309a => {}
            code @ 0xac00..=0xd7a3 => {
                let syllable = code - 0xac00;
                self.add(0x1100 + syllable / 588);
                self.add(0x1161 + syllable % 588 / 28);
                if syllable % 28 > 0 {
                    self.add(0x11a7 + syllable % 28);
                }
            }
            code @ 0x3041..=0x3096 => self.add(unvoiced(code)),
            code @ 0xc0..=0x17f => self.add(unaccented(letter).map_or(code, u32::from)),
            code => self.add(code),
        }
    }

    fn add(&mut self, code: u32) {
        self.whole = (self.whole ^ u64::from(code)).wrapping_mul(PRIME);
        if self.letters < HEAD {
            self.head = self.whole;
        }
        self.letters = self.letters.saturating_add(1);
    }

    /// How many letters it has; more than 255 count as 255.
    pub(crate) fn letters(&self) -> u8 {
        self.letters
    }

    /// Hash of the first four letters.
    pub(crate) fn head(&self) -> u32 {
        mixed(self.head)
    }

    /// Hash of all letters.
    pub(crate) fn whole(&self) -> u32 {
        mixed(self.whole)
    }
}

/// The upper half of the product depends on every letter.
fn mixed(hash: u64) -> u32 {
    (hash.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as u32
}

/// Hiragana without voicing marks.
fn unvoiced(code: u32) -> u32 {
    match code {
        0x304c..=0x3062 if code.is_multiple_of(2) => code - 1,
        0x3065 | 0x3067 | 0x3069 => code - 1,
        0x3070..=0x307d => code - (code - 0x306f) % 3,
        _ => code,
    }
}

/// The letter below the accent, of the letters that the lists use.
fn unaccented(letter: char) -> Option<u8> {
    Some(match letter {
        'À'..='Å' | 'à'..='å' => b'a',
        'Ç' | 'ç' | 'Č' | 'č' => b'c',
        'È'..='Ë' | 'è'..='ë' | 'Ě' | 'ě' => b'e',
        'Ì'..='Ï' | 'ì'..='ï' => b'i',
        'Ñ' | 'ñ' => b'n',
        'Ò'..='Ö' | 'ò'..='ö' => b'o',
        'Ù'..='Ü' | 'ù'..='ü' => b'u',
        _ => return None,
    })
}

/// True for what words are made of: letters of any script, and marks on them.
pub(crate) fn is_letter(c: char) -> bool {
    match c as u32 {
        0..=0x7f => c.is_ascii_alphabetic(),
        0x80..=0xbf | 0xd7 | 0xf7 => false,
        // General punctuation and spaces, CJK punctuation, variation selectors, the
        // full-width forms of ASCII punctuation, the byte order mark.
        0x2000..=0x206f | 0x3000..=0x303f | 0xfe00..=0xfe0f | 0xfeff | 0xff00..=0xff20 => false,
        0xfffd => false,
        _ => true,
    }
}
