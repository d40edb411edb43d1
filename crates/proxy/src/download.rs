//! An answer on its way down: held or streamed, always judged.

use crate::exchange::Failure;
use pipelock_gate::{Denial, Ending, Inspection, Judged, Step};
use pipelock_model::event::UpstreamFailure;
use pipelock_model::http::{Fields, ResponseHead};
use pipelock_net::{BodyReader, Next as Part, ReadError, ReadHalf, ResponseWriter};
use pipelock_wire::http1::BodyLength;
use std::time::Duration;

/// A held answer that pauses this long goes on as a stream.
const PAUSE: Duration = Duration::from_millis(50);

/// Why an answer stopped.
pub(crate) enum Stop {
    /// Nothing of it had left.
    BeforeHead(Failure),
    /// Its head had left.
    Late(Ending),
}

/// An answer on its way down.
pub(crate) struct Download {
    head: Judged<ResponseHead>,
    body: BodyLength,
    reader: BodyReader,
    /// It is an event stream, as the gate reads it.
    events: bool,
    sent: u64,
}

impl Download {
    pub(crate) const fn new(
        head: Judged<ResponseHead>,
        body: BodyLength,
        reader: BodyReader,
        events: bool,
    ) -> Self {
        Self {
            head,
            body,
            reader,
            events,
            sent: 0,
        }
    }

    /// Body bytes that left.
    pub(crate) const fn sent(&self) -> u64 {
        self.sent
    }

    /// True when the server sent all of it.
    pub(crate) const fn ended(&self) -> bool {
        self.reader.ended()
    }

    pub(crate) async fn run(
        &mut self,
        mut inspection: Inspection,
        half: &mut ReadHalf<'_>,
        writer: &mut ResponseWriter<'_>,
    ) -> Result<(), Stop> {
        if let Err(denial) = inspection.admit().await {
            return Err(Stop::BeforeHead(Failure::Denied(denial)));
        }
        loop {
            let part = match self.part(&inspection, half, writer).await {
                Ok(part) => part,
                Err(error) => return Err(self.broken(error, writer)),
            };
            match part {
                Part::Data(chunk) => {
                    let step = inspection.push(chunk);
                    self.step(step, writer).await?;
                }
                Part::Paused => {
                    let step = inspection.pause();
                    self.step(step, writer).await?;
                }
                Part::End(trailers) => return self.end(inspection, trailers, writer).await,
            }
            tokio::task::consume_budget().await;
        }
    }

    /// The next part. What is here already comes without a flush; before a wait
    /// the client gets what it may have.
    async fn part(
        &mut self,
        inspection: &Inspection,
        half: &mut ReadHalf<'_>,
        writer: &mut ResponseWriter<'_>,
    ) -> Result<Part, Wait> {
        if let Some(part) = self.reader.try_next(half).map_err(Wait::Upstream)? {
            return Ok(part);
        }
        if inspection.holds_whole() {
            return self
                .reader
                .next_within(half, PAUSE)
                .await
                .map_err(Wait::Upstream);
        }
        self.begin(writer, None);
        writer.flush().await.map_err(|_| Wait::Client)?;
        self.reader.next(half).await.map_err(Wait::Upstream)
    }

    fn begin(&mut self, writer: &mut ResponseWriter<'_>, whole: Option<u64>) {
        if !writer.begun() {
            writer.begin(&self.head, self.body, whole);
        }
    }

    async fn step(&mut self, step: Step, writer: &mut ResponseWriter<'_>) -> Result<(), Stop> {
        match step {
            Step::Wait => Ok(()),
            Step::Release(pieces) => {
                self.begin(writer, None);
                let bytes = pieces.get().len() as u64;
                writer
                    .send(pieces)
                    .await
                    .map_err(|_| Stop::Late(Ending::Downstream))?;
                self.sent += bytes;
                Ok(())
            }
            Step::Deny(denial) => Err(Box::pin(self.denied(denial, writer)).await),
        }
    }

    async fn end(
        &mut self,
        inspection: Inspection,
        trailers: Option<Fields>,
        writer: &mut ResponseWriter<'_>,
    ) -> Result<(), Stop> {
        let tail = match inspection.end(trailers) {
            Ok(tail) => tail,
            Err(denial) => return Err(Box::pin(self.denied(denial, writer)).await),
        };
        if tail.get().rewritten {
            self.head.void_validators();
        }
        let bytes = tail.get().pieces.len() as u64;
        let whole = (!writer.begun() && tail.get().rewritten).then_some(bytes);
        self.begin(writer, whole);
        writer
            .finish(tail)
            .await
            .map_err(|_| Stop::Late(Ending::Downstream))?;
        self.sent += bytes;
        Ok(())
    }

    async fn denied(&self, denial: Denial, writer: &mut ResponseWriter<'_>) -> Stop {
        if !writer.begun() {
            return Stop::BeforeHead(Failure::Denied(denial));
        }
        if self.events {
            writer.error_event(&error_event(&denial)).await;
        }
        Stop::Late(Ending::Denied)
    }

    fn broken(&self, wait: Wait, writer: &ResponseWriter<'_>) -> Stop {
        let failure = match wait {
            Wait::Client => return Stop::Late(Ending::Downstream),
            Wait::Upstream(ReadError::TimedOut) => UpstreamFailure::Timeout,
            Wait::Upstream(ReadError::Malformed(_)) => UpstreamFailure::Protocol,
            Wait::Upstream(ReadError::Reset | ReadError::Truncated) => UpstreamFailure::Reset,
        };
        if writer.begun() {
            Stop::Late(Ending::Upstream(failure))
        } else {
            Stop::BeforeHead(Failure::Upstream(failure))
        }
    }
}

enum Wait {
    Upstream(ReadError),
    Client,
}

/// The terminal event of a stream that was cut (`proxy.md` §2.14).
fn error_event(denial: &Denial) -> String {
    let data = serde_json::json!({"error": {
        "type": "pipelock_blocked",
        "layer": denial.reason.label.as_str(),
        "message": denial.reason.text.as_str(),
    }});
    format!("event: error\ndata: {data}\n\n")
}
