use pipelock_model::http::{Fields, Version};
use pipelock_wire::http1::{expects_continue, is_websocket_upgrade, keeps_alive, strip_hop_by_hop};

fn fields(lines: &[(&str, &str)]) -> Fields {
    let mut fields = Fields::new();
    for (name, value) in lines {
        fields.push(name, value.as_bytes());
    }
    fields
}

#[test]
fn hop_by_hop_fields_go_and_all_others_stay_in_order() {
    let mut head = fields(&[
        ("Host", "h.test"),
        ("Connection", "close, X-Private, Content-Length"),
        ("X-Private", "1"),
        ("A", "1"),
        ("connection", "x-other , host, te"),
        ("X-Other", "2"),
        ("Keep-Alive", "timeout=5"),
        ("Proxy-Connection", "keep-alive"),
        ("Proxy-Authorization", "Basic x"),
        ("Proxy-Authenticate", "Basic"),
        ("TE", "trailers"),
        ("Trailer", "Grpc-Status"),
        ("Transfer-Encoding", "chunked"),
        ("Upgrade", "h2c"),
        ("Content-Length", "5"),
        ("a", "2"),
    ]);
    strip_hop_by_hop(&mut head);
    let names: Vec<_> = head.iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["Host", "A", "TE", "Trailer", "Content-Length", "a"]);
}

#[test]
fn te_stays_only_as_trailers() {
    for (value, stays) in [
        ("trailers", true),
        ("Trailers", true),
        ("trailers, deflate", false),
        ("gzip", false),
    ] {
        let mut head = fields(&[("TE", value)]);
        strip_hop_by_hop(&mut head);
        assert_eq!(head.contains("te"), stays, "{value}");
    }
}

#[test]
fn persistence_follows_version_and_connection() {
    let cases = [
        (Version::Http11, "", true),
        (Version::Http11, "Close", false),
        (Version::Http11, "keep-alive, close", false),
        (Version::Http10, "", false),
        (Version::Http10, "Keep-Alive", true),
        (Version::Http10, "keep-alive, close", false),
    ];
    for (version, value, alive) in cases {
        assert_eq!(
            keeps_alive(version, &fields(&[("Connection", value)])),
            alive,
            "{version:?} {value:?}"
        );
    }
}

#[test]
fn requests_for_continue_and_websocket_are_recognised() {
    assert!(expects_continue(&fields(&[("expect", "100-Continue")])));
    assert!(!expects_continue(&fields(&[("Expect", "200-ok")])));
    let upgrade = |connection, upgrade| {
        is_websocket_upgrade(&fields(&[("Connection", connection), ("Upgrade", upgrade)]))
    };
    assert!(upgrade("keep-alive, Upgrade", "WebSocket"));
    assert!(!upgrade("keep-alive", "websocket"));
    assert!(!upgrade("upgrade", "h2c"));
}
