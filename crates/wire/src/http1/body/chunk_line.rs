//! Chunk-size lines (RFC 9112 §7.1), byte by byte.

use super::BodyError;

/// Most digits of a size; leading zeros count.
const DIGITS: u8 = 16;

/// The part of a line that was read.
#[derive(Debug)]
pub(super) struct ChunkLine {
    size: u64,
    digits: u8,
    length: usize,
    expect: Expect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Digit,
    /// Blanks after the size, which only an extension may follow.
    Semicolon,
    Extension,
    LineFeed,
}

/// A whole line.
#[derive(Debug, Clone, Copy)]
pub(super) struct Size {
    /// Bytes of data that follow.
    pub(super) data: u64,
    /// Bytes of the line.
    pub(super) line: usize,
}

impl ChunkLine {
    pub(super) const fn new() -> Self {
        Self {
            size: 0,
            digits: 0,
            length: 0,
            expect: Expect::Digit,
        }
    }

    /// Reads up to the end of the line: bytes used, and the size once it is whole.
    /// Extensions are dropped.
    pub(super) fn push(
        &mut self,
        bytes: &[u8],
        limit: usize,
    ) -> Result<(usize, Option<Size>), BodyError> {
        for (at, byte) in bytes.iter().enumerate() {
            self.length += 1;
            if self.length > limit {
                return Err(BodyError::TooLarge("chunk line"));
            }
            if self.expect == Expect::LineFeed {
                return match byte {
                    b'\n' => Ok((
                        at + 1,
                        Some(Size {
                            data: self.size,
                            line: self.length,
                        }),
                    )),
                    _ => Err(BodyError::Invalid("bare carriage return in a chunk line")),
                };
            }
            self.step(*byte)?;
        }
        Ok((bytes.len(), None))
    }

    fn step(&mut self, byte: u8) -> Result<(), BodyError> {
        self.expect = match (self.expect, byte) {
            (Expect::Digit, _) if byte.is_ascii_hexdigit() => return self.digit(byte),
            (Expect::Digit, _) if self.digits == 0 => {
                return Err(BodyError::Invalid("chunk size"));
            }
            (Expect::Digit | Expect::Extension, b'\r') => Expect::LineFeed,
            (Expect::Digit | Expect::Semicolon, b' ' | b'\t') => Expect::Semicolon,
            (Expect::Digit | Expect::Semicolon, b';') => Expect::Extension,
            (Expect::Extension, b'\t' | b' '..=b'~' | 0x80..) => Expect::Extension,
            (_, b'\n') => return Err(BodyError::Invalid("bare line feed in a chunk line")),
            (Expect::Extension, _) => {
                return Err(BodyError::Invalid("control character in a chunk extension"));
            }
            _ => return Err(BodyError::Invalid("chunk size")),
        };
        Ok(())
    }

    fn digit(&mut self, byte: u8) -> Result<(), BodyError> {
        let value = match byte {
            b'0'..=b'9' => byte - b'0',
            _ => (byte | 0x20) - b'a' + 10,
        };
        self.digits += 1;
        self.size = self.size << 4 | u64::from(value);
        // The sign bit too: some readers count in signed numbers.
        if self.digits > DIGITS || self.size > i64::MAX as u64 {
            return Err(BodyError::Invalid("chunk size out of range"));
        }
        Ok(())
    }
}
