//! Signals, the kill switch's cut, the drain, the end.

use crate::serve::killed;
use crate::transports::Parts;
use crate::{Observers, StartError};
use pipelock_model::EventKind;
use pipelock_model::event::KillSource;
use pipelock_policy::Policy;
use pipelock_proxy::ForwardProxy;
use std::sync::Arc;
use std::time::Duration;
use tokio::process::Child;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Longest wait for the log at the end.
const FLUSH: Duration = Duration::from_secs(2);
/// How often idle upstream connections are looked at.
const SWEEP: Duration = Duration::from_secs(30);
/// How long an agent may take to end after its signal.
const AGENT_GRACE: Duration = Duration::from_secs(5);

/// Why it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// A signal, everything drained.
    Drained,
    /// A second signal, or the grace period ran out: this many were cut.
    Cut(usize),
    /// The wrapped agent ended with this code.
    Agent(i32),
}

struct Signals {
    terminate: Signal,
    interrupt: Signal,
    toggle: Signal,
    reopen: Signal,
}

impl Signals {
    fn new() -> Result<Self, StartError> {
        let on = |kind| signal(kind).map_err(StartError::process("signal handlers"));
        Ok(Self {
            terminate: on(SignalKind::terminate())?,
            interrupt: on(SignalKind::interrupt())?,
            toggle: on(SignalKind::user_defined1())?,
            reopen: on(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => Asked::Stop,
            _ = self.interrupt.recv() => Asked::Stop,
            _ = self.toggle.recv() => Asked::Toggle,
            _ = self.reopen.recv() => Asked::Reopen,
        }
    }
}

/// What a signal asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Asked {
    /// SIGTERM, SIGINT.
    Stop,
    /// SIGUSR1.
    Toggle,
    /// SIGHUP.
    Reopen,
}

/// Everything that runs.
pub(crate) struct Running {
    parts: Parts,
    listeners: JoinSet<()>,
    background: JoinSet<()>,
    observers: Arc<Observers>,
    signals: Signals,
}

impl Running {
    pub(crate) fn new(
        parts: Parts,
        listeners: JoinSet<()>,
        forward: Arc<ForwardProxy>,
        observers: Arc<Observers>,
    ) -> Result<Self, StartError> {
        let signals = Signals::new()?;
        let mut background = JoinSet::new();
        background.spawn(sweep(forward));
        let mut running = Self {
            parts,
            listeners,
            background,
            observers,
            signals,
        };
        running.follow_kill_switch();
        Ok(running)
    }

    /// One task hears of every change and cuts what carries traffic.
    fn follow_kill_switch(&mut self) {
        let mut changes = self.parts.switchboard.watch();
        let switchboard = Arc::clone(&self.parts.switchboard);
        let (registry, gate) = (Arc::clone(&self.parts.registry), self.parts.gate.clone());
        self.background.spawn(async move {
            while changes.changed().await.is_ok() {
                if killed(&switchboard) {
                    let snapshot = gate.snapshot();
                    let spared = &snapshot.policy.kill_switch.allowlist;
                    registry.cut(|peer| spared.iter().any(|cidr| cidr.contains(peer)));
                }
            }
        });
        let snapshot = self.parts.gate.snapshot();
        if let Some(path) = snapshot.policy.kill_switch.sentinel.clone() {
            let switchboard = Arc::clone(&self.parts.switchboard);
            let gate = self.parts.gate.clone();
            self.background.spawn(async move {
                let source = KillSource::Sentinel;
                let tell = |active| gate.announce(EventKind::KillSwitchChange { source, active });
                switchboard.follow_sentinel(path, tell).await;
            });
        }
    }

    pub(crate) fn ready(&self) {
        self.parts.readiness.ready();
    }

    pub(crate) async fn until_the_end(
        mut self,
        policy: &Policy,
        mut agent: Option<Child>,
        delay: Duration,
    ) -> Exit {
        let agent_exit = tokio::select! {
            () = self.asked_to_stop() => None,
            code = agent_ended(&mut agent) => Some(code),
        };
        self.parts.readiness.draining();
        // First of all: what the agent still does, it does through us.
        ask_to_end(agent.as_ref());
        let exit = self
            .wind_down(agent_exit, delay, policy.shutdown_grace)
            .await;
        let code = match (agent_exit, agent) {
            (Some(code), _) => Some(code),
            (None, Some(child)) => Some(end_agent(child).await),
            (None, None) => None,
        };
        let reason = if agent_exit.is_some() {
            "agent ended"
        } else {
            "signal"
        };
        self.parts.gate.announce(EventKind::Shutdown { reason });
        self.observers.log.flush_and_close(FLUSH);
        code.map_or(exit, Exit::Agent)
    }

    /// Returns at a stop signal; obeys the others meanwhile, in every phase: the
    /// kill switch is never refused.
    async fn asked_to_stop(&mut self) {
        loop {
            match self.signals.next().await {
                Asked::Stop => return,
                Asked::Toggle => toggle(&self.parts),
                Asked::Reopen => self.observers.log.reopen(),
            }
        }
    }

    /// The delay, then the drain. A stop signal in either ends at once.
    async fn wind_down(
        &mut self,
        agent_exit: Option<i32>,
        delay: Duration,
        grace: Duration,
    ) -> Exit {
        if agent_exit.is_none() && !delay.is_zero() {
            let impatient = tokio::select! {
                () = sleep(delay) => false,
                () = self.asked_to_stop() => true,
            };
            if impatient {
                return self.end_now().await;
            }
        }
        self.listeners.abort_all();
        while self.listeners.join_next().await.is_some() {}
        self.parts.registry.drain();
        self.parts.scans.drain();
        let (registry, scans) = (
            Arc::clone(&self.parts.registry),
            Arc::clone(&self.parts.scans),
        );
        let emptied = async {
            registry.emptied().await;
            scans.emptied().await;
        };
        tokio::select! {
            ended = timeout(grace, emptied) => {
                if ended.is_ok() {
                    return Exit::Drained;
                }
            }
            () = self.asked_to_stop() => {}
        }
        self.end_now().await
    }

    async fn end_now(&mut self) -> Exit {
        self.listeners.abort_all();
        let cut = self.parts.registry.end_all() + self.parts.scans.end_all();
        let _ = timeout(FLUSH, self.parts.registry.emptied()).await;
        self.background.abort_all();
        Exit::Cut(cut)
    }
}

fn toggle(parts: &Parts) {
    let source = KillSource::Signal;
    let active = !parts.switchboard.is_set(source);
    parts.switchboard.set(source, active);
    parts
        .gate
        .announce(EventKind::KillSwitchChange { source, active });
}

async fn sweep(forward: Arc<ForwardProxy>) {
    loop {
        sleep(SWEEP).await;
        forward.dialer().sweep();
    }
}

async fn agent_ended(agent: &mut Option<Child>) -> i32 {
    match agent {
        Some(child) => child.wait().await.map_or(1, code_of),
        None => std::future::pending().await,
    }
}

fn code_of(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    // As shells do: 128 and the signal.
    status
        .code()
        .or_else(|| status.signal().map(|signal| 128 + signal))
        .unwrap_or(1)
}

/// Passes the stop on to an agent that still runs.
fn ask_to_end(agent: Option<&Child>) {
    let pid = agent.and_then(Child::id);
    let pid = pid.and_then(|id| i32::try_from(id).ok());
    if let Some(pid) = pid.and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
}

/// What has not ended by now is killed.
async fn end_agent(mut child: Child) -> i32 {
    match timeout(AGENT_GRACE, child.wait()).await {
        Ok(Ok(status)) => code_of(status),
        _ => {
            let _ = child.kill().await;
            137
        }
    }
}
