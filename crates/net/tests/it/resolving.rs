//! The system's resolver, with names that need no network.

use pipelock_gate::{ResolveError, Resolver};
use pipelock_net::SystemResolver;
use std::net::IpAddr;

fn resolve(name: &str) -> Result<Vec<IpAddr>, ResolveError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    runtime.block_on(SystemResolver::new().resolve(name))
}

#[test]
fn the_hosts_file_counts_and_addresses_come_once() {
    let addrs = resolve("localhost").unwrap();
    assert!(addrs.iter().all(IpAddr::is_loopback), "{addrs:?}");
    for (index, addr) in addrs.iter().enumerate() {
        assert!(!addrs[..index].contains(addr), "{addrs:?}");
    }
}

#[test]
fn what_is_no_name_has_no_address() {
    for name in ["", "a b", "a..b", &"a".repeat(300)] {
        assert!(resolve(name).is_err(), "{name:?}");
    }
}
