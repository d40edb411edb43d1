//! `pipelock run` as a child.

use super::{Files, PATIENCE, connect, pipelock, status};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// A proxy that serves, on a port that the system chose.
pub(crate) struct Proxy {
    pub(crate) addr: SocketAddr,
    /// Standard output (the log), which nobody reads unless the test does.
    pub(crate) log: Option<ChildStdout>,
    pid: Pid,
    /// What it said before it was ready.
    banner: Vec<String>,
    diagnostics: Receiver<String>,
    ended: Receiver<ExitStatus>,
    running: bool,
    _files: Files,
}

impl Proxy {
    pub(crate) fn start(config: &str) -> Self {
        Self::with(config, &[])
    }

    /// `extra` comes after the flags, as `["--", "sh", …]` does.
    pub(crate) fn with(config: &str, extra: &[&str]) -> Self {
        let files = Files::new();
        let config = files.write("pipelock.yaml", config);
        let mut command = pipelock();
        command.args(["run", "--config", &config, "--listen", "127.0.0.1:0"]);
        command.args(extra);
        Self::spawn(command, files)
    }

    fn spawn(mut command: Command, files: Files) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let pid = Pid::from_child(&child);
        let diagnostics = lines(child.stderr.take().unwrap());
        let log = child.stdout.take();
        let (tell, ended) = channel();
        thread::spawn(move || tell.send(child.wait().unwrap()));
        let mut banner = Vec::new();
        while banner.last().is_none_or(|line| line != "ready") {
            match diagnostics.recv_timeout(PATIENCE) {
                Ok(line) => banner.push(line),
                Err(_) => panic!("never ready: {banner:?}"),
            }
        }
        let listen = banner
            .iter()
            .find_map(|line| line.trim().strip_prefix("Listen:"));
        let addr = listen.expect("a Listen line").trim().parse().unwrap();
        Self {
            addr,
            log,
            pid,
            banner,
            diagnostics,
            ended,
            running: true,
            _files: files,
        }
    }

    /// Its address as a flag wants it.
    pub(crate) fn at(&self) -> String {
        self.addr.to_string()
    }

    pub(crate) fn banner(&self) -> String {
        self.banner.join("\n")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(self.pid, signal).unwrap();
    }

    /// Exit code, and what it said after it was ready.
    pub(crate) fn end(mut self) -> (i32, String) {
        let status = self
            .ended
            .recv_timeout(PATIENCE)
            .expect("it should have ended");
        self.running = false;
        let words: Vec<String> = self.diagnostics.iter().collect();
        (status.code().unwrap_or(-1), words.join("\n"))
    }

    /// Waits until nobody listens any more.
    pub(crate) fn wait_until_closed(&self) {
        while std::net::TcpStream::connect(self.addr).is_ok() {
            thread::yield_now();
        }
    }

    /// Status of a request for this URL.
    pub(crate) fn get(&self, url: &str) -> u16 {
        let host = url.trim_start_matches("http://").split('/').next().unwrap();
        status(
            self.addr,
            &format!("GET {url} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        )
    }

    /// Status of a route of its own.
    pub(crate) fn own(&self, path: &str) -> u16 {
        let host = self.addr;
        status(
            self.addr,
            &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"),
        )
    }

    /// The lines of the log, from now on.
    pub(crate) fn log_lines(&mut self) -> Receiver<String> {
        lines(self.log.take().unwrap())
    }

    /// A field of `/proc/PID/status`, in KiB.
    pub(crate) fn memory(&self, field: &str) -> u64 {
        let path = format!("/proc/{}/status", self.pid.as_raw_nonzero());
        let text = std::fs::read_to_string(path).unwrap();
        let line = text
            .lines()
            .find_map(|line| line.strip_prefix(field))
            .unwrap();
        line.split_ascii_whitespace()
            .nth(1)
            .unwrap()
            .parse()
            .unwrap()
    }

    /// A connection to it.
    pub(crate) fn connect(&self) -> std::net::TcpStream {
        connect(self.addr)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        if self.running {
            let _ = kill_process(self.pid, Signal::KILL);
        }
    }
}

/// Reads to the end, so that the writer never waits.
fn lines(from: impl Read + Send + 'static) -> Receiver<String> {
    let (tell, lines) = channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            // Nobody may be left to hear it.
            let _ = tell.send(line);
        }
    });
    lines
}
