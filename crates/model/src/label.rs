//! Stable names of what decided.

use crate::Clean;
use std::fmt;

macro_rules! labels {
    ($($(#[$doc:meta])* $variant:ident => $name:literal, $technique:expr;)+) => {
        /// Name of the layer that decided. Metrics, logs and replies use the same
        /// word; the words are public API and never reused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Label { $($(#[$doc])* $variant,)+ }

        impl Label {
            /// Every label, for metrics that exist before their first use.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The public name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// MITRE ATT&CK technique of what this layer stops.
            #[must_use]
            pub const fn technique(self) -> Option<&'static str> {
                match self { $(Self::$variant => $technique,)+ }
            }
        }
    };
}

labels! {
    /// The caller went away or its time ran out.
    Context => "context", Some("T1190");
    /// The request or its URL does not parse, or parsers disagree about it.
    Parser => "parser", Some("T1190");
    /// Not http or https.
    Scheme => "scheme", Some("T1071");
    /// CR or LF in a URL.
    CrlfInjection => "crlf_injection", Some("T1190");
    /// Dot-dot segments.
    PathTraversal => "path_traversal", Some("T1083");
    /// Strict mode and not on the list.
    Allowlist => "allowlist", Some("T1071.001");
    /// On the block list.
    Blocklist => "blocklist", Some("T1071.001");
    /// Private literal while the name check is off.
    CoreSsrf => "core_ssrf", Some("T1046");
    /// A core DLP pattern in a URL.
    CoreDlp => "core_dlp", Some("T1048");
    /// A DLP pattern in a URL.
    Dlp => "dlp", Some("T1048");
    /// Random path or query.
    Entropy => "entropy", Some("T1048");
    /// Random host label.
    SubdomainEntropy => "subdomain_entropy", Some("T1048");
    /// Internal address, or resolution failed.
    Ssrf => "ssrf", Some("T1046");
    /// Too many requests to one registrable domain.
    RateLimit => "ratelimit", Some("T1030");
    /// URL too long.
    Length => "length", Some("T1048");
    /// Too many bytes from one registrable domain.
    DataBudget => "databudget", Some("T1030");
    /// A secret in a request header.
    HeaderDlp => "header_dlp", Some("T1048");
    /// A secret in a request body.
    BodyDlp => "body_dlp", Some("T1048");
    /// A payment address that looks like a known one, or that nobody knows.
    AddressProtection => "address_protection", Some("T1565.002");
    /// Too many random bits in a window.
    CrossRequestEntropy => "cross_request_entropy", Some("T1048");
    /// A secret cut into several requests.
    CrossRequestFragment => "cross_request_fragment", Some("T1048");
    /// A limit that protects the process, or a work budget, was reached.
    ContentLimit => "content_limit", None;
    /// Injection in a response.
    ResponseScan => "response_scan", Some("T1059");
    /// Core injection in a response while scanning is off.
    CoreResponse => "core_response", Some("T1059");
    /// Finding inside an event stream.
    SseStream => "sse_stream", Some("T1059");
    /// A response larger than its limit.
    ResponseSize => "response_size", None;
    /// SNI differs from the CONNECT host.
    SniMismatch => "sni_mismatch", Some("T1090.004");
    /// Authority inside a tunnel differs from the CONNECT target.
    TlsAuthorityMismatch => "tls_authority_mismatch", Some("T1090.004");
    /// An upgrade that is not spoken here.
    WsProtocol => "ws_protocol", Some("T1071");
    /// The kill switch is on.
    KillSwitch => "kill_switch", None;
    /// Content passed without inspection.
    Unscanned => "unscanned", None;
    /// The recorder could not keep the evidence that was required.
    ReceiptUnavailable => "receipt_unavailable", None;
    /// An error of ours.
    Internal => "internal", None;
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which layer decided and why, in words that may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// The layer.
    pub label: Label,
    /// One sentence without secrets.
    pub text: Clean,
}

impl Reason {
    /// A reason whose words are a constant of ours.
    #[must_use]
    pub const fn constant(label: Label, text: &'static str) -> Self {
        Self {
            label,
            text: Clean::constant(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn label_names_are_unique() {
        let names: BTreeSet<_> = Label::ALL.iter().map(|label| label.as_str()).collect();
        assert_eq!(names.len(), Label::ALL.len());
    }
}
