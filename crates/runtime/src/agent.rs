//! The agent after `--`: a child that knows the proxy.

use crate::StartError;
use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use tokio::process::{Child, Command};

/// A program to wrap.
#[derive(Debug, Clone)]
pub struct Agent {
    /// Program and arguments, never empty.
    pub program: OsString,
    /// Its arguments.
    pub args: Vec<OsString>,
}

impl Agent {
    pub(crate) fn start(&self, listen: SocketAddr) -> Result<Child, StartError> {
        let proxy = format!("http://{}", reachable(listen));
        let mut command = Command::new(&self.program);
        command.args(&self.args).kill_on_drop(true);
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"] {
            command.env(name, &proxy);
        }
        // An exemption for localhost would be a way around.
        command.env("NO_PROXY", "").env("no_proxy", "");
        command.env("PIPELOCK_FETCH_URL", format!("{proxy}/fetch"));
        command.spawn().map_err(|source| StartError::Agent {
            program: self.program.to_string_lossy().into_owned(),
            source,
        })
    }
}

/// An address that a client can use: unspecified becomes loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
