//! What holds for every text.

use super::super::table::{Entry, entry};
use super::*;
use proptest::prelude::*;

const PIPELINES: [Pipeline; 4] = [
    Pipeline::Dlp,
    Pipeline::Matching,
    Pipeline::Policy,
    Pipeline::ToolText,
];

/// What the incremental form gives for chunks that end at these places.
fn chunked(mode: Mode, text: &[u8], cuts: &[usize]) -> Vec<(u8, u64)> {
    let mut normaliser = Normaliser::new(0, mode);
    let mut out = Vec::new();
    let mut start = 0;
    for &cut in cuts.iter().chain([&text.len()]) {
        let end = cut.clamp(start, text.len());
        normaliser.push(&text[start..end], &mut |byte, at| out.push((byte, at)));
        start = end;
    }
    normaliser.finish(&mut |byte, at| out.push((byte, at)));
    assert!(normaliser.is_idle());
    assert_eq!(normaliser.given(), text.len() as u64);
    out
}

/// Characters that have something done to them, beside any at all.
fn text() -> impl Strategy<Value = String> {
    let special = prop::sample::select(
        "a1 \n\u{200b}\u{301}\u{3099}\u{309a}かはがㄱㅏ가각\u{1100}\u{1161}\u{11a8}ｶﾞ\u{9c7}\u{9be}\u{3000}éѐﷺ𝐀🇦\u{e0041}\u{0}"
            .chars()
            .collect::<Vec<_>>(),
    );
    prop::collection::vec(prop_oneof![3 => special, 1 => any::<char>()], 0..40)
        .prop_map(|text| text.into_iter().collect())
}

#[test]
fn no_character_of_the_table_changes_again() {
    let listed = ('\0'..'\u{20000}').chain('\u{2f800}'..='\u{2fa1f}');
    for character in listed {
        for pipeline in PIPELINES {
            let once = normalise(pipeline, character.encode_utf8(&mut [0; 4])).text;
            let twice = normalise(pipeline, &once).text;
            assert_eq!(once, twice, "U+{:04X}, {pipeline:?}", u32::from(character));
        }
    }
}

#[test]
fn everything_that_looks_latin_becomes_letters() {
    let mapped = ('\u{80}'..=char::MAX)
        .filter(|&character| match entry(character) {
            Entry::Ascii(byte) => byte.is_ascii_graphic() || byte == b' ',
            Entry::Text(text) => text.is_ascii(),
            _ => false,
        })
        .count();
    // Unicode 18: 1,300 confusables with Latin targets, the rest by NFKC.
    assert!(mapped > 3000, "{mapped}");
}

proptest! {
    #[test]
    fn normalising_twice_changes_nothing(text in text()) {
        for pipeline in PIPELINES {
            let once = normalise(pipeline, &text).text;
            prop_assert_eq!(&normalise(pipeline, &once).text, &once);
        }
    }

    #[test]
    fn any_cut_gives_the_same(
        text in text(),
        noise in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
        mut cuts in prop::collection::vec(0..120_usize, 0..8),
    ) {
        let mut bytes = text.into_bytes();
        for (place, byte) in noise {
            if !bytes.is_empty() {
                let place = place.index(bytes.len());
                bytes[place] = byte;
            }
        }
        cuts.sort_unstable();
        for mode in [Mode::Delete, Mode::Blank, Mode::Scan] {
            let whole = chunked(mode, &bytes, &[]);
            prop_assert_eq!(&chunked(mode, &bytes, &cuts), &whole);
            prop_assert!(whole.is_sorted_by_key(|&(_, at)| at));
            prop_assert!(whole.iter().all(|&(_, at)| at < bytes.len() as u64));
            let out: Vec<u8> = whole.iter().map(|&(byte, _)| byte).collect();
            prop_assert!(String::from_utf8(out).is_ok());
        }
    }

    #[test]
    fn the_map_and_the_offsets_agree(text in text()) {
        let whole = normalise(Pipeline::Policy, &text);
        let given = chunked(Mode::Blank, text.as_bytes(), &[]);
        let bytes: Vec<u8> = given.iter().map(|&(byte, _)| byte).collect();
        prop_assert_eq!(&bytes, whole.text.as_bytes());
        for (index, character) in whole.text.char_indices() {
            let source = whole.map.source(index..index + character.len_utf8());
            prop_assert_eq!(source.start as u64, given[index].1);
            prop_assert!(text.get(source).is_some_and(|part| !part.is_empty()));
        }
    }

    #[test]
    fn ascii_stays(text in "[ -~\t\r\n]{0,200}") {
        prop_assert_eq!(first_dirty(text.as_bytes()), None);
        prop_assert_eq!(&normalise(Pipeline::Matching, &text).text, &text);
        prop_assert_eq!(&normalise(Pipeline::Policy, &text).text, &text);
    }
}
