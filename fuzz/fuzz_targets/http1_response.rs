//! Responses: packet boundaries change nothing, and what is written of one is read
//! as the same.

use crate::cut;
use pipelock_model::http::Method;
use pipelock_wire::http1::{
    BodyLength, Framing, HeadError, HeadScan, Limits, Parse, Response, response, write_response,
};

fn read(
    data: &[u8],
    ends: impl Iterator<Item = usize>,
    method: &Method,
) -> Result<Parse<Response>, HeadError> {
    let mut scan = HeadScan::new();
    for end in ends {
        match response(&data[..end], &mut scan, &Limits::default(), method)? {
            Parse::Partial => {}
            complete => return Ok(complete),
        }
    }
    Ok(Parse::Partial)
}

pub fn run(data: &[u8]) {
    for method in [Method::Get, Method::Head, Method::Connect] {
        let whole = read(data, [data.len()].into_iter(), &method);
        let (begin, _) = cut(data);
        let halves = read(data, [begin.len(), data.len()].into_iter(), &method);
        assert!(whole == halves || whole.is_err() && halves.is_err(), "a cut changes the head");
        if data.len() <= 2048 {
            let bytewise = read(data, 0..=data.len(), &method);
            assert!(whole == bytewise || whole.is_err() && bytewise.is_err());
        }
        if let Ok(Parse::Complete { value, .. }) = whole {
            assert!((100..=599).contains(&value.head.status));
            written(&value, &method);
        }
    }
}

fn written(read: &Response, method: &Method) {
    let framing = match read.body {
        BodyLength::Empty => Framing::KeepLength,
        BodyLength::Length(length) => Framing::Length(length),
        BodyLength::Chunked => Framing::Chunked,
        BodyLength::UntilClose => Framing::UntilClose,
    };
    let mut out = Vec::new();
    write_response(&read.head, framing, &mut out);
    let limits = Limits { head_bytes: out.len() + 1, ..Limits::default() };
    let again = response(&out, &mut HeadScan::new(), &limits, method);
    let Ok(Parse::Complete { value, consumed }) = again else { panic!("{again:?}") };
    assert_eq!((consumed, value.body), (out.len(), read.body));
    assert_eq!((value.head.status, &value.head.reason), (read.head.status, &read.head.reason));
}
