//! Properties over generated input. The generator is seeded, so that a run is
//! the same everywhere.

use crate::support::{Body, decode, whole_request, whole_response};
use pipelock_model::http::{
    Fields, Method, RequestHead, ResponseHead, TargetForm, TargetText, Version,
};
use pipelock_wire::http1::{
    BodyError, BodyLength, CHUNK_END, Framing, HeadError, HeadScan, Limits, Parse, Request,
    request, write_chunk_head, write_last_chunk, write_request, write_response,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

fn check<S: Strategy>(strategy: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let config = Config {
        cases: 256,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    TestRunner::new_with_rng(config, rng)
        .run(strategy, test)
        .unwrap();
}

fn fields() -> impl Strategy<Value = Fields> {
    let value = "([\\x21-\\x7e]([\\x20-\\x7e\\t]{0,20}[\\x21-\\x7e])?)?";
    vec(("X-[!#$%&'*+.^_`|~0-9A-Za-z-]{1,8}", value), 0..8).prop_map(|lines| {
        let mut fields = Fields::new();
        fields.push("Host", b"h.test");
        lines
            .iter()
            .for_each(|(name, value)| fields.push(name, value.as_bytes()));
        fields
    })
}

fn framings() -> impl Strategy<Value = (Framing, BodyLength)> {
    prop_oneof![
        Just((Framing::None, BodyLength::Empty)),
        (0..=i64::MAX as u64).prop_map(|n| (Framing::Length(n), BodyLength::Length(n))),
        Just((Framing::Chunked, BodyLength::Chunked)),
    ]
}

#[test]
fn a_request_that_was_written_is_read_as_the_same() {
    let input = (
        "[A-Z-]{1,32}",
        "/[\\x21\\x22\\x24-\\x7e]{0,40}",
        fields(),
        framings(),
    );
    check(&input, |(method, target, fields, (framing, body))| {
        let method = Method::from_token(&method);
        prop_assume!(method != Method::Connect);
        let head = RequestHead {
            method,
            target: TargetText(target.clone()),
            form: TargetForm::Origin,
            version: Version::Http11,
            fields,
        };
        let mut out = Vec::new();
        write_request(&head, &target, framing, &mut out);
        let mut read = whole_request(&out).map_err(TestCaseError::fail)?;
        prop_assert_eq!(read.body, body);
        read.head.fields.remove("content-length");
        read.head.fields.remove("transfer-encoding");
        prop_assert_eq!(read.head, head);
        Ok(())
    });
}

#[test]
fn a_response_that_was_written_is_read_as_the_same() {
    let input = (200..=599u16, "[\\x20-\\x7e\\t]{0,20}", fields(), framings());
    check(&input, |(status, reason, fields, (framing, body))| {
        prop_assume!(status != 204 && status != 304 && body != BodyLength::Empty);
        let head = ResponseHead {
            status,
            version: Version::Http11,
            reason: reason.into_bytes(),
            fields,
        };
        let mut out = Vec::new();
        write_response(&head, framing, &mut out);
        let mut read = whole_response(&out, &Method::Get).map_err(TestCaseError::fail)?;
        prop_assert_eq!(read.body, body);
        read.head.fields.remove("content-length");
        read.head.fields.remove("transfer-encoding");
        prop_assert_eq!(read.head, head);
        Ok(())
    });
}

/// Requests, mostly nearly right.
fn request_texts() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        Just("GET / HTTP/1.1\r\n".to_owned()),
        Just("POST http://h.test/ HTTP/1.1\r\n".to_owned()),
        Just("Host: h.test\r\n".to_owned()),
        Just("Content-Length: 5\r\n".to_owned()),
        Just("Transfer-Encoding: chunked\r\n".to_owned()),
        Just("\r\n".to_owned()),
        "[ -~\\r\\n\\t\\x00]{0,6}",
    ];
    vec(piece, 0..7).prop_map(|pieces| pieces.concat().into_bytes())
}

/// Feeds a growing buffer, as a transport does.
fn dribble(text: &[u8], step: usize) -> Result<Parse<Request>, HeadError> {
    let (mut scan, limits) = (HeadScan::new(), Limits::default());
    let mut end = 0;
    while end < text.len() {
        end = (end + step).min(text.len());
        match request(&text[..end], &mut scan, &limits)? {
            Parse::Partial => {}
            complete @ Parse::Complete { .. } => return Ok(complete),
        }
    }
    Ok(Parse::Partial)
}

#[test]
fn packet_boundaries_do_not_change_a_head() {
    check(&(request_texts(), 1..9usize), |(text, step)| {
        let whole = request(&text, &mut HeadScan::new(), &Limits::default());
        match (whole, dribble(&text, step)) {
            // Which of several faults is met first may depend on the pieces.
            (Err(_), Err(_)) => {}
            (whole, split) => prop_assert_eq!(whole, split),
        }
        Ok(())
    });
}

fn chunked_texts() -> impl Strategy<Value = Vec<u8>> {
    let chunk = (vec(any::<u8>(), 1..40), "(;[a-z=]{0,5})?").prop_map(|(data, extension)| {
        let mut out = Vec::new();
        write_chunk_head(data.len(), &mut out);
        out.splice(out.len() - 2..out.len() - 2, extension.into_bytes());
        [&out[..], &data, CHUNK_END].concat()
    });
    let noise = prop_oneof![9 => Just(Vec::new()), 1 => vec(any::<u8>(), 1..4)];
    (vec(chunk, 0..5), fields(), noise).prop_map(|(chunks, trailers, noise)| {
        let mut out = chunks.concat();
        out.extend_from_slice(&noise);
        write_last_chunk(&trailers, &mut out);
        out
    })
}

#[test]
fn packet_boundaries_do_not_change_a_chunked_body() {
    check(&(chunked_texts(), 1..9usize), |(text, step)| {
        let split: Result<Body, BodyError> = decode(BodyLength::Chunked, text.chunks(step));
        prop_assert_eq!(decode(BodyLength::Chunked, [&text[..]]), split);
        Ok(())
    });
}
