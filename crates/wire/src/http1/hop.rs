//! Fields that end at this hop, and what they ask of it.

use pipelock_model::http::{Fields, Version};

/// Always removed, whatever Connection says (RFC 9110 §7.6.1). Trailer stays: it
/// announces fields that are passed on.
const HOP_BY_HOP: [&str; 7] = [
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "transfer-encoding",
    "upgrade",
];

/// Never removed on a sender's word: a message without them would mean something
/// else than the one that was judged.
const END_TO_END: [&str; 6] = [
    "content-encoding",
    "content-length",
    "content-range",
    "content-type",
    "host",
    "trailer",
];

/// Removes the fields that must not be forwarded: Connection and every field that
/// it names, the well-known ones, and TE unless it is exactly `trailers`.
pub fn strip_hop_by_hop(fields: &mut Fields) {
    let named = Named::read(fields);
    fields.retain(|name, value| {
        if name.eq_ignore_ascii_case("te") {
            return value.eq_ignore_ascii_case(b"trailers");
        }
        !among(&HOP_BY_HOP, name) && !named.contains(name)
    });
}

fn among(names: &[&str], name: &str) -> bool {
    names.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Field names that Connection lists, lower case and sorted, so that a long list
/// beside many fields costs no product of both.
struct Named(Vec<Vec<u8>>);

impl Named {
    fn read(fields: &Fields) -> Self {
        let mut names: Vec<_> = fields
            .tokens("connection")
            .filter(|token| !is_common_option(token))
            .map(<[u8]>::to_ascii_lowercase)
            .filter(|token| !END_TO_END.iter().any(|known| known.as_bytes() == token))
            .collect();
        names.sort_unstable();
        Self(names)
    }

    fn contains(&self, name: &str) -> bool {
        !self.0.is_empty()
            && self
                .0
                .binary_search(&name.as_bytes().to_ascii_lowercase())
                .is_ok()
    }
}

/// Options that name no field, or one that is handled anyway: the usual case,
/// which then costs no allocation.
fn is_common_option(token: &[u8]) -> bool {
    [&b"close"[..], b"keep-alive", b"te", b"upgrade"]
        .iter()
        .any(|option| token.eq_ignore_ascii_case(option))
}

/// True when the sender keeps the connection open after this message
/// (RFC 9112 §9.3). A body that ends with the connection ends it all the same.
#[must_use]
pub fn keeps_alive(version: Version, fields: &Fields) -> bool {
    !fields.lists("connection", "close")
        && (version == Version::Http11 || fields.lists("connection", "keep-alive"))
}

/// True when the client waits for `100 Continue` before it sends the body
/// (RFC 9110 §10.1.1). To be ignored in HTTP/1.0.
#[must_use]
pub fn expects_continue(fields: &Fields) -> bool {
    fields.lists("expect", "100-continue")
}

/// True when the head asks for, or grants, an upgrade to WebSocket (RFC 6455 §4).
#[must_use]
pub fn is_websocket_upgrade(fields: &Fields) -> bool {
    fields.lists("connection", "upgrade") && fields.lists("upgrade", "websocket")
}
