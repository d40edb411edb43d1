//! Lengths that vendors document.

use super::checksum::last;

/// Most lengths of one format.
const MOST: usize = 3;
/// What lacks more than so many characters is another format, or made up.
const LITTLE: usize = 3;

/// The lengths of a token, or of its last part. Zeros stand for none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lengths {
    /// The character before the last part; without it the whole token counts.
    pub after: Option<char>,
    /// The lengths.
    pub lengths: [u16; MOST],
}

impl Lengths {
    /// One length of the whole token.
    pub(crate) const fn of(length: u16) -> Self {
        Self {
            after: None,
            lengths: [length, 0, 0],
        }
    }

    /// Reads what follows the word `length`: `:24,32`, or `_after_-:24,32`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (after, list) = match text.strip_prefix("_after_") {
            Some(rest) => {
                let mut chars = rest.chars();
                (chars.next().filter(char::is_ascii), chars.as_str())
            }
            None => (None, text),
        };
        let mut lengths = [0; MOST];
        let mut slots = lengths.iter_mut();
        for length in list.strip_prefix(':')?.split(',') {
            *slots.next()? = length.parse().ok().filter(|length| *length > 0)?;
        }
        Some(Self { after, lengths })
    }

    /// True when the token has none of the lengths and up to three characters more
    /// would make one.
    pub(crate) fn lacks_little(self, text: &[u8]) -> bool {
        let token = last(text, |byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'~' | b'!')
        });
        let is_after = |byte: &u8| Some(char::from(*byte)) == self.after;
        let start = token.iter().rposition(is_after).map_or(0, |at| at + 1);
        let length = token.len() - start;
        let missing = |wanted: &u16| usize::from(*wanted).checked_sub(length);
        !self.lengths.iter().any(|wanted| missing(wanted) == Some(0))
            && self
                .lengths
                .iter()
                .any(|wanted| missing(wanted).is_some_and(|missing| missing <= LITTLE))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_rule_file_names_lengths() {
        let lengths = |after, lengths| Some(Lengths { after, lengths });
        let cases = [
            (":37", lengths(None, [37, 0, 0])),
            (":29,51,56", lengths(None, [29, 51, 56])),
            ("_after_-:24,32", lengths(Some('-'), [24, 32, 0])),
            ("_after_.:27", lengths(Some('.'), [27, 0, 0])),
            ("", None),
            (":", None),
            (":0", None),
            (":x", None),
            (":1,2,3,4", None),
            ("_after_:24", None),
            ("37", None),
        ];
        for (word, expected) in cases {
            assert_eq!(Lengths::parse(word), expected, "{word:?}");
        }
    }

    #[test]
    fn what_lacks_up_to_three_characters_has_lost_its_end() {
        let whole = Lengths::parse(":20,28").unwrap();
        let part = Lengths::parse("_after_-:10").unwrap();
        for (length, cut) in [
            (16, false),
            (17, true),
            (19, true),
            (20, false),
            (21, false),
            (24, false),
            (25, true),
            (28, false),
            (29, false),
        ] {
            let token = "k".repeat(length);
            assert_eq!(whole.lacks_little(token.as_bytes()), cut, "{length}");
            let quoted = format!("key=\"{token}\"");
            assert_eq!(whole.lacks_little(quoted.as_bytes()), cut, "{quoted}");
        }
        for (token, cut) in [
            ("acme-1234-123456789", true),
            ("acme-1234-1234567890", false),
            ("acme-1234567890-123456", false),
            ("acme-1234567890-", false),
        ] {
            assert_eq!(part.lacks_little(token.as_bytes()), cut, "{token}");
        }
    }
}
