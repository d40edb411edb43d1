//! Chunked bodies: packet boundaries change nothing, and data that is chunked anew
//! is read as the same.

use crate::cut;
use pipelock_model::http::Fields;
use pipelock_wire::http1::{
    BodyDecoder, BodyError, BodyLength, CHUNK_END, Limits, write_chunk_head, write_last_chunk,
};

#[derive(Debug, PartialEq)]
struct Body {
    data: Vec<u8>,
    trailers: Fields,
    consumed: usize,
}

fn read<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Result<Body, BodyError> {
    let mut decoder = BodyDecoder::new(BodyLength::Chunked, &Limits::default());
    let (mut data, mut consumed) = (Vec::new(), 0);
    for piece in pieces {
        let mut rest = piece;
        while !rest.is_empty() {
            let step = decoder.decode(rest)?;
            assert!(step.consumed > 0 || step.end.is_some(), "a decoder that has bytes moves on");
            if let Some(range) = step.data {
                assert!(range.end <= step.consumed);
                data.extend_from_slice(&rest[range]);
            }
            consumed += step.consumed;
            rest = &rest[step.consumed..];
            if let Some(trailers) = step.end {
                decoder.finish().expect("an ended body is whole");
                return Ok(Body { data, trailers, consumed });
            }
        }
    }
    Err(decoder.finish().expect_err("a body that did not end is truncated"))
}

pub fn run(data: &[u8]) {
    let whole = read([data].into_iter());
    let (begin, end) = cut(data);
    for split in [read([begin, end].into_iter()), read(data.chunks(1))] {
        assert!(whole == split || whole.is_err() && split.is_err(), "{whole:?} {split:?}");
    }
    let Ok(whole) = whole else { return };
    let mut out = Vec::new();
    for piece in whole.data.chunks(7) {
        write_chunk_head(piece.len(), &mut out);
        out.extend_from_slice(piece);
        out.extend_from_slice(CHUNK_END);
    }
    write_last_chunk(&whole.trailers, &mut out);
    let again = read([&out[..]].into_iter()).expect("what we write, we read");
    assert_eq!((again.data, again.trailers), (whole.data, whole.trailers));
}
