//! A proxy, its origins and its client.

mod hello;
mod origin;
mod proxy;
mod wire;

pub(crate) use hello::{client_hello, hello_in_records, hello_with_two_names};
pub(crate) use origin::Origin;
pub(crate) use proxy::Proxy;
pub(crate) use wire::{Answer, End, Wire};

use std::future::Future;
use std::time::Duration;

/// No test may take longer.
const LIMIT: Duration = Duration::from_secs(10);

/// Runs a test on one thread, within the time limit.
pub(crate) fn run(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        tokio::time::timeout(LIMIT, test)
            .await
            .expect("the test took longer than its limit");
    });
}

/// Lets other tasks run until the condition holds.
pub(crate) async fn until(mut holds: impl FnMut() -> bool) {
    while !holds() {
        tokio::task::yield_now().await;
    }
}
