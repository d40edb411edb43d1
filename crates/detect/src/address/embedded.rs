//! IPv4 addresses inside IPv6 addresses.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The IPv4 address that an IPv6 address carries: mapped and compatible
/// (RFC 4291 §2.5.5), SIIT (RFC 2765), NAT64 (RFC 6052, RFC 8215), 6to4
/// (RFC 3056), the client of Teredo (RFC 4380 §4), ISATAP (RFC 5214 §6.1).
#[must_use]
pub fn embedded_ipv4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    readings(ip).next()
}

/// Every IPv4 address that a router could read out of this one, the likeliest first.
pub(super) fn readings(ip: Ipv6Addr) -> impl Iterator<Item = Ipv4Addr> {
    let bits = ip.to_bits();
    let low = Ipv4Addr::from_bits((bits & 0xffff_ffff) as u32);
    let found = match ip.segments() {
        // Compatible, mapped, translated. `::` and `::1` are no tunnels.
        [0, 0, 0, 0, 0, 0, 0, 0 | 1] => [None; 4],
        [0, 0, 0, 0, 0, 0 | 0xffff, ..] | [0, 0, 0, 0, 0xffff, 0, ..] => one(low),
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => one(low),
        [0x64, 0xff9b, 1, ..] => local_nat64(bits),
        [0x2002, high, rest, ..] => one(join(high, rest)),
        // The client's address is stored inverted; the server's is not.
        [0x2001, 0, high, rest, ..] => [
            Some(Ipv4Addr::from_bits(!low.to_bits())),
            Some(join(high, rest)),
            None,
            None,
        ],
        [_, _, _, _, 0 | 0x200, 0x5efe, ..] => one(low),
        _ => [None; 4],
    };
    found.into_iter().flatten()
}

const fn one(ip: Ipv4Addr) -> [Option<Ipv4Addr>; 4] {
    [Some(ip), None, None, None]
}

fn join(high: u16, low: u16) -> Ipv4Addr {
    Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))
}

/// Under `64:ff9b:1::/48` the operator chooses the prefix length, which moves the
/// address (RFC 6052 §2.2). Every length whose suffix is empty is a reading; none
/// means 0.0.0.0.
fn local_nat64(bits: u128) -> [Option<Ipv4Addr>; 4] {
    let reading = |prefix: u32| {
        let reserved = (bits >> 56) & 0xff;
        // Bits from the prefix on, without the reserved octet at bit 64.
        let before = (bits >> 64) & ((1 << (64 - prefix)) - 1);
        let after = bits & ((1 << 56) - 1);
        let joined = before << 56 | after;
        let rest = 120 - prefix - 32;
        let value = (joined >> rest) as u32;
        let suffix = joined & ((1 << rest) - 1);
        (reserved == 0 && suffix == 0 && value != 0).then(|| Ipv4Addr::from_bits(value))
    };
    let low = (bits & 0xffff_ffff) as u32;
    let whole = (low != 0).then(|| Ipv4Addr::from_bits(low));
    let found = [whole, reading(48), reading(56), reading(64)];
    if found.iter().all(Option::is_none) {
        one(Ipv4Addr::UNSPECIFIED)
    } else {
        found
    }
}
