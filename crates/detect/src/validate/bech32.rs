//! Bech32 (BIP-173) and bech32m (BIP-350).

const SYMBOLS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// Longest text that is judged. BIP-173 says 90, but keys of some tools are longer.
const LIMIT: usize = 256;
const CHECKSUM: usize = 6;

/// Which of the two checksums a text carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// BIP-173.
    Bech32,
    /// BIP-350.
    Bech32m,
}

/// The parts of a text whose checksum is right.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decoded<'t> {
    /// What stands before the last `1`, as written.
    pub(crate) hrp: &'t [u8],
    /// The symbols between that and the checksum, as written.
    pub(crate) data: &'t [u8],
    /// Which checksum it is.
    pub(crate) variant: Variant,
}

/// The value of a symbol in either case.
pub(crate) fn value(symbol: u8) -> Option<u8> {
    let lower = symbol.to_ascii_lowercase();
    let at = SYMBOLS.iter().position(|have| *have == lower)?;
    u8::try_from(at).ok()
}

/// Splits and checks a text. Mixed case is an error, as both documents demand.
pub(crate) fn decode(text: &[u8]) -> Option<Decoded<'_>> {
    let mixed = text.iter().any(u8::is_ascii_lowercase) && text.iter().any(u8::is_ascii_uppercase);
    if text.len() > LIMIT || mixed {
        return None;
    }
    let one = text.iter().rposition(|byte| *byte == b'1')?;
    let (hrp, rest) = (&text[..one], &text[one + 1..]);
    let data = rest.get(..rest.len().checked_sub(CHECKSUM)?)?;
    if hrp.is_empty() || !hrp.iter().all(|byte| matches!(byte, 33..=126)) {
        return None;
    }
    let lower = hrp.iter().map(u8::to_ascii_lowercase);
    let mut sum = lower.clone().fold(1, |sum, byte| step(sum, byte >> 5));
    sum = step(sum, 0);
    sum = lower.fold(sum, |sum, byte| step(sum, byte & 31));
    for symbol in rest {
        sum = step(sum, value(*symbol)?);
    }
    let variant = match sum {
        1 => Variant::Bech32,
        0x2bc8_30a3 => Variant::Bech32m,
        _ => return None,
    };
    Some(Decoded { hrp, data, variant })
}

/// One step of the checksum, a BCH code over 32 symbols.
fn step(sum: u32, value: u8) -> u32 {
    const GENERATOR: [u32; 5] = [
        0x3b6a_57b2,
        0x2650_8e6d,
        0x1ea1_19fa,
        0x3d42_33dd,
        0x2a14_62b3,
    ];
    let top = sum >> 25;
    let shifted = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
    GENERATOR.iter().enumerate().fold(
        shifted,
        |sum, (bit, word)| {
            if top >> bit & 1 == 1 { sum ^ word } else { sum }
        },
    )
}
