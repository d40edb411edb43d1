//! What surrounds the digits of a payment card. One number in ten has the check digit
//! of a card, so a fraction, or four entries of a table, may have it too.

use super::super::text::{Last, Text};
use pipelock_model::Confidence;

/// Text on either side that tells: three groups and what separates them.
const AROUND: u64 = 24;
/// Longest match that is judged: digits and as many separators.
const LONGEST: usize = 48;
/// Groups of a table that stand beside the match. One may be a date or a code.
const BESIDE: usize = 2;

/// The check digit is right. Written as nobody writes a card, it is only reported.
pub(super) fn confidence(text: &Text<'_>, start: u64, end: u64) -> Option<Confidence> {
    if text.end() < end + AROUND && text.last == Last::Open {
        return None;
    }
    let (mut before, mut digits, mut behind) =
        ([0; AROUND as usize], [0; LONGEST], [0; AROUND as usize]);
    let before = text.copy(start.saturating_sub(AROUND), start, &mut before);
    let digits = text.copy(start, end, &mut digits);
    let behind = text.copy(end, end + AROUND, &mut behind);
    let doubtful = is_fraction(before)
        || !is_grouped(digits)
        || in_table(before, digits, behind)
        || in_list(before, digits, behind);
    Some(if doubtful {
        Confidence::Low
    } else {
        Confidence::Certain
    })
}

/// Digits and a point: what follows is a fraction.
fn is_fraction(before: &[u8]) -> bool {
    matches!(before, [.., digit, b'.'] if digit.is_ascii_digit())
}

/// In groups as on a card, or in none; one character separates them all.
fn is_grouped(digits: &[u8]) -> bool {
    let mut marks = digits.iter().filter(|byte| !byte.is_ascii_digit());
    let first = marks.next();
    if !marks.all(|mark| Some(mark) == first) {
        return false;
    }
    let mut groups = [0; 5];
    let mut count = 0;
    for group in digits.split(|byte| !byte.is_ascii_digit()) {
        let Some(slot) = groups.get_mut(count) else {
            return false;
        };
        *slot = group.len();
        count += 1;
    }
    matches!(
        groups[..count],
        [_] | [4, 4, 4, 3..=4] | [4, 4, 4, 4, 1..=3] | [4, 6, 5] | [8, 8] | [4, 12] | [12, 4]
    )
}

/// Groups of four go on, before it or behind it.
fn in_table(before: &[u8], digits: &[u8], behind: &[u8]) -> bool {
    let separated = digits.iter().any(|byte| !byte.is_ascii_digit());
    let mark = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'-'));
    let four = |group: &[u8]| group.len() == 4 && group.iter().all(u8::is_ascii_digit);
    let between = |byte: &u8| matches!(byte, b' ' | b'-');
    let ahead = behind.split(between).skip(1);
    let back = before.rsplit(between).skip(1);
    separated
        && (usize::from(mark(behind.first())) * ahead.take_while(|group| four(group)).count()
            + usize::from(mark(before.last())) * back.take_while(|group| four(group)).count()
            >= BESIDE)
}

/// The longest number that a card may have, between others as long: a list of 64 bits
/// each.
fn in_list(before: &[u8], digits: &[u8], behind: &[u8]) -> bool {
    let between = |byte: &&u8| byte.is_ascii_whitespace() || matches!(byte, b',' | b'-');
    let digit = |byte: &&u8| byte.is_ascii_digit();
    let back = before.iter().rev().skip_while(between).take_while(digit);
    let ahead = behind.iter().skip_while(between).take_while(digit);
    digits.len() == 19 && back.count() >= LARGE && ahead.count() >= LARGE
}

/// Digits of a neighbour that are enough.
const LARGE: usize = 6;

#[cfg(test)]
mod tests {
    use super::*;

    /// A number with the right check digit stands where the text has `#`.
    fn judged(text: &str, card: &str) -> Confidence {
        let start = text.find('#').unwrap() as u64;
        let whole = text.replacen('#', card, 1);
        let text = Text {
            base: 0,
            kept: &[],
            chunk: whole.as_bytes(),
            last: Last::End,
        };
        confidence(&text, start, start + card.len() as u64).unwrap()
    }

    #[test]
    fn digits_of_a_fraction_or_a_table_are_no_card() {
        let digits = format!("4{}", "1".repeat(15));
        let four = format!("4111{}", " 1111".repeat(3));
        let odd = ["41111", "11111", "111111"].join(" ");
        let mixed = ["4111 1111", "1111 1111"].join("-");
        let long = "4".repeat(19);
        let cases = [
            ("#", &digits, Confidence::Certain),
            ("number:#,", &digits, Confidence::Certain),
            ("Paid by card no.#.", &digits, Confidence::Certain),
            ("# 12/31 123", &digits, Confidence::Certain),
            ("#", &four, Confidence::Certain),
            ("1. # 1231 123", &four, Confidence::Certain),
            ("2031 #", &four, Confidence::Certain),
            ("#", &odd, Confidence::Low),
            ("0.#", &digits, Confidence::Low),
            ("M 12.# 7", &digits, Confidence::Low),
            ("5096 5274 # 6057 6235", &four, Confidence::Low),
            ("# 6057 6235", &four, Confidence::Low),
            ("5096 5274 #", &four, Confidence::Low),
            ("#", &mixed, Confidence::Low),
            ("17771,\n    #,\n    3801320885", &long, Confidence::Certain),
            ("4070891,\n    #,\n    3801320885", &long, Confidence::Low),
            ("4070891, -#, -3801320885", &long, Confidence::Low),
            ("4070891, #, 3801320885", &digits, Confidence::Certain),
        ];
        for (text, card, expected) in cases {
            assert_eq!(judged(text, card), expected, "{text} {card}");
        }
    }
}
