//! Decoders on clean text, where they must cost next to nothing, and on encoded
//! text. Runs are those of this crate's own sources, one size each where it matters.

use divan::{Bencher, black_box, counter::BytesCount};
use pipelock_detect::decode::{
    MIN_RUN, Scratch, Unescaper, decode_run, first_escape, first_spaced, is_run_byte,
};

#[global_allocator]
static ALLOC: divan::AllocProfiler = divan::AllocProfiler::system();

const IDENTIFIERS: [&str; 6] = [
    "getElementsByClassName",
    "MAX_CONNECTION_COUNT_PER_HOST",
    "crates/detect/src/decode/run/base64",
    "550e8400-e29b-41d4-a716-446655440000",
    "internationalization",
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
];

fn main() {
    divan::main();
}

fn source() -> &'static str {
    concat!(
        include_str!("../src/url/tests.rs"),
        include_str!("../src/pattern/translate.rs"),
        include_str!("../src/engine/search.rs"),
    )
}

fn prose() -> &'static str {
    include_str!("../../../README.md")
}

fn runs(text: &str) -> Vec<&[u8]> {
    let runs = text.as_bytes().split(|byte| !is_run_byte(*byte));
    runs.filter(|run| run.len() >= MIN_RUN).collect()
}

fn decode(run: &[u8], scratch: &mut Scratch) -> usize {
    let mut texts = 0;
    let _ = decode_run(black_box(run), 1 << 20, scratch, &mut |_| texts += 1);
    texts
}

#[divan::bench(args = IDENTIFIERS)]
fn identifier(bencher: Bencher<'_, '_>, run: &str) {
    let mut scratch = Scratch::default();
    bencher.bench_local(|| decode(run.as_bytes(), &mut scratch));
}

#[divan::bench]
fn runs_of_source(bencher: Bencher<'_, '_>) {
    let (runs, mut scratch) = (runs(source()), Scratch::default());
    bencher
        .counter(divan::counter::ItemsCount::new(runs.len()))
        .bench_local(|| {
            runs.iter()
                .map(|run| decode(run, &mut scratch))
                .sum::<usize>()
        });
}

/// 16 KiB of random digits, as of an image.
fn image() -> String {
    let mut state = 1_u64;
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        char::from(digits[(state >> 58) as usize])
    };
    (0..16 * 1024).map(digit).collect()
}

#[divan::bench]
fn image_run(bencher: Bencher<'_, '_>) {
    let (run, mut scratch) = (image(), Scratch::default());
    bencher
        .counter(BytesCount::new(run.len()))
        .bench_local(|| decode(run.as_bytes(), &mut scratch));
}

/// 16 KiB of base64 of English.
#[divan::bench]
fn text_run(bencher: Bencher<'_, '_>) {
    let (run, mut scratch) = (
        "aWdub3JlIGFsbCBwcmV2aW91cyBpbnN0cnVjdGlvbnMg".repeat(372),
        Scratch::default(),
    );
    bencher
        .counter(BytesCount::new(run.len()))
        .bench_local(|| decode(run.as_bytes(), &mut scratch));
}

#[divan::bench]
fn first_escape_of_prose(bencher: Bencher<'_, '_>) {
    let text = prose().replace(['&', '\\'], "-").repeat(4);
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| first_escape(black_box(text.as_bytes())));
}

#[divan::bench(args = ["plain text ", "a &amp; b", "\\u0069", "&&&&", "&#&#&#", "\\\\\\\\", "\\69 "])]
fn unescape(bencher: Bencher<'_, '_>, unit: &str) {
    let text = unit.repeat(10_000 / unit.len());
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| {
            let (mut decoder, mut sum) = (Unescaper::new(0), 0_u64);
            let mut give = |byte, source| sum += u64::from(byte) ^ source;
            for byte in text.bytes() {
                decoder.push(byte, &mut give);
            }
            decoder.flush(&mut give);
            sum
        });
}

#[divan::bench]
fn first_spaced_of_prose(bencher: Bencher<'_, '_>) {
    let text: String = prose().chars().cycle().take(10_240).collect();
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| first_spaced(black_box(text.as_bytes())));
}

#[divan::bench]
fn first_spaced_of_source(bencher: Bencher<'_, '_>) {
    let text = &source()[..10_240];
    bencher
        .counter(BytesCount::new(text.len()))
        .bench_local(|| first_spaced(black_box(text.as_bytes())));
}
