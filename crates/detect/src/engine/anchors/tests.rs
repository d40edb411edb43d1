use super::*;

/// A small generator, so that the texts are the same everywhere.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % limit as u64).expect("small")
    }

    /// Of few different bytes, so that much matches.
    fn text(&mut self, length: usize) -> Vec<u8> {
        let alphabet = b"aBb0 5\n'_\"\xc3";
        (0..length)
            .map(|_| alphabet[self.below(alphabet.len())])
            .collect()
    }
}

const GAP: Hit = Hit {
    part: 999,
    length: 0,
    kind: 8,
    place: Place::WordStart,
};

type Found = (usize, u16, u8);

/// What the search must equal: every anchor at every place, ordered.
fn plain(anchors: &[Anchor<'_>], text: &[u8]) -> Vec<Found> {
    let text: Vec<u8> = text.iter().copied().map(fold).collect();
    let mut found = Vec::new();
    for end in 1..=text.len() {
        for length in (2..=ANCHOR_LIMIT.min(end)).rev() {
            let start = end - length;
            let inner = start > 0 && is_word(text[start]) && is_word(text[start - 1]);
            let here = &text[start..end];
            for anchor in anchors {
                let bytes: Vec<u8> = folded(anchor).collect();
                let place = if is_word(bytes[0]) {
                    anchor.place
                } else {
                    Place::Anywhere
                };
                let one = (end, anchor.part, length as u8);
                if bytes == here && (place == Place::Anywhere || !inner) && !found.contains(&one) {
                    found.push(one);
                }
            }
            let cut = |anchor: &Anchor<'_>| {
                let bytes: Vec<u8> = folded(anchor).collect();
                anchor.cut == Cut::AtGaps
                    && (4..=bytes.len()).contains(&length)
                    && bytes.starts_with(&here[..length - 1])
            };
            if !inner && crate::pattern::GAPS.contains(&text[end - 1]) && anchors.iter().any(cut) {
                found.push((end, GAP.part, length as u8));
            }
        }
    }
    found
}

fn search(all: &Anchors, chunks: &[&[u8]]) -> Vec<Found> {
    let (mut state, mut before, mut found) = (State::default(), 0, Vec::new());
    for chunk in chunks {
        state = all.run(state, chunk, |index, hit| {
            found.push((before + index + 1, hit.part, hit.length));
        });
        before += chunk.len();
    }
    found
}

#[test]
fn the_search_finds_what_a_look_at_every_place_finds_however_the_text_is_cut() {
    let mut numbers = Numbers(5);
    for round in 0..300 {
        let words: Vec<Vec<u8>> = (0..1 + numbers.below(20))
            .map(|_| {
                let length = 2 + numbers.below(7);
                numbers.text(length)
            })
            .collect();
        let anchors: Vec<Anchor<'_>> = words
            .iter()
            .enumerate()
            .map(|(part, bytes)| {
                let gap = bytes
                    .iter()
                    .any(|byte| crate::pattern::GAPS.contains(&fold(*byte)));
                Anchor {
                    part: part as u16,
                    kind: 1,
                    place: match numbers.below(2) {
                        0 => Place::Anywhere,
                        _ => Place::WordStart,
                    },
                    cut: if gap || numbers.below(2) == 0 {
                        Cut::Never
                    } else {
                        Cut::AtGaps
                    },
                    behind: None,
                    bytes,
                }
            })
            .collect();
        let all = Anchors::new(&anchors, GAP, |_, _| None);
        let length = numbers.below(if round % 20 == 0 { 9000 } else { 400 });
        let text = numbers.text(length);
        let want = plain(&anchors, &text);
        assert_eq!(search(&all, &[&text]), want);
        let mut chunks = Vec::new();
        let mut rest = &text[..];
        while !rest.is_empty() {
            let (chunk, more) = rest.split_at(1 + numbers.below(rest.len().min(12)));
            chunks.push(chunk);
            rest = more;
        }
        assert_eq!(search(&all, &chunks), want, "in pieces");
    }
}

#[test]
fn a_begun_anchor_is_known_by_its_length() {
    let anchor = |bytes| Anchor {
        part: 0,
        kind: 1,
        place: Place::Anywhere,
        cut: Cut::Never,
        behind: None,
        bytes,
    };
    let all = Anchors::new(&[anchor(b"abcdefg"), anchor(b"cdx")], GAP, |_, _| None);
    let cases: [(&[u8], u8, u64); 6] = [
        (b"", 1, 0),
        (b"xa", 1, 1),
        (b"xAbcdef", 1, 6),
        (b"abcd", 1, 4),
        (b"abcdefg", 1, 0),
        (b"abcd", 2, 0),
    ];
    for (text, kinds, want) in cases {
        let state = all.run(State::default(), text, |_, _| {});
        assert_eq!(all.begun(state, kinds), want, "{text:?}");
    }
}

#[test]
fn the_bits_of_a_set_are_those_of_its_bytes() {
    for byte in 0..=255_u8 {
        let mut set = [0; 4];
        set[usize::from(byte >> 6)] = 1 << (byte & 63);
        assert_eq!(bits(&set), bit(byte), "{byte}");
    }
}

#[test]
fn what_stands_behind_a_short_anchor_may_refute_it() {
    let behind = Some([0, 1 << (b'u' - 64), 0, 0]);
    let anchor = |bytes| Anchor {
        part: 0,
        kind: 1,
        place: Place::Anywhere,
        cut: Cut::Never,
        behind,
        bytes,
    };
    let all = Anchors::new(&[anchor(b"the "), anchor(b"key")], GAP, |_, _| None);
    let cases: [(&[&[u8]], usize); 6] = [
        (&[b"the user"], 1),
        (&[b"the cell"], 0),
        (&[b"the \xd1\x83"], 0),
        (&[b"keyu keys"], 1),
        // What is not known refutes nothing.
        (&[b"the ", b"cell"], 1),
        (&[b"ke", b"y"], 1),
    ];
    for (chunks, want) in cases {
        assert_eq!(search(&all, chunks).len(), want, "{chunks:?}");
    }
}
