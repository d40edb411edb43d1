//! Shorthands of these tests.

use pipelock_model::http::{Fields, Method};
use pipelock_wire::http1::{
    BodyDecoder, BodyError, BodyLength, HeadError, HeadScan, Limits, Parse, Request, Response,
    request, response,
};

pub(crate) fn read_request(head: &[u8]) -> Result<Option<Request>, HeadError> {
    match request(head, &mut HeadScan::new(), &Limits::default())? {
        Parse::Partial => Ok(None),
        Parse::Complete { value, .. } => Ok(Some(value)),
    }
}

/// The whole request, or the error as text.
pub(crate) fn whole_request(head: &[u8]) -> Result<Request, String> {
    read_request(head)
        .map_err(|error| error.to_string())?
        .ok_or_else(|| "partial".to_owned())
}

pub(crate) fn whole_response(head: &[u8], method: &Method) -> Result<Response, String> {
    match response(head, &mut HeadScan::new(), &Limits::default(), method) {
        Ok(Parse::Complete { value, .. }) => Ok(value),
        Ok(Parse::Partial) => Err("partial".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// What a body came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Body {
    pub(crate) data: Vec<u8>,
    pub(crate) trailers: Option<Fields>,
    pub(crate) consumed: usize,
}

/// Decodes pieces one after the other, as a transport with a small buffer does.
pub(crate) fn decode<'a>(
    length: BodyLength,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Result<Body, BodyError> {
    let mut decoder = BodyDecoder::new(length, &Limits::default());
    let mut body = Body {
        data: Vec::new(),
        trailers: None,
        consumed: 0,
    };
    for piece in pieces {
        let mut rest = piece;
        loop {
            let step = decoder.decode(rest)?;
            if let Some(range) = step.data {
                body.data.extend_from_slice(&rest[range]);
            }
            body.consumed += step.consumed;
            rest = &rest[step.consumed..];
            if step.end.is_some() {
                body.trailers = step.end;
                return Ok(body);
            }
            if rest.is_empty() {
                break;
            }
            assert!(step.consumed > 0, "a decoder that has bytes moves on");
        }
    }
    decoder.finish()?;
    Ok(body)
}
