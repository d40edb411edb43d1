//! `"api_key": "9fK2…", "api_key_2": "vX8w…"`: a value that goes on in the next member.

use super::super::super::text::{Last, Text};
use super::{GAP, is_token, skip};

/// Longest name of a member.
const NAME: u64 = 64;
/// A shorter name says too little to be the same again.
const NAME_LEAST: u64 = 4;

/// What stands at the end of a value.
pub(super) enum Next {
    /// The value of a member of the same name, give or take a number, begins here.
    Value(u64),
    /// Something else.
    Other,
    /// More text decides.
    Open,
}

/// Looks at what follows the value that ends at `at`; the name it was found by stands
/// at `name`.
pub(super) fn next(text: &Text<'_>, name: u64, at: u64) -> Next {
    let mut reader = Reader { text, at };
    match reader.member(name) {
        Some(()) => Next::Value(reader.at),
        None if reader.text.get(reader.at).is_none() && text.last == Last::Open => Next::Open,
        None => Next::Other,
    }
}

struct Reader<'t, 'a> {
    text: &'t Text<'a>,
    at: u64,
}

impl Reader<'_, '_> {
    fn member(&mut self, first: u64) -> Option<()> {
        self.byte(b'"')?;
        self.blanks();
        self.byte(b',')?;
        self.blanks();
        self.byte(b'"')?;
        let name = self.at;
        self.at = skip(self.text, name, NAME, is_token);
        let end = self.at;
        self.byte(b'"')?;
        self.blanks();
        self.byte(b':')?;
        self.blanks();
        self.byte(b'"')?;
        let length = skip(self.text, first, NAME, is_token) - first;
        let lower = |at: u64| self.text.get(at).map(|byte| byte.to_ascii_lowercase());
        let same =
            |start: u64| (0..length).all(|index| lower(start + index) == lower(first + index));
        let last = end.checked_sub(length).filter(|_| length >= NAME_LEAST)?;
        (name..=last).any(same).then_some(())
    }

    fn byte(&mut self, want: u8) -> Option<()> {
        (self.text.get(self.at) == Some(want)).then(|| self.at += 1)
    }

    fn blanks(&mut self) {
        self.at = skip(self.text, self.at, GAP, |byte| byte.is_ascii_whitespace());
    }
}
