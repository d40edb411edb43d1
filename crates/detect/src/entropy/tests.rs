use super::*;

fn near(have: f64, want: f64) -> bool {
    (have - want).abs() < 0.005
}

#[test]
fn shannon_entropy_is_counted_over_characters() {
    let cases = [
        ("", 0.0),
        ("aaaa", 0.0),
        ("abcdefghijklmnopqrstuvwxyz", 4.70),
        ("ABCDEFGHIJKLMNOPQRSTUVWX", 4.58),
        ("abcdefghijklmnopqrst", 4.32),
        ("0123456789abcdef", 4.0),
        ("getting-started-with-rust-and-tokio", 3.64),
        ("static-assets-cdn", 2.98),
        ("äöüß", 2.0),
    ];
    for (text, want) in cases {
        assert!(near(shannon(text), want), "{text}: {}", shannon(text));
    }
    assert_eq!(above("0123456789abcdef", 4.0), None);
    assert!(above("abcdefghijklmnopq", 4.0).is_some());
}

#[test]
fn identifiers_and_slugs_are_low_risk_and_random_text_is_not() {
    let ulid = ["01ARZ3NDEK", "TSV4RRFFQ69G5FAV"].concat();
    let cases = [
        ("550e8400-e29b-41d4-a716-446655440000", true),
        (ulid.as_str(), true),
        ("da39a3ee5e6b4b0d3255bfef95601890afd80709", true),
        (
            "the-quick-brown-fox-jumps-over-the-lazy-dog-and-runs-away",
            true,
        ),
        (
            "how-to-configure-kubernetes-ingress-with-nginx-and-cert-manager",
            true,
        ),
        ("bootstrap-datepicker.standalone.min-3f9b2c8a1d.css", true),
        ("vendor-BkX3f9aQzT7w.chunk.min.js", true),
        ("index.Cx3k9QmZ2vT8bLpR4sWy.css", true),
        ("abcdefghijklmnopqrstuvwxyz", false),
        ("ABCDEFGHIJKLMNOPQRSTUVWX", false),
        ("0123456789abcdefghijklmn0123456789abcdefghijklmn", false),
        ("zQ3xV9-kL2mN8_pR4tW7yB1-cF5gH6jD0", false),
        ("qzjxkvwpbfmghd-xjqvzkwpfbgm", false),
    ];
    for (text, low) in cases {
        assert_eq!(
            is_low_risk(text),
            low,
            "{text}: {} opaque",
            opaque_bytes(text)
        );
    }
}

#[test]
fn encoded_labels_are_known_by_their_alphabet() {
    let cases = [
        ("4d5a90000300000004", Some(Alphabet::Hex)),
        ("deadbeefcafe0123", Some(Alphabet::Hex)),
        ("mfrggzdfmztwq2lk", Some(Alphabet::Base32)),
        ("jbswy3dpeblw64tmmq", Some(Alphabet::Base32)),
        ("0123456789abcdef", None),
        ("static2production", None),
        ("1234567890123456", None),
        ("deadbeef0123456", None),
        ("abcdefabcdefabcdef", None),
        ("static-assets-cdn-2", None),
    ];
    for (label, want) in cases {
        assert_eq!(encoded(label), want, "{label}");
    }
}
