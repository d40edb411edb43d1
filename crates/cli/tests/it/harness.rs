//! Runs the binary and talks to it.

mod origin;
mod proxy;

pub(crate) use origin::{Origin, ask, connect, half, status};
pub(crate) use proxy::Proxy;

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// Longest wait for anything, so that a broken build fails instead of hanging.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Any origin on 127.0.0.2 may be reached; findings block.
pub(crate) const CONFIG: &str = "\
version: 1
mode: balanced
fetch_proxy:
  monitoring:
    unlimited: true
forward_proxy:
  enabled: true
request_body_scanning:
  action: block
response_scanning:
  action: block
ssrf:
  ip_allowlist: [127.0.0.2/32]
";

/// The binary, without anything of this machine's environment that it reads.
pub(crate) fn pipelock() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pipelock"));
    for name in [
        "PIPELOCK_CONFIG",
        "PIPELOCK_HOME",
        "PIPELOCK_ALLOW_UNIMPLEMENTED",
    ] {
        command.env_remove(name);
    }
    for name in [
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "NO_PROXY",
        "http_proxy",
        "https_proxy",
        "no_proxy",
    ] {
        command.env_remove(name);
    }
    command.stdin(Stdio::null());
    command
}

/// What a command that ends said.
pub(crate) struct Said {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs it to its end.
pub(crate) fn say(args: &[&str]) -> Said {
    said(&pipelock().args(args).output().unwrap())
}

pub(crate) fn said(output: &Output) -> Said {
    Said {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A directory that goes with the test.
pub(crate) struct Files(PathBuf);

impl Files {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!(
            "{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        );
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Path of a file that need not exist.
    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, text).unwrap();
        path
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
