//! `pipelock healthcheck`: for containers and scripts. Proxy variables are ignored.

use super::Failure;
use crate::duration::Span;
use crate::terminal;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Arguments of `healthcheck`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address of the proxy.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8888")]
    addr: String,

    /// Ask `/readyz` (503 while it starts or drains) instead of `/health`.
    #[arg(long)]
    ready: bool,

    /// Longest wait for one answer (500ms, 3s).
    #[arg(long, value_name = "DURATION", default_value = "3s", value_parser = positive)]
    timeout: Span,

    /// Ask again, every 100 ms, until it is healthy or this long has passed
    /// (30s, 2m); 0s asks once.
    #[arg(long, value_name = "DURATION", default_value = "0s")]
    wait: Span,

    /// Print JSON instead of one word.
    #[arg(long)]
    json: bool,
}

/// Pause between two questions.
const AGAIN: Duration = Duration::from_millis(100);

/// Exits 0 on 200, else 1.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let path = if args.ready { "/readyz" } else { "/health" };
    let status = ask(args, path);
    let healthy = matches!(status, Ok(200));
    let words = match &status {
        Ok(status) => format!("status {status}"),
        Err(error) => error.to_string(),
    };
    if args.json {
        terminal::json(&serde_json::json!({
            "healthy": healthy,
            "addr": args.addr,
            "status": status.as_ref().ok(),
            "error": status.as_ref().err().map(ToString::to_string),
            "schema_version": 1,
        }));
    } else if healthy {
        terminal::line("healthy");
    } else {
        terminal::note(format_args!("unhealthy: {}: {words}", args.addr));
    }
    Ok(if healthy {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "no gate and no clock port exist here"
)]
fn ask(args: &Args, path: &str) -> std::io::Result<u16> {
    let started = Instant::now();
    loop {
        let left = args.wait.0.saturating_sub(started.elapsed());
        let patience = if left.is_zero() {
            args.timeout.0
        } else {
            args.timeout.0.min(left)
        };
        let status = pipelock_net::probe(&args.addr, path, patience);
        if matches!(status, Ok(200)) || left <= AGAIN {
            return status;
        }
        std::thread::sleep(AGAIN);
    }
}

fn positive(text: &str) -> Result<Span, String> {
    match text.parse::<Span>() {
        Ok(span) if span.0.is_zero() => Err("must be longer than 0s".into()),
        Ok(span) => Ok(span),
        Err(error) => Err(error.to_string()),
    }
}
