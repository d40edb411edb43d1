//! Address ranges in CIDR notation (RFC 4632, RFC 4291 §2.3).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A range. IPv4-mapped IPv6 is IPv4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cidr {
    base: IpAddr,
    len: u8,
}

/// Why a range is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CidrError {
    /// Not an address, or not a prefix length of its family.
    #[error("is not an address range such as 10.0.0.0/8")]
    Invalid,
    /// `/0`.
    #[error("would allow every address")]
    Everything,
    /// Bits set after the prefix.
    #[error("has host bits set; the range is {0}")]
    HostBits(Cidr),
}

impl Cidr {
    /// Reads `address/length`, or an address alone as a range of one. Host bits
    /// are dropped.
    ///
    /// # Errors
    /// Text that is neither.
    pub fn parse(text: &str) -> Result<Self, CidrError> {
        Self::read(text).map(|(cidr, _)| cidr)
    }

    /// The same, for lists that open addresses.
    ///
    /// # Errors
    /// Also prefix length 0 and host bits.
    pub fn parse_strict(text: &str) -> Result<Self, CidrError> {
        let (cidr, written) = Self::read(text)?;
        if cidr.len == 0 {
            return Err(CidrError::Everything);
        }
        if cidr.base != written {
            return Err(CidrError::HostBits(cidr));
        }
        Ok(cidr)
    }

    /// The range, and the address as written.
    fn read(text: &str) -> Result<(Self, IpAddr), CidrError> {
        let text = text.trim();
        let (address, len) = match text.split_once('/') {
            Some((address, len)) => (address, Some(prefix_len(len)?)),
            None => (text, None),
        };
        let ip: IpAddr = address.parse().map_err(|_| CidrError::Invalid)?;
        let full = if ip.is_ipv4() { 32 } else { 128 };
        let len = len.unwrap_or(full);
        if len > full {
            return Err(CidrError::Invalid);
        }
        let (ip, len) = match (ip, ip.to_canonical()) {
            (IpAddr::V6(_), v4 @ IpAddr::V4(_)) if len >= 96 => (v4, len - 96),
            _ => (ip, len),
        };
        Ok((
            Self {
                base: network(ip, len),
                len,
            },
            ip,
        ))
    }

    /// True when the address lies in the range.
    #[must_use]
    pub fn contains(&self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        ip.is_ipv4() == self.base.is_ipv4() && network(ip, self.len) == self.base
    }

    /// Length of the prefix in bits.
    #[must_use]
    pub const fn prefix_len(&self) -> u8 {
        self.len
    }

    /// True for a range of one address.
    #[must_use]
    pub const fn is_host(&self) -> bool {
        self.len == if self.base.is_ipv4() { 32 } else { 128 }
    }
}

fn prefix_len(text: &str) -> Result<u8, CidrError> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|_| digits)
        .ok_or(CidrError::Invalid)
}

fn network(ip: IpAddr, len: u8) -> IpAddr {
    match ip {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(len)).unwrap_or(0);
            Ipv4Addr::from_bits(v4.to_bits() & mask).into()
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(len)).unwrap_or(0);
            Ipv6Addr::from_bits(v6.to_bits() & mask).into()
        }
    }
}

/// Canonical notation.
impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.len)
    }
}
