//! `pipelock run`.

use super::Failure;
use crate::duration::Span;
use crate::settings::{self, Flags};
use crate::{build, terminal};
use anyhow::anyhow;
use pipelock_net::Listener;
use pipelock_policy::{Enforcement, Policy};
use pipelock_runtime::{Agent, Exit, Options, Started};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `run`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Configuration file (YAML) [default: none, the built-in balanced preset].
    #[arg(short, long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Mode, over the one of the file [default: the file's, or balanced].
    #[arg(short, long, value_parser = ["strict", "balanced", "audit"])]
    mode: Option<String>,

    /// Address to serve on, over `fetch_proxy.listen`; `:PORT` means every
    /// address of this machine [default: the file's, or 127.0.0.1:8888].
    #[arg(short, long, value_name = "HOST:PORT")]
    listen: Option<String>,

    /// Check the configuration, try to take every port, and end without serving.
    #[arg(long)]
    check: bool,

    /// Do not start AGENT; name the variables that it needs, and serve.
    #[arg(long)]
    no_exec: bool,

    /// Serve on for this long (90s, 15m, 1h30m) after a termination signal, with
    /// `/readyz` answering 503; a second signal ends it.
    #[arg(long, value_name = "DURATION", default_value = "0s")]
    shutdown_delay: Span,

    /// Program to start, with its arguments: HTTP_PROXY and HTTPS_PROXY name this
    /// proxy, NO_PROXY is empty; its exit code becomes ours.
    #[arg(last = true, value_name = "AGENT")]
    agent: Vec<OsString>,
}

/// Exits 0 after a drain, with the agent's code when it ended, 1 when a port could
/// not be had, 2 on a bad configuration.
pub(crate) fn run(args: Args) -> Result<ExitCode, Failure> {
    let flags = Flags {
        mode: args.mode.clone(),
        listen: args.listen.clone(),
    };
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
        return check(&policy);
    }
    let agent = agent(&args, policy.listener.listen);
    let notes = loaded
        .warnings
        .iter()
        .map(|warning| settings::clean(&warning.to_string()));
    let options = Options {
        notes: notes.collect(),
        config_hash: settings::clean(&loaded.config_hash),
        version: build::VERSION,
        commit: build::COMMIT,
        target: build::TARGET,
        agent,
        shutdown_delay: args.shutdown_delay.0,
        policy,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // Name lookups are bounded far below this.
        .max_blocking_threads(80)
        .build()
        .map_err(Failure::runtime)?;
    let ended = runtime.block_on(pipelock_runtime::run(options, |started| {
        banner(started, &origin)
    }));
    // A lookup that hangs must not keep the process.
    runtime.shutdown_background();
    match ended.map_err(Failure::runtime)? {
        Exit::Drained => terminal::note("Pipelock stopped."),
        Exit::Cut(0) => terminal::note("Pipelock stopped."),
        Exit::Cut(cut) => {
            let noun = if cut == 1 {
                "connection"
            } else {
                "connections"
            };
            terminal::note(format_args!("Pipelock stopped; {cut} {noun} cut."));
        }
        Exit::Agent(code) => return Ok(ExitCode::from(u8::try_from(code).unwrap_or(1))),
    }
    Ok(ExitCode::SUCCESS)
}

/// A start without serving: every port is had, and given back.
fn check(policy: &Policy) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build();
    let scan_api = policy.scan_api.as_ref().map(|api| api.listen);
    let ports = [
        Some(policy.listener.listen),
        policy.metrics_listen,
        scan_api,
    ];
    runtime.map_err(Failure::runtime)?.block_on(async {
        // Held until all are had: two of one kind do not fit.
        let mut bound = Vec::new();
        for port in ports.into_iter().flatten() {
            bound.push(Listener::bind(port).await.map_err(Failure::runtime)?);
        }
        terminal::line("Start: OK");
        Ok(ExitCode::SUCCESS)
    })
}

fn agent(args: &Args, listen: SocketAddr) -> Option<Agent> {
    let (program, rest) = args.agent.split_first()?;
    if args.no_exec {
        terminal::note(format_args!(
            "agent not started; set HTTP_PROXY and HTTPS_PROXY to http://{listen}"
        ));
        return None;
    }
    Some(Agent {
        program: program.clone(),
        args: rest.to_vec(),
    })
}

fn banner(started: &Started<'_>, origin: &str) {
    let Policy {
        mode,
        enforcement,
        forward,
        metrics_listen,
        scan_api,
        ..
    } = started.policy;
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
    if let Some(api) = scan_api {
        item("Scan:", format!("http://{}/api/v1/scan", api.listen));
    }
    match forward {
        Some(_) => item(
            "Proxy:",
            format!("HTTP_PROXY=http://{listen} HTTPS_PROXY=http://{listen}"),
        ),
        None => item("Proxy:", "off (forward_proxy.enabled: false)".into()),
    }
    item(
        "HTTPS:",
        "judged by host and SNI only; content inside TLS is not inspected yet".into(),
    );
    item("Config:", origin.to_owned());
    terminal::note("ready");
}
