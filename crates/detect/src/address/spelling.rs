//! Spellings of IP literals in authorities.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What a host that ends in a number is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ipv4Text {
    /// Four decimal numbers without leading zeros.
    Canonical(Ipv4Addr),
    /// Any other form of `inet_aton(3)`.
    Alternative(Ipv4Addr),
    /// Not an address, and no name either (WHATWG URL, "ends in a number").
    Invalid,
    /// A name.
    Name,
}

/// Reads one to four parts in decimal, octal (`0`) or hexadecimal (`0x`); the last
/// part fills what the others leave. An overflow is invalid, never cut.
pub(crate) fn inet_aton(host: &str) -> Ipv4Text {
    let last = host.rsplit('.').next().unwrap_or(host);
    if !ends_in_number(last) {
        return Ipv4Text::Name;
    }
    let mut parts = [0u64; 4];
    let mut count = 0;
    let mut canonical = true;
    for part in host.split('.') {
        let (Some(slot), Some(value)) = (parts.get_mut(count), number(part)) else {
            return Ipv4Text::Invalid;
        };
        canonical &= part == "0" || part.as_bytes()[0] != b'0';
        *slot = value;
        count += 1;
    }
    let (head, tail) = (&parts[..count - 1], parts[count - 1]);
    let room = 8 * (5 - count as u32);
    if head.iter().any(|part| *part > 255) || tail >> room != 0 {
        return Ipv4Text::Invalid;
    }
    let high = head
        .iter()
        .enumerate()
        .fold(0, |sum, (at, part)| sum | part << (24 - 8 * at));
    let Ok(bits) = u32::try_from(high | tail) else {
        return Ipv4Text::Invalid;
    };
    let ip = Ipv4Addr::from_bits(bits);
    if canonical && count == 4 {
        Ipv4Text::Canonical(ip)
    } else {
        Ipv4Text::Alternative(ip)
    }
}

fn ends_in_number(last: &str) -> bool {
    match last.as_bytes() {
        [] => false,
        [b'0', b'x' | b'X', hex @ ..] => hex.iter().all(u8::is_ascii_hexdigit),
        digits => digits.iter().all(u8::is_ascii_digit),
    }
}

/// A non-negative number of C; `None` for anything else and beyond 32 bits.
fn number(part: &str) -> Option<u64> {
    let (digits, radix) = match part.as_bytes() {
        [] => return None,
        [b'0', b'x' | b'X', ..] => (&part[2..], 16),
        [b'0', _, ..] => (&part[1..], 8),
        _ => (part, 10),
    };
    // `0x` alone is zero, as the WHATWG parser reads it.
    digits.bytes().try_fold(0u64, |value, byte| {
        let digit = char::from(byte).to_digit(radix)?;
        Some(value * u64::from(radix) + u64::from(digit))
            .filter(|value| *value <= u64::from(u32::MAX))
    })
}

/// Reads what stands between the brackets of an IPv6 literal. A zone id is cut
/// off. Returns the address with IPv4-mapped ones unwrapped, and whether the text
/// was its canonical spelling.
pub(crate) fn ipv6_literal(text: &str) -> Option<(IpAddr, bool)> {
    let (address, zone) = match text.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (text, None),
    };
    if zone.is_some_and(|zone| !valid_zone(zone)) {
        return None;
    }
    let ip: Ipv6Addr = address.parse().ok()?;
    let canonical = IpAddr::V6(ip).to_canonical();
    let plain =
        zone.is_none() && canonical.is_ipv6() && ip.to_string().eq_ignore_ascii_case(address);
    Some((canonical, plain))
}

/// RFC 6874: unreserved characters, here without escapes but the leading `25`.
fn valid_zone(zone: &str) -> bool {
    let zone = zone.strip_prefix("25").unwrap_or(zone);
    let unreserved = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    !zone.is_empty() && zone.len() <= 64 && zone.bytes().all(unreserved)
}
