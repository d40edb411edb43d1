//! Copies a tunnel that nobody reads, both ways, and counts it live.
//!
//! While it is idle it holds no buffer: reads go through one buffer a thread, and
//! only what a slow receiver did not take is kept.

use crate::timer::Timer;
use crate::{Downstream, Upstream};
use pipelock_gate::{Denial, Exchange, Passage};
use socket2::SockRef;
use std::cell::RefCell;
use std::future::poll_fn;
use std::io;
use std::net::Shutdown;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::Instant;

/// One read. Measured: 64 KiB costs half as much CPU time again a byte.
const BUFFER: usize = 512 * 1024;
/// Reads of one turn before other tasks get theirs.
const TURN: usize = 4;
/// How often a busy tunnel tells its counts.
const REPORT: Duration = Duration::from_secs(1);

thread_local! {
    static SHARED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// How a relay ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RelayEnd {
    /// Both sides closed.
    Closed,
    /// One side reset its connection; the other sees a reset too.
    Reset,
    /// Nothing moved for the idle time.
    Idle,
    /// Its life time is over.
    Lifetime,
    /// The gate refused to let more pass.
    Denied(Denial),
}

/// What a relay moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relayed {
    /// Bytes from the client.
    pub up: u64,
    /// Bytes to the client.
    pub down: u64,
    /// How it ended.
    pub end: RelayEnd,
}

/// Copies until both sides end. The passage proves that the gate let it pass.
pub async fn relay(
    downstream: Downstream,
    upstream: Upstream,
    _passage: Passage,
    exchange: &mut Exchange,
    idle: Duration,
    life: Option<Duration>,
) -> Relayed {
    let (connection, presence) = downstream.into_connection();
    let (client, client_bytes) = connection.into_parts();
    let (server, server_bytes) = upstream.into_connection().into_parts();
    let now = crate::timer::now();
    let mut state = Relay {
        up: Lane::new(&client_bytes),
        down: Lane::new(&server_bytes),
        idle,
        last_move: now,
        last_report: now,
        deadline: life.map(|life| now + life),
        timer: Timer::default(),
    };
    drop((client_bytes, server_bytes));
    // Whatever cuts it, the kill switch included, must not look like an end.
    reset_on_close(&client, true);
    reset_on_close(&server, true);
    let end = poll_fn(|cx| state.poll(&client, &server, exchange, cx)).await;
    if end == RelayEnd::Closed {
        reset_on_close(&client, false);
        reset_on_close(&server, false);
    }
    drop(presence);
    Relayed {
        up: state.up.moved,
        down: state.down.moved,
        end,
    }
}

fn reset_on_close(stream: &TcpStream, reset: bool) {
    let _ = SockRef::from(stream).set_linger(reset.then_some(Duration::ZERO));
}

struct Relay {
    up: Lane,
    down: Lane,
    idle: Duration,
    last_move: Instant,
    last_report: Instant,
    deadline: Option<Instant>,
    timer: Timer,
}

impl Relay {
    fn poll(
        &mut self,
        client: &TcpStream,
        server: &TcpStream,
        exchange: &mut Exchange,
        cx: &mut Context<'_>,
    ) -> Poll<RelayEnd> {
        let before = self.up.moved + self.down.moved;
        let up = self.up.poll(client, server, cx);
        let down = self.down.poll(server, client, cx);
        let now = crate::timer::now();
        if self.up.moved + self.down.moved != before {
            self.last_move = now;
            exchange.moved(self.up.moved, self.down.moved);
            if let Some(denial) = self.report(now, exchange) {
                return Poll::Ready(RelayEnd::Denied(denial));
            }
        }
        match (up, down) {
            (Poll::Ready(Err(_)), _) | (_, Poll::Ready(Err(_))) => {
                return Poll::Ready(RelayEnd::Reset);
            }
            (Poll::Ready(Ok(())), Poll::Ready(Ok(()))) => return Poll::Ready(RelayEnd::Closed),
            _ => {}
        }
        self.time_out(cx)
    }

    fn report(&mut self, now: Instant, exchange: &mut Exchange) -> Option<Denial> {
        if now.duration_since(self.last_report) < REPORT {
            return None;
        }
        self.last_report = now;
        exchange.progress().err()
    }

    fn time_out(&mut self, cx: &mut Context<'_>) -> Poll<RelayEnd> {
        let idle_at = self.last_move + self.idle;
        let next = self
            .deadline
            .map_or(idle_at, |deadline| deadline.min(idle_at));
        self.timer.poll(next, cx).map(|()| {
            if self.deadline == Some(next) {
                RelayEnd::Lifetime
            } else {
                RelayEnd::Idle
            }
        })
    }
}

/// One direction.
struct Lane {
    left_over: Vec<u8>,
    written: usize,
    moved: u64,
    state: LaneState,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum LaneState {
    Open,
    /// Its source ended; what is left over still goes.
    Ending,
    Ended,
}

impl Lane {
    fn new(first: &[u8]) -> Self {
        Self {
            left_over: first.to_vec(),
            written: 0,
            moved: 0,
            state: LaneState::Open,
        }
    }

    fn poll(
        &mut self,
        from: &TcpStream,
        to: &TcpStream,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        for _ in 0..TURN {
            if self.state == LaneState::Ended {
                return Poll::Ready(Ok(()));
            }
            if !self.left_over.is_empty() {
                std::task::ready!(self.write_left_over(to, cx))?;
            }
            if self.state == LaneState::Ending {
                self.state = LaneState::Ended;
                let _ = SockRef::from(to).shutdown(Shutdown::Write);
                return Poll::Ready(Ok(()));
            }
            std::task::ready!(self.copy(from, to, cx))?;
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    fn copy(
        &mut self,
        from: &TcpStream,
        to: &TcpStream,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            let read = SHARED.with_borrow_mut(|buffer| {
                buffer.resize(BUFFER, 0);
                let read = from.try_read(buffer)?;
                if read == 0 {
                    self.state = LaneState::Ending;
                    return Ok(());
                }
                self.pass_on(&buffer[..read], to)
            });
            match read {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    std::task::ready!(from.poll_read_ready(cx))?;
                }
                other => return Poll::Ready(other),
            }
        }
    }

    fn pass_on(&mut self, bytes: &[u8], to: &TcpStream) -> io::Result<()> {
        let written = match to.try_write(bytes) {
            Ok(written) => written,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
            // A read error and a write error must not look alike: this one ends the lane.
            Err(_) => return Err(io::ErrorKind::BrokenPipe.into()),
        };
        self.moved += written as u64;
        self.left_over.extend_from_slice(&bytes[written..]);
        Ok(())
    }

    fn write_left_over(&mut self, to: &TcpStream, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.written < self.left_over.len() {
            match to.try_write(&self.left_over[self.written..]) {
                Ok(0) => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                Ok(written) => {
                    self.written += written;
                    self.moved += written as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    std::task::ready!(to.poll_write_ready(cx))?;
                }
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        self.left_over = Vec::new();
        self.written = 0;
        Poll::Ready(Ok(()))
    }
}
