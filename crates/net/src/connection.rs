//! A TCP connection in two halves that one task drives.

use crate::timer::Timer;
use crate::timer::now;
use bytes::BytesMut;
use pipelock_wire::http1::HeadScan;
use socket2::SockRef;
use std::future::poll_fn;
use std::io::{self, IoSlice, Read};
use std::net::{Shutdown, SocketAddr};
use std::task::Poll;
use std::time::Duration;
use tokio::io::Interest;
use tokio::net::TcpStream;
use tokio::time::Instant;

/// First read of a head. Most heads fit.
pub(crate) const HEAD_READ: usize = 8 * 1024;
/// Reads of a body: one slice of inspection.
pub(crate) const BODY_READ: usize = 64 * 1024;
/// Up to here a body is copied behind its head: one buffer is cheaper to write
/// than several.
const COPIED: usize = 16 * 1024;
/// Pieces of one gathered write.
const MAX_SLICES: usize = 16;

/// Why a read gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Nothing came in time.
    #[error("timed out")]
    TimedOut,
    /// The peer reset the connection.
    #[error("connection reset")]
    Reset,
    /// It ended in the middle.
    #[error("connection ended early")]
    Truncated,
    /// What came breaks HTTP.
    #[error("malformed: {0}")]
    Malformed(&'static str),
}

/// Why a write failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// No progress in time.
    #[error("write made no progress")]
    TimedOut,
    /// The peer is gone.
    #[error("connection gone")]
    Gone,
}

/// The socket and what each direction keeps.
#[derive(Debug)]
pub(crate) struct Connection {
    io: TcpStream,
    pub(crate) peer: SocketAddr,
    inbound: Inbound,
    outbound: Outbound,
}

#[derive(Debug, Default)]
pub(crate) struct Inbound {
    pub(crate) buf: BytesMut,
    pub(crate) scan: HeadScan,
    timer: Timer,
}

#[derive(Debug, Default)]
pub(crate) struct Outbound {
    pub(crate) buf: Vec<u8>,
    timer: Timer,
}

impl Connection {
    pub(crate) fn new(io: TcpStream, peer: SocketAddr) -> Self {
        // Latency matters more than packets; an error here costs only that.
        let _ = io.set_nodelay(true);
        Self {
            io,
            peer,
            inbound: Inbound::default(),
            outbound: Outbound::default(),
        }
    }

    pub(crate) fn halves(&mut self) -> (ReadHalf<'_>, WriteHalf<'_>) {
        let Self {
            io,
            inbound,
            outbound,
            ..
        } = self;
        (
            ReadHalf { io, state: inbound },
            WriteHalf {
                io,
                state: outbound,
            },
        )
    }

    pub(crate) fn reader(&mut self) -> ReadHalf<'_> {
        self.halves().0
    }

    pub(crate) fn writer(&mut self) -> WriteHalf<'_> {
        self.halves().1
    }

    /// The socket and the bytes that were read and not used.
    pub(crate) fn into_parts(self) -> (TcpStream, BytesMut) {
        (self.io, self.inbound.buf)
    }

    pub(crate) fn buffered(&self) -> &[u8] {
        &self.inbound.buf
    }

    /// False when the peer closed or sent something that nobody asked for.
    pub(crate) fn is_quiet(&self) -> bool {
        let mut probe = [0_u8; 1];
        let silent = matches!(
            self.io.try_read(&mut probe),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock
        );
        silent && self.inbound.buf.is_empty()
    }

    /// As `is_quiet`, asking the system instead of what the runtime last heard.
    pub(crate) fn is_surely_quiet(&self) -> bool {
        let mut probe = [std::mem::MaybeUninit::uninit(); 1];
        let silent = matches!(
            SockRef::from(&self.io).peek(&mut probe),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock
        );
        silent && self.inbound.buf.is_empty()
    }

    /// The next close is a reset, so that a cut shows.
    pub(crate) fn reset_on_close(&self) {
        let _ = SockRef::from(&self.io).set_linger(Some(Duration::ZERO));
    }

    pub(crate) fn half_close(&self) {
        let _ = SockRef::from(&self.io).shutdown(Shutdown::Write);
    }
}

/// The reading half.
#[derive(Debug)]
pub struct ReadHalf<'a> {
    io: &'a TcpStream,
    pub(crate) state: &'a mut Inbound,
}

impl ReadHalf<'_> {
    /// Reads what there is, at most `room` bytes; 0 at the end of input.
    pub(crate) async fn fill(
        &mut self,
        room: usize,
        deadline: Instant,
    ) -> Result<usize, ReadError> {
        loop {
            if let Some(result) = self.try_fill(room) {
                return result;
            }
            self.readable(deadline).await?;
        }
    }

    /// As `fill`, without waiting.
    pub(crate) fn try_fill(&mut self, room: usize) -> Option<Result<usize, ReadError>> {
        let read = if room <= HEAD_READ {
            self.read_little(room)
        } else {
            self.read_much(room)
        };
        match read {
            Ok(read) => Some(Ok(read)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => None,
            Err(_) => Some(Err(ReadError::Reset)),
        }
    }

    fn read_much(&mut self, room: usize) -> io::Result<usize> {
        let buf = &mut self.state.buf;
        if buf.capacity() - buf.len() < room / 4 {
            buf.reserve(room);
        }
        self.io.try_read_buf(buf)
    }

    /// A read that did not fill its buffer emptied the socket: readiness is cleared
    /// here, which spares the call that would only say so.
    fn read_little(&mut self, room: usize) -> io::Result<usize> {
        let (io, buf) = (self.io, &mut self.state.buf);
        let have = buf.len();
        buf.resize(have + room, 0);
        let mut partial = None;
        let read = io.try_io(Interest::READABLE, || {
            let read = (&*SockRef::from(io)).read(&mut buf[have..])?;
            if read == 0 || read == room {
                return Ok(read);
            }
            partial = Some(read);
            Err(io::ErrorKind::WouldBlock.into())
        });
        let read = partial.map_or(read, Ok);
        buf.truncate(have + read.as_ref().copied().unwrap_or(0));
        read
    }

    async fn readable(&mut self, deadline: Instant) -> Result<(), ReadError> {
        if self.state.buf.is_empty() {
            // Who waits holds no buffer: idle connections cost their sockets only.
            self.state.buf = BytesMut::new();
        }
        let (io, timer) = (self.io, &mut self.state.timer);
        poll_fn(|cx| {
            if io.poll_read_ready(cx).is_ready() {
                return Poll::Ready(Ok(()));
            }
            timer.poll(deadline, cx).map(|()| Err(ReadError::TimedOut))
        })
        .await
    }
}

/// The writing half.
#[derive(Debug)]
pub(crate) struct WriteHalf<'a> {
    io: &'a TcpStream,
    pub(crate) state: &'a mut Outbound,
}

impl WriteHalf<'_> {
    /// From here a close is a reset, until what must not look whole is whole.
    pub(crate) fn reset_on_close(&self, reset: bool) {
        let _ = SockRef::from(self.io).set_linger(reset.then_some(Duration::ZERO));
    }

    /// Writes what is buffered, then the slices, in as few calls as possible.
    pub(crate) async fn flush_with<'b>(
        &mut self,
        slices: impl Iterator<Item = &'b [u8]> + Clone,
        idle: Duration,
    ) -> Result<(), WriteError> {
        if slices.clone().map(<[u8]>::len).sum::<usize>() <= COPIED {
            for slice in slices {
                self.state.buf.extend_from_slice(slice);
            }
            return self.flush(idle).await;
        }
        let head = std::mem::take(&mut self.state.buf);
        let mut pending: Vec<&[u8]> = vec![&head];
        for slice in slices {
            pending.push(slice);
        }
        pending.retain(|slice| !slice.is_empty());
        Box::pin(self.write_slices(&pending, idle)).await
    }

    pub(crate) async fn flush(&mut self, idle: Duration) -> Result<(), WriteError> {
        let mut written = 0;
        while written < self.state.buf.len() {
            match self.io.try_write(&self.state.buf[written..]) {
                Ok(0) => return Err(WriteError::Gone),
                Ok(more) => written += more,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.writable(idle).await?;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => return Err(WriteError::Gone),
            }
        }
        self.state.buf.clear();
        if self.state.buf.capacity() > 4 * HEAD_READ {
            self.state.buf = Vec::new();
        }
        Ok(())
    }

    async fn write_slices(&mut self, slices: &[&[u8]], idle: Duration) -> Result<(), WriteError> {
        for batch in slices.chunks(MAX_SLICES) {
            let mut io_slices = [IoSlice::new(&[]); MAX_SLICES];
            for (slot, slice) in io_slices.iter_mut().zip(batch) {
                *slot = IoSlice::new(slice);
            }
            let mut rest = &mut io_slices[..batch.len()];
            while !rest.is_empty() {
                match self.io.try_write_vectored(rest) {
                    Ok(0) => return Err(WriteError::Gone),
                    Ok(written) => IoSlice::advance_slices(&mut rest, written),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                        self.writable(idle).await?;
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(_) => return Err(WriteError::Gone),
                }
            }
        }
        Ok(())
    }

    async fn writable(&mut self, idle: Duration) -> Result<(), WriteError> {
        let deadline = now() + idle;
        let (io, timer) = (self.io, &mut self.state.timer);
        poll_fn(|cx| {
            if io.poll_write_ready(cx).is_ready() {
                return Poll::Ready(Ok(()));
            }
            timer.poll(deadline, cx).map(|()| Err(WriteError::TimedOut))
        })
        .await
    }

    /// Writes a few bytes without waiting, for an alert before a close.
    pub(crate) fn try_write(&self, bytes: &[u8]) {
        let _ = self.io.try_write(bytes);
    }
}
