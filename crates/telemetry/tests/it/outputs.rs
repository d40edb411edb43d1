//! The writer: nobody waits for an output, and what it did not take is counted.

use crate::events::{event, totals};
use pipelock_model::{EventKind, Transport};
use pipelock_telemetry::{
    AuditLog, AuditOptions, Build, Flush, LogFile, Losses, Metrics, Probes, Sink, Stream,
};
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Long enough for a slow machine, and never used up by a test that passes.
const PATIENCE: Duration = Duration::from_secs(60);

fn start(sink: impl Sink + 'static) -> (AuditLog, Arc<Losses>) {
    let losses = Arc::new(Losses::default());
    let log = AuditLog::start(AuditOptions::default(), vec![Box::new(sink)], &losses).unwrap();
    (log, losses)
}

fn request(log: &AuditLog) {
    log.observe(&event(
        Transport::Forward,
        EventKind::ForwardHttp(totals(200)),
    ));
}

/// Keeps what it gets.
#[derive(Clone, Default)]
struct Memory(Arc<Mutex<Vec<u8>>>);

impl Sink for Memory {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Odd parts, as pipes take them.
        let part = bytes.len().min(1000);
        self.0.lock().unwrap().extend_from_slice(&bytes[..part]);
        Ok(part)
    }
}

impl Memory {
    fn lines(&self) -> usize {
        let bytes = self.0.lock().unwrap();
        bytes.iter().filter(|byte| **byte == b'\n').count()
    }
}

/// Says that a write began, then waits for the other end to go away.
struct Stuck(Sender<()>, Receiver<()>);

impl Sink for Stuck {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        self.0.send(()).ok();
        self.1.recv().ok();
        Err(io::ErrorKind::BrokenPipe.into())
    }
}

#[test]
fn lines_arrive_whole_and_a_flush_waits_for_them() {
    let memory = Memory::default();
    let (log, losses) = start(memory.clone());
    (0..5000).for_each(|_| request(&log));
    assert_eq!(log.flush_and_close(PATIENCE), Flush::Complete);
    assert_eq!((memory.lines(), losses.dropped()), (5000, 0));
    let text = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
    assert!(
        text.lines()
            .all(|line| line.starts_with("{\"level\"") && line.ends_with('}'))
    );
}

#[test]
fn lines_of_many_threads_do_not_mix() {
    let memory = Memory::default();
    let (log, _) = start(memory.clone());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..500).for_each(|_| request(&log)));
        }
    });
    assert_eq!(log.flush_and_close(PATIENCE), Flush::Complete);
    let text = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
    assert_eq!(text.lines().count(), 2000);
    assert!(
        text.lines()
            .all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())
    );
}

#[test]
fn an_output_that_nobody_reads_costs_lines_and_never_time() {
    let (writing, began) = channel();
    let (release, held) = channel::<()>();
    let (log, losses) = start(Stuck(writing, held));
    let metrics = Metrics::new(
        Build {
            version: "0",
            commit: "unknown",
            target: "unknown",
        },
        Probes::default(),
        Arc::clone(&losses),
    );
    request(&log);
    began.recv().unwrap();
    // About 5 MB into a buffer of 4 MiB.
    (0..20_000).for_each(|_| request(&log));
    let dropped = losses.dropped();
    assert!(dropped > 1000 && dropped < 19_000, "{dropped}");
    assert_eq!(losses.failures(), dropped);
    let page = metrics.render();
    assert!(page.contains(&format!(
        "pipelock_emit_dropped_total{{sink=\"log\"}} {dropped}\n"
    )));
    assert!(page.contains(&format!("pipelock_audit_write_errors_total {dropped}\n")));
    assert_eq!(log.flush_and_close(Duration::ZERO), Flush::TimedOut);
    drop(release);
    assert_eq!(log.flush_and_close(PATIENCE), Flush::Complete);
    // Neither what was buffered nor what was refused is forgotten; of the first
    // line nothing was taken.
    assert_eq!(losses.dropped(), 20_001);
}

#[test]
fn one_stuck_output_does_not_silence_the_other() {
    let (writing, began) = channel();
    let (release, held) = channel::<()>();
    let memory = Memory::default();
    let outputs: Vec<Box<dyn Sink>> =
        vec![Box::new(Stuck(writing, held)), Box::new(memory.clone())];
    let losses = Arc::new(Losses::default());
    let log = AuditLog::start(AuditOptions::default(), outputs, &losses).unwrap();
    request(&log);
    began.recv().unwrap();
    request(&log);
    assert_eq!(log.flush_and_close(Duration::ZERO), Flush::TimedOut);
    drop(release);
    assert_eq!(log.flush_and_close(PATIENCE), Flush::Complete);
    assert_eq!(memory.lines(), 2);
}

#[test]
fn a_closed_pipe_is_counted_and_survived() {
    let (reader, writer) = io::pipe().unwrap();
    let (log, losses) = start(Stream(writer));
    drop(reader);
    (0..10).for_each(|_| request(&log));
    assert_eq!(log.flush_and_close(PATIENCE), Flush::Complete);
    assert_eq!(losses.dropped(), 10);
    assert!(losses.failures() >= 1);
}

#[test]
fn lines_after_the_close_are_counted() {
    let memory = Memory::default();
    let (log, losses) = start(memory.clone());
    assert_eq!(log.flush_and_close(PATIENCE), Flush::Complete);
    request(&log);
    assert_eq!((memory.lines(), losses.dropped()), (0, 1));
}

#[test]
fn an_idle_log_writes_a_single_line_without_a_flush() {
    let (mut reader, writer) = io::pipe().unwrap();
    let (log, _) = start(Stream(writer));
    for _ in 0..3 {
        request(&log);
        let mut byte = [0];
        while byte != *b"\n" {
            reader.read_exact(&mut byte).unwrap();
        }
    }
}

/// A path of this test alone, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("pipelock-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

#[test]
fn a_file_is_private_appended_to_and_opened_anew_after_a_rotation() {
    let scratch = Scratch::new("rotation");
    let (path, rotated) = (scratch.0.join("audit.log"), scratch.0.join("audit.log.1"));
    let lines = |path: &PathBuf| std::fs::read_to_string(path).unwrap().lines().count();

    let (log, _) = start(LogFile::append(path.clone()).unwrap());
    request(&log);
    assert_eq!(log.flush_and_close(PATIENCE), Flush::Complete);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    let (log, losses) = start(LogFile::append(path.clone()).unwrap());
    std::fs::rename(&path, &rotated).unwrap();
    log.reopen();
    request(&log);
    assert_eq!(log.flush_and_close(PATIENCE), Flush::Complete);
    assert_eq!(
        (lines(&rotated), lines(&path), losses.failures()),
        (1, 1, 0)
    );
}

#[test]
fn a_file_that_cannot_be_opened_anew_stays_in_use() {
    let scratch = Scratch::new("unopenable");
    let directory = scratch.0.join("logs");
    std::fs::create_dir_all(&directory).unwrap();
    let path = directory.join("audit.log");
    let (log, losses) = start(LogFile::append(path.clone()).unwrap());
    let moved = scratch.0.join("moved");
    std::fs::rename(&directory, &moved).unwrap();
    log.reopen();
    request(&log);
    assert_eq!(log.flush_and_close(PATIENCE), Flush::Complete);
    assert_eq!((losses.dropped(), losses.failures()), (0, 1));
    let text = std::fs::read_to_string(moved.join("audit.log")).unwrap();
    assert_eq!(text.lines().count(), 1);
}
