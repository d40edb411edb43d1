//! What the process asks of the system.

use rustix::process::{Resource, getrlimit, setrlimit};

/// Raises the limit of open files to what the system allows: a proxy needs two a
/// connection. Returns the limit that holds now.
pub fn raise_descriptor_limit() -> Option<u64> {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        limit.current = limit.maximum;
        // What cannot be raised stays as it was.
        let _ = setrlimit(Resource::Nofile, limit);
    }
    getrlimit(Resource::Nofile).current
}

/// Memory that this process may use, in bytes: the control group's limit, else
/// the machine's memory.
#[must_use]
pub fn memory_limit() -> u64 {
    let group = std::fs::read_to_string("/sys/fs/cgroup/memory.max");
    let group = group.ok().and_then(|text| text.trim().parse().ok());
    let machine = || {
        let text = std::fs::read_to_string("/proc/meminfo").ok()?;
        let line = text.lines().find(|line| line.starts_with("MemTotal:"))?;
        let kib: u64 = line.split_ascii_whitespace().nth(1)?.parse().ok()?;
        kib.checked_mul(1024)
    };
    group.or_else(machine).unwrap_or(UNKNOWN)
}

/// Where the system tells nothing.
const UNKNOWN: u64 = 1 << 30;
