//! gzip (RFC 1952) around one block of deflate (RFC 1951) with fixed codes and
//! literals only: the least that every reader understands.

/// Packs bytes as a gzip member.
#[must_use]
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let mut bits = Bits::default();
    bits.low_first(1, 1);
    bits.low_first(1, 2);
    for byte in bytes {
        let byte = u32::from(*byte);
        // RFC 1951 §3.2.6
        if byte < 144 {
            bits.high_first(0x30 + byte, 8);
        } else {
            bits.high_first(0x190 + byte - 144, 9);
        }
    }
    bits.high_first(0, 7);
    out.extend(bits.finish());
    out.extend(crc32(bytes).to_le_bytes());
    out.extend((bytes.len() as u32).to_le_bytes());
    out
}

#[derive(Default)]
struct Bits {
    out: Vec<u8>,
    held: u32,
    count: u32,
}

impl Bits {
    fn low_first(&mut self, value: u32, width: u32) {
        for bit in 0..width {
            self.held |= (value >> bit & 1) << self.count;
            self.count += 1;
            if self.count == 8 {
                self.out.push(self.held as u8);
                (self.held, self.count) = (0, 0);
            }
        }
    }

    /// Huffman codes are packed from their most significant bit on.
    fn high_first(&mut self, value: u32, width: u32) {
        self.low_first(value.reverse_bits() >> (32 - width), width);
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.out.push(self.held as u8);
        }
        self.out
    }
}

/// CRC-32 of gzip and PNG (RFC 1952 §8).
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_known_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    #[test]
    fn a_member_is_what_other_packers_unpack() {
        // Checked once against gzip(1).
        let want = [
            0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255, 0x4b, 0x4c, 0x4a, 0x06, 0x00, 0xc2, 0x41, 0x24,
            0x35, 3, 0, 0, 0,
        ];
        assert_eq!(gzip(b"abc"), want);
    }
}
