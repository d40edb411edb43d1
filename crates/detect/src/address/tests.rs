use super::*;
use proptest::prelude::*;

fn ip(text: &str) -> IpAddr {
    text.parse().expect("test address")
}

fn cidrs(list: &[&str]) -> Vec<Cidr> {
    list.iter()
        .map(|text| Cidr::parse(text).expect("test range"))
        .collect()
}

#[test]
fn internal_ranges_end_where_the_registry_says() {
    let cases = [
        ("0.0.0.0", "0.255.255.255", "1.0.0.0"),
        ("10.0.0.0", "10.255.255.255", "11.0.0.1"),
        ("100.64.0.0", "100.127.255.255", "100.128.0.0"),
        ("127.0.0.0", "127.255.255.255", "128.0.0.0"),
        ("168.63.129.16", "168.63.129.16", "168.63.129.17"),
        ("169.254.0.0", "169.254.255.255", "169.255.0.0"),
        ("172.16.0.0", "172.31.255.255", "172.32.0.1"),
        ("192.0.0.0", "192.0.0.255", "192.0.1.0"),
        ("192.0.2.0", "192.0.2.255", "192.0.3.0"),
        ("192.168.0.0", "192.168.255.255", "192.169.0.0"),
        ("198.18.0.0", "198.19.255.255", "198.20.0.0"),
        ("198.51.100.0", "198.51.100.255", "198.51.101.0"),
        ("203.0.113.0", "203.0.113.255", "203.0.114.0"),
        ("224.0.0.0", "255.255.255.255", "223.255.255.1"),
        ("::", "::ffff:ffff", "2606:4700::1"),
        (
            "fc00::",
            "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            "2001:4860:4860::8888",
        ),
        (
            "fe80::",
            "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            "2a00::1",
        ),
        (
            "ff00::",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
            "2400::1",
        ),
    ];
    let rules = AddressRules::default();
    for (first, last, outside) in cases {
        assert!(rules.internal(ip(first)), "{first}");
        assert!(rules.internal(ip(last)), "{last}");
        assert!(!rules.internal(ip(outside)), "{outside}");
        assert_eq!(
            rules.literal(ip(outside)),
            AddressVerdict::Allowed,
            "{outside}"
        );
    }
}

#[test]
fn tunnelled_addresses_are_judged_by_what_they_carry() {
    let cases = [
        ("::ffff:10.0.0.1", "10.0.0.1", true),
        ("::127.0.0.1", "127.0.0.1", true),
        ("::ffff:0:10.0.0.1", "10.0.0.1", true),
        ("64:ff9b::7f00:1", "127.0.0.1", true),
        ("64:ff9b::8.8.8.8", "8.8.8.8", false),
        ("64:ff9b:1::10.0.0.1", "10.0.0.1", true),
        ("64:ff9b:1::8.8.8.8", "8.8.8.8", false),
        ("64:ff9b:1:7f00:0:100::", "127.0.0.1", true),
        ("64:ff9b:1:808:8:800::", "8.8.8.8", false),
        ("64:ff9b:1:0:a:0:100:0", "10.0.0.1", true),
        ("64:ff9b:1::", "0.0.0.0", true),
        ("2002:7f00:1::", "127.0.0.1", true),
        ("2002:808:808::1", "8.8.8.8", false),
        ("2001:0:4136:e378:8000:63bf:80ff:fffe", "127.0.0.1", true),
        ("2001:0:4136:e378:8000:63bf:f7f7:f7f7", "8.8.8.8", false),
        ("2a00::5efe:10.1.2.3", "10.1.2.3", true),
        ("2a00::200:5efe:192.168.0.1", "192.168.0.1", true),
        ("2a00::5efe:8.8.8.8", "8.8.8.8", false),
    ];
    let rules = AddressRules::default();
    for (text, carried, internal) in cases {
        let IpAddr::V6(v6) = ip(text) else {
            panic!("{text} is IPv6")
        };
        assert_eq!(rules.internal(v6.into()), internal, "{text}");
        if carried != "10.0.0.1" || !text.starts_with("64:ff9b:1:0:a") {
            assert_eq!(embedded_ipv4(v6), Some(carried.parse().unwrap()), "{text}");
        }
    }
    for text in ["::1", "::", "2606:4700::1", "2001:4860:4860::8888"] {
        let IpAddr::V6(v6) = ip(text) else {
            panic!("{text} is IPv6")
        };
        assert_eq!(embedded_ipv4(v6), None, "{text}");
    }
}

#[test]
fn an_exact_allowlist_entry_opens_one_address_and_nothing_else() {
    let rules = AddressRules::new(None, cidrs(&["127.0.0.2/32"]), DomainSet::default());
    let cases = [
        ("127.0.0.2", AddressVerdict::Allowed),
        ("::ffff:127.0.0.2", AddressVerdict::Allowed),
        ("127.0.0.1", AddressVerdict::Internal),
        ("127.0.0.3", AddressVerdict::Internal),
        ("64:ff9b::7f00:2", AddressVerdict::Internal),
        ("10.0.0.2", AddressVerdict::Internal),
        ("169.254.169.254", AddressVerdict::Metadata),
        ("8.8.8.8", AddressVerdict::Allowed),
    ];
    for (text, want) in cases {
        assert_eq!(rules.literal(ip(text)), want, "{text}");
        assert_eq!(rules.resolved("h.test", ip(text)), want, "{text} resolved");
    }
}

#[test]
fn metadata_opens_only_to_an_exact_entry() {
    let metadata = [
        "169.254.169.254",
        "169.254.170.2",
        "169.254.1.1",
        "100.100.100.200",
        "168.63.129.16",
        "fd00:ec2::254",
        "fe80::1",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
    ];
    let wide = cidrs(&[
        "169.254.0.0/16",
        "100.64.0.0/10",
        "168.0.0.0/8",
        "fc00::/7",
        "fe80::/10",
    ]);
    let trusted = DomainSet::new(["h.test"]);
    let rules = AddressRules::new(Some(Vec::new()), wide, trusted);
    for text in metadata {
        assert_eq!(rules.literal(ip(text)), AddressVerdict::Metadata, "{text}");
        assert_eq!(
            rules.resolved("h.test", ip(text)),
            AddressVerdict::Metadata,
            "{text} resolved"
        );
        let exact = AddressRules::new(None, cidrs(&[text]), DomainSet::default());
        assert_eq!(
            exact.literal(ip(text)),
            AddressVerdict::Allowed,
            "{text} named"
        );
    }
    assert!(is_metadata_name("Metadata.Google.Internal.") && !is_metadata_name("h.test"));
}

#[test]
fn trust_opens_names_and_never_literals() {
    let rules = AddressRules::new(None, Vec::new(), DomainSet::new(["*.corp.test"]));
    assert_eq!(
        rules.resolved("db.corp.test", ip("10.1.2.3")),
        AddressVerdict::Allowed
    );
    assert_eq!(
        rules.resolved("db.other.test", ip("10.1.2.3")),
        AddressVerdict::Internal
    );
    assert_eq!(rules.literal(ip("10.1.2.3")), AddressVerdict::Internal);
}

#[test]
fn a_range_of_the_allowlist_opens_its_addresses() {
    let rules = AddressRules::new(None, cidrs(&["10.1.2.0/24"]), DomainSet::default());
    assert_eq!(rules.literal(ip("10.1.2.3")), AddressVerdict::Allowed);
    assert_eq!(rules.literal(ip("10.1.3.3")), AddressVerdict::Internal);
}

#[test]
fn the_core_set_stays_whatever_internal_lists() {
    let listed = AddressRules::new(
        Some(cidrs(&["8.0.0.0/8"])),
        Vec::new(),
        DomainSet::default(),
    );
    let off = AddressRules::new(Some(Vec::new()), Vec::new(), DomainSet::default());
    for (text, in_listed, in_off) in [
        ("8.8.8.8", true, false),
        ("10.0.0.1", true, true),
        ("224.0.0.1", false, false),
        ("1.1.1.1", false, false),
    ] {
        assert_eq!(listed.internal(ip(text)), in_listed, "{text}");
        assert_eq!(
            off.literal(ip(text)) == AddressVerdict::Internal,
            in_off,
            "{text} as literal"
        );
        assert_eq!(
            off.resolved("h.test", ip(text)),
            AddressVerdict::Allowed,
            "{text} resolved"
        );
    }
    assert!(listed.checks_names() && !off.checks_names());
}

#[test]
fn ranges_are_read_and_shown_canonically() {
    let cases = [
        ("10.1.2.3/8", Ok("10.0.0.0/8")),
        ("10.1.2.3", Ok("10.1.2.3/32")),
        ("2001:DB8::1", Ok("2001:db8::1/128")),
        ("fd00::/8", Ok("fd00::/8")),
        ("::ffff:10.0.0.0/104", Ok("10.0.0.0/8")),
        ("0.0.0.0/0", Ok("0.0.0.0/0")),
        ("10.0.0.0/33", Err(CidrError::Invalid)),
        ("10.0.0.0/+8", Err(CidrError::Invalid)),
        ("10.0.0.0/", Err(CidrError::Invalid)),
        ("10.0.0/8", Err(CidrError::Invalid)),
        ("h.test", Err(CidrError::Invalid)),
        ("", Err(CidrError::Invalid)),
    ];
    for (text, want) in cases {
        assert_eq!(
            Cidr::parse(text).map(|cidr| cidr.to_string()),
            want.map(str::to_owned),
            "{text}"
        );
    }
    assert_eq!(Cidr::parse_strict("0.0.0.0/0"), Err(CidrError::Everything));
    let refused = Cidr::parse_strict("127.0.0.2/8").unwrap_err();
    assert_eq!(
        refused.to_string(),
        "has host bits set; the range is 127.0.0.0/8"
    );
    assert!(Cidr::parse_strict("127.0.0.2").is_ok_and(|cidr| cidr.prefix_len() == 32));
}

#[test]
fn every_inet_aton_spelling_is_read() {
    let cases = [
        ("127.0.0.1", Ipv4Text::Canonical(Ipv4Addr::LOCALHOST)),
        ("2130706433", Ipv4Text::Alternative(Ipv4Addr::LOCALHOST)),
        ("0x7f000001", Ipv4Text::Alternative(Ipv4Addr::LOCALHOST)),
        ("017700000001", Ipv4Text::Alternative(Ipv4Addr::LOCALHOST)),
        ("0177.0.0.1", Ipv4Text::Alternative(Ipv4Addr::LOCALHOST)),
        ("0x7f.1", Ipv4Text::Alternative(Ipv4Addr::LOCALHOST)),
        ("127.1", Ipv4Text::Alternative(Ipv4Addr::LOCALHOST)),
        ("127.0.1", Ipv4Text::Alternative(Ipv4Addr::LOCALHOST)),
        ("127.0x0.00.1", Ipv4Text::Alternative(Ipv4Addr::LOCALHOST)),
        ("4294967296", Ipv4Text::Invalid),
        ("0x1ffffffff", Ipv4Text::Invalid),
        ("256.0.0.1", Ipv4Text::Invalid),
        ("127.0.0.256", Ipv4Text::Invalid),
        ("127.16777216", Ipv4Text::Invalid),
        ("1.2.3.4.5", Ipv4Text::Invalid),
        ("127.0.0.09", Ipv4Text::Invalid),
        ("h.test.1", Ipv4Text::Invalid),
        ("1..2", Ipv4Text::Invalid),
        ("1.2.3.test", Ipv4Text::Name),
        ("0xg", Ipv4Text::Name),
        ("h.test", Ipv4Text::Name),
    ];
    for (text, want) in cases {
        assert_eq!(inet_aton(text), want, "{text}");
    }
}

proptest! {
    #[test]
    fn any_radix_of_any_form_is_the_same_address(bits: u32, radix in prop::array::uniform4(0..3u8), parts in 1..=4usize) {
        let text = spell(bits, &radix, parts);
        let want = Ipv4Addr::from_bits(bits);
        prop_assert!(matches!(inet_aton(&text), Ipv4Text::Canonical(ip) | Ipv4Text::Alternative(ip) if ip == want), "{text}");
    }

    #[test]
    fn reading_a_range_back_changes_nothing(bits: u128, len in 0..=128u8) {
        let cidr = Cidr::parse(&format!("{}/{len}", Ipv6Addr::from_bits(bits))).unwrap();
        prop_assert_eq!(Cidr::parse_strict(&cidr.to_string()).unwrap_or(cidr), cidr);
    }
}

fn spell(bits: u32, radix: &[u8; 4], parts: usize) -> String {
    let octets = bits.to_be_bytes();
    let head = octets[..parts - 1].iter().map(|octet| u32::from(*octet));
    let tail = bits & u32::MAX.checked_shr(8 * (parts as u32 - 1)).unwrap_or(0);
    let number = |(value, radix): (u32, &u8)| match radix {
        0 => value.to_string(),
        1 => format!("0{value:o}"),
        _ => format!("0x{value:x}"),
    };
    head.chain([tail])
        .zip(radix)
        .map(number)
        .collect::<Vec<_>>()
        .join(".")
}
