//! What holds for every text.

use super::*;
use proptest::prelude::*;
use std::net::Ipv4Addr;

proptest! {
    #[test]
    fn no_text_makes_the_parser_panic(raw: String, host in "[ -~é．。①-⑩]{0,24}", tail in "[ -~]{0,32}") {
        let _ = Target::parse(&raw);
        let _ = Target::authority(&raw);
        for raw in [format!("http://{host}/{tail}"), format!("http://{host}{tail}")] {
            if let Ok(target) = Target::parse(&raw) {
                let _ = (judge(&target, &UrlRules::default(), &no_rules()), target.registrable().len());
                prop_assert!(target.path_and_query().bytes().all(|b| b.is_ascii_graphic()));
            }
        }
    }

    #[test]
    fn a_canonical_host_reads_back_as_itself(host in "[a-z0-9é．0-9xX%.-]{1,20}") {
        if let Ok(first) = Target::parse(&format!("http://{host}/")) {
            let again = Target::parse(&format!("http://{}/", first.host())).unwrap();
            prop_assert_eq!(first.host(), again.host());
            prop_assert!(!again.was_decoded());
        }
    }

    #[test]
    fn ours_and_a_whatwg_parser_name_the_same_host(host in "[a-zA-Z0-9é．xX%.\\-_]{1,20}", port in 1..=u16::MAX) {
        let raw = format!("http://{host}:{port}/");
        if let Ok(ours) = Target::parse(&raw) {
            let theirs = ::url::Url::parse(&raw).unwrap();
            let name = theirs.host_str().unwrap_or_default().trim_end_matches('.').to_owned();
            prop_assert_eq!(ours.host().to_string(), name);
            prop_assert_eq!(theirs.port_or_known_default(), Some(ours.port()));
        }
    }

    #[test]
    fn any_spelling_of_an_internal_address_is_judged_internal(low: u32, form in 0..8usize) {
        let bits = 10 << 24 | low >> 8;
        let ip = Ipv4Addr::from_bits(bits);
        let [a, b, c, d] = ip.octets();
        let host = match form {
            0 => format!("{bits}"),
            1 => format!("0x{bits:x}"),
            2 => format!("0{bits:o}"),
            3 => format!("0x{a:x}.0{b:o}.{}", u32::from(c) << 8 | u32::from(d)),
            4 => format!("{a}.{}", bits & 0x00ff_ffff),
            5 => format!("[::ffff:{ip}]"),
            6 => format!("[64:ff9b::{ip}]"),
            _ => format!("[2002:{:x}:{:x}::1]", bits >> 16, bits & 0xffff),
        };
        let target = target(&format!("http://{host}/"));
        let Host::Ip(literal) = target.host() else { panic!("{host} is an address") };
        prop_assert_ne!(AddressRules::default().literal(*literal), AddressVerdict::Allowed);
        prop_assert!(target.was_decoded() || form > 5);
    }

    #[test]
    fn decoding_fully_equals_decoding_until_stable(text in "[%0-9a-f2526]{0,40}") {
        let mut want = text.clone().into_bytes();
        loop {
            let next = decode::once(&want);
            if next == want { break }
            want = next;
        }
        prop_assert_eq!(decode::fully(text.as_bytes()), want);
    }

    #[test]
    fn harmless_text_hides_nothing(text in "[%0-9a-f./c]{0,12}") {
        if decode::is_harmless(text.as_bytes()) {
            let mut full = decode::fully(text.as_bytes());
            decode::shorten_overlong(&mut full);
            prop_assert!(!full.iter().any(|b| matches!(b, b'\r' | b'\n')));
            let dots = |bytes: &[u8]| bytes.iter().filter(|b| matches!(b, b'.' | b'/' | b'\\')).count();
            prop_assert_eq!(dots(&full), dots(text.as_bytes()));
        }
    }
}
