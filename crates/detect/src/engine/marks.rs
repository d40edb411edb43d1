//! Which views a text can differ in, told by the bytes in it: most texts hold none of
//! those that begin an escape, and one look replaces a search for each view.

use super::derived::Kind;

const PERCENT: u8 = 1;
const PLUS: u8 = 1 << 1;
const ESCAPE: u8 = 1 << 2;
const EQUALS: u8 = 1 << 3;
const DIRTY: u8 = 1 << 4;

/// Bytes of a text that are no plain ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Marks(u8);

impl Marks {
    pub(super) fn of(text: &[u8]) -> Self {
        // Without an early end the compiler takes many bytes at a time.
        Self(text.iter().fold(0, |all, byte| all | mark(*byte)))
    }

    /// False when the view of a text with these is the text.
    pub(super) const fn concern(self, kind: Kind) -> bool {
        let marks = match kind {
            Kind::Percent => PERCENT | PLUS,
            Kind::Escapes => ESCAPE,
            Kind::Unicode | Kind::Hidden => DIRTY,
            Kind::Quoted => EQUALS,
            Kind::Utf7 => PLUS,
        };
        self.0 & marks != 0
    }
}

/// No short circuits, no branches.
#[inline]
fn mark(byte: u8) -> u8 {
    let pick = |condition: bool, mark: u8| if condition { mark } else { 0 };
    let control = (byte < b' ') & (byte != b'\t') & (byte != b'\r') & (byte != b'\n');
    pick(byte == b'%', PERCENT)
        | pick(byte == b'+', PLUS)
        | pick((byte == b'&') | (byte == b'\\'), ESCAPE)
        | pick(byte == b'=', EQUALS)
        | pick(control | (byte >= 0x7f), DIRTY)
}

#[cfg(test)]
mod tests {
    use super::super::text::Last;
    use super::*;

    #[test]
    fn every_byte_that_may_begin_a_difference_of_a_view_concerns_it() {
        for kind in Kind::ALL {
            for byte in 0..=255_u8 {
                let text = [b'a', byte];
                let first = kind.first(&text, Last::Open);
                let concern = Marks::of(&text).concern(kind);
                assert!(first.is_none() || concern, "{kind:?} {byte:#x}");
            }
            assert!(!Marks::of(b"Plain text, [with] {marks}.\r\n\t~").concern(kind));
        }
    }
}
