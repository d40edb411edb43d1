//! A pattern for text that is ASCII: the same there, and far smaller.

use regex_syntax::hir::{
    Capture, Class, ClassBytes, ClassBytesRange, ClassUnicode, ClassUnicodeRange, Hir, HirKind,
    Repetition,
};

/// Drops from a pattern what no ASCII text matches.
pub(crate) fn ascii(hir: Hir) -> Hir {
    match hir.into_kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Look(look) => Hir::look(look),
        HirKind::Literal(literal) if literal.0.is_ascii() => Hir::literal(literal.0),
        HirKind::Literal(_) => Hir::fail(),
        HirKind::Class(Class::Unicode(mut class)) => {
            class.intersect(&ClassUnicode::new([ClassUnicodeRange::new('\0', '\x7f')]));
            Hir::class(Class::Unicode(class))
        }
        HirKind::Class(Class::Bytes(mut class)) => {
            class.intersect(&ClassBytes::new([ClassBytesRange::new(0, 0x7f)]));
            Hir::class(Class::Bytes(class))
        }
        HirKind::Repetition(repetition) => Hir::repetition(Repetition {
            sub: Box::new(ascii(*repetition.sub)),
            ..repetition
        }),
        HirKind::Capture(capture) => Hir::capture(Capture {
            sub: Box::new(ascii(*capture.sub)),
            ..capture
        }),
        HirKind::Concat(items) => Hir::concat(items.into_iter().map(ascii).collect()),
        HirKind::Alternation(items) => Hir::alternation(items.into_iter().map(ascii).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex_automata::meta::Regex;

    #[test]
    fn ascii_text_matches_the_smaller_pattern_alike() {
        let patterns = [
            r"ignore\s+(?:all|toutes|\u{e9}l)",
            r"(?i)\bkey[^\r\n]{0,4}?=\w{2,}",
            r"(?:\u{e9}|a)+b",
            r"\u{e9}?x(?s:.)y",
            r"(?:a|\u{fffd}|(?-u:[\x80-\xff])){2}",
        ];
        let texts = [
            "ignore  all",
            "Key :=abc_1",
            "aab",
            "x\ny",
            "aa",
            "keyy==a",
            "",
        ];
        for pattern in patterns {
            let whole = super::super::parser().parse(pattern).expect("a pattern");
            let build = |hir: &Hir| Regex::builder().build_from_hir(hir).expect("it compiles");
            let (small, whole) = (build(&ascii(whole.clone())), build(&whole));
            for text in texts {
                let found = |regex: &Regex| regex.find(text).map(|found| found.range());
                assert_eq!(found(&small), found(&whole), "{pattern} {text:?}");
            }
        }
    }
}
