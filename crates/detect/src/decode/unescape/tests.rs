use super::*;
use proptest::prelude::*;

fn unescape(text: &[u8]) -> (Vec<u8>, Vec<u64>) {
    let (mut decoder, mut bytes, mut sources) = (Unescaper::new(0), Vec::new(), Vec::new());
    let mut give = |byte, source| {
        bytes.push(byte);
        sources.push(source);
    };
    for byte in text {
        decoder.push(*byte, &mut give);
    }
    decoder.flush(&mut give);
    assert!(decoder.is_idle());
    assert_eq!(decoder.given(), text.len() as u64);
    (bytes, sources)
}

#[test]
fn escapes_of_every_kind_are_undone() {
    let cases: [(&str, &str); 66] = [
        ("plain & simple; AT&T \\d+", "plain & simple; AT&T \\d+"),
        ("&#105;gnore", "ignore"),
        ("&#105gnore", "ignore"),
        ("&#x69;gnore", "ignore"),
        ("&#X69gnore", "ignore"),
        (
            "&#0000000000000000000000000000000000000000000000000105;",
            "i",
        ),
        ("&#x;&#;&#g", "&#x;&#;&#g"),
        ("&#0;&#x110000;", "\u{fffd}\u{fffd}"),
        ("&lt;b&gt;&quot;&apos;&amp;", "<b>\"'&"),
        (
            "a&nbsp;b&ZeroWidthSpace;c&shy;d",
            "a\u{a0}b\u{200b}c\u{ad}d",
        ),
        ("&lowbar;&UnderBar;&commat;&sol;", "__@/"),
        ("&ltb&gt", "<b>"),
        ("&lowbar &unknown; &;", "&lowbar &unknown; &;"),
        ("&amp;#105;", "i"),
        ("&amp;amp;amp;#105;", "i"),
        ("&#38;#x26;#105;", "i"),
        ("&#x26;#38;lt;", "<"),
        ("&bsol;u0069", "i"),
        ("&#&#49;05;", "i"),
        ("&&num;105;", "i"),
        ("&\\x23105;", "i"),
        (r"\u{26}\u{23}105;", "i"),
        (r"a\nb\rc\td", "a\nb\rc\td"),
        (r#"\"\'\\\/"#, "\"'/"),
        (r"\bignore\b", "\u{8}ignore\u{8}"),
        (r"\x69\x67\x6E", "ign"),
        (r"\x{69}\u{000069}\u{1f600}", "ii\u{1f600}"),
        (r"\u0069\u0067\uu006e", "ign"),
        (r"\ud83d\ude00", "\u{1f600}"),
        (r"\ud83dx\ude00", "\u{fffd}x\u{fffd}"),
        (r"\ud83d\ud83d\ude00", "\u{fffd}\u{1f600}"),
        (r"\ud83d", "\u{fffd}"),
        (r"\U00000069\U0001F600", "i\u{1f600}"),
        (r"\U00110000", r"\U00110000"),
        (r"\u{110000}\u{}\u{69", r"\u{110000}\u{}\u{69"),
        (r"\u00e9\xc3\xa9", "\u{e9}\u{e9}"),
        (r"\u00zz \xz \u12", r"\u00zz \xz \u12"),
        (r"\151\147\156\157\162\145", "ignore"),
        (r"\151gnore\40all", "ignore all"),
        (r"\303\251", "\u{e9}"),
        (r"\1 \8 \9z", r"\1 \8 \9z"),
        (r"\400", " 0"),
        (r"\69\67\6e\6f\72\65", "ignore"),
        (r"\69 \67 \6e \6f \72 \65 ", "ignore"),
        (r"\69 \67 \6e", "ign"),
        (r"\69\67\6e\6f\72\65 all", "ignoreall"),
        (r"\000069\000067 nore", "ignore"),
        (r"\1F600 x", "\u{1f600}x"),
        (r"\\u0069", "i"),
        (r"\\\\\\\\u0069", "i"),
        (r"\\\\n", "\n"),
        (r"\u005cu0069", "i"),
        (r"\u005c\u0075\u0030\u0030\u0036\u0039", "i"),
        (r"\u005cu005cu0069", "i"),
        (r"\x26#105;", "i"),
        (r"sk\-ant\-api\_03", "sk-ant-api_03"),
        ("igno\\\nre igno\\\r\nre", "ignore ignore"),
        (r"ignore\ all", "ignore all"),
        (r"\w\s\d\A\Z", r"\w\s\d\A\Z"),
        (r"C:\Windows\System32", r"C:\Windows\System32"),
        ("caf\u{e9} \u{4e2d}", "caf\u{e9} \u{4e2d}"),
        ("tail \\", "tail \\"),
        ("tail &", "tail &"),
        ("tail &#", "tail &#"),
        ("tail &#105", "tail i"),
        ("tail &amp", "tail &"),
    ];
    for (text, want) in cases {
        let have = unescape(text.as_bytes()).0;
        assert_eq!(String::from_utf8_lossy(&have), want, "{text}");
        if have != text.as_bytes() {
            let first = first_escape(text.as_bytes()).expect(text);
            let same = text.bytes().zip(&have).take_while(|(a, b)| a == *b).count();
            assert!(first <= same, "{text}: {first} > {same}");
        }
    }
}

#[test]
fn source_offsets_name_the_first_byte_of_each_escape() {
    let cases: [(&str, &str, &[u64]); 5] = [
        ("a&#105;b", "aib", &[0, 1, 7]),
        ("&amp;#105;b", "ib", &[0, 10]),
        (r"\ud83d\ude00b", "\u{1f600}b", &[0, 0, 0, 0, 12]),
        (r"\u{26}\u{23}105;b", "ib", &[0, 16]),
        ("&x&lt", "&x<", &[0, 1, 2]),
    ];
    for (text, want, sources) in cases {
        let have = unescape(text.as_bytes());
        assert_eq!(have, (want.into(), sources.to_vec()), "{text}");
    }
}

#[test]
fn clean_text_has_no_escape() {
    let clean = r"AT&T, R&D && more; /a?b=1&c=2&d=3 ^\d+\w*$ \server\share \Users";
    assert_eq!(first_escape(clean.as_bytes()), None);
    for tail in ["&", "&#", "&#x", "&am", "&amp", "\\", "\\u", "\\x"] {
        let text = format!("clean {tail}");
        assert_eq!(first_escape(text.as_bytes()), Some(6), "{tail}");
    }
}

#[test]
fn what_is_held_is_bounded_whatever_comes() {
    for unit in [
        "&", "&#1", "&#x", "\\", "\\u", "\\ud83d", "&amp", "&\\", "\\6", "&#0", "0", "\\u{0", "{",
    ] {
        let mut decoder = Unescaper::new(0);
        let mut most = 0;
        for (index, byte) in unit.bytes().cycle().take(20_000).enumerate() {
            decoder.push(byte, &mut |_, _| {});
            most = most.max(index as u64 + 1 - decoder.given());
        }
        assert!(most <= 3100, "{unit}: {most}");
    }
}

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        "&", "#", "x", "1", "05", "69", ";", "amp", "lt", "\\", "u", "0069", "{", "}", "d83d",
        "de00", "n", " ", "ignore", "\n", "\u{e9}", "num", "\\x5c", "&#38;", "40", "\\6e",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn a_text_without_escapes_stays_as_it_is(text in pieces()) {
        if first_escape(&text).is_none() {
            prop_assert_eq!(unescape(&text).0, text);
        }
    }

    #[test]
    fn nothing_before_the_first_escape_changes(text in pieces()) {
        let first = first_escape(&text).unwrap_or(text.len());
        let (have, sources) = unescape(&text);
        prop_assert_eq!(&have[..first], &text[..first]);
        prop_assert!(sources.is_sorted());
    }

    #[test]
    fn every_character_escaped_in_two_layers_is_undone(
        text in "[ -~\u{e9}\u{4e2d}]{0,40}", inner in 0..5_usize, outer in 0..5_usize,
    ) {
        // What decodes further by itself proves nothing.
        prop_assume!(!text.contains(['&', '\\']));
        let escaped = escape(&escape(&text, inner), outer);
        let have = unescape(escaped.as_bytes()).0;
        prop_assert_eq!(String::from_utf8_lossy(&have), text.as_str());
    }

    #[test]
    fn given_never_passes_a_byte_that_is_still_held(text in pieces()) {
        let mut decoder = Unescaper::new(7);
        let mut before = 7;
        for byte in &text {
            let mut least = u64::MAX;
            decoder.push(*byte, &mut |_, source| least = least.min(source));
            prop_assert!(least >= before);
            before = decoder.given();
        }
    }
}

fn escape(text: &str, form: usize) -> String {
    let one = |character: char| match form {
        0 => format!("&#{};", u32::from(character)),
        1 => format!("&#x{:x};", u32::from(character)),
        2 => format!("\\u{{{:x}}}", u32::from(character)),
        3 => format!("\\U{:08x}", u32::from(character)),
        _ => {
            let mut units = [0; 2];
            let units = character.encode_utf16(&mut units);
            units.iter().map(|unit| format!("\\u{unit:04x}")).collect()
        }
    };
    text.chars().map(one).collect()
}
