//! One request and its answer.

use crate::download::{Download, Stop};
use crate::forward::respond;
use crate::upload::{Settled, Upload, UploadError};
use pipelock_gate::{
    Denial, Direction, Ending, Exchange, Gate, Judged, Outcome, Permit, Pieces, Tail,
};
use pipelock_model::Caller;
use pipelock_model::event::UpstreamFailure;
use pipelock_model::http::{Fields, Method, ResponseHead};
use pipelock_net::{
    Answer, AnswerReader, Dialer, Downstream, Incoming, ReadHalf, ReceiveError, Reply,
    RequestWriter, ResponseWriter, Upstream,
};
use pipelock_wire::http1::{BodyLength, Limits};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Servers that ignore `Expect` get the body after this long (RFC 9110 §10.1.1).
const EXPECT_WAIT: Duration = Duration::from_secs(1);
/// Interim answers before the final one.
const MAX_INTERIM: usize = 16;
/// How long a server that stopped reading may take to answer.
const AFTER_SERVER_LEFT: Duration = Duration::from_secs(2);

/// What comes after an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// Another request may come.
    KeepAlive,
    /// Close, but let the client read the answer first.
    Linger,
    /// Close.
    Close,
    /// Close so that the cut shows.
    Abort,
}

/// What an exchange needs of its surroundings.
#[derive(Clone, Copy)]
pub(crate) struct Path<'a> {
    pub(crate) gate: &'a Gate,
    pub(crate) ingress: pipelock_gate::Ingress<'a>,
    pub(crate) dialer: &'a Dialer,
}

/// The end of an exchange as its parts see it.
struct End {
    status: u16,
    down: u64,
    ending: Ending,
    next: Next,
    /// The upstream can carry another exchange.
    upstream_ok: bool,
}

/// A failure before an answer was begun.
pub(crate) enum Failure {
    Denied(Denial),
    Upstream(UpstreamFailure),
    /// The request body breaks HTTP or stalled.
    Refused(u16, &'static str),
    ClientLeft,
}

/// An exchange over a pooled or new upstream connection.
pub(crate) async fn pooled(path: Path<'_>, down: &mut Downstream, incoming: Incoming) -> Next {
    let mut prepared = match prepare(path, down, incoming).await {
        Ok(prepared) => prepared,
        Err(next) => return next,
    };
    let mut upstream = match path.dialer.connect(&prepared.permit).await {
        Ok(upstream) => upstream,
        Err(error) => {
            let failure = Failure::Upstream(error.failure());
            return Box::pin(prepared.fail(down, failure)).await;
        }
    };
    let mut result = prepared.run(down, &mut upstream).await;
    if matches!(result, Err(Failure::Upstream(_))) && prepared.may_retry(&upstream) {
        result = match Box::pin(retry(path.dialer, &mut prepared, down)).await {
            Ok((fresh, end)) => {
                upstream = fresh;
                Ok(end)
            }
            Err(failure) => Err(failure),
        };
    }
    let origin = prepared.permit.route().origin().clone();
    let (next, reusable) = prepared.conclude(down, result).await;
    if reusable {
        path.dialer.keep(&origin, upstream);
    }
    next
}

/// The same once more, over a new connection.
async fn retry(
    dialer: &Dialer,
    prepared: &mut Prepared,
    down: &mut Downstream,
) -> Result<(Upstream, End), Failure> {
    prepared.stale = false;
    let dialled = dialer.connect_fresh(&prepared.permit).await;
    let mut upstream = dialled.map_err(|error| Failure::Upstream(error.failure()))?;
    let end = prepared.run(down, &mut upstream).await?;
    Ok((upstream, end))
}

/// An exchange over the one socket of a tunnel.
pub(crate) async fn fixed(
    path: Path<'_>,
    down: &mut Downstream,
    upstream: &mut Upstream,
    incoming: Incoming,
) -> Next {
    let mut prepared = match prepare(path, down, incoming).await {
        Ok(prepared) => prepared,
        Err(next) => return next,
    };
    let result = prepared.run(down, upstream).await;
    let (next, reusable) = prepared.conclude(down, result).await;
    if reusable || next != Next::KeepAlive {
        next
    } else {
        Next::Close
    }
}

/// The body of a request, as far as it came before the dial.
enum Body {
    None,
    /// Held and passed.
    Whole(Option<Judged<Tail>>),
    /// Streams; the first bytes may go.
    Streaming(Option<Box<Upload>>, Option<Judged<Pieces>>),
    /// The client waits for 100 before it sends.
    Awaited(Option<Box<Upload>>),
}

/// A request that passed, before its upstream.
struct Prepared {
    permit: Permit,
    incoming: Facts,
    body: Body,
    bytes_up: AtomicU64,
    /// The upstream closed before its answer's first byte.
    stale: bool,
}

/// What is needed of the request after its head went into the permit.
struct Facts {
    body: BodyLength,
    reply_to: pipelock_net::ReplyTo,
    method: Method,
    asked_range: bool,
    /// It logs in the connection, not the request (NTLM, Negotiate).
    binds_connection: bool,
}

/// Judges the head and holds the body. Nothing is dialled before.
async fn prepare(
    path: Path<'_>,
    down: &mut Downstream,
    incoming: Incoming,
) -> Result<Prepared, Next> {
    let caller = Caller { peer: down.peer() };
    let Incoming {
        head,
        body,
        expects_continue,
        wants_websocket,
        reply_to,
    } = incoming;
    let facts = Facts {
        method: head.method.clone(),
        asked_range: head.fields.contains("Range"),
        binds_connection: binds_connection(&head.fields, "Authorization"),
        body,
        reply_to,
    };
    let permit = match path.gate.open(head, &caller, path.ingress).await.permit() {
        Ok(permit) => permit,
        Err(denial) => {
            let reply = Reply::refusal(&denial, facts.reply_to.json);
            return Err(Box::pin(respond(down, &reply, facts.body, &facts.reply_to)).await);
        }
    };
    let mut prepared = Prepared {
        permit,
        incoming: facts,
        body: Body::None,
        bytes_up: AtomicU64::new(0),
        stale: false,
    };
    if wants_websocket {
        let denial = prepared.permit.exchange.refuse_upgrade();
        return Err(Box::pin(prepared.fail(down, Failure::Denied(denial))).await);
    }
    if matches!(
        prepared.incoming.body,
        BodyLength::Empty | BodyLength::Length(0)
    ) {
        return Ok(prepared);
    }
    match Box::pin(prepared.take_body(down, expects_continue)).await {
        Ok(()) => Ok(prepared),
        Err(failure) => Err(Box::pin(prepared.fail(down, failure)).await),
    }
}

impl Prepared {
    async fn take_body(&mut self, down: &mut Downstream, expects: bool) -> Result<(), Failure> {
        let length = self.incoming.body;
        let inspection = self
            .permit
            .exchange
            .inspect(Direction::Outbound, known(length))
            .map_err(Failure::Denied)?;
        let upload = Upload::new(down.body(length), inspection);
        if expects {
            self.body = Body::Awaited(Some(Box::new(upload)));
            return Ok(());
        }
        let (mut reader, _) = down.split(&self.incoming.reply_to);
        self.body = match upload.settle(&mut reader).await.map_err(failed)? {
            Settled::Whole(tail) => {
                self.bytes_up
                    .store(tail.get().pieces.len() as u64, Ordering::Relaxed);
                Body::Whole(Some(tail))
            }
            Settled::Streaming(upload, first) => Body::Streaming(Some(upload), first),
        };
        Ok(())
    }

    /// One retry: idempotent, nothing of a body sent, nothing received.
    fn may_retry(&self, upstream: &Upstream) -> bool {
        self.stale
            && upstream.reused()
            && self.incoming.method.is_idempotent()
            && matches!(self.body, Body::None)
    }

    /// The framing of the request upstream.
    fn framing(&self) -> BodyLength {
        match (&self.body, self.incoming.body) {
            (Body::None, BodyLength::Length(0)) => BodyLength::Length(0),
            (Body::None, _) => BodyLength::Empty,
            (Body::Whole(Some(tail)), _) if tail.get().trailers.is_none() => {
                BodyLength::Length(tail.get().pieces.len() as u64)
            }
            (Body::Whole(_), _) => BodyLength::Chunked,
            (Body::Streaming(..) | Body::Awaited(_), length) => length,
        }
    }

    async fn run(
        &mut self,
        down: &mut Downstream,
        upstream: &mut Upstream,
    ) -> Result<End, Failure> {
        let framing = self.framing();
        let limits = *down.limits();
        let (mut down_reader, mut writer) = down.split(&self.incoming.reply_to);
        let (mut answers, mut requests) = upstream.split();
        requests.begin(self.permit.head(), self.permit.route(), framing);
        let patience = self
            .permit
            .exchange
            .snapshot()
            .policy
            .listener
            .upstream_timeout;
        let mut answering = Answering {
            exchange: &mut self.permit.exchange,
            incoming: &self.incoming,
            limits: &limits,
            patience,
            interim: 0,
        };
        if matches!(self.body, Body::None) {
            // The common case: one write, one answer.
            if requests.flush().await.is_err() {
                self.stale = true;
                return Err(Failure::Upstream(UpstreamFailure::Reset));
            }
            let answer = answering.final_answer(&mut answers, &mut writer).await;
            // After an interim answer something was received: no retry.
            self.stale =
                answering.interim == 0 && matches!(answer, Err(ReceiveError::ClosedBeforeAnswer));
            let answer = answer.map_err(|error| Failure::Upstream(error.failure()))?;
            return answering.relay(answer, &mut answers, &mut writer).await;
        }
        // Boxed: the common case carries no room for a body on its way up.
        let bytes_up = &self.bytes_up;
        let up = Up {
            body: &mut self.body,
            reader: &mut down_reader,
            requests: &mut requests,
            bytes_up,
        };
        Box::pin(with_body(answering, up, &mut answers, &mut writer)).await
    }

    /// Tells the client about a failure before the answer, and closes the books.
    async fn fail(self, down: &mut Downstream, failure: Failure) -> Next {
        let reply_to = pipelock_net::ReplyTo {
            // Part of the body may still be on its way.
            keep_alive: self.incoming.reply_to.keep_alive
                && matches!(
                    self.incoming.body,
                    BodyLength::Empty | BodyLength::Length(0)
                ),
            ..self.incoming.reply_to.clone()
        };
        let (reply, ending) = match failure {
            Failure::Denied(denial) => (Reply::refusal(&denial, reply_to.json), Ending::Denied),
            Failure::Upstream(kind) => (
                Reply::upstream_failure(sentence(kind), kind == UpstreamFailure::Timeout),
                Ending::Upstream(kind),
            ),
            Failure::Refused(status, what) => {
                let denial = self.permit.exchange.refuse_body(status, what);
                (Reply::refusal(&denial, reply_to.json), Ending::Denied)
            }
            Failure::ClientLeft => {
                self.close(0, 0, Ending::Downstream);
                return Next::Close;
            }
        };
        self.close(reply.status, 0, ending);
        match down.reply(&reply, &reply_to).await {
            true => Next::KeepAlive,
            false => Next::Linger,
        }
    }

    async fn conclude(self, down: &mut Downstream, result: Result<End, Failure>) -> (Next, bool) {
        match result {
            Ok(end) => {
                let (next, reusable) = (end.next, end.upstream_ok);
                self.close(end.status, end.down, end.ending);
                (next, reusable)
            }
            Err(failure) => (Box::pin(self.fail(down, failure)).await, false),
        }
    }

    fn close(self, status: u16, bytes_down: u64, ending: Ending) {
        let bytes_up = self.bytes_up.load(Ordering::Relaxed);
        self.permit.exchange.close(Outcome {
            status,
            bytes_up,
            bytes_down,
            ending,
        });
    }
}

const fn sentence(failure: UpstreamFailure) -> &'static str {
    match failure {
        UpstreamFailure::Connect => "upstream connection failed",
        UpstreamFailure::Timeout => "upstream timed out",
        UpstreamFailure::Protocol => "upstream sent a malformed answer",
        UpstreamFailure::Reset => "upstream closed without an answer",
        UpstreamFailure::Coding => "upstream sent a corrupt body",
    }
}

const fn known(length: BodyLength) -> Option<u64> {
    match length {
        BodyLength::Empty => Some(0),
        BodyLength::Length(length) => Some(length),
        BodyLength::Chunked | BodyLength::UntilClose => None,
    }
}

fn failed(error: UploadError) -> Failure {
    match error {
        UploadError::Denied(denial) => Failure::Denied(denial),
        UploadError::Client => Failure::ClientLeft,
        UploadError::Refused(status, what) => Failure::Refused(status, what),
        UploadError::Server => Failure::Upstream(UpstreamFailure::Reset),
    }
}

/// A request body and the two halves it passes.
struct Up<'a, 'r, 'w> {
    body: &'a mut Body,
    reader: &'a mut ReadHalf<'r>,
    requests: &'a mut RequestWriter<'w>,
    bytes_up: &'a AtomicU64,
}

async fn with_body(
    mut answering: Answering<'_>,
    up: Up<'_, '_, '_>,
    answers: &mut AnswerReader<'_>,
    writer: &mut ResponseWriter<'_>,
) -> Result<End, Failure> {
    if let Body::Awaited(upload) = up.body {
        let upload = upload.take();
        if let Some(answer) = answering.ask_for_body(up.requests, answers, writer).await? {
            // The server still waits for the body that the head announced.
            writer.close_after();
            let end = answering.relay(answer, answers, writer).await?;
            return Ok(End {
                upstream_ok: false,
                next: lingering(end.next),
                ..end
            });
        }
        *up.body = settle_awaited(upload, up.reader, up.bytes_up).await?;
    }
    let sending = send_body(up.body, up.reader, up.requests, up.bytes_up);
    answering.both(sending, answers, writer).await
}

async fn settle_awaited(
    upload: Option<Box<Upload>>,
    reader: &mut ReadHalf<'_>,
    bytes_up: &AtomicU64,
) -> Result<Body, Failure> {
    let Some(upload) = upload else {
        return Ok(Body::None);
    };
    match upload.settle(reader).await.map_err(failed)? {
        Settled::Whole(tail) => {
            bytes_up.store(tail.get().pieces.len() as u64, Ordering::Relaxed);
            Ok(Body::Whole(Some(tail)))
        }
        Settled::Streaming(upload, first) => Ok(Body::Streaming(Some(upload), first)),
    }
}

async fn send_body(
    body: &mut Body,
    reader: &mut ReadHalf<'_>,
    writer: &mut RequestWriter<'_>,
    bytes_up: &AtomicU64,
) -> Result<(), UploadError> {
    match body {
        Body::None | Body::Awaited(_) => Ok(()),
        Body::Whole(tail) => match tail.take() {
            Some(tail) => writer.finish(tail).await.map_err(|_| UploadError::Server),
            None => Ok(()),
        },
        Body::Streaming(upload, first) => {
            if let Some(pieces) = first.take() {
                writer.send(pieces).await.map_err(|_| UploadError::Server)?;
            } else {
                writer.flush().await.map_err(|_| UploadError::Server)?;
            }
            match upload.take() {
                Some(upload) => upload.stream(reader, writer, bytes_up).await,
                None => Ok(()),
            }
        }
    }
}

/// The answer's half of an exchange.
struct Answering<'a> {
    exchange: &'a mut Exchange,
    incoming: &'a Facts,
    limits: &'a Limits,
    patience: Duration,
    interim: usize,
}

impl Answering<'_> {
    /// Longest silence in an answer: live streams pause for longer than a head may.
    fn body_idle(&self) -> Duration {
        let policy = &self.exchange.snapshot().policy;
        let idle = policy
            .forward
            .as_ref()
            .map_or(Duration::ZERO, |forward| forward.idle);
        idle.max(policy.listener.upstream_timeout)
    }

    /// Reads heads until the final one; interim ones are relayed.
    async fn final_answer(
        &mut self,
        answers: &mut AnswerReader<'_>,
        writer: &mut ResponseWriter<'_>,
    ) -> Result<Answer, ReceiveError> {
        loop {
            let answer = answers
                .receive(&self.incoming.method, self.limits, self.patience)
                .await?;
            if answer.head.status >= 200 {
                return Ok(answer);
            }
            Box::pin(self.relay_interim(answer.head, writer)).await?;
        }
    }

    async fn relay_interim(
        &mut self,
        head: ResponseHead,
        writer: &mut ResponseWriter<'_>,
    ) -> Result<(), ReceiveError> {
        self.interim += 1;
        if self.interim > MAX_INTERIM {
            return Err(ReceiveError::Failed(UpstreamFailure::Protocol));
        }
        // An interim answer that holds an attack is left out; the final one decides.
        if let Some(head) = self.exchange.interim(head) {
            let _ = writer.interim(&head).await;
        }
        Ok(())
    }

    /// Sends the head with `Expect` and waits for leave to send the body. A final
    /// answer instead of it is handed back.
    async fn ask_for_body(
        &mut self,
        requests: &mut RequestWriter<'_>,
        answers: &mut AnswerReader<'_>,
        writer: &mut ResponseWriter<'_>,
    ) -> Result<Option<Answer>, Failure> {
        let reset = |_| Failure::Upstream(UpstreamFailure::Reset);
        requests.flush().await.map_err(reset)?;
        loop {
            let received = answers
                .receive(&self.incoming.method, self.limits, EXPECT_WAIT)
                .await;
            match received {
                Ok(answer) if answer.head.status >= 200 => return Ok(Some(answer)),
                Ok(answer) if answer.head.status == 100 => break,
                Ok(answer) => self
                    .relay_interim(answer.head, writer)
                    .await
                    .map_err(|error| Failure::Upstream(error.failure()))?,
                Err(ReceiveError::Failed(UpstreamFailure::Timeout)) => break,
                Err(error) => return Err(Failure::Upstream(error.failure())),
            }
        }
        writer.continue_().await.map_err(|_| Failure::ClientLeft)?;
        Ok(None)
    }

    /// Sends the body and reads the answer at the same time: an answer may come
    /// early, and a server may stop reading.
    async fn both(
        mut self,
        sending: impl Future<Output = Result<(), UploadError>>,
        answers: &mut AnswerReader<'_>,
        writer: &mut ResponseWriter<'_>,
    ) -> Result<End, Failure> {
        let mut sending = std::pin::pin!(sending);
        let mut sent = false;
        // The server left part of the body unread: neither side can go on after this.
        let mut cut = false;
        let answer = loop {
            // A server answers after the body: its patience begins at the end of it.
            let patience = if sent {
                self.patience
            } else {
                Duration::from_secs(24 * 3600)
            };
            let receiving = answers.receive(&self.incoming.method, self.limits, patience);
            tokio::select! {
                biased;
                ended = &mut sending, if !sent => {
                    sent = true;
                    match ended {
                        Ok(()) => {}
                        Err(UploadError::Server) => {
                            cut = true;
                            self.patience = AFTER_SERVER_LEFT;
                        }
                        Err(error) => return Err(failed(error)),
                    }
                }
                received = receiving => {
                    let answer = received.map_err(|error| Failure::Upstream(error.failure()))?;
                    if answer.head.status >= 200 {
                        break answer;
                    }
                    self.relay_interim(answer.head, writer)
                        .await
                        .map_err(|error| Failure::Upstream(error.failure()))?;
                }
            }
        };
        if cut {
            writer.close_after();
            let end = self.relay(answer, answers, writer).await?;
            return Ok(End {
                upstream_ok: false,
                next: lingering(end.next),
                ..end
            });
        }
        if sent {
            return self.relay(answer, answers, writer).await;
        }
        self.relay_early(answer, sending, answers, writer).await
    }

    /// The answer came before the body was complete: relay it while the body goes
    /// on, and close both sides after it.
    async fn relay_early(
        self,
        answer: Answer,
        mut sending: std::pin::Pin<&mut impl Future<Output = Result<(), UploadError>>>,
        answers: &mut AnswerReader<'_>,
        writer: &mut ResponseWriter<'_>,
    ) -> Result<End, Failure> {
        writer.close_after();
        let relaying = self.relay(answer, answers, writer);
        let mut relaying = std::pin::pin!(relaying);
        let mut sent = false;
        loop {
            tokio::select! {
                biased;
                ended = &mut sending, if !sent => {
                    sent = true;
                    if let Err(UploadError::Denied(_)) = ended {
                        let (status, down, ending) = (0, 0, Ending::Denied);
                        return Ok(End { status, down, ending, next: Next::Abort, upstream_ok: false });
                    }
                }
                end = &mut relaying => {
                    return end.map(|end| End { upstream_ok: false, next: lingering(end.next), ..end });
                }
            }
        }
    }

    /// Judges and relays the final answer.
    async fn relay(
        self,
        answer: Answer,
        answers: &mut AnswerReader<'_>,
        writer: &mut ResponseWriter<'_>,
    ) -> Result<End, Failure> {
        let Answer {
            head,
            body,
            keep_alive,
        } = answer;
        if head.status == 206 && !self.incoming.asked_range {
            return Err(Failure::Upstream(UpstreamFailure::Protocol));
        }
        let status = head.status;
        let login =
            self.incoming.binds_connection || binds_connection(&head.fields, "WWW-Authenticate");
        let has_body = !matches!(body, BodyLength::Empty | BodyLength::Length(0));
        let head = self
            .exchange
            .answer(head, has_body)
            .map_err(Failure::Denied)?;
        let inspection = self
            .exchange
            .inspect(Direction::Inbound, known(body))
            .map_err(Failure::Denied)?;
        let reader = AnswerReader::body(body, self.limits, self.body_idle());
        let mut download = Download::new(head, body, reader, self.exchange.answers_events());
        let ended = download.run(inspection, &mut answers.half, writer).await;
        let complete = download.ended() && !answers.has_surplus();
        let upstream_ok = complete
            && keep_alive
            && body != BodyLength::UntilClose
            // Nobody else's request may ride on a login of this connection.
            && !login;
        let down = download.sent();
        match ended {
            Ok(()) => {
                let next = if writer.reusable() {
                    Next::KeepAlive
                } else {
                    Next::Close
                };
                Ok(End {
                    status,
                    down,
                    ending: Ending::Complete,
                    next,
                    upstream_ok,
                })
            }
            Err(Stop::BeforeHead(failure)) => Err(failure),
            Err(Stop::Late(ending)) => {
                let next = if writer.needs_reset() {
                    Next::Abort
                } else {
                    Next::Close
                };
                Ok(End {
                    status,
                    down,
                    ending,
                    next,
                    upstream_ok: false,
                })
            }
        }
    }
}

/// RFC 4559 and its kin: the login is the connection's.
fn binds_connection(fields: &Fields, name: &str) -> bool {
    fields.values(name).any(|value| {
        let scheme = value.split(|byte| *byte == b' ').next().unwrap_or_default();
        scheme.eq_ignore_ascii_case(b"ntlm") || scheme.eq_ignore_ascii_case(b"negotiate")
    })
}

const fn lingering(next: Next) -> Next {
    match next {
        Next::KeepAlive | Next::Close => Next::Linger,
        other => other,
    }
}
