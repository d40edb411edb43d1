//! Asks the gate from the command line.

use pipelock_gate::{Assessment, ResolveError, Resolver, Snapshot};
use pipelock_model::{Clean, Label};
use pipelock_net::SystemResolver;
use std::future::{Future, pending};
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

type Answer<'a> = Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, ResolveError>> + Send + 'a>>;

/// Never answers: whoever asks it needs a lookup.
struct Unasked;

impl Resolver for Unasked {
    fn resolve<'a>(&'a self, _host: &'a str) -> Answer<'a> {
        Box::pin(pending())
    }
}

/// Every name is this public address.
struct Public;

impl Resolver for Public {
    fn resolve<'a>(&'a self, _host: &'a str) -> Answer<'a> {
        // Public, and nothing is ever sent there.
        Box::pin(async { Ok(vec![IpAddr::from([93, 184, 215, 14])]) })
    }
}

/// Judges a URL. Only one that needs a lookup costs the start of a runtime.
pub(crate) fn url(snapshot: &Snapshot, url: &str) -> Assessment {
    if let Some(assessment) = at_once(snapshot.assess_url(url, &Unasked)) {
        return assessment;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build();
    let Ok(runtime) = runtime else {
        return failed();
    };
    let resolver = SystemResolver::new();
    let assessment = runtime.block_on(snapshot.assess_url(url, &resolver));
    // A lookup that hangs must not keep the process.
    runtime.shutdown_background();
    assessment
}

/// Judges a URL as if its name were that of a public server.
pub(crate) fn public_url(snapshot: &Snapshot, url: &str) -> Assessment {
    at_once(snapshot.assess_url(url, &Public)).unwrap_or_else(failed)
}

/// The result of what waits for nothing.
fn at_once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Some(result),
        Poll::Pending => None,
    }
}

fn failed() -> Assessment {
    Assessment {
        denied: Some((Label::Internal, Clean::constant("no runtime"))),
        score: 1.0,
        hint: None,
        warned: Vec::new(),
        view: None,
    }
}
