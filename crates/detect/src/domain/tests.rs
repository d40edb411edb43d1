use super::*;

fn host(name: &str) -> Host {
    name.parse()
        .map_or_else(|_| Host::Name(name.into()), Host::Ip)
}

#[test]
fn a_wildcard_is_its_apex_and_every_name_below() {
    let set = DomainSet::new([
        "*.bad.test",
        "One.Test.",
        "10.0.0.1",
        "*.bücher.test",
        "[2001:DB8::1]",
    ]);
    let cases = [
        ("bad.test", Some("*.bad.test")),
        ("a.b.bad.test", Some("*.bad.test")),
        ("notbad.test", None),
        ("bad.test.ok.test", None),
        ("one.test", Some("one.test")),
        ("x.one.test", None),
        ("10.0.0.1", Some("10.0.0.1")),
        ("10.0.0.2", None),
        ("2001:db8::1", Some("[2001:db8::1]")),
        ("www.xn--bcher-kva.test", Some("*.xn--bcher-kva.test")),
    ];
    for (name, want) in cases {
        assert_eq!(set.matches(&host(name)), want, "{name}");
        assert_eq!(set.matches_name(name), want.is_some(), "{name} as text");
    }
}

#[test]
fn text_is_compared_whatever_its_case_dot_or_script() {
    let set = DomainSet::new(["*.Bücher.test"]);
    for name in ["BÜCHER.test", "a.xn--bcher-kva.TEST.", "bücher.test."] {
        assert!(set.matches_name(name), "{name}");
    }
}

#[test]
fn an_address_is_never_below_a_wildcard() {
    let set = DomainSet::new(["*.0.0.1", "*.1"]);
    assert!(!set.matches_name("10.0.0.1"));
    assert_eq!(set.matches(&host("10.0.0.1")), None);
}

#[test]
fn an_empty_set_matches_nothing() {
    let set = DomainSet::new(["", "  "]);
    assert!(set.is_empty() && !set.matches_name("h.test"));
}

#[test]
fn patterns_of_trust_lists_are_checked() {
    use DomainPatternError as E;
    let cases: [(&str, Result<&str, E>); 19] = [
        (" API.Corp.Test. ", Ok("api.corp.test")),
        ("*.Corp.test", Ok("*.corp.test")),
        ("*.bücher.test", Ok("*.xn--bcher-kva.test")),
        ("localhost", Ok("localhost")),
        ("*.svc.cluster.local", Ok("*.svc.cluster.local")),
        ("", Err(E::Empty)),
        ("  ", Err(E::Empty)),
        ("https://h.test", Err(E::NotAHost)),
        ("h.test/x", Err(E::NotAHost)),
        ("h.test:443", Err(E::NotAHost)),
        ("*", Err(E::Everything)),
        ("*.com", Err(E::TooWide)),
        ("*.", Err(E::Everything)),
        ("*.co.uk", Err(E::PublicSuffix)),
        ("*.github.io", Err(E::PublicSuffix)),
        ("a.*.test", Err(E::MisplacedWildcard)),
        ("*x.h.test", Err(E::MisplacedWildcard)),
        ("h[1].test", Err(E::MisplacedWildcard)),
        ("a..test", Err(E::InvalidName)),
    ];
    for (text, want) in cases {
        assert_eq!(validate_pattern(text), want.map(str::to_owned), "{text:?}");
    }
}
