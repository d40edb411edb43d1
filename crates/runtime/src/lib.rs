//! Builds everything out of a policy, runs it, and takes it down in order.
//!
//! It holds no rule of its own: it wires ports, binds every socket before the
//! first serves, and owns every task. Start at [`run`].

mod agent;
mod known;
mod observers;
mod process;
mod serve;
mod shutdown;
mod transports;

pub use agent::Agent;
pub use known::{Known, SecretsFileError, environment, known};
pub use observers::Observers;
pub use process::{memory_limit, raise_descriptor_limit};
pub use serve::{Options, Started, run};
pub use shutdown::Exit;

/// Why nothing was started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port could not be had.
    #[error(transparent)]
    Bind(#[from] pipelock_net::BindError),
    /// The file of secrets could not be read.
    #[error(transparent)]
    Secrets(#[from] SecretsFileError),
    /// The log file could not be opened.
    #[error("cannot open logging.file {path}")]
    LogFile {
        /// The path of the setting.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A thread or a signal handler could not be set up.
    #[error("cannot set up {what}")]
    Process {
        /// What.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// The agent's program could not be started.
    #[error("cannot start the agent {program}")]
    Agent {
        /// The program.
        program: String,
        /// Why.
        source: std::io::Error,
    },
}

impl StartError {
    fn process(what: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Process { what, source }
    }
}
