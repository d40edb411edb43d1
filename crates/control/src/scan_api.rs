//! `POST /api/v1/scan` and `/api/v1/scan/batch`: judging on request, as a transport of
//! the gate.
//!
//! It decodes a request, has the gate assess it, and says what was found. The order
//! of the checks is that of `proxy.md` §1.11: method, token, rate, kill switch,
//! size, JSON, kind, fields. One request sees one snapshot. An answer never repeats
//! what was sent.

mod answer;
mod batch;
mod judge;
mod request;
mod tokens;

use answer::{Answer, ErrorCode, Judged};
use pipelock_gate::{Clock, Gate, KillSwitch, Snapshot};
use pipelock_model::event::{Scan, ScanDecision};
use pipelock_model::http::{Method, RequestHead, TargetForm};
use pipelock_model::{Caller, Clean, EventKind};
use pipelock_net::{Downstream, Incoming, Next, ReadError, Received, Reply, ReplyTo, Service};
use pipelock_policy as policy;
use pipelock_wire::http1::BodyLength;
use request::Request;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokens::Buckets;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// What is asked: one scan, or several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    One,
    Batch,
}
/// Large scans at a time; more wait for their turn, within their time.
const LARGE_SCANS: usize = 16;

/// The scan API's service.
pub struct ScanApi {
    gate: Gate,
    kill_switch: Arc<dyn KillSwitch>,
    clock: Arc<dyn Clock>,
    version: &'static str,
    buckets: Mutex<Buckets>,
    large: Arc<Semaphore>,
    ids: Ids,
}

/// Numbers of scans: nobody can guess the next, and two processes differ.
#[derive(Debug, Default)]
struct Ids {
    keys: RandomState,
    count: AtomicU64,
}

impl Ids {
    fn next(&self) -> String {
        let count = self.count.fetch_add(1, Ordering::Relaxed);
        format!("scan-{:016x}", self.keys.hash_one(count))
    }
}

/// A request as far as it was understood.
#[derive(Debug, Default)]
struct Asked {
    kind: Option<policy::ScanKind>,
    /// The word, where it is none of ours.
    unknown: Option<String>,
    request_id: Option<String>,
    agent: Option<String>,
}

/// Who asks, by what settings.
struct Admitted<'s> {
    settings: &'s policy::ScanApi,
    /// Place of the token.
    token: usize,
    caller: Caller,
}

/// What was read of a body.
enum Body {
    Whole(Vec<u8>),
    /// More may be on its way: the connection cannot go on.
    Part(ErrorCode),
    /// The client left.
    Gone,
}

impl ScanApi {
    /// Serves the settings of the gate's snapshot.
    #[must_use]
    pub fn new(
        gate: Gate,
        kill_switch: Arc<dyn KillSwitch>,
        clock: Arc<dyn Clock>,
        version: &'static str,
    ) -> Self {
        Self {
            gate,
            kill_switch,
            clock,
            version,
            buckets: Mutex::default(),
            large: Arc::new(Semaphore::new(LARGE_SCANS)),
            ids: Ids::default(),
        }
    }

    /// Answers one request; true when the connection can go on.
    async fn exchange(&self, downstream: &mut Downstream, incoming: &Incoming) -> bool {
        let Some(route) = Route::of(&incoming.head) else {
            let reply = Reply::text(404, "404 page not found");
            return finish(downstream, incoming, &reply, unread(incoming)).await;
        };
        let snapshot = self.gate.snapshot();
        let caller = Caller {
            peer: downstream.peer(),
        };
        let scanning = Scanning::begin(self, caller);
        let mut rest = unread(incoming);
        let admitted = match self.admit(&snapshot, &incoming.head, caller) {
            Err(code) => Err(code),
            Ok(admitted) => match read(downstream, incoming, admitted.settings).await {
                Body::Gone => return false,
                Body::Part(code) => Err(code),
                Body::Whole(body) => {
                    rest = Unread::Nothing;
                    Ok((admitted, body))
                }
            },
        };
        let reply = match (route, admitted) {
            (Route::Batch, Ok((admitted, body))) => {
                batch::answer(self, &snapshot, &admitted, scanning, &body).await
            }
            (_, admitted) => {
                let mut asked = Asked::default();
                let judged = match admitted {
                    Ok((admitted, body)) => {
                        self.judge(&snapshot, admitted.settings, &body, &mut asked)
                            .await
                    }
                    Err(code) => Err(code),
                };
                scanning.conclude(&asked, &judged, |answer| answer.reply())
            }
        };
        let patience = snapshot.policy.scan_api.as_ref().map(|api| api.write);
        let patience = patience.unwrap_or(policy::ScanApi::PATIENCE);
        timeout(patience, finish(downstream, incoming, &reply, rest))
            .await
            .unwrap_or(false)
    }

    /// Everything before the body.
    fn admit<'s>(
        &self,
        snapshot: &'s Snapshot,
        head: &RequestHead,
        caller: Caller,
    ) -> Result<Admitted<'s>, ErrorCode> {
        let settings = &snapshot.policy.scan_api;
        let settings = settings.as_ref().ok_or(ErrorCode::ConfigUnavailable)?;
        if head.method != Method::Post {
            return Err(ErrorCode::MethodNotAllowed);
        }
        let token = tokens::bearer(&head.fields, &settings.tokens);
        let admitted = Admitted {
            settings,
            token: token.ok_or(ErrorCode::Unauthorized)?,
            caller,
        };
        self.permit(snapshot, &admitted)?;
        Ok(admitted)
    }

    /// Whether one more scan may be asked for.
    fn permit(&self, snapshot: &Snapshot, admitted: &Admitted<'_>) -> Result<(), ErrorCode> {
        let now = self.clock.monotonic();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if !buckets.take(admitted.settings, admitted.token, now) {
            return Err(ErrorCode::RateLimited);
        }
        drop(buckets);
        if let Some(source) = self.kill_switch.active() {
            let message = snapshot.policy.kill_switch.message.clone();
            let denied = EventKind::KillSwitchDeny {
                endpoint: "scan_api",
                source,
                message,
            };
            self.gate.announce_scan(&admitted.caller, None, denied);
            return Err(ErrorCode::KillSwitchActive);
        }
        Ok(())
    }

    async fn judge(
        &self,
        snapshot: &Arc<Snapshot>,
        settings: &policy::ScanApi,
        body: &[u8],
        asked: &mut Asked,
    ) -> Result<Judged, ErrorCode> {
        let request = Request::read(body, settings, asked)?;
        let judge = judge::Judge {
            gate: &self.gate,
            snapshot,
            clock: &self.clock,
            large: &self.large,
            time: settings.scan,
        };
        judge.judge(request).await
    }
}

impl Service for ScanApi {
    async fn serve(self: Arc<Self>, mut downstream: Downstream) {
        loop {
            let read = self
                .gate
                .snapshot()
                .policy
                .scan_api
                .as_ref()
                .map(|api| api.read);
            downstream.set_head_time(read.unwrap_or(policy::ScanApi::PATIENCE));
            match downstream.receive().await {
                Received::Request(incoming) => {
                    // A drain waits for it.
                    downstream.presence().busy();
                    if !self.exchange(&mut downstream, &incoming).await {
                        return;
                    }
                    downstream.presence().idle();
                }
                Received::Malformed(malformed) => {
                    let reply = Reply::text(malformed.status, malformed.what);
                    downstream.reply(&reply, &ReplyTo::unknown()).await;
                    return downstream.linger().await;
                }
                Received::TimedOut => {
                    let reply = Reply::text(408, "request took too long");
                    downstream.reply(&reply, &ReplyTo::unknown()).await;
                    return;
                }
                Received::Closed => return,
            }
        }
    }
}

/// A request between its begin and its end for those who watch; one that its
/// client left is an error too.
struct Scanning<'a> {
    api: &'a ScanApi,
    caller: Caller,
    started: Duration,
    ended: bool,
}

impl<'a> Scanning<'a> {
    fn begin(api: &'a ScanApi, caller: Caller) -> Self {
        api.gate.announce(EventKind::ScanStarted);
        Self {
            api,
            caller,
            started: api.clock.monotonic(),
            ended: false,
        }
    }

    /// Tells those who watch, and renders the answer.
    fn conclude<T>(
        mut self,
        asked: &Asked,
        judged: &Result<Judged, ErrorCode>,
        render: impl FnOnce(&Answer<'_>) -> T,
    ) -> T {
        let answer = Answer {
            scan_id: self.api.ids.next(),
            duration: self.api.clock.monotonic().saturating_sub(self.started),
            engine_version: self.api.version,
            asked,
            judged,
        };
        self.ended = true;
        let kind = EventKind::ScanEnded(Box::new(answer.event()));
        let agent = asked.agent.as_deref();
        self.api.gate.announce_scan(&self.caller, agent, kind);
        render(&answer)
    }
}

impl Drop for Scanning<'_> {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let scan = Scan {
            scan_id: Clean::constant(""),
            kind: "",
            decision: ScanDecision::Error,
            status: 0,
            error: Some(ErrorCode::RequestCanceled.as_str()),
            findings: Vec::new(),
            duration: Duration::ZERO,
        };
        let kind = EventKind::ScanEnded(Box::new(scan));
        self.api.gate.announce_scan(&self.caller, None, kind);
    }
}

impl Route {
    /// Only origin form: an absolute target with such a path is traffic.
    fn of(head: &RequestHead) -> Option<Self> {
        let path = head.target.0.split('?').next();
        match path.filter(|_| head.form == TargetForm::Origin)? {
            "/api/v1/scan" => Some(Self::One),
            "/api/v1/scan/batch" => Some(Self::Batch),
            _ => None,
        }
    }
}

/// Whether the client may still send what nobody will read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unread {
    Nothing,
    Something,
}

fn unread(incoming: &Incoming) -> Unread {
    match incoming.body {
        BodyLength::Empty => Unread::Nothing,
        _ => Unread::Something,
    }
}

/// Sends an answer; true when the connection can go on.
async fn finish(
    downstream: &mut Downstream,
    incoming: &Incoming,
    reply: &Reply,
    rest: Unread,
) -> bool {
    let reply_to = ReplyTo {
        keep_alive: incoming.reply_to.keep_alive && rest == Unread::Nothing,
        ..incoming.reply_to
    };
    let go_on = downstream.reply(reply, &reply_to).await;
    if rest == Unread::Something {
        downstream.linger().await;
    }
    go_on
}

/// Reads a body within its size and time.
async fn read(
    downstream: &mut Downstream,
    incoming: &Incoming,
    settings: &policy::ScanApi,
) -> Body {
    let most = settings.max_body;
    if let BodyLength::Length(length) = incoming.body
        && usize::try_from(length).map_or(true, |length| length > most)
    {
        return Body::Part(ErrorCode::BodyTooLarge);
    }
    let reading = read_all(downstream, incoming, most);
    timeout(settings.read, reading)
        .await
        .unwrap_or(Body::Part(ErrorCode::ReadError))
}

async fn read_all(downstream: &mut Downstream, incoming: &Incoming, most: usize) -> Body {
    let mut reader = downstream.body(incoming.body);
    let (mut half, mut writer) = downstream.split(&incoming.reply_to);
    if incoming.expects_continue && writer.continue_().await.is_err() {
        return Body::Gone;
    }
    let mut body = Vec::new();
    loop {
        match reader.next(&mut half).await {
            Ok(Next::Data(data)) if body.len() + data.len() > most => {
                return Body::Part(ErrorCode::BodyTooLarge);
            }
            Ok(Next::Data(data)) => body.extend_from_slice(&data),
            Ok(Next::End(_)) => return Body::Whole(body),
            Ok(Next::Paused) => {}
            Err(ReadError::Malformed(_) | ReadError::TimedOut) => {
                return Body::Part(ErrorCode::ReadError);
            }
            Err(ReadError::Reset | ReadError::Truncated) => return Body::Gone,
        }
    }
}
