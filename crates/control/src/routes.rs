//! `/health`, `/livez`, `/readyz`, `/metrics`.

use pipelock_gate::{Clock, Gate, KillSwitch};
use pipelock_model::http::{Method, RequestHead, TargetForm};
use pipelock_net::{OwnRoutes, Reply};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// What `/readyz` says.
#[derive(Debug, Default)]
pub struct Readiness(AtomicU8);

const STARTING: u8 = 0;
const READY: u8 = 1;
const DRAINING: u8 = 2;

impl Readiness {
    /// Every listener serves.
    pub fn ready(&self) {
        self.0.store(READY, Ordering::SeqCst);
    }

    /// No new traffic is wanted.
    pub fn draining(&self) {
        self.0.store(DRAINING, Ordering::SeqCst);
    }

    fn word(&self) -> (&'static str, bool) {
        match self.0.load(Ordering::SeqCst) {
            STARTING => ("starting", false),
            READY => ("ready", true),
            _ => ("draining", false),
        }
    }
}

/// Which routes a listener serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoutesOf {
    /// Everything: no port of its own for metrics.
    Main,
    /// Health and probes; metrics have their own port.
    MainWithoutMetrics,
    /// Metrics only.
    Metrics,
}

/// Own routes.
pub struct Routes {
    /// Which of them.
    pub of: RoutesOf,
    /// Settings come from its snapshot.
    pub gate: Gate,
    /// For the state in `/health` and the exemptions.
    pub kill_switch: Arc<dyn KillSwitch>,
    /// For `uptime_seconds`.
    pub clock: Arc<dyn Clock>,
    /// For `/readyz`.
    pub readiness: Arc<Readiness>,
    /// Renders the exposition.
    pub metrics: Arc<dyn Fn() -> String + Send + Sync>,
    /// Program version.
    pub version: &'static str,
}

/// Prometheus text exposition format.
const EXPOSITION: &str = "text/plain; version=0.0.4; charset=utf-8";

impl OwnRoutes for Routes {
    fn answer(&self, head: &RequestHead, peer: SocketAddr) -> Option<Reply> {
        if head.form != TargetForm::Origin {
            return None;
        }
        let path = head.target.0.split('?').next().unwrap_or_default();
        let route = self.route(path)?;
        if let Some(refusal) = self.kill_switch_refusal(route, peer) {
            return Some(refusal);
        }
        if !matches!(head.method, Method::Get | Method::Head) && route != Route::Health {
            return Some(Reply::text(405, "only GET allowed").with("Allow", "GET, HEAD"));
        }
        Some(match route {
            Route::Health => self.health(),
            Route::Live => Reply::json(200, &json!({"status": "alive"})),
            Route::Ready => self.ready(),
            Route::Metrics => Reply {
                status: 200,
                content_type: EXPOSITION,
                fields: Vec::new(),
                body: (self.metrics)(),
            },
        })
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Route {
    Health,
    Live,
    Ready,
    Metrics,
}

impl Routes {
    fn route(&self, path: &str) -> Option<Route> {
        let metrics = self.of != RoutesOf::MainWithoutMetrics;
        let probes = self.of != RoutesOf::Metrics;
        match path {
            "/health" if probes => Some(Route::Health),
            "/livez" if probes => Some(Route::Live),
            "/readyz" if probes => Some(Route::Ready),
            "/metrics" if metrics => Some(Route::Metrics),
            _ => None,
        }
    }

    fn kill_switch_refusal(&self, route: Route, peer: SocketAddr) -> Option<Reply> {
        self.kill_switch.active()?;
        let snapshot = self.gate.snapshot();
        let settings = &snapshot.policy.kill_switch;
        let exempt = match route {
            Route::Metrics => settings.metrics_exempt,
            Route::Health | Route::Live | Route::Ready => settings.health_exempt,
        };
        let peer = peer.ip().to_canonical();
        if exempt || settings.allowlist.iter().any(|cidr| cidr.contains(peer)) {
            return None;
        }
        let message = settings.message.as_str();
        Some(Reply::json(
            503,
            &json!({"error": "kill_switch_active", "message": message}),
        ))
    }

    fn health(&self) -> Reply {
        let snapshot = self.gate.snapshot();
        let policy = &snapshot.policy;
        let uptime = self.clock.monotonic().as_secs_f64();
        Reply::json(
            200,
            &json!({
                "status": "healthy",
                "version": self.version,
                "mode": policy.mode.as_str(),
                "uptime_seconds": uptime,
                "dlp_patterns": policy.rules.dlp_count(),
                "response_scan_enabled": policy.response.enabled,
                "git_protection_enabled": false,
                "rate_limit_enabled": policy.rate.is_some(),
                "forward_proxy_enabled": policy.forward.is_some(),
                "websocket_proxy_enabled": false,
                "request_body_scan_enabled": policy.request.is_some(),
                "tls_interception_enabled": false,
                "kill_switch_active": self.kill_switch.active().is_some(),
                "policy_hash": policy.hash.as_str(),
            }),
        )
    }

    fn ready(&self) -> Reply {
        let (word, ready) = self.readiness.word();
        Reply::json(if ready { 200 } else { 503 }, &json!({"status": word}))
    }
}
