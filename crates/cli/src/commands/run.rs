//! `pipelock run`.

use super::Failure;
use crate::settings::{self, Flags};
use crate::{build, terminal};
use anyhow::anyhow;
use pipelock_policy::{Enforcement, Policy};
use pipelock_runtime::{Agent, Exit, Options, Started};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Arguments of `run`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Configuration (YAML); without one, the balanced preset.
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// strict, balanced or audit; overrides the file.
    #[arg(short, long)]
    mode: Option<String>,

    /// Address of the main listener; overrides `fetch_proxy.listen`.
    #[arg(short, long, value_name = "HOST:PORT")]
    listen: Option<String>,

    /// Check everything as a start would, and end.
    #[arg(long)]
    check: bool,

    /// Do not start the program after `--`; only name its variables.
    #[arg(long)]
    no_exec: bool,

    /// Serve on for this many seconds after a termination signal, with `/readyz` 503.
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=3600))]
    shutdown_delay: u64,

    /// Agent to start with the proxy's variables set; its exit code becomes ours.
    #[arg(last = true, value_name = "AGENT")]
    agent: Vec<OsString>,
}

/// Exits 0 after a drain, with the agent's code when it ended, 1 when a port could
/// not be had, 2 on a bad configuration.
pub(crate) fn run(args: Args) -> Result<ExitCode, Failure> {
    let flags = Flags { mode: args.mode.clone(), listen: args.listen.clone() };
    let loaded = settings::load(args.config.as_deref(), &flags).map_err(Failure::usage)?;
    for warning in &loaded.warnings {
        terminal::note(format_args!("WARNING: {warning}"));
    }
    let origin = settings::origin(args.config.as_deref());
    let policy = match loaded.policy {
        Ok(policy) => policy,
        Err(problems) => {
            problems.iter().for_each(terminal::note);
            return Err(Failure::usage(anyhow!("{origin} does not load")));
        }
    };
    pipelock_runtime::raise_descriptor_limit();
    if args.check {
        terminal::line("configuration: OK");
        return Ok(ExitCode::SUCCESS);
    }
    let agent = agent(&args, policy.listener.listen);
    let notes = loaded.warnings.iter().map(|warning| settings::clean(&warning.to_string()));
    let options = Options {
        notes: notes.collect(),
        config_hash: settings::clean(&loaded.config_hash),
        version: build::VERSION,
        commit: build::COMMIT,
        target: build::TARGET,
        agent,
        shutdown_delay: Duration::from_secs(args.shutdown_delay),
        policy,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // Name lookups are bounded far below this.
        .max_blocking_threads(80)
        .build()
        .map_err(Failure::runtime)?;
    let ended = runtime.block_on(pipelock_runtime::run(options, |started| banner(started, &origin)));
    // A lookup that hangs must not keep the process.
    runtime.shutdown_background();
    match ended.map_err(Failure::runtime)? {
        Exit::Drained => terminal::note("Pipelock stopped."),
        Exit::Cut(0) => terminal::note("Pipelock stopped."),
        Exit::Cut(cut) => {
            let noun = if cut == 1 { "connection" } else { "connections" };
            terminal::note(format_args!("Pipelock stopped; {cut} {noun} cut."));
        }
        Exit::Agent(code) => return Ok(ExitCode::from(u8::try_from(code).unwrap_or(1))),
    }
    Ok(ExitCode::SUCCESS)
}

fn agent(args: &Args, listen: SocketAddr) -> Option<Agent> {
    let (program, rest) = args.agent.split_first()?;
    if args.no_exec {
        terminal::note(format_args!("agent not started; set HTTP_PROXY and HTTPS_PROXY to http://{listen}"));
        return None;
    }
    Some(Agent { program: program.clone(), args: rest.to_vec() })
}

fn banner(started: &Started<'_>, origin: &str) {
    let Policy { mode, enforcement, forward, metrics_listen, .. } = started.policy;
    let listen = started.listen;
    let enforcement = match enforcement {
        Enforcement::Enforce => "enforcing",
        Enforcement::DetectOnly => "detect-only: findings are logged, nothing is blocked",
    };
    terminal::note(format_args!("Pipelock v{} starting", build::VERSION));
    let item = |label: &str, text: String| terminal::note(format_args!("  {label:<8} {text}"));
    item("Mode:", format!("{} ({enforcement})", mode.as_str()));
    item("Listen:", listen.to_string());
    item("Health:", format!("http://{listen}/health"));
    match metrics_listen {
        Some(addr) => item("Metrics:", format!("http://{addr}/metrics")),
        None => item("Metrics:", format!("http://{listen}/metrics")),
    }
    match forward {
        Some(_) => item("Proxy:", format!("HTTP_PROXY=http://{listen} HTTPS_PROXY=http://{listen}")),
        None => item("Proxy:", "off (forward_proxy.enabled: false)".into()),
    }
    item("HTTPS:", "judged by host and SNI only; content inside TLS is not inspected yet".into());
    item("Config:", origin.to_owned());
    if !listen.ip().is_loopback() {
        terminal::note(format_args!("WARNING: fetch_proxy.listen: {listen} is reachable by other machines"));
    }
    terminal::note("ready");
}
