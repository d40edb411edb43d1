//! `/health`, the probes and `/metrics`.

use pipelock_control::{Readiness, Routes, RoutesOf, Switchboard};
use pipelock_detect::address::Cidr;
use pipelock_gate::{Clock, Gate, Observer, Ports, ResolveError, Resolver, Snapshot};
use pipelock_model::Event;
use pipelock_model::event::KillSource;
use pipelock_model::http::{Fields, Method, RequestHead, TargetForm, TargetText, Version};
use pipelock_net::OwnRoutes;
use pipelock_policy::Policy;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

struct Still;

impl Resolver for Still {
    fn resolve<'a>(
        &'a self,
        _host: &'a str,
    ) -> Pin<Box<dyn Future<Output = Result<Vec<IpAddr>, ResolveError>> + Send + 'a>> {
        Box::pin(async { Err(ResolveError::NotFound) })
    }
}

impl Clock for Still {
    fn monotonic(&self) -> Duration {
        Duration::from_millis(2500)
    }

    fn wall(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH
    }
}

impl Observer for Still {
    fn observe(&self, _event: &Event) {}
}

fn routes(of: RoutesOf, policy: Policy) -> (Routes, Arc<Switchboard>) {
    let board = Arc::new(Switchboard::new());
    let ports = Ports {
        resolver: Arc::new(Still),
        clock: Arc::new(Still),
        kill_switch: board.clone(),
        observer: Arc::new(Still),
        recorder: None,
    };
    let routes = Routes {
        of,
        gate: Gate::new(Snapshot::new(policy), ports),
        kill_switch: board.clone(),
        clock: Arc::new(Still),
        readiness: Arc::new(Readiness::default()),
        metrics: Arc::new(|| "exposition\n".into()),
        version: "1.2.3",
    };
    (routes, board)
}

fn head(method: Method, form: TargetForm, target: &str) -> RequestHead {
    let target = TargetText(target.into());
    RequestHead {
        method,
        target,
        form,
        version: Version::Http11,
        fields: Fields::new(),
    }
}

fn status(routes: &Routes, method: Method, target: &str) -> Option<u16> {
    let peer = SocketAddr::from(([192, 0, 2, 7], 1));
    routes
        .answer(&head(method, TargetForm::Origin, target), peer)
        .map(|reply| reply.status)
}

#[test]
fn each_listener_has_its_routes() {
    let cases = [
        ("/health", [true, true, false]),
        ("/livez", [true, true, false]),
        ("/readyz", [true, true, false]),
        ("/metrics", [true, false, true]),
        ("/health?a=b", [true, true, false]),
        ("/Health", [false; 3]),
        ("/health/", [false; 3]),
        ("//health", [false; 3]),
        ("/%68ealth", [false; 3]),
        ("/", [false; 3]),
        ("/fetch", [false; 3]),
    ];
    let listeners = [
        RoutesOf::Main,
        RoutesOf::MainWithoutMetrics,
        RoutesOf::Metrics,
    ];
    for (of, index) in listeners.into_iter().zip(0..) {
        let (routes, _) = routes(of, Policy::default());
        for (path, served) in cases {
            let found = status(&routes, Method::Get, path).is_some();
            assert_eq!(found, served[index as usize], "{path} on {of:?}");
        }
    }
}

#[test]
fn only_origin_form_is_ours() {
    let (routes, _) = routes(RoutesOf::Main, Policy::default());
    let peer = SocketAddr::from(([192, 0, 2, 7], 1));
    for (form, target) in [
        (TargetForm::Absolute, "http://site.example/health"),
        (TargetForm::Absolute, "/health"),
        (TargetForm::Authority, "/health"),
        (TargetForm::Asterisk, "*"),
    ] {
        assert_eq!(
            routes.answer(&head(Method::Get, form, target), peer),
            None,
            "{form:?} {target}"
        );
    }
}

#[test]
fn methods_other_than_get_and_head_are_405_but_for_health() {
    let (routes, _) = routes(RoutesOf::Main, Policy::default());
    for (method, path, want) in [
        (Method::Head, "/metrics", 200),
        (Method::Post, "/metrics", 405),
        (Method::Post, "/livez", 405),
        (Method::Post, "/health", 200),
    ] {
        assert_eq!(
            status(&routes, method.clone(), path),
            Some(want),
            "{method:?} {path}"
        );
    }
}

#[test]
fn health_tells_the_state() {
    let (routes, board) = routes(RoutesOf::Main, Policy::default());
    board.set(KillSource::Api, true);
    let peer = SocketAddr::from(([192, 0, 2, 7], 1));
    let reply = routes
        .answer(&head(Method::Get, TargetForm::Origin, "/health"), peer)
        .unwrap();
    let body: serde_json::Value = serde_json::from_str(&reply.body).unwrap();
    for (key, want) in [
        ("status", "healthy".into()),
        ("version", "1.2.3".into()),
        ("mode", "balanced".into()),
        ("uptime_seconds", 2.5.into()),
        ("dlp_patterns", 0.into()),
        ("forward_proxy_enabled", true.into()),
        ("response_scan_enabled", true.into()),
        ("rate_limit_enabled", true.into()),
        ("tls_interception_enabled", false.into()),
        ("kill_switch_active", serde_json::Value::Bool(true)),
    ] {
        assert_eq!(body[key], want, "{key}");
    }
}

#[test]
fn readiness_begins_and_ends_with_503() {
    let (routes, _) = routes(RoutesOf::Main, Policy::default());
    assert_eq!(status(&routes, Method::Get, "/readyz"), Some(503));
    routes.readiness.ready();
    assert_eq!(status(&routes, Method::Get, "/readyz"), Some(200));
    routes.readiness.draining();
    assert_eq!(status(&routes, Method::Get, "/readyz"), Some(503));
    assert_eq!(status(&routes, Method::Get, "/livez"), Some(200));
}

#[test]
fn the_kill_switch_leaves_what_the_operator_exempts() {
    let cases = [
        (true, true, None, 200, 200),
        (false, true, None, 503, 200),
        (true, false, None, 200, 503),
        (false, false, None, 503, 503),
        (false, false, Some("192.0.2.0/24"), 200, 200),
    ];
    for (health, metrics, allowed, health_status, metrics_status) in cases {
        let mut policy = Policy::default();
        policy.kill_switch.health_exempt = health;
        policy.kill_switch.metrics_exempt = metrics;
        policy.kill_switch.allowlist = allowed
            .iter()
            .map(|text| Cidr::parse(text).unwrap())
            .collect();
        let (routes, board) = routes(RoutesOf::Main, policy);
        board.set(KillSource::Config, true);
        assert_eq!(status(&routes, Method::Get, "/health"), Some(health_status));
        assert_eq!(
            status(&routes, Method::Get, "/metrics"),
            Some(metrics_status)
        );
    }
}
