use crate::rules;
use pipelock_detect::engine::{Kinds, Stream};

const PROSE: &str = "The quick brown fox jumps over the lazy dog, and 42 other animals look on. \
    They are happy to read the next chapter of a book that was set in a small town near the sea. ";

#[test]
fn clean_text_allocates_nothing() {
    let engine = rules::all();
    let text = PROSE.repeat(60);
    let mut out = Vec::new();
    // Near hits compile their automata once.
    let _ = engine.scan(Kinds::ALL, text.as_bytes(), &mut out);
    let info = allocation_counter::measure(|| {
        let _ = engine.scan(Kinds::ALL, text.as_bytes(), &mut out);
    });
    assert_eq!((info.count_total, out.len()), (0, 0));
}

#[test]
fn a_stream_of_clean_text_allocates_nothing() {
    let engine = rules::all();
    let text = PROSE.repeat(60);
    let mut out = Vec::new();
    let mut run = || {
        let mut stream = Stream::new(Kinds::ALL);
        for chunk in text.as_bytes().chunks(PROSE.len()) {
            stream.push(&engine, chunk, &mut out);
        }
        stream.finish(&engine, &mut out);
    };
    run();
    assert_eq!(allocation_counter::measure(run).count_total, 0);
    assert!(out.is_empty());
}

#[test]
fn a_stream_is_small() {
    let size = std::mem::size_of::<Stream>();
    assert!(size <= 2560, "{size}");
}
