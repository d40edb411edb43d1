//! A JSON object, written field by field into a byte buffer.
//!
//! Text loses control characters and terminal escape sequences on the way,
//! although the redactor took them out before: a log is read in terminals.

use std::io::Write;
use std::net::IpAddr;
use std::time::Duration;

/// An object that is being written. Names are constants of ours and are not
/// escaped; the caller writes each only once.
pub(crate) struct Object<'a> {
    out: &'a mut Vec<u8>,
}

impl<'a> Object<'a> {
    /// Continues an object that has at least one member.
    pub(crate) const fn resume(out: &'a mut Vec<u8>) -> Self {
        Self { out }
    }

    fn name(&mut self, name: &'static str) {
        self.out.extend_from_slice(b",\"");
        self.out.extend_from_slice(name.as_bytes());
        self.out.extend_from_slice(b"\":");
    }

    /// A string.
    pub(crate) fn text(&mut self, name: &'static str, value: &str) {
        self.name(name);
        push_string(self.out, value);
    }

    /// A string, left out when empty.
    pub(crate) fn text_if_any(&mut self, name: &'static str, value: &str) {
        if !value.is_empty() {
            self.text(name, value);
        }
    }

    /// A string of constant text before a number, such as `req-7`.
    pub(crate) fn numbered(&mut self, name: &'static str, prefix: &'static str, number: u64) {
        self.name(name);
        self.out.push(b'"');
        self.out.extend_from_slice(prefix.as_bytes());
        push_integer(self.out, number);
        self.out.push(b'"');
    }

    /// An address.
    pub(crate) fn address(&mut self, name: &'static str, ip: IpAddr) {
        self.name(name);
        self.out.push(b'"');
        match ip {
            IpAddr::V4(v4) => {
                for (place, octet) in v4.octets().into_iter().enumerate() {
                    if place > 0 {
                        self.out.push(b'.');
                    }
                    push_integer(self.out, u64::from(octet));
                }
            }
            // Writing into a vector does not fail.
            IpAddr::V6(v6) => {
                let _ = write!(self.out, "{v6}");
            }
        }
        self.out.push(b'"');
    }

    /// An integer.
    pub(crate) fn integer(&mut self, name: &'static str, value: u64) {
        self.name(name);
        push_integer(self.out, value);
    }

    /// A fraction; what is no number becomes 0.
    pub(crate) fn fraction(&mut self, name: &'static str, value: f32) {
        self.name(name);
        let value = if value.is_finite() { value } else { 0.0 };
        let _ = write!(self.out, "{value}");
    }

    /// A truth value.
    pub(crate) fn flag(&mut self, name: &'static str, value: bool) {
        self.name(name);
        self.out
            .extend_from_slice(if value { b"true" } else { b"false" });
    }

    /// A duration in milliseconds with the microseconds as a fraction.
    pub(crate) fn millis(&mut self, name: &'static str, value: Duration) {
        self.name(name);
        let micros = u64::try_from(value.as_micros()).unwrap_or(u64::MAX);
        push_integer(self.out, micros / 1000);
        let rest = micros % 1000;
        if rest > 0 {
            let digits = [rest / 100, rest / 10 % 10, rest % 10].map(|digit| b'0' + digit as u8);
            let kept = if rest % 100 == 0 {
                1
            } else if rest % 10 == 0 {
                2
            } else {
                3
            };
            self.out.push(b'.');
            self.out.extend_from_slice(&digits[..kept]);
        }
    }

    /// A list of strings.
    pub(crate) fn list<'t>(&mut self, name: &'static str, values: impl Iterator<Item = &'t str>) {
        self.name(name);
        self.out.push(b'[');
        for (place, value) in values.enumerate() {
            if place > 0 {
                self.out.push(b',');
            }
            push_string(self.out, value);
        }
        self.out.push(b']');
    }
}

fn push_integer(out: &mut Vec<u8>, value: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Bytes that cannot be copied as they are: controls, quote, backslash, DEL, and
/// the lead bytes of C1 controls (C2) and of U+2028 and U+2029 (E2).
const SPECIAL: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        table[byte] = true;
        byte += 1;
    }
    table[b'"' as usize] = true;
    table[b'\\' as usize] = true;
    table[0x7f] = true;
    table[0xc2] = true;
    table[0xe2] = true;
    table
};

fn push_string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    let bytes = text.as_bytes();
    let (mut copied, mut at) = (0, 0);
    while let Some(found) = bytes[at..]
        .iter()
        .position(|byte| SPECIAL[usize::from(*byte)])
    {
        let special = at + found;
        let (replacement, length) = replace(&bytes[special..]);
        if let Some(replacement) = replacement {
            out.extend_from_slice(&bytes[copied..special]);
            out.extend_from_slice(replacement);
            copied = special + length;
        }
        at = special + length;
    }
    out.extend_from_slice(&bytes[copied..]);
    out.push(b'"');
}

/// What stands for the special character at the start of `rest` (nothing: the
/// character itself), and how many bytes it takes the place of.
fn replace(rest: &[u8]) -> (Option<&'static [u8]>, usize) {
    match rest {
        [b'"', ..] => (Some(br#"\""#), 1),
        [b'\\', ..] => (Some(br"\\"), 1),
        [b'\t', ..] => (Some(br"\t"), 1),
        [b'\n', ..] => (Some(br"\n"), 1),
        // CSI in its seven-bit and eight-bit forms (ECMA-48 §5.4).
        [0x1b, b'[', parameters @ ..] => (Some(b""), 2 + control_sequence(parameters)),
        [0xc2, 0x9b, parameters @ ..] => (Some(b""), 2 + control_sequence(parameters)),
        [0xc2, 0x80..=0x9f, ..] => (Some(b""), 2),
        // Line ends in older ECMAScript, where JSON is pasted into a script.
        [0xe2, 0x80, 0xa8, ..] => (Some(br"\u2028"), 3),
        [0xe2, 0x80, 0xa9, ..] => (Some(br"\u2029"), 3),
        // Other characters behind these lead bytes are text.
        [0xc2 | 0xe2, ..] => (None, 1),
        _ => (Some(b""), 1),
    }
}

/// Length of the parameter, intermediate and final bytes of a control sequence.
fn control_sequence(rest: &[u8]) -> usize {
    let body = rest
        .iter()
        .take_while(|byte| matches!(byte, 0x20..=0x3f))
        .count();
    body + usize::from(
        rest.get(body)
            .is_some_and(|byte| matches!(byte, 0x40..=0x7e)),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn string(text: &str) -> String {
        let mut out = Vec::new();
        push_string(&mut out, text);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_is_escaped_and_loses_its_controls() {
        let cases = [
            ("plain", "plain"),
            ("", ""),
            ("a\"b\\c", "a\"b\\c"),
            ("tab\tline\n", "tab\tline\n"),
            ("\r\0\u{7}bell\u{7f}", "bell"),
            ("\u{1b}[31;1mred\u{1b}[0m", "red"),
            ("\u{1b}]0;title\u{7}", "]0;title"),
            ("\u{9b}2Jc1\u{85}\u{80}", "c1"),
            ("\u{1b}[", ""),
            ("\u{1b}[3é", "é"),
            ("a\u{2028}b\u{2029}c", "a\u{2028}b\u{2029}c"),
            ("§ ¿ “quoted” 例え 🦀", "§ ¿ “quoted” 例え 🦀"),
        ];
        for (text, expected) in cases {
            let written = string(text);
            assert!(!written.bytes().any(|byte| byte < 0x20), "{written:?}");
            let read: String = serde_json::from_str(&written).unwrap();
            assert_eq!(read, expected, "{text:?}");
        }
    }

    #[test]
    fn every_character_of_the_basic_plane_makes_valid_json_and_only_controls_go() {
        for character in (0..=0xffff).filter_map(char::from_u32) {
            let read: String = serde_json::from_str(&string(&format!("a{character}é"))).unwrap();
            let kept = !character.is_control() || matches!(character, '\t' | '\n');
            assert_eq!(read.contains(character), kept, "{character:?}");
            assert!(
                read.starts_with('a') && read.ends_with('é'),
                "{character:?}"
            );
        }
    }

    #[test]
    fn line_separators_are_escaped_for_script_contexts() {
        assert_eq!(
            string("\u{2028}\u{2029}\u{202a}"),
            "\"\\u2028\\u2029\u{202a}\""
        );
    }

    #[test]
    fn durations_keep_microseconds_without_trailing_zeros() {
        for (micros, expected) in [
            (0, "0"),
            (1, "0.001"),
            (20, "0.02"),
            (12_345, "12.345"),
            (12_300, "12.3"),
            (7_000, "7"),
        ] {
            let mut out = Vec::new();
            Object::resume(&mut out).millis("d", Duration::from_micros(micros));
            assert_eq!(
                String::from_utf8(out).unwrap(),
                format!(",\"d\":{expected}")
            );
        }
    }

    #[test]
    fn what_is_no_number_is_written_as_zero() {
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut out = Vec::new();
            Object::resume(&mut out).fraction("score", value);
            assert_eq!(out, b",\"score\":0");
        }
    }
}
