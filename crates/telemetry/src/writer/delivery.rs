//! Whole lines into an output that may take only a part, and may fail.

use super::sink::Sink;
use crate::losses::Losses;
use std::io::{self, ErrorKind};
use std::thread;
use std::time::Duration;

/// Pause before a descriptor that somebody made non-blocking is tried again.
const NOT_READY: Duration = Duration::from_millis(5);

/// An output, and the end of a line that it took only in part. That end goes
/// first when the output works again, so that a full disk leaves no torn line.
pub(crate) struct Delivery {
    sink: Box<dyn Sink>,
    torn: Vec<u8>,
}

impl Delivery {
    pub(crate) const fn new(sink: Box<dyn Sink>) -> Self {
        Self {
            sink,
            torn: Vec::new(),
        }
    }

    /// Writes lines. What an error leaves over is counted as lost, not kept: the
    /// next batch finds out whether the output works again.
    pub(crate) fn write(&mut self, lines: &[u8], losses: &Losses) {
        let (written, result) = push(&mut *self.sink, &self.torn);
        self.torn.drain(..written);
        if result.is_err() {
            losses.failed(count(lines));
            return;
        }
        let (written, result) = push(&mut *self.sink, lines);
        if result.is_ok() {
            return;
        }
        let (taken, rest) = lines.split_at(written);
        let lost = if taken.last().is_none_or(|byte| *byte == b'\n') {
            rest
        } else {
            let end = rest
                .iter()
                .position(|byte| *byte == b'\n')
                .map_or(rest.len(), |at| at + 1);
            let (torn, lost) = rest.split_at(end);
            self.torn.extend_from_slice(torn);
            lost
        };
        losses.failed(count(lost));
    }

    /// Opens the output anew. The end of a torn line does not belong there.
    pub(crate) fn reopen(&mut self, losses: &Losses) {
        match self.sink.reopen() {
            Ok(()) => self.give_up(losses),
            Err(_) => losses.failed(0),
        }
    }

    /// The last try for a torn line.
    pub(crate) fn end(&mut self, losses: &Losses) {
        if !self.torn.is_empty() {
            self.write(&[], losses);
            self.give_up(losses);
        }
    }

    fn give_up(&mut self, losses: &Losses) {
        if !self.torn.is_empty() {
            self.torn.clear();
            losses.gave_up(1);
        }
    }
}

fn count(lines: &[u8]) -> u64 {
    lines.iter().filter(|byte| **byte == b'\n').count() as u64
}

/// Writes all it can, and tells how much that was.
fn push(sink: &mut dyn Sink, bytes: &[u8]) -> (usize, io::Result<()>) {
    let mut written = 0;
    while written < bytes.len() {
        match sink.write(&bytes[written..]) {
            Ok(0) => return (written, Err(ErrorKind::WriteZero.into())),
            Ok(more) => written += more.min(bytes.len() - written),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // Others share the open file and may have changed its mode.
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::sleep(NOT_READY),
            Err(error) => return (written, Err(error)),
        }
    }
    (written, Ok(()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::sync::{Arc, Mutex};

    /// Takes bytes while there is room.
    #[derive(Clone, Default)]
    struct Disk(Arc<Mutex<(Vec<u8>, usize)>>);

    impl Disk {
        fn room(&self, bytes: usize) {
            self.0.lock().unwrap().1 = bytes;
        }
        fn content(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().0.clone()).unwrap()
        }
    }

    impl Sink for Disk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let (content, room) = &mut *self.0.lock().unwrap();
            let taken = bytes.len().min(*room);
            if taken == 0 {
                return Err(ErrorKind::StorageFull.into());
            }
            content.extend_from_slice(&bytes[..taken]);
            *room -= taken;
            Ok(taken)
        }
    }

    #[test]
    fn a_full_disk_loses_whole_lines_counts_them_and_leaves_no_torn_line() {
        let (disk, losses) = (Disk::default(), Losses::default());
        let mut delivery = Delivery::new(Box::new(disk.clone()));
        disk.room(6);
        delivery.write(b"one\ntwo\nthree\nfour\n", &losses);
        assert_eq!((disk.content().as_str(), losses.dropped()), ("one\ntw", 2));
        delivery.write(b"five\n", &losses);
        assert_eq!(losses.dropped(), 3, "the disk is still full");
        disk.room(1000);
        delivery.write(b"six\n", &losses);
        assert_eq!(disk.content(), "one\ntwo\nsix\n");
        assert_eq!((losses.dropped(), losses.failures()), (3, 2));
    }

    #[test]
    fn an_error_between_lines_tears_none() {
        let (disk, losses) = (Disk::default(), Losses::default());
        let mut delivery = Delivery::new(Box::new(disk.clone()));
        disk.room(4);
        delivery.write(b"one\ntwo\n", &losses);
        disk.room(1000);
        delivery.write(b"six\n", &losses);
        assert_eq!(
            (disk.content().as_str(), losses.dropped()),
            ("one\nsix\n", 1)
        );
    }

    #[test]
    fn a_torn_line_does_not_follow_into_another_file() {
        let (disk, losses) = (Disk::default(), Losses::default());
        let mut delivery = Delivery::new(Box::new(disk.clone()));
        disk.room(2);
        delivery.write(b"one\n", &losses);
        assert_eq!(losses.dropped(), 0, "its end may still be written");
        disk.room(1000);
        delivery.reopen(&losses);
        delivery.write(b"two\n", &losses);
        assert_eq!((disk.content().as_str(), losses.dropped()), ("ontwo\n", 1));
    }
}
