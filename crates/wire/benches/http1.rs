//! What a message costs the codec. Inputs: a browser's absolute-form GET of 448
//! bytes and 11 fields, an API's answer of 321 bytes and 9 fields, 64 KiB of body
//! in chunks of 1 KiB, and a ClientHello of 504 bytes.
#![allow(missing_docs, clippy::unwrap_used)]

use divan::{Bencher, black_box, counter::BytesCount};
use pipelock_model::http::Method;
use pipelock_wire::http1::{
    BodyDecoder, BodyLength, Framing, HeadScan, Limits, Parse, request, response, strip_hop_by_hop,
    write_chunk_head, write_request,
};
use pipelock_wire::tls::client_hello;

fn main() {
    divan::main();
}

const REQUEST: &[u8] = b"GET http://registry.example.test/packages/left-pad/1.3.0?fields=name,version,dist HTTP/1.1\r\n\
Host: registry.example.test\r\n\
User-Agent: Mozilla/5.0 (X11; Linux x86_64) ExampleClient/120.0\r\n\
Accept: text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8\r\n\
Accept-Language: en-GB,en;q=0.5\r\n\
Accept-Encoding: gzip, deflate, br\r\n\
Connection: keep-alive\r\n\
Cache-Control: no-cache\r\n\
If-None-Match: \"5f3c-1a2b\"\r\n\
X-Request-Id: 7\r\n\
DNT: 1\r\n\
Priority: u=1\r\n\r\n";

const RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\n\
Date: Sat, 21 Nov 2026 12:00:00 GMT\r\n\
Content-Type: application/json; charset=utf-8\r\n\
Content-Length: 2048\r\n\
Connection: keep-alive\r\n\
Cache-Control: max-age=300, public\r\n\
ETag: \"5f3c-1a2b3c4d5e6f\"\r\n\
Strict-Transport-Security: max-age=31536000\r\n\
X-Content-Type-Options: nosniff\r\n\
Vary: Accept-Encoding, Accept\r\n\r\n";

#[divan::bench]
fn read_request(bencher: Bencher) {
    let limits = Limits::default();
    bencher
        .counter(BytesCount::of_slice(REQUEST))
        .bench(|| request(black_box(REQUEST), &mut HeadScan::new(), &limits));
}

#[divan::bench]
fn read_request_in_two_pieces(bencher: Bencher) {
    let limits = Limits::default();
    bencher.bench(|| {
        let mut scan = HeadScan::new();
        let _ = black_box(request(black_box(&REQUEST[..200]), &mut scan, &limits));
        request(black_box(REQUEST), &mut scan, &limits)
    });
}

#[divan::bench]
fn read_response(bencher: Bencher) {
    let limits = Limits::default();
    bencher.counter(BytesCount::of_slice(RESPONSE)).bench(|| {
        response(
            black_box(RESPONSE),
            &mut HeadScan::new(),
            &limits,
            &Method::Get,
        )
    });
}

#[divan::bench]
fn read_strip_and_write_request(bencher: Bencher) {
    let limits = Limits::default();
    let mut out = Vec::with_capacity(1024);
    bencher.bench_local(|| {
        let Ok(Parse::Complete { mut value, .. }) =
            request(black_box(REQUEST), &mut HeadScan::new(), &limits)
        else {
            return 0;
        };
        strip_hop_by_hop(&mut value.head.fields);
        out.clear();
        write_request(
            &value.head,
            "/packages/left-pad/1.3.0",
            Framing::None,
            &mut out,
        );
        out.len()
    });
}

#[divan::bench]
fn decode_64_kib_in_chunks_of_1_kib(bencher: Bencher) {
    let mut text = Vec::new();
    for _ in 0..64 {
        write_chunk_head(1024, &mut text);
        text.extend_from_slice(&[b'x'; 1024]);
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"0\r\n\r\n");
    bencher.counter(BytesCount::of_slice(&text)).bench(|| {
        let mut decoder = BodyDecoder::new(BodyLength::Chunked, &Limits::default());
        let (mut at, mut data) = (0, 0);
        loop {
            let step = decoder.decode(black_box(&text[at..])).unwrap();
            at += step.consumed;
            data += step.data.map_or(0, |range| range.len());
            if step.end.is_some() {
                return data;
            }
        }
    });
}

#[divan::bench]
fn read_client_hello(bencher: Bencher) {
    let name = b"registry.example.test";
    let size = |length: usize| u16::try_from(length).unwrap().to_be_bytes();
    let mut extensions = [0, 0].to_vec();
    for above in [5, 3] {
        extensions.extend(size(name.len() + above));
    }
    extensions.push(0);
    extensions.extend(size(name.len()));
    extensions.extend_from_slice(name);
    extensions.extend([0, 21]);
    extensions.extend(size(388));
    extensions.extend([0; 388]);
    let mut body = vec![3, 3];
    body.extend([7; 32]);
    body.extend([0, 0, 32]);
    body.extend([0x13; 32]);
    body.extend([1, 0]);
    body.extend(size(extensions.len()));
    body.extend(extensions);
    let mut hello = vec![22, 3, 1];
    hello.extend(size(body.len() + 4));
    hello.extend([1, 0]);
    hello.extend(size(body.len()));
    hello.extend(body);
    bencher.bench(|| client_hello(black_box(&hello)));
}
