//! Normalisation: cuts change nothing, offsets lie in the source and only grow, a
//! second round changes nothing, ASCII stays, and hidden text is read alike.

use pipelock_detect::normalise::hidden::{Hidden, hidden_text};
use pipelock_detect::normalise::{Mode, Normaliser, Pipeline, first_dirty, normalise};

const PIPELINES: [Pipeline; 4] = [
    Pipeline::Dlp,
    Pipeline::Matching,
    Pipeline::Policy,
    Pipeline::ToolText,
];

pub fn run(data: &[u8]) {
    let (head, tail) = crate::cut(data);
    for mode in [Mode::Delete, Mode::Blank, Mode::Scan] {
        let whole = stream(mode, &[data]);
        assert_eq!(whole, stream(mode, &[head, tail]), "{mode:?}");
        assert!(whole.is_sorted_by_key(|&(_, at)| at));
        assert!(whole.iter().all(|&(_, at)| at < data.len() as u64));
        if first_dirty(data).is_none() {
            assert!(whole.iter().map(|(byte, _)| byte).eq(data));
        }
        let bytes: Vec<u8> = whole.into_iter().map(|(byte, _)| byte).collect();
        assert_eq!(first_dirty(&bytes).is_none(), bytes.is_ascii(), "controls");
        let again = stream(mode, &[&bytes]);
        assert!(again.iter().map(|(byte, _)| byte).eq(&bytes), "{mode:?}");
    }
    hidden(data, head, tail);
    if let Ok(text) = str::from_utf8(data) {
        PIPELINES.iter().for_each(|&pipeline| ranges(pipeline, text));
    }
}

fn stream(mode: Mode, chunks: &[&[u8]]) -> Vec<(u8, u64)> {
    let mut normaliser = Normaliser::new(0, mode);
    let mut out = Vec::new();
    let mut pushed = 0;
    for chunk in chunks {
        normaliser.push(chunk, &mut |byte, at| out.push((byte, at)));
        pushed += chunk.len() as u64;
        assert!(normaliser.given() <= pushed);
        assert!(out.last().is_none_or(|&(_, at)| at <= normaliser.given()));
    }
    normaliser.finish(&mut |byte, at| out.push((byte, at)));
    assert!(normaliser.is_idle());
    out
}

fn hidden(data: &[u8], head: &[u8], tail: &[u8]) {
    let (mut whole, mut parts) = (Vec::new(), Vec::new());
    hidden_text(data, |byte, at| whole.push((byte, at)));
    let mut reader = Hidden::new(0);
    for chunk in [head, tail] {
        reader.push(chunk, &mut |byte, at| parts.push((byte, at)));
    }
    reader.finish(&mut |byte, at| parts.push((byte, at)));
    assert_eq!(whole, parts);
    assert!(whole.is_sorted_by_key(|&(_, at)| at));
    assert!(data.is_ascii() <= whole.is_empty());
}

fn ranges(pipeline: Pipeline, text: &str) {
    let once = normalise(pipeline, text);
    let twice = normalise(pipeline, &once.text);
    assert!(once.text == twice.text, "{pipeline:?}");
    let mut behind = 0;
    for (index, character) in once.text.char_indices() {
        let source = once.map.source(index..index + character.len_utf8());
        assert!(behind <= source.start && text.get(source.clone()).is_some());
        behind = source.start;
    }
    let all = once.map.source(0..once.text.len());
    assert!(text.get(all).is_some());
}
