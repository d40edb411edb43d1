//! `pipelock healthcheck`: for containers and scripts. Proxy variables are ignored.

use super::Failure;
use crate::terminal;
use std::process::ExitCode;
use std::time::Duration;

/// Arguments of `healthcheck`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Address of the proxy.
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8888")]
    addr: String,

    /// Ask `/readyz` instead of `/health`.
    #[arg(long)]
    ready: bool,

    /// Longest wait for one answer, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=300))]
    timeout: u64,

    /// Ask again until it is healthy, for at most this many seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=3600))]
    wait: u64,

    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Pause between two questions.
const AGAIN: Duration = Duration::from_millis(100);

/// Exits 0 on 200, else 1.
pub(crate) fn run(args: &Args) -> Result<ExitCode, Failure> {
    let path = if args.ready { "/readyz" } else { "/health" };
    let tries = 1 + args.wait * 1000 / u64::try_from(AGAIN.as_millis()).unwrap_or(u64::MAX);
    let mut status = probe(args, path);
    for _ in 1..tries {
        if matches!(status, Ok(200)) {
            break;
        }
        std::thread::sleep(AGAIN);
        status = probe(args, path);
    }
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
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn probe(args: &Args, path: &str) -> std::io::Result<u16> {
    pipelock_net::probe(&args.addr, path, Duration::from_secs(args.timeout))
}
