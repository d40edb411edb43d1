//! Load through a forward proxy: kept-alive requests as fast as they come back
//! or at a fixed rate, bytes through one tunnel, or thousands of idle tunnels.
//! Prints one line of JSON.

mod http;
mod process;
mod tunnel;

use std::net::SocketAddr;
use std::time::Duration;

use clap::Parser;

/// What to send, and through whom.
#[derive(Clone, Parser)]
pub struct Args {
    /// The proxy.
    #[arg(long)]
    pub proxy: SocketAddr,
    /// The origin's authority; it speaks the protocol of `origin`.
    #[arg(long, default_value = "127.0.0.2:9001")]
    pub origin: SocketAddr,
    /// Path of the requests.
    #[arg(long, default_value = "/1k")]
    pub path: String,
    /// Kept-alive connections.
    #[arg(long, default_value_t = 64)]
    pub connections: usize,
    /// Seconds measured.
    #[arg(long, default_value_t = 10.0)]
    pub duration: f64,
    /// Seconds before, not measured.
    #[arg(long, default_value_t = 1.0)]
    pub warmup: f64,
    /// Requests a second; latency then counts from when each was due.
    #[arg(long)]
    pub rate: Option<u32>,
    /// Move so many bytes through one tunnel to the origin's raw port.
    #[arg(long)]
    pub tunnel_bytes: Option<u64>,
    /// Send the tunnel's bytes instead of receiving them.
    #[arg(long)]
    pub upload: bool,
    /// Open so many tunnels to the origin's echo port.
    #[arg(long)]
    pub idle_tunnels: Option<usize>,
    /// Seconds that idle tunnels rest before the proxy's memory is read.
    #[arg(long, default_value_t = 10.0)]
    pub hold: f64,
    /// Process whose CPU time and memory are reported beside.
    #[arg(long)]
    pub pid: Option<u32>,
}

impl Args {
    /// How long to warm up.
    pub fn warmup(&self) -> Duration {
        Duration::from_secs_f64(self.warmup)
    }

    /// How long to measure.
    pub fn duration(&self) -> Duration {
        Duration::from_secs_f64(self.duration)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let report = match (args.idle_tunnels, args.tunnel_bytes, args.rate) {
        (Some(count), _, _) => tunnel::idle(&args, count).await?,
        (_, Some(bytes), _) => tunnel::bytes(&args, bytes).await?,
        (_, _, Some(rate)) => http::at_rate(&args, rate).await?,
        _ => http::closed(&args).await?,
    };
    println!("{report}");
    Ok(())
}
