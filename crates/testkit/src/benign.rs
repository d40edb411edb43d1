//! Honest traffic of any size, in which no rule finds anything.
//!
//! The words are ordinary ones, and some begin like the anchors of rules do
//! ("skip", "apiary", "ignored"), so that measurements see near hits too.

use crate::varied::{HEX, Sequence, varied};

const SUBJECTS: &[&str] = &[
    "The harbour master",
    "A younger engineer",
    "Our release team",
    "The weather station",
    "Every second ferry",
    "The apiary behind the mill",
    "A careful reader",
    "The council archive",
];
const VERBS: &[&str] = &[
    "measured",
    "described",
    "skipped over",
    "compared",
    "rebuilt",
    "ignored",
    "reported on",
    "carried",
];
const OBJECTS: &[&str] = &[
    "the morning tide tables",
    "a bridge of oak and iron",
    "the long list of open questions",
    "two crates of winter apples",
    "the previous chapter of the report",
    "an index of local rivers",
    "the colour of the northern sky",
    "a small change in pressure",
];
const ENDS: &[&str] = &[
    "before the market opened",
    "with a borrowed instrument",
    "although nobody had asked",
    "and wrote the figures down",
    "in less than forty minutes",
    "because the older one had failed",
    "while the rest of the crew slept",
    "as the handbook suggests",
];

/// English prose of exactly `bytes` bytes, in lines of about 75 characters.
#[must_use]
pub fn english(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 256);
    let mut sequence = Sequence::new(101);
    let mut column = 0;
    while text.len() < bytes {
        let parts = [SUBJECTS, VERBS, OBJECTS, ENDS].map(|list| sequence.pick(list));
        for word in parts.join(" ").split(' ') {
            if column + word.len() > 75 {
                text.push('\n');
                column = 0;
            } else if column > 0 {
                text.push(' ');
            }
            text.push_str(word);
            column += word.len() + 1;
        }
        text.push('.');
    }
    text.truncate(bytes);
    text
}

/// A JSON array of records, at least `bytes` bytes long and whole.
#[must_use]
pub fn json(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 512);
    let mut sequence = Sequence::new(102);
    text.push('[');
    let mut number = 1_u64;
    while text.len() < bytes {
        if number > 1 {
            text.push(',');
        }
        let [title, place] = [OBJECTS, SUBJECTS].map(|list| sequence.pick(list));
        let count = sequence.below(900);
        text.push_str(&format!(
            "\n  {{\"id\": {number}, \"title\": \"{title}\", \"place\": \"{place}\", \
             \"count\": {count}, \"ratio\": 0.{count:03}, \"open\": {}, \
             \"revision\": \"{}\", \"tags\": [\"tide\", \"north\"]}}",
            count.is_multiple_of(2),
            varied(HEX, 12, number),
        ));
        number += 1;
    }
    text.push_str("\n]\n");
    text
}

/// An HTML page, at least `bytes` bytes long and whole.
#[must_use]
pub fn html(bytes: usize) -> String {
    let mut text = String::with_capacity(bytes + 512);
    let mut sequence = Sequence::new(103);
    text.push_str(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <title>Tide tables</title>\n<style>p { margin: 1em 0; }</style>\n</head>\n<body>\n",
    );
    let mut number = 1;
    while text.len() < bytes {
        let [subject, verb, object, end] =
            [SUBJECTS, VERBS, OBJECTS, ENDS].map(|list| sequence.pick(list));
        text.push_str(&format!(
            "<section id=\"s{number}\" class=\"note\">\n<h2>{object}</h2>\n\
             <p>{subject} <em>{verb}</em> {object} {end}. \
             <a href=\"/notes/{number}?page=2&amp;sort=date\">More</a></p>\n</section>\n"
        ));
        number += 1;
    }
    text.push_str("</body>\n</html>\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_has_exactly_the_size_asked_for() {
        for bytes in [0, 1, 4096, 10_240, 1 << 20] {
            assert_eq!(english(bytes).len(), bytes);
        }
    }

    #[test]
    fn documents_are_whole_and_close_to_the_size_asked_for() {
        for bytes in [1, 4096, 100_000] {
            for (text, end) in [(json(bytes), "]\n"), (html(bytes), "</html>\n")] {
                assert!(text.len() >= bytes && text.len() < bytes + 1024);
                assert!(text.ends_with(end));
            }
        }
    }

    #[test]
    fn a_longer_text_begins_like_a_shorter_one() {
        assert!(english(5000).starts_with(&english(1000)));
    }
}
