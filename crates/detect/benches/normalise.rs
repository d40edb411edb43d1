//! Normalisation of 10 KB: English, where only the search for the first dirty byte
//! runs, and Chinese, Russian, accented and mixed text through the incremental form.

use divan::{Bencher, black_box, counter::BytesCount};
use pipelock_detect::normalise::hidden::hidden_text;
use pipelock_detect::normalise::{Mode, Normaliser, Pipeline, first_dirty, normalise};

const SIZE: usize = 10 << 10;
const KINDS: [&str; 6] = [
    "english", "chinese", "russian", "korean", "accented", "mixed",
];

fn main() {
    divan::main();
}

fn text(kind: &str) -> String {
    let unit = match kind {
        "english" => "The quick brown fox jumps over the lazy dog.\n",
        "chinese" => "这份报告总结了上个季度的工作，并提出了下一步的计划。",
        "russian" => "Этот отчёт подводит итоги квартала и предлагает план. ",
        "korean" => "이 보고서는 지난 분기의 작업을 요약합니다. ",
        "accented" => "Ce rapport résume l’été passé à Besançon. ",
        _ => "Status: готово ✅ 完成了 “naïve” ｆｕｌｌ width, ready to ship. ",
    };
    let mut text = unit.repeat(SIZE / unit.len() + 1);
    while text.len() > SIZE {
        text.pop();
    }
    text
}

#[divan::bench]
fn dirty(bencher: Bencher<'_, '_>) {
    let text = text("english");
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| first_dirty(black_box(text.as_bytes())));
}

#[divan::bench(args = KINDS)]
fn stream(bencher: Bencher<'_, '_>, kind: &str) {
    let text = text(kind);
    let mut out = [0_u8; 2 * SIZE];
    bencher.counter(BytesCount::of_str(&text)).bench_local(|| {
        let mut length = 0;
        let mut give = |byte: u8, at: u64| {
            if let Some(place) = out.get_mut(length) {
                *place = byte;
            }
            length += 1;
            black_box(at);
        };
        let mut normaliser = Normaliser::new(0, Mode::Delete);
        normaliser.push(black_box(text.as_bytes()), &mut give);
        normaliser.finish(&mut give);
        length
    });
}

#[divan::bench(args = KINDS)]
fn whole(bencher: Bencher<'_, '_>, kind: &str) {
    let text = text(kind);
    bencher
        .counter(BytesCount::of_str(&text))
        .bench(|| normalise(Pipeline::Matching, black_box(&text)));
}

#[divan::bench(args = KINDS)]
fn hidden(bencher: Bencher<'_, '_>, kind: &str) {
    let text = text(kind);
    bencher.counter(BytesCount::of_str(&text)).bench(|| {
        let mut count = 0;
        hidden_text(black_box(text.as_bytes()), |_, _| count += 1);
        count
    });
}
