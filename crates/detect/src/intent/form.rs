//! Ways to write a text so that a model reads it and a filter does not.

use crate::decode::{reverse, rot13};
use std::borrow::Cow;
use std::ops::Range;

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// As it is.
    Plain,
    /// Each Latin letter moved by thirteen.
    Rot13,
    /// The last character first.
    Reversed,
}

impl Form {
    /// Every form, the usual one first.
    pub const ALL: [Self; 3] = [Self::Plain, Self::Rot13, Self::Reversed];
    /// Those that hide words.
    pub const HIDING: [Self; 2] = [Self::Rot13, Self::Reversed];

    /// A text that is written so, as it is meant. It has the same length.
    #[must_use]
    pub fn read(self, text: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Plain => Cow::Borrowed(text),
            Self::Rot13 => read_by(rot13, text),
            Self::Reversed => read_by(reverse, text),
        }
    }

    /// Where a span of the text as it is meant stands in one of this length.
    #[must_use]
    pub const fn span(self, span: Range<u64>, length: u64) -> Range<u64> {
        match self {
            Self::Plain | Self::Rot13 => span,
            Self::Reversed => length - span.end..length - span.start,
        }
    }
}

fn read_by(decode: fn(&[u8], &mut Vec<u8>), text: &[u8]) -> Cow<'static, [u8]> {
    let mut out = Vec::with_capacity(text.len());
    decode(text, &mut out);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_is_read_as_it_is_meant() {
        let read =
            |form: Form, text: &str| String::from_utf8(form.read(text.as_bytes()).into_owned());
        assert_eq!(read(Form::Rot13, "Vtaber nyy"), Ok("Ignore all".to_owned()));
        assert_eq!(
            read(Form::Reversed, "lla erongI"),
            Ok("Ignore all".to_owned())
        );
        assert_eq!(
            read(Form::Reversed, "\u{1f600}ьнчо"),
            Ok("очнь\u{1f600}".to_owned())
        );
    }

    proptest! {
        #[test]
        fn every_form_read_twice_is_the_text(text in ".{0,80}") {
            for form in Form::ALL {
                let once = form.read(text.as_bytes());
                prop_assert_eq!(&*form.read(&once), text.as_bytes());
            }
        }

        #[test]
        fn spans_lead_back_to_the_same_characters(text in ".{1,40}", at in 0..40_usize) {
            let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            let start = starts[at % starts.len()];
            let width = text[start..].chars().next().map_or(0, char::len_utf8);
            let length = text.len();
            let span = Form::Reversed.span(start as u64..(start + width) as u64, length as u64);
            let there = Form::Reversed.read(text.as_bytes());
            let range = span.start as usize..span.end as usize;
            prop_assert_eq!(&there[range], &text.as_bytes()[start..start + width]);
        }

        #[test]
        fn any_bytes_keep_their_number(bytes in proptest::collection::vec(any::<u8>(), 0..60)) {
            for form in Form::ALL {
                prop_assert_eq!(form.read(&bytes).len(), bytes.len());
            }
        }
    }
}
