//! Checksums and structures that make a finding certain.

use super::{base58, base64, bech32, pem};

/// Proof that a well-formed token is a real one. Passing makes a finding certain,
/// failing leaves it what it was: people try a firewall with made-up tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Checksum {
    /// The last six characters are the CRC-32 (ISO-HDLC) of those between them and
    /// the prefix, in base62.
    ///
    /// GitHub says so of `ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_` (30 characters and
    /// six, zeros in front) and npm of `npm_`; neither says which characters go into
    /// the sum nor the order of digits. Known tokens show the body without its
    /// prefix, and digits before capitals before small letters. Nothing is published
    /// about `github_pat_`: its second half, the whole body and the whole token are
    /// tried, each in both orders of letters.
    Crc32Base62,
    /// A JSON Web Token whose header is an object that names its algorithm (RFC 7515).
    Jwt,
    /// A PEM private key whose body begins like a key.
    Pem,
    /// Base58 with four bytes of double SHA-256: wallet and extended keys.
    Base58Check,
    /// Bech32 or bech32m (BIP-173, BIP-350), in one case.
    Bech32,
    /// A macaroon of the second version issued by the Python package index: the
    /// location stands in clear in its base64.
    Macaroon,
    /// Base64 of exactly 32 bytes, nothing in the spare bits: a length, no checksum.
    Base64Of32,
}

impl Checksum {
    /// Every checksum.
    pub const ALL: [Self; 7] = [
        Self::Crc32Base62,
        Self::Jwt,
        Self::Pem,
        Self::Base58Check,
        Self::Bech32,
        Self::Macaroon,
        Self::Base64Of32,
    ];

    /// Reads the word of a rule file.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sum| sum.as_str() == word)
    }

    /// The word that [`Checksum::parse`] reads.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Crc32Base62 => "crc32_base62",
            Self::Jwt => "jwt",
            Self::Pem => "pem",
            Self::Base58Check => "base58check",
            Self::Bech32 => "bech32",
            Self::Macaroon => "macaroon",
            Self::Base64Of32 => "base64_32",
        }
    }

    /// True when the matched text passes. The token stands at its end; what a pattern
    /// takes along before it (a name, quotes) does not matter.
    #[must_use]
    pub fn check(self, text: &[u8]) -> bool {
        match self {
            Self::Crc32Base62 => {
                crc32_base62(last(text, |b| b.is_ascii_alphanumeric() || b == b'_'))
            }
            Self::Jwt => jwt(last(text, |b| {
                b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'=')
            })),
            Self::Pem => pem::check(text),
            Self::Base58Check => base58check(last(text, base58::is_symbol)),
            Self::Bech32 => {
                bech32::decode(last(text, |b| b.is_ascii_alphanumeric() || b == b'-')).is_some()
            }
            Self::Macaroon => macaroon(last(text, |b| {
                b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')
            })),
            Self::Base64Of32 => {
                let token = last(text, |b| {
                    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_' | b'-' | b'=')
                });
                // A name may stand before it (`PrivateKey=`).
                let name = token.windows(2).rposition(|w| w[0] == b'=' && w[1] != b'=');
                let start = name.map_or(0, |at| at + 1);
                base64_of_32(&token[start..])
            }
        }
    }
}

/// The last run of such bytes.
fn last(text: &[u8], belongs: impl Fn(u8) -> bool) -> &[u8] {
    let end = text
        .iter()
        .rposition(|byte| belongs(*byte))
        .map_or(0, |at| at + 1);
    let start = text[..end]
        .iter()
        .rposition(|byte| !belongs(*byte))
        .map_or(0, |at| at + 1);
    &text[start..end]
}

/// Six digits of base62 hold 32 bits.
const DIGITS: usize = 6;

fn crc32_base62(token: &[u8]) -> bool {
    let Some((rest, digits)) = token
        .len()
        .checked_sub(DIGITS)
        .and_then(|at| token.split_at_checked(at))
    else {
        return false;
    };
    // A digit of either order of letters.
    let number = |small: u64, capital: u64| {
        digits.iter().try_fold(0_u64, |number, digit| {
            let value = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'z' => digit - b'a' + u8::try_from(small).ok()?,
                b'A'..=b'Z' => digit - b'A' + u8::try_from(capital).ok()?,
                _ => return None,
            };
            Some(number * 62 + u64::from(value))
        })
    };
    let sums = [number(36, 10), number(10, 36)];
    let said = |body: &[u8]| {
        let sum = Some(u64::from(crc32(body)));
        !body.is_empty() && sums.contains(&sum)
    };
    let behind = |at: Option<usize>| at.and_then(|at| rest.get(at + 1..)).is_some_and(said);
    let first = rest.iter().position(|byte| *byte == b'_');
    let end = rest.iter().rposition(|byte| *byte == b'_');
    let body = rest.strip_prefix(b"github_pat_").is_some_and(said);
    said(rest) || behind(first) || behind(end) || body
}

/// CRC-32 of IEEE 802.3: reflected, bit by bit. It sees a few tokens a day.
fn crc32(bytes: &[u8]) -> u32 {
    let sum = bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            sum >> 1 ^ if sum & 1 == 1 { 0xEDB8_8320 } else { 0 }
        })
    });
    !sum
}

/// Longest header that is read.
const HEADER: usize = 384;

fn jwt(token: &[u8]) -> bool {
    let Some(header) = token.split(|byte| *byte == b'.').next() else {
        return false;
    };
    // A name may stand before it (`token=`).
    let header = header
        .rsplit(|byte| *byte == b'=')
        .find(|part| !part.is_empty());
    let (bytes, length) = base64::prefix::<HEADER>(header.unwrap_or_default());
    let text = bytes[..length].trim_ascii();
    let names = |at: usize| {
        let mut rest = text[at + 5..].trim_ascii_start().iter();
        rest.next() == Some(&b':') && rest.as_slice().trim_ascii_start().first() == Some(&b'"')
    };
    text.starts_with(b"{")
        && text.is_ascii()
        && (length == HEADER || text.ends_with(b"}"))
        && memchr::memmem::find(text, b"\"alg\"").is_some_and(names)
}

/// Version, key, checksum: 82 bytes of an extended key (BIP-32) and more.
const BASE58: usize = 112;

fn base58check(token: &[u8]) -> bool {
    (26..=150).contains(&token.len())
        && base58::decode::<BASE58>(token)
            .is_some_and(|(bytes, length)| base58::checked(&bytes[..length]).is_some())
}

/// Version 2, then a field of type 1 with the location and its length.
fn macaroon(token: &[u8]) -> bool {
    let body = token.strip_prefix(b"pypi-").unwrap_or(token);
    let (bytes, length) = base64::prefix::<32>(body);
    match &bytes[..length] {
        [2, 1, long, rest @ ..] => rest
            .get(..usize::from(*long))
            .is_some_and(|location| location == b"pypi.org" || location == b"test.pypi.org"),
        _ => false,
    }
}

/// Any key uses more than a few values.
fn base64_of_32(token: &[u8]) -> bool {
    base64::exact::<32>(token).is_some_and(|bytes| {
        let different = (0..bytes.len()).filter(|at| !bytes[..*at].contains(&bytes[*at]));
        different.count() >= 16
    })
}

#[cfg(test)]
mod tests;
