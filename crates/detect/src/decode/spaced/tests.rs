use super::*;
use pipelock_model::View;
use proptest::prelude::*;

fn first(text: &str) -> Option<(View, String, &str)> {
    let at = first_spaced(text.as_bytes())?;
    let mut scratch = Scratch::default();
    let (range, decoded) =
        spaced_region(text.as_bytes(), at, &mut scratch).expect("what was promised");
    assert_eq!(decoded.source(0..decoded.text.len()), range);
    let have = String::from_utf8_lossy(decoded.text).into_owned();
    Some((decoded.view, have, &text[range]))
}

fn apart(text: &str, gap: &str, word: &str) -> String {
    let words = text.split(' ').map(|word| {
        let letters: Vec<String> = word.chars().map(String::from).collect();
        letters.join(gap)
    });
    words.collect::<Vec<_>>().join(word)
}

fn numbers(text: &str, gap: &str, form: impl Fn(u8) -> String) -> String {
    text.bytes().map(form).collect::<Vec<_>>().join(gap)
}

#[test]
fn letters_that_stand_apart_are_put_together() {
    let gaps = [
        (" ", "   "),
        (" ", "  "),
        (".", ". ."),
        ("-", " "),
        ("_", "__"),
        ("  ", "    "),
        (", ", ",  "),
        ("*", " "),
        ("|", "||"),
        ("\n", "\n\n"),
        ("/", " / "),
        ("--", " "),
        ("\t", "\t\t\t"),
    ];
    for (gap, word) in gaps {
        let region = apart("ignore all previous", gap, word);
        for (prefix, suffix) in [
            ("", ""),
            ("please: ", " now"),
            ("Some words before. ", "."),
            ("(", ")"),
        ] {
            let text = format!("{prefix}{region}{suffix}");
            let want = (View::Collapsed, "ignore all previous".to_owned(), &*region);
            assert_eq!(first(&text), Some(want), "{text:?}");
        }
    }
}

#[test]
fn punctuation_between_units_is_a_unit() {
    let cases = [
        ("key s.k.-.a.n.t.-.a.p.i.0.3.-.x end", "sk-ant-api03-x"),
        // The gap's own character, several in a row, and at the start.
        ("S.G...k.9.Q.z.A.b...X.4.c.d", "SG.k9QzAb.X4cd"),
        ("a.b.c._.-.1.2.-._.d.e.f", "abc_-12-_def"),
        ("p a s s w o r d   =   h u n t e r 2", "password = hunter2"),
        (
            "- - - - - B E G I N   K E Y - - - - - \n M C 4 C",
            "-----BEGIN KEY-----\nMC4C",
        ),
        (
            "-.-.-.B.E.G.I.N. .K.E.Y.-.-.-.\n.M.C.4.C",
            "---BEGIN KEY---\nMC4C",
        ),
        ("h t t p s : / / a p p : x 1 2 @ d b", "https://app:x12@db"),
        ("K.e.y. .=. .F.H.S.v.B.G.W./.z.8.0.=", "Key = FHSvBGW/z80"),
        // In words it is a blank.
        ("i.g.n.o.r.e...a.l.l", "ignore all"),
    ];
    for (text, want) in cases {
        assert_eq!(
            first(text).map(|(_, have, _)| have),
            Some(want.into()),
            "{text:?}"
        );
    }
}

#[test]
fn separated_numbers_are_read_as_bytes() {
    type Form = fn(u8) -> String;
    let forms: [(Form, &[&str]); 6] = [
        (|byte| format!("{byte:02x}"), &[" ", ":", "-", ", ", "\n"]),
        (|byte| format!("{byte:02X}"), &[" ", ":"]),
        (
            |byte| format!("0x{byte:02x}"),
            &[" ", ", ", ",", ",\n        "],
        ),
        (|byte| format!("{byte}"), &[" ", ", ", ",", ",\n        "]),
        (|byte| format!("{byte:08b}"), &[" ", ", "]),
        (|byte| format!("0b{byte:08b}"), &[", "]),
    ];
    for (form, gaps) in forms {
        for gap in gaps {
            for phrase in ["ignore all previous", "IGNORE ALL"] {
                let region = numbers(phrase, gap, form);
                for (prefix, suffix) in
                    [("", ""), ("bytes = [", "]"), ("Of course it is: ", " done")]
                {
                    let text = format!("{prefix}{region}{suffix}");
                    let want = (View::Hex, phrase.to_owned(), &*region);
                    assert_eq!(first(&text), Some(want), "{text:?}");
                }
            }
        }
    }
}

#[test]
fn offsets_are_those_of_the_numbers_and_letters() {
    let cases = [
        ("x: i g n o r e  a l l", 3..4, 9..11),
        ("69 67 6e 6f 72 65 20 61", 1..3, 3..9),
    ];
    for (text, range, want) in cases {
        let at = first_spaced(text.as_bytes()).expect(text);
        let mut scratch = Scratch::default();
        let (_, decoded) = spaced_region(text.as_bytes(), at, &mut scratch).expect(text);
        assert_eq!(decoded.source(range), want, "{text}");
    }
}

#[test]
fn ordinary_text_has_no_region() {
    let cases = [
        "This is a test, and I have a cat; so a dog is not a cat, is it?",
        "if a == b && c != d { x = y + z; }",
        "fn f(a: u8, b: u8, c: u8) -> u8 { a + b + c }",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
        "2024-01-02 03:04:05, 192.168.0.1, 10.20.30.40",
        "AA:BB:CC:DD:EE:FF 01:80:C2:00:00:0E",
        "3a:94:ff:01:00:8e:c1:d3:13:b7:05:96:e0:88:12:f2:0c:aa:fe:99",
        "[0, 1, 255, 3, 200, 5, 190, 7, 180, 9, 170]",
        "9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9",
        "33, 36, 59, 61, 64, 95, 124, 126, 35, 37",
        "a.b.c",
        "U.S.A.",
        "e.g. a b c",
        "550e8400-e29b-41d4-a716-446655440000",
        "",
        "a",
        "a b",
        "1",
        " ",
        "- - - - - - - - - - - -",
        "| | | | | | | | |",
    ];
    for text in cases {
        assert_eq!(first(text), None, "{text}");
    }
}

#[test]
fn long_texts_take_time_in_proportion() {
    // Each would take minutes if any part were read again and again.
    for unit in [
        "a", "1", "a ", "1 ", "ff ", "ff 255 ", " ", "a  ", "a b cd ", "a1 ", "0x", "00 ff 1 ",
    ] {
        let text = unit.repeat((256 << 10) / unit.len());
        let mut scratch = Scratch::default();
        let mut at = 0;
        while let Some(start) = first_spaced(&text.as_bytes()[at..]) {
            let (range, _) =
                spaced_region(&text.as_bytes()[at..], start, &mut scratch).expect("promised");
            at += range.end;
        }
    }
}

proptest! {
    #[test]
    fn what_is_promised_is_kept(text in "[ab01fx :.,-]{0,80}|[a-f] [0-9 a-f]{0,60}|\\PC{0,60}") {
        if let Some(at) = first_spaced(text.as_bytes()) {
            let mut scratch = Scratch::default();
            let (range, decoded) = spaced_region(text.as_bytes(), at, &mut scratch).expect("promised");
            prop_assert!(range.start == at && range.end <= text.len());
            prop_assert!(decoded.text.len() >= 8 && decoded.text.len() <= range.len());
        }
    }

    #[test]
    fn any_place_is_as_good_as_another(prefix in "[A-Za-z ,;]{0,40}", phrase in "[a-z]{8,20}") {
        let region = apart(&phrase, "-", " ");
        let text = format!("{prefix}\u{e9} {region}");
        prop_assert_eq!(first(&text).map(|(_, have, _)| have), Some(phrase));
    }
}
