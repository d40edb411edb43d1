//! Checksums and structures that make a finding certain, and shapes that no token has.

use super::length::Lengths;
use super::{base58, base64, bech32, pem};

/// What the inner structure of a match says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A well-formed token beyond doubt.
    Proven,
    /// Neither.
    Open,
    /// A copy that lost its end, unless it goes on elsewhere.
    Cut,
    /// Words, or what the vendor never issues.
    Refuted,
}

/// Proof that a well-formed token is a real one. Passing makes a finding certain,
/// failing leaves it what it was: people try a firewall with made-up tokens. Some know
/// what is certainly none as well; that is only reported.
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
    /// An access id of AWS is base32 in capitals: small letters without a digit are a
    /// word that begins like one.
    AwsId,
    /// 32 hexadecimal digits; a run of letters without any digit is a word.
    Databricks,
    /// The file of a service account: what follows names the number of its key. Only
    /// the engine sees that, so here it says nothing.
    ServiceAccount,
    /// The length that the vendor documents. It proves nothing, but what lacks up to
    /// three characters of it has lost its end.
    Length(Lengths),
}

impl Checksum {
    /// Every checksum that has no parameters.
    pub const ALL: [Self; 10] = [
        Self::Crc32Base62,
        Self::Jwt,
        Self::Pem,
        Self::Base58Check,
        Self::Bech32,
        Self::Macaroon,
        Self::Base64Of32,
        Self::AwsId,
        Self::Databricks,
        Self::ServiceAccount,
    ];

    /// Reads the word of a rule file.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|sum| sum.as_str() == word)
            .or_else(|| Lengths::parse(word.strip_prefix("length")?).map(Self::Length))
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
            Self::AwsId => "aws_id",
            Self::Databricks => "databricks",
            Self::ServiceAccount => "service_account",
            Self::Length(_) => "length",
        }
    }

    /// Judges the matched text. The token stands at its end; what a pattern takes along
    /// before it (a name, quotes) does not matter.
    #[must_use]
    pub fn judge(self, text: &[u8]) -> Verdict {
        if self.refutes(text) {
            Verdict::Refuted
        } else if self.is_cut(text) {
            Verdict::Cut
        } else if self.proves(text) {
            Verdict::Proven
        } else {
            Verdict::Open
        }
    }

    /// True for words that only begin like a token.
    fn refutes(self, text: &[u8]) -> bool {
        let word = last(text, |b| b.is_ascii_alphanumeric());
        let digits = word.iter().any(u8::is_ascii_digit);
        match self {
            Self::AwsId => !digits && word.iter().any(u8::is_ascii_lowercase),
            Self::Databricks => !digits,
            _ => false,
        }
    }

    /// True for a token whose end is missing.
    fn is_cut(self, text: &[u8]) -> bool {
        match self {
            Self::Crc32Base62 => is_cut_github(identifier(text)),
            Self::Macaroon => is_cut_macaroon(url_token(text)),
            Self::Databricks => Lengths::of(36).lacks_little(text),
            Self::Length(lengths) => lengths.lacks_little(text),
            _ => false,
        }
    }

    fn proves(self, text: &[u8]) -> bool {
        match self {
            Self::Crc32Base62 => crc32_base62(identifier(text)),
            Self::Jwt => jwt(last(text, |b| {
                b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'=')
            })),
            Self::Pem => pem::check(text),
            Self::Base58Check => base58check(last(text, base58::is_symbol)),
            Self::Bech32 => {
                bech32::decode(last(text, |b| b.is_ascii_alphanumeric() || b == b'-')).is_some()
            }
            Self::Macaroon => macaroon(url_token(text)),
            Self::Base64Of32 => {
                let token = last(text, |b| {
                    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_' | b'-' | b'=')
                });
                // A name may stand before it (`PrivateKey=`).
                let name = token.windows(2).rposition(|w| w[0] == b'=' && w[1] != b'=');
                let start = name.map_or(0, |at| at + 1);
                base64_of_32(&token[start..])
            }
            Self::AwsId | Self::Databricks | Self::ServiceAccount | Self::Length(_) => false,
        }
    }
}

/// The last letters, digits and underscores.
fn identifier(text: &[u8]) -> &[u8] {
    last(text, |b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The last characters of base64url.
fn url_token(text: &[u8]) -> &[u8] {
    last(text, |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')
    })
}

/// The last run of such bytes.
pub(super) fn last(text: &[u8], belongs: impl Fn(u8) -> bool) -> &[u8] {
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

/// Both halves of GitHub's fine-grained tokens: 22 characters, `_`, 59 characters.
const FINE_GRAINED: u16 = 82;

/// Refresh tokens of GitHub are longer than its others.
const REFRESH: u16 = 80;

/// It has lost its end. What is shorter by more is no match, or made up.
fn is_cut_github(token: &[u8]) -> bool {
    token
        .strip_prefix(b"github_pat_")
        .is_some_and(|halves| Lengths::of(FINE_GRAINED).lacks_little(halves))
        || token.starts_with(b"ghr_") && Lengths::of(REFRESH).lacks_little(token)
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

/// Base64 of the shortest macaroon: location, an identifier of one byte, the ends of
/// both sections, 32 bytes of signature.
const MACAROON: usize = 67;

fn is_cut_macaroon(token: &[u8]) -> bool {
    token.len() < "pypi-".len() + MACAROON && macaroon(token)
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
