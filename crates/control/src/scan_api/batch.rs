//! Several scans in one request: each is judged, counted and told of like one alone.

use super::answer::ErrorCode;
use super::{Admitted, Asked, ScanApi, Scanning};
use pipelock_gate::Snapshot;
use pipelock_net::Reply;
use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use std::sync::Arc;

/// Most scans of a batch.
const MOST: usize = 100;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch<'a> {
    #[serde(borrow)]
    requests: Vec<&'a RawValue>,
}

/// Judges one after the other. What is no batch is answered like a request that is none.
pub(super) async fn answer(
    api: &ScanApi,
    snapshot: &Arc<Snapshot>,
    admitted: &Admitted<'_>,
    scanning: Scanning<'_>,
    body: &[u8],
) -> Reply {
    let requests = match read(body) {
        Ok(requests) => requests,
        Err(code) => {
            return scanning.conclude(&Asked::default(), &Err(code), |answer| answer.reply());
        }
    };
    let mut results = Vec::with_capacity(requests.len());
    // The batch was admitted as its first scan.
    let mut first = Some(scanning);
    for request in requests {
        let (scanning, permitted) = match first.take() {
            Some(scanning) => (scanning, Ok(())),
            None => (
                Scanning::begin(api, admitted.caller),
                api.permit(snapshot, admitted),
            ),
        };
        let mut asked = Asked::default();
        let judged = match permitted {
            Ok(()) => {
                let body = request.get().as_bytes();
                api.judge(snapshot, admitted.settings, body, &mut asked)
                    .await
            }
            Err(code) => Err(code),
        };
        results.push(scanning.conclude(&asked, &judged, |answer| answer.to_json()));
    }
    Reply::json(200, &json!({"status": "completed", "results": results}))
}

fn read(body: &[u8]) -> Result<Vec<&RawValue>, ErrorCode> {
    let text = std::str::from_utf8(body).map_err(|_| ErrorCode::InvalidJson)?;
    let batch: Batch<'_> = super::request::object(text)?;
    match batch.requests.len() {
        1..=MOST => Ok(batch.requests),
        _ => Err(ErrorCode::InvalidInput),
    }
}
