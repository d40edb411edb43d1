//! How long a program takes: from start to its first healthy answer, or from
//! start to exit. Prints the median, the least and the most, in milliseconds.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Parser;

#[derive(Parser)]
struct Args {
    /// Wait for a 200 to `GET /health` from here; without it, for the exit.
    #[arg(long)]
    healthy: Option<SocketAddr>,
    /// How often.
    #[arg(long, default_value_t = 50)]
    runs: usize,
    /// The program and its arguments.
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let mut times = Vec::with_capacity(args.runs);
    for _ in 0..args.runs {
        let start = Instant::now();
        let mut child = Command::new(&args.command[0])
            .args(&args.command[1..])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        match args.healthy {
            Some(address) => {
                let outcome = wait_healthy(&mut child, address, start);
                let took = start.elapsed();
                child.kill()?;
                child.wait()?;
                outcome?;
                times.push(took);
            }
            None => {
                child.wait()?;
                times.push(start.elapsed());
            }
        }
    }
    times.sort_unstable();
    let milliseconds = |time: Duration| (time.as_secs_f64() * 1e5).round() / 100.0;
    let median = milliseconds(times[times.len() / 2]);
    let (least, most) = (milliseconds(times[0]), milliseconds(times[times.len() - 1]));
    println!(r#"{{"median_ms":{median},"least_ms":{least},"most_ms":{most}}}"#);
    Ok(())
}

fn wait_healthy(child: &mut Child, address: SocketAddr, start: Instant) -> anyhow::Result<()> {
    while start.elapsed() < Duration::from_secs(5) {
        if ask(address).unwrap_or(false) {
            return Ok(());
        }
        if let Some(status) = child.try_wait()? {
            bail!("it ended before it was healthy: {status}");
        }
        std::thread::sleep(Duration::from_micros(100));
    }
    bail!("not healthy after 5 s")
}

fn ask(address: SocketAddr) -> std::io::Result<bool> {
    let mut socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(Duration::from_secs(1)))?;
    socket.write_all(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
    let mut start = [0; 12];
    socket.read_exact(&mut start)?;
    Ok(start.ends_with(b" 200"))
}
