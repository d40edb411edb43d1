//! The start, in order: observers, gate, sockets, tasks.

use crate::known::{environment, known};
use crate::shutdown::{Exit, Running};
use crate::transports::{Bound, Parts};
use crate::{Agent, Observers, StartError};
use pipelock_control::{Readiness, Switchboard, sentinel_is_set};
use pipelock_gate::{Clock, Gate, KillSwitch, Ports, Snapshot};
use pipelock_model::event::KillSource;
use pipelock_model::{Clean, EventKind, OwnWords};
use pipelock_net::{Registry, SystemClock, SystemResolver};
use pipelock_policy::{Logging, Policy};
use pipelock_telemetry::{
    AuditLog, AuditOptions, Build, LogFile, Losses, Metrics, Probes, Sink, stdout,
};
use std::net::SocketAddr;
use std::sync::Arc;

/// What to run.
#[derive(Debug)]
pub struct Options {
    /// Settings.
    pub policy: Policy,
    /// Hash of the file, for the log.
    pub config_hash: Clean,
    /// Warnings of the load, for the log.
    pub notes: Vec<Clean>,
    /// Program version.
    pub version: &'static str,
    /// Source revision.
    pub commit: &'static str,
    /// Target of the build.
    pub target: &'static str,
    /// Program to wrap.
    pub agent: Option<Agent>,
    /// How long to serve on after a termination signal, with `/readyz` 503.
    pub shutdown_delay: std::time::Duration,
}

/// What the banner shows.
#[derive(Debug, Clone)]
pub struct Started<'a> {
    /// Address of the main listener.
    pub listen: SocketAddr,
    /// Settings.
    pub policy: &'a Policy,
}

/// Runs until a signal, or until the agent ends. `started` is called once every
/// listener serves.
///
/// # Errors
/// [`StartError`] when something could not be set up; nothing was served then.
pub async fn run(options: Options, started: impl FnOnce(&Started<'_>)) -> Result<Exit, StartError> {
    let known = known(&options.policy.secrets, environment())?;
    let left_out = known
        .warnings
        .iter()
        .map(|left| Clean::text(&OwnWords, &format!("dlp.secrets_file: {left}")));
    let notes = options.notes.into_iter().chain(left_out).collect();
    let snapshot = Snapshot::with_known(options.policy, known.rules);
    let policy = snapshot.policy.clone();
    let switchboard = Arc::new(Switchboard::new());
    set_first_state(&switchboard, &policy);
    let observers = observers(
        &policy,
        &switchboard,
        options.version,
        options.commit,
        options.target,
    )?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let gate = Gate::new(
        snapshot,
        Ports {
            resolver: Arc::new(SystemResolver::new()),
            clock: Arc::clone(&clock),
            kill_switch: switchboard.clone(),
            observer: observers.observers.clone(),
            recorder: None,
        },
    );
    observers.budget.set(gate.budget()).ok();
    let bound = Bound::bind(&policy).await?;
    let listen = bound.main_addr();
    let metrics = observers.observers.clone();
    let parts = Parts {
        gate: gate.clone(),
        switchboard: switchboard.clone(),
        clock,
        readiness: Arc::new(Readiness::default()),
        metrics: Arc::new(move || metrics.metrics.render()),
        registry: Arc::new(Registry::default()),
        scans: Arc::default(),
        version: options.version,
    };
    let (listeners, forward) = bound.serve(&parts, &policy);
    let running = Running::new(parts, listeners, forward, observers.observers)?;
    let agent = match &options.agent {
        Some(agent) => Some(agent.start(listen)?),
        None => None,
    };
    gate.announce(EventKind::Startup {
        listen: Clean::text(&OwnWords, &listen.to_string()),
        mode: policy.mode.as_str(),
        version: options.version,
        config_hash: options.config_hash,
        notes,
    });
    running.ready();
    started(&Started {
        listen,
        policy: &policy,
    });
    Ok(running
        .until_the_end(&policy, agent, options.shutdown_delay)
        .await)
}

fn set_first_state(switchboard: &Switchboard, policy: &Policy) {
    if policy.kill_switch.active {
        switchboard.set(KillSource::Config, true);
    }
    let sentinel = policy.kill_switch.sentinel.as_deref();
    if sentinel.is_some_and(sentinel_is_set) {
        switchboard.set(KillSource::Sentinel, true);
    }
}

struct Watching {
    observers: Arc<Observers>,
    budget: Arc<std::sync::OnceLock<Arc<pipelock_gate::Budget>>>,
}

fn observers(
    policy: &Policy,
    switchboard: &Arc<Switchboard>,
    version: &'static str,
    commit: &'static str,
    target: &'static str,
) -> Result<Watching, StartError> {
    let losses = Arc::new(Losses::default());
    let Logging {
        include_allowed,
        include_blocked,
        ..
    } = policy.logging;
    let options = AuditOptions {
        include_allowed,
        include_blocked,
    };
    let log = AuditLog::start(options, sinks(&policy.logging)?, &losses)
        .map_err(StartError::process("the log writer"))?;
    let budget: Arc<std::sync::OnceLock<Arc<pipelock_gate::Budget>>> = Arc::default();
    let (held, board) = (Arc::clone(&budget), Arc::clone(switchboard));
    let probes = Probes {
        buffered_bytes: Box::new(move || held.get().map_or(0, |budget| budget.used())),
        kill_switch: Box::new(move |source| board.is_set(source)),
    };
    let metrics = Metrics::new(
        Build {
            version,
            commit,
            target,
        },
        probes,
        losses,
    );
    Ok(Watching {
        observers: Arc::new(Observers { log, metrics }),
        budget,
    })
}

fn sinks(logging: &Logging) -> Result<Vec<Box<dyn Sink>>, StartError> {
    let mut sinks: Vec<Box<dyn Sink>> = Vec::new();
    if logging.stdout {
        sinks.push(Box::new(
            stdout().map_err(StartError::process("standard output"))?,
        ));
    }
    if let Some(path) = &logging.file {
        let file = LogFile::append(path.clone()).map_err(|source| StartError::LogFile {
            path: path.display().to_string(),
            source,
        })?;
        sinks.push(Box::new(file));
    }
    Ok(sinks)
}

/// True while the kill switch is on.
pub(crate) fn killed(switchboard: &Switchboard) -> bool {
    switchboard.active().is_some()
}
