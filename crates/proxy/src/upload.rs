//! A request body on its way up: held or streamed, always judged.

use pipelock_gate::{Denial, Inspection, Judged, Pieces, Step, Tail};
use pipelock_model::http::Fields;
use pipelock_net::{BodyReader, Next, ReadError, ReadHalf, RequestWriter};
use std::sync::atomic::{AtomicU64, Ordering};

/// Where an upload stands.
#[derive(Debug)]
pub(crate) enum Settled {
    /// All of it passed.
    Whole(Judged<Tail>),
    /// It goes on as a stream; these bytes may go already.
    Streaming(Box<Upload>, Option<Judged<Pieces>>),
}

/// Why an upload ended before its end.
#[derive(Debug)]
pub(crate) enum UploadError {
    /// The gate refused.
    Denied(Denial),
    /// The client left.
    Client,
    /// What it sent breaks HTTP, or nothing came: status and words of the refusal.
    Refused(u16, &'static str),
    /// The server takes no more; it may have answered already.
    Server,
}

impl UploadError {
    const fn from_read(error: ReadError) -> Self {
        match error {
            ReadError::Malformed(what) => Self::Refused(400, what),
            ReadError::TimedOut => Self::Refused(408, "request body took too long"),
            ReadError::Reset | ReadError::Truncated => Self::Client,
        }
    }
}

/// What one read brought.
enum Part {
    /// Nothing may go yet.
    Nothing,
    /// These may.
    Pieces(Judged<Pieces>),
    /// The end, still to be judged.
    End(Option<Fields>),
}

/// A body that is being read and judged.
#[derive(Debug)]
pub(crate) struct Upload {
    reader: BodyReader,
    inspection: Inspection,
}

impl Upload {
    pub(crate) const fn new(reader: BodyReader, inspection: Inspection) -> Self {
        Self { reader, inspection }
    }

    /// Reads until all of it passed, or until its first part may go.
    pub(crate) async fn settle(mut self, half: &mut ReadHalf<'_>) -> Result<Settled, UploadError> {
        self.inspection.admit().await.map_err(UploadError::Denied)?;
        if !self.inspection.holds_whole() {
            return Ok(Settled::Streaming(Box::new(self), None));
        }
        loop {
            match self.advance(half).await? {
                Part::Nothing => {}
                Part::Pieces(pieces) => {
                    return Ok(Settled::Streaming(Box::new(self), Some(pieces)));
                }
                Part::End(trailers) => return self.end(trailers).map(Settled::Whole),
            }
        }
    }

    /// Reads and judges the next part.
    async fn advance(&mut self, half: &mut ReadHalf<'_>) -> Result<Part, UploadError> {
        // Inspection is work without waiting: others get their turn.
        tokio::task::consume_budget().await;
        match self
            .reader
            .next(half)
            .await
            .map_err(UploadError::from_read)?
        {
            Next::Data(chunk) => match self.inspection.push(chunk) {
                Step::Wait => Ok(Part::Nothing),
                Step::Release(pieces) => Ok(Part::Pieces(pieces)),
                Step::Deny(denial) => Err(UploadError::Denied(denial)),
            },
            Next::End(trailers) => Ok(Part::End(trailers)),
            Next::Paused => Ok(Part::Nothing),
        }
    }

    fn end(self, trailers: Option<Fields>) -> Result<Judged<Tail>, UploadError> {
        self.inspection.end(trailers).map_err(UploadError::Denied)
    }

    /// Sends the rest as it comes.
    pub(crate) async fn stream(
        mut self,
        half: &mut ReadHalf<'_>,
        writer: &mut RequestWriter<'_>,
        sent: &AtomicU64,
    ) -> Result<(), UploadError> {
        loop {
            let part = self.advance(half).await;
            sent.store(self.reader.bytes(), Ordering::Relaxed);
            match part? {
                Part::Nothing => {}
                Part::Pieces(pieces) => {
                    writer.send(pieces).await.map_err(|_| UploadError::Server)?;
                }
                Part::End(trailers) => {
                    let tail = self.end(trailers)?;
                    return writer.finish(tail).await.map_err(|_| UploadError::Server);
                }
            }
        }
    }
}
