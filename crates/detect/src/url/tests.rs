use super::*;
use crate::address::{AddressRules, AddressVerdict};
use crate::domain::DomainSet;
use crate::engine::Engine;
use crate::rule::RuleSet;

mod properties;

fn no_rules() -> Engine {
    Engine::new(RuleSet::default())
}

#[test]
fn the_target_of_a_tunnel_has_the_path_of_a_root() {
    for text in ["h.test:8443", "h.test:443", "[2001:db8::1]:8443"] {
        let target = Target::authority(text).unwrap();
        assert_eq!(
            (target.path(), target.path_and_query()),
            ("/", "/"),
            "{text}"
        );
    }
}

#[test]
fn what_is_no_scheme_is_no_url() {
    let cases = [
        ("ftp://h.test/", Some("ftp")),
        ("a+b-c.d://h.test/", Some("a+b-c.d")),
        ("1a://h.test/", None),
        ("+a://h.test/", None),
        ("a b://h.test/", None),
        ("a_b://h.test/", None),
        ("://h.test/", None),
    ];
    for (raw, scheme) in cases {
        let shown = match Target::parse(raw) {
            Err(UrlError::Scheme(shown)) => Some(shown),
            _ => None,
        };
        assert_eq!(shown.as_deref(), scheme, "{raw}");
        assert!(Target::parse(raw).is_err(), "{raw}");
    }
}

fn target(raw: &str) -> Target {
    Target::parse(raw).unwrap_or_else(|error| panic!("{raw:?}: {error}"))
}

/// The layer that refuses a URL, by its reason; `None` when it passes.
fn judged(raw: &str, rules: &UrlRules) -> Option<(Label, String)> {
    match Target::parse(raw) {
        Err(error) => Some((error.label(), error.reason())),
        Ok(target) => judge(&target, rules, &no_rules())
            .blocked
            .map(|block| (block.label, block.reason)),
    }
}

fn label(raw: &str, rules: &UrlRules) -> Option<Label> {
    judged(raw, rules).map(|(label, _)| label)
}

/// Every URL of the first list is refused by the layer, none of the second by any.
fn check(layer: Label, rules: &UrlRules, blocked: &[String], passed: &[String]) {
    for raw in blocked {
        assert_eq!(label(raw, rules), Some(layer), "{raw}");
    }
    for raw in passed {
        assert_eq!(judged(raw, rules), None, "{raw}");
    }
}

fn owned(list: &[&str]) -> Vec<String> {
    list.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn only_http_and_https_pass() {
    check(
        Label::Scheme,
        &UrlRules::default(),
        &owned(&[
            "ftp://h.test/",
            "file:///x",
            "HTTP+unix://x/",
            "javascript:alert(1)",
            "h.test:80/",
        ]),
        &owned(&["http://h.test/", "https://h.test/", "HTTPS://h.test/"]),
    );
    let reason = Target::parse("HTTP+unix://x/").unwrap_err().reason();
    assert_eq!(
        reason,
        "scheme \"http+unix\" not allowed: only http and https"
    );
}

#[test]
fn what_does_not_parse_is_refused() {
    let blocked = [
        "",
        "h.test",
        "/path",
        "http:",
        "http:/h.test/",
        "http:///h.test/",
        "http:h.test",
        "http://",
        "http://h.test:99999/",
        "http://h.test:0/",
        "http://h.test:x/",
        "http://h.test:80:80/",
        "http://h.test/%zz",
        "http://h.test/%4",
        "http://h%zz.test/",
        "http://h.test/\u{7f}",
        "http://h.test/a\tb",
        "http://h.test/\r\nX",
        " http://h.test/",
        "http://h..test/",
        "http://.h.test/",
        "http://h.test../",
        "http://[::1/",
        "http://[::1]x/",
        "http://[v1.a]/",
        "http://[1.2.3.4]/",
        "http://h test/",
        "http://h<test/",
        "http://4294967296/",
        "http://256.1.1.1/",
        "http://1.2.3.4.5/",
        "http://127.0.0.09/",
        "http://xn--a/",
        "http://a%2fb.test/",
        "http://a%00b.test/",
        "http://u@h.test/",
        "http://u:p@h.test/",
        "http://@h.test/",
        "http://good.test\\@evil.test/",
        "http://good.test\\.evil.test/",
        "http://a%40b.test/",
        "http://h*.test/",
    ];
    check(Label::Parser, &UrlRules::default(), &owned(&blocked), &[]);
    let long = format!("http://{}.test/", "a".repeat(64));
    check(Label::Parser, &UrlRules::default(), &[long], &[]);
    for (raw, want) in [
        ("http://[bad", UrlError::Invalid),
        ("http://u:p@h.test/", UrlError::Userinfo),
        ("http://good.test\\.evil.test/", UrlError::Disagreement),
    ] {
        assert_eq!(Target::parse(raw), Err(want), "{raw}");
    }
    assert_eq!(UrlError::Invalid.reason(), "invalid URL");
}

#[test]
fn a_host_has_one_canonical_form() {
    let cases = [
        ("http://H.Test./", "h.test", false),
        ("http://bücher.test/", "xn--bcher-kva.test", false),
        ("http://b%C3%BCcher.test/", "xn--bcher-kva.test", false),
        ("http://XN--BCHER-KVA.test/", "xn--bcher-kva.test", false),
        ("http://ｈ．test/", "h.test", false),
        ("http://h。test/", "h.test", false),
        ("http://h\u{ad}.test/", "h.test", false),
        ("http://under_score.test/", "under_score.test", false),
        ("http://%68.test/", "h.test", false),
        ("http://127.0.0.1/", "127.0.0.1", false),
        ("http://127.0.0.1./", "127.0.0.1", true),
        ("http://１２７。０．０．１/", "127.0.0.1", true),
        ("http://%31%32%37.0.0.1/", "127.0.0.1", true),
        ("http://0x7f.1/", "127.0.0.1", true),
        ("http://[::FFFF:10.0.0.1]/", "10.0.0.1", true),
        ("http://[fe80::1%25eth0]/", "[fe80::1]", true),
        ("http://[fe80::1%eth0]/", "[fe80::1]", true),
        ("http://[2606:4700::1]/", "[2606:4700::1]", false),
        ("http://[2606:4700:0::1]/", "[2606:4700::1]", true),
    ];
    for (raw, host, decoded) in cases {
        let target = target(raw);
        assert_eq!(target.host().to_string(), host, "{raw}");
        assert_eq!(target.was_decoded(), decoded, "{raw}");
    }
}

#[test]
fn every_spelling_of_an_internal_address_is_internal() {
    let blocked = [
        "2130706433",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "017700000001",
        "127.1",
        "127.0.1",
        "0x7f.1",
        "127.0.0.1.",
        "[::ffff:10.0.0.1]",
        "[fe80::1%25eth0]",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "[::]",
        "[::1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[::127.0.0.1]",
        "[fec0::1]",
        "168.63.129.16",
        "100.100.100.200",
        "[64:ff9b:1::a00:1]",
        "[2a00::5efe:10.0.0.1]",
        "０x7f.1",
        "⑩.0.0.1",
        "0",
        "[2001:0:4136:e378:8000:63bf:80ff:fffe]",
    ];
    let passed = [
        "134744072",
        "0x08080808",
        "8.8.8.8",
        "[2606:4700::1]",
        "11.0.0.1",
        "[2001:4860:4860::8888]",
        "223.255.255.1",
        "172.32.0.1",
        "[64:ff9b::8.8.8.8]",
    ];
    let rules = AddressRules::default();
    let verdict = |host: &str| match target(&format!("http://{host}/")).origin.host {
        Host::Ip(ip) => rules.literal(ip),
        Host::Name(name) => panic!("{host} became the name {name}"),
    };
    for host in blocked {
        assert_ne!(verdict(host), AddressVerdict::Allowed, "{host}");
    }
    for host in passed {
        assert_eq!(verdict(host), AddressVerdict::Allowed, "{host}");
    }
}

#[test]
fn what_is_sent_is_what_was_read() {
    let cases = [
        ("http://h.test", "/", "/", None, 80),
        ("http://h.test?x=1", "/?x=1", "/", Some("x=1"), 80),
        (
            "https://h.test:8443/a/b?c=d?e#f?g",
            "/a/b?c=d?e",
            "/a/b",
            Some("c=d?e"),
            8443,
        ),
        ("https://h.test/#a?b", "/", "/", None, 443),
        ("https://h.test:/a?", "/a?", "/a", Some(""), 443),
        (
            "https://h.test/a b/ü?ü",
            "/a%20b/%C3%BC?%C3%BC",
            "/a%20b/%C3%BC",
            Some("%C3%BC"),
            443,
        ),
    ];
    for (raw, sent, path, query, port) in cases {
        let target = target(raw);
        assert_eq!(target.path_and_query(), sent, "{raw}");
        assert_eq!(target.path(), path, "{raw}");
        assert_eq!(target.query(), query, "{raw}");
        assert_eq!(target.port(), port, "{raw}");
    }
    assert_eq!(target("http://h.test/a#b").raw(), "http://h.test/a#b");
    assert_eq!(
        target("http://bücher.test:81/ü").raw(),
        "http://xn--bcher-kva.test:81/%C3%BC"
    );
}

#[test]
fn an_authority_becomes_an_https_url() {
    let cases = [
        ("h.test:443", Ok("https://h.test/")),
        ("H.test.:8443", Ok("https://h.test:8443/")),
        ("h.test", Ok("https://h.test/")),
        ("[::1]:443", Ok("https://[::1]/")),
        ("0x7f.1:80", Ok("https://127.0.0.1:80/")),
        ("u:p@h.test:443", Err(UrlError::Userinfo)),
        ("h.test:443/path", Err(UrlError::Invalid)),
        ("/fetch", Err(UrlError::Invalid)),
        ("h.test:", Err(UrlError::Invalid)),
        ("h.test:443?x", Err(UrlError::Invalid)),
        ("https://h.test:443", Err(UrlError::Invalid)),
        ("", Err(UrlError::Invalid)),
    ];
    for (text, want) in cases {
        let have = Target::authority(text).map(|target| target.raw().to_owned());
        assert_eq!(have, want.map(str::to_owned), "{text}");
    }
    let named = host_of_authority("H.test:8080", Scheme::Http);
    assert_eq!(named, Ok((Host::Name("h.test".into()), 8080)));
    assert_eq!(
        host_of_authority("h.test", Scheme::Http).map(|(_, port)| port),
        Ok(80)
    );
}

#[test]
fn limits_are_keyed_by_registrable_domain() {
    let cases = [
        ("http://a.b.evil.test/", "evil.test"),
        ("http://a1.evil.test./", "evil.test"),
        ("http://a.co.uk/", "a.co.uk"),
        ("http://x.b.co.uk/", "b.co.uk"),
        ("http://co.uk/", "co.uk"),
        ("http://localhost/", "localhost"),
        ("http://user.github.io/", "user.github.io"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://[2606:4700::1]/", "2606:4700::1"),
    ];
    for (raw, want) in cases {
        assert_eq!(target(raw).registrable(), want, "{raw}");
    }
}

#[test]
fn lines_are_found_in_every_layer_of_encoding() {
    check(
        Label::CrlfInjection,
        &UrlRules::default(),
        &owned(&[
            "https://h.test/?a=%0d%0aX",
            "https://h.test/%0A",
            "https://h.test/?q=%250d",
            "https://h.test/?q=%25250a",
            "https://h.test/?q=%25%30%61",
            "https://h.test/?q=%%30a",
            "https://h.test/?q=%c0%8d",
            "https://h.test/?q=%e0%80%8a",
            "https://h.test/?q=%25c0%258a",
        ]),
        &owned(&[
            "https://h.test/#%0d%0a",
            "https://h.test/?a=0d0a",
            "https://h.test/%0b",
            "https://h.test/?a=%20%3A",
        ]),
    );
    let cases = [
        ("https://h.test/?a=%0D%0a", "encoded CRLF sequence in URL"),
        (
            "https://h.test/?a=%250d%250A",
            "double-encoded CRLF sequence in URL",
        ),
        ("https://h.test/?a=%0a", "encoded CR or LF in URL"),
        ("https://h.test/?a=%250a", "double-encoded CR or LF in URL"),
        (
            "https://h.test/?a=%2525250a",
            "multiply encoded CR or LF in URL",
        ),
    ];
    for (raw, want) in cases {
        assert_eq!(
            judged(raw, &UrlRules::default()),
            Some((Label::CrlfInjection, want.to_owned())),
            "{raw}"
        );
    }
    assert_eq!(
        scan::line_end("https://h.test/\nX"),
        Some("raw CR or LF in URL")
    );
}

#[test]
fn dot_dot_segments_are_found_in_every_layer_of_encoding() {
    check(
        Label::PathTraversal,
        &UrlRules::default(),
        &owned(&[
            "https://h.test/a/../b",
            "https://h.test/a/%2e%2e",
            "https://h.test/a%5c..%2fb",
            "https://h.test/..",
            "https://h.test/a\\..\\b",
            "https://h.test/a/.%2E/b",
            "https://h.test/%252e%252e/x",
            "https://h.test/%252e%252e%252fx",
            "https://h.test/%252e%252e",
            "https://h.test/a%25252f..%25252fb",
            "https://h.test/%c0%ae%c0%ae/x",
            "https://h.test/a%c0%af../x",
            "https://h.test/%e0%80%ae./",
            "https://h.test/%25c0%25ae./",
        ]),
        &owned(&[
            "https://h.test/a/..b",
            "https://h.test/a/.../b",
            "https://h.test/?p=../x",
            "https://h.test/a../b",
            "https://h.test/#/../x",
            "https://h.test/a/./b",
            "https://h.test/v1..v2",
        ]),
    );
    let plain = judged("https://h.test/a/%2e%2e/b", &UrlRules::default());
    assert_eq!(
        plain,
        Some((
            Label::PathTraversal,
            "path traversal sequence in URL".to_owned()
        ))
    );
    let double = judged("https://h.test/a/%252e%252e/b", &UrlRules::default());
    assert_eq!(
        double,
        Some((
            Label::PathTraversal,
            "double-encoded path traversal in URL".to_owned()
        ))
    );
}

#[test]
fn a_dot_dot_segment_in_the_query_is_a_signal() {
    for (raw, want) in [
        ("https://h.test/?p=../x", true),
        ("https://h.test/?p=%2e%2e%2fx", true),
        ("https://h.test/?a=b&p=/x/../y", true),
        ("https://h.test/?p=a..b", false),
        ("https://h.test/", false),
    ] {
        let report = judge(&target(raw), &UrlRules::default(), &no_rules());
        assert_eq!(report.signals == [Signal::QueryTraversal], want, "{raw}");
        assert_eq!(report.blocked, None, "{raw}");
    }
}

#[test]
fn strict_mode_reaches_the_list_alone() {
    let rules = UrlRules {
        allowlist: Some(DomainSet::new(["*.ok.test"])),
        ..UrlRules::default()
    };
    check(
        Label::Allowlist,
        &rules,
        &owned(&[
            "https://no.test/",
            "https://ok.test.evil.test/",
            "https://xok.test/",
            "https://8.8.8.8/",
        ]),
        &owned(&[
            "https://ok.test/",
            "https://a.b.ok.test/",
            "https://OK.test./",
        ]),
    );
    let reason = judged("https://No.test/", &rules).map(|(_, reason)| reason);
    assert_eq!(reason.as_deref(), Some("domain not in allowlist: no.test"));
}

#[test]
fn the_block_list_holds_in_every_mode() {
    let rules = UrlRules {
        blocklist: DomainSet::new(["*.bad.test"]),
        ..UrlRules::default()
    };
    check(
        Label::Blocklist,
        &rules,
        &owned(&[
            "https://bad.test/",
            "https://x.bad.test/",
            "https://BAD.test./",
        ]),
        &owned(&[
            "https://notbad.test/",
            "https://bad.test.ok.test/",
            "https://h.test/?u=bad.test",
        ]),
    );
    let reason = judged("https://x.pastebin.com/", &UrlRules::default()).map(|(_, reason)| reason);
    assert_eq!(
        reason.as_deref(),
        Some("domain blocked: x.pastebin.com matches *.pastebin.com")
    );
}

#[test]
fn random_paths_and_queries_are_refused() {
    let twice = |text: &str| text.repeat(2);
    let blocked = [
        "https://h.test/abcdefghijklmnopqrstuvwxyz".to_owned(),
        "https://h.test/ABCDEFGHIJKLMNOPQRSTUVWX".to_owned(),
        format!("https://h.test/x/{}", twice("0123456789abcdefghijklmn")),
        "https://h.test/?q=abcdefghijklmnopqrstuvw".to_owned(),
        "https://h.test/?ABCDEFGHIJKLMNOPQRSTUVWXYZ=1".to_owned(),
        format!("https://h.test/?q={}", twice("abcdefghijklmnopqrstuvwxyz")),
        format!("https://h.test/?q={}", "%61bcdefghijklmnopqrstuvwxyz"),
    ];
    let passed = [
        "https://h.test/abcdefghijklmnopqrst".to_owned(),
        "https://h.test/550e8400-e29b-41d4-a716-446655440000".to_owned(),
        format!("https://h.test/{}", "a".repeat(300)),
        "https://h.test/?q=abcdefghijklmnopqrs".to_owned(),
        format!("https://h.test/?q={}", "0123456789abcdef".repeat(4)),
        "https://h.test/?q=getting-started-with-rust-and-tokio".to_owned(),
        // Honest traffic: long slugs, build hashes, identifiers, searches.
        "https://h.test/blog/how-to-configure-kubernetes-ingress-with-nginx-and-cert-manager"
            .to_owned(),
        "https://h.test/static/js/vendor-BkX3f9aQzT7w.chunk.min.js".to_owned(),
        "https://h.test/assets/main.8e3f1a2b9c7d4f60a1b2.bundle.css".to_owned(),
        "https://h.test/?q=how+to+build+a+quick+prototype+with+javascript+and+webpack".to_owned(),
        format!(
            "https://h.test/o/{}",
            ["01ARZ3NDEK", "TSV4RRFFQ69G5FAV"].concat()
        ),
    ];
    check(Label::Entropy, &UrlRules::default(), &blocked, &passed);
    for (raw, want) in [
        (
            "https://h.test/abcdefghijklmnopqrstuvwxyz",
            "high entropy path segment (4.70 > 4.50 threshold)",
        ),
        (
            "https://h.test/?q=abcdefghijklmnopqrstuvw",
            "high entropy query param \"q\" (4.52 > 4.50 threshold)",
        ),
        (
            "https://h.test/?abcdefghijklmnopqrstuvwxyz",
            "high entropy query key \"abcdefghijklmnopqrstuvwxyz\" (4.70 > 4.50 threshold)",
        ),
    ] {
        assert_eq!(
            judged(raw, &UrlRules::default()),
            Some((Label::Entropy, want.to_owned())),
            "{raw}"
        );
    }
}

#[test]
fn random_host_labels_are_refused() {
    check(
        Label::SubdomainEntropy,
        &UrlRules::default(),
        &owned(&[
            "https://abcdefghijklmnopq.x.test/",
            "https://0123456789abcdefgh.x.test/",
            "https://a.zyxwvutsrqponmlkj.x.test/",
            "https://4d5a90000300000004ff.x.test/",
            "https://mfrggzdfmztwq2lk.x.test/",
            "https://abcdefghijklmnopq.github.io/",
            "https://abcdefg.hijklmn.opqrstu.x.test/",
            "https://4d5a9000.0300ff00.04b8f00d.x.test/",
        ]),
        &owned(&[
            "https://0123456789abcdef.x.test/",
            "https://abcdefghijklmnopq.test/",
            "https://static-assets-cdn.x.test/",
            "https://abcdefghijklmnopq.co.uk/",
            "https://jupyter-notebook.data-platform.prod.eks.x.test/",
            "https://d111111abcdef8.cloudfront.net/",
            "https://ec2-203-0-113-25.compute-1.amazonaws.com/",
            "https://my-service.namespace.svc.cluster.local/",
        ]),
    );
    let reason =
        judged("https://abcdefghijklmnopq.x.test/", &UrlRules::default()).map(|(_, reason)| reason);
    let want = "high entropy subdomain label \"abcdefghijklmnopq\" (4.09 > 4.00 threshold)";
    assert_eq!(reason.as_deref(), Some(want));
}

#[test]
fn excluded_hosts_may_be_random_but_not_their_queries() {
    let rules = UrlRules {
        subdomain_entropy_exclusions: DomainSet::new(["*.x.test"]),
        ..UrlRules::default()
    };
    let random = "abcdefghijklmnopqrstuvwxyz";
    assert_eq!(
        label(&format!("https://{random}.x.test/{random}"), &rules),
        None
    );
    assert_eq!(
        label(&format!("https://{random}.x.test/?q={random}"), &rules),
        Some(Label::Entropy)
    );
}

#[test]
fn length_counts_every_byte_and_is_told_before_randomness() {
    let a = |count: usize| "a".repeat(count);
    check(
        Label::Length,
        &UrlRules::default(),
        &[
            format!("https://h.test/{}", a(2034)),
            format!("https://h.test/#{}", a(2033)),
            format!("https://h.test/?{}", a(2033)),
            format!(
                "https://h.test/{}",
                "abcdefghijklmnopqrstuvwxyz".repeat(100)
            ),
        ],
        &[
            format!("https://h.test/{}", a(2033)),
            format!("https://h.test/?{}", a(2032)),
            "https://h.test/".to_owned(),
        ],
    );
    let reason = judged(&format!("https://h.test/{}", a(2034)), &UrlRules::default())
        .map(|(_, reason)| reason);
    assert_eq!(
        reason.as_deref(),
        Some("URL length 2049 exceeds maximum 2048")
    );
}

#[test]
fn debug_shows_neither_path_nor_query() {
    let text = format!("{:?}", target("https://h.test/path?query"));
    assert!(
        text.contains("h.test") && !text.contains("path") && !text.contains("query"),
        "{text}"
    );
}

#[test]
fn hints_name_the_key_and_the_exact_value() {
    let cases = [
        (
            "https://db.corp.test/",
            "\"db.corp.test\" to trusted_domains",
        ),
        ("https://10.1.2.3/", "\"10.1.2.3/32\" to ssrf.ip_allowlist"),
        ("https://[fd00::1]/", "\"fd00::1/128\" to ssrf.ip_allowlist"),
    ];
    for (raw, want) in cases {
        let hint = hint(Label::Ssrf, Some(&target(raw)));
        assert!(hint.contains(want), "{hint}");
    }
    for label in Label::ALL {
        assert!(hint(*label, None).ends_with('.'), "{label}");
    }
    assert!(hint(Label::RateLimit, None).contains("max_requests_per_minute"));
}
