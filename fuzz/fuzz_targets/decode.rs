//! Decoders of embedded encodings: nothing panics, offsets stay in the text and in
//! order, limits hold, what a search promises the decoder keeps, and a transducer
//! never gives out a byte that it said was given.

use crate::cut;
use pipelock_detect::decode::{
    Iso2022, Noise, QuotedPrintable, Scratch, Unescaper, Utf7, Wide, decode_run, first_escape,
    first_iso_2022, first_quoted, first_spaced, first_utf7, reverse, rot13, spaced_region,
    strip_noise, wide_form,
};

/// Pushes the data through, checks what the decoder says of itself, returns the text.
macro_rules! through {
    ($decoder:expr, $data:expr) => {{
        let (mut decoder, mut out, mut last) = ($decoder, Vec::new(), 0);
        for byte in $data {
            let given = decoder.given();
            decoder.push(*byte, &mut |byte, source| {
                assert!(source >= given && source >= last, "given out twice");
                last = source;
                out.push(byte);
            });
            assert!(decoder.given() >= given);
        }
        decoder.flush(&mut |byte, source| {
            assert!(source >= last);
            last = source;
            out.push(byte);
        });
        assert_eq!(decoder.given(), $data.len() as u64);
        out
    }};
}

pub fn run(data: &[u8]) {
    runs(data);
    spaced(data);
    transducers(data);
    let (mut once, mut twice, mut offsets) = (Vec::new(), Vec::new(), Vec::new());
    rot13(data, &mut once);
    rot13(&once, &mut twice);
    assert_eq!(twice, data);
    once.clear();
    reverse(data, &mut once);
    assert_eq!(once.len(), data.len());
    once.clear();
    strip_noise(data, Noise::Wide, &mut once, &mut offsets);
    assert_eq!(once.len(), offsets.len());
}

fn runs(data: &[u8]) {
    let (begin, _) = cut(data);
    let limit = begin.len() * 8;
    let mut inflated = 0;
    let _ = decode_run(data, limit, &mut Scratch::default(), &mut |decoded| {
        inflated = inflated.max(decoded.text.len());
        let mut before = 0;
        for at in 0..decoded.text.len() {
            let range = decoded.source(at..at + 1);
            assert!(range.start >= before && range.start < range.end && range.end <= data.len());
            before = range.start;
        }
    });
    assert!(inflated <= limit * 2, "more than the limit");
}

fn spaced(data: &[u8]) {
    let (mut from, mut scratch) = (0, Scratch::default());
    while let Some(at) = first_spaced(&data[from..]) {
        let rest = &data[from..];
        let (range, decoded) = spaced_region(rest, at, &mut scratch).expect("promised");
        assert!(range.start == at && range.end <= rest.len() && !range.is_empty());
        assert_eq!(decoded.source(0..decoded.text.len()), range);
        from += range.end;
    }
}

fn transducers(data: &[u8]) {
    let plain = through!(Unescaper::new(0), data);
    match first_escape(data) {
        None => assert_eq!(plain, data),
        Some(first) => assert_eq!(&plain[..first], &data[..first]),
    }
    let quoted = through!(QuotedPrintable::new(0), data);
    assert!(quoted.len() <= data.len());
    let _ = first_quoted(data);
    let utf7 = through!(Utf7::new(0), data);
    if first_utf7(data).is_none() {
        assert_eq!(utf7, data);
    }
    through!(Iso2022::new(0), data);
    let _ = first_iso_2022(data);
    if let Some(form) = wide_form(data) {
        through!(Wide::new(form, 0), data);
    }
}
