//! One sentence a layer: what an operator could change.

use super::Target;
use pipelock_model::Label;
use pipelock_model::http::Host;
use std::net::IpAddr;

/// The hint of a layer. An SSRF refusal names the exact value to add.
#[must_use]
pub fn hint(label: Label, target: Option<&Target>) -> String {
    match (label, target.map(Target::host)) {
        (Label::Ssrf | Label::CoreSsrf, Some(host)) => address_hint(host),
        _ => fixed(label).to_owned(),
    }
}

fn address_hint(host: &Host) -> String {
    match host {
        Host::Name(name) => {
            format!(
                "If this name may resolve to an internal address, add \"{name}\" to trusted_domains."
            )
        }
        Host::Ip(ip) => {
            let bits = if matches!(ip, IpAddr::V4(_)) { 32 } else { 128 };
            format!("If this address may be reached, add \"{ip}/{bits}\" to ssrf.ip_allowlist.")
        }
    }
}

const fn fixed(label: Label) -> &'static str {
    match label {
        Label::Context => "The request was cancelled or ran out of time; try again.",
        Label::Parser => "Send a well-formed URL without user name and password.",
        Label::Scheme => "Only http and https are forwarded.",
        Label::CrlfInjection => "Remove carriage returns and line feeds from the URL.",
        Label::PathTraversal => "Remove dot-dot segments from the path.",
        Label::Allowlist => "Add the host to api_allowlist, or leave mode: strict.",
        Label::Blocklist => "Remove the pattern from fetch_proxy.monitoring.blocklist.",
        Label::CoreSsrf | Label::Ssrf => {
            "Add the host to trusted_domains, or its address to ssrf.ip_allowlist."
        }
        Label::CoreDlp => "Remove the secret from the URL; core patterns cannot be switched off.",
        Label::Dlp => {
            "Remove the secret from the URL, or add the host to exempt_domains of the pattern in dlp.patterns."
        }
        Label::Entropy => {
            "Raise fetch_proxy.monitoring.entropy_threshold, or add the host to fetch_proxy.monitoring.subdomain_entropy_exclusions."
        }
        Label::SubdomainEntropy => {
            "Add the host to fetch_proxy.monitoring.subdomain_entropy_exclusions."
        }
        Label::RateLimit => "Wait, or raise fetch_proxy.monitoring.max_requests_per_minute.",
        Label::Length => "Shorten the URL, or raise fetch_proxy.monitoring.max_url_length.",
        Label::DataBudget => "Wait, or raise fetch_proxy.monitoring.max_data_per_minute.",
        Label::HeaderDlp => {
            "Remove the secret from the header; request_body_scanning governs header scanning."
        }
        Label::BodyDlp => {
            "Remove the secret from the body; request_body_scanning.action governs what happens."
        }
        Label::AddressProtection => {
            "Check the payment address; if it may be used, add it to address_protection.allowed_addresses."
        }
        Label::CrossRequestEntropy => {
            "Wait, raise cross_request_detection.entropy_budget.bits_per_window, or add the host to its exempt_domains."
        }
        Label::CrossRequestFragment => {
            "Several requests together spell a secret; cross_request_detection.action governs what happens."
        }
        Label::ContentLimit => {
            "Send less at a time, or raise the limit, for bodies request_body_scanning.max_body_bytes."
        }
        Label::ResponseScan | Label::CoreResponse | Label::SseStream => {
            "Add a suppress entry for the pattern and URL, or the host to response_scanning.exempt_domains."
        }
        Label::ResponseSize => "Raise fetch_proxy.max_response_mb.",
        Label::SniMismatch => {
            "Ask for the host that TLS names, or set forward_proxy.sni_verification."
        }
        Label::TlsAuthorityMismatch => "Send requests inside a tunnel to the host of its CONNECT.",
        Label::WsProtocol => "This upgrade is not spoken here; use plain HTTP.",
        Label::KillSwitch => "Switch the kill switch off (kill_switch) to let traffic pass.",
        Label::Unscanned => {
            "The content could not be inspected; forward_proxy.opaque_protocols governs tunnels."
        }
        Label::ReceiptUnavailable => {
            "Restore the recorder, or clear flight_recorder.require_receipts."
        }
        Label::Internal => "An error of the proxy; its log says more.",
    }
}
