//! UTF-7 (RFC 2152).

use super::{Held, Units};

/// Undoes UTF-7. A `+` begins a run only if its first unit is a readable character
/// below U+0600, so that sums and base64 stay what they are.
#[derive(Debug, Clone)]
pub struct Utf7 {
    /// `+` and the digits of the first unit.
    held: Held<4>,
    run: Option<Run>,
    read: u64,
}

/// Inside a run: the bits of a unit that is not whole yet.
#[derive(Debug, Clone, Copy)]
struct Run {
    bits: u32,
    count: u32,
    /// Where the first digit of that unit stood.
    source: u64,
    units: Units,
}

impl Utf7 {
    /// A decoder whose first byte has source offset `start`.
    #[must_use]
    pub fn new(start: u64) -> Self {
        Self {
            held: Held::NEW,
            run: None,
            read: start,
        }
    }

    /// How many bytes at the front pass as they are.
    pub(crate) fn unchanged(&self, bytes: &[u8]) -> usize {
        match bytes {
            // Dense escapes are not worth a search.
            [b'+', ..] => 0,
            _ if self.run.is_none() && self.held.len == 0 => {
                memchr::memchr(b'+', bytes).unwrap_or(bytes.len())
            }
            _ => 0,
        }
    }

    /// Passes over bytes that pass as they are.
    pub(crate) fn pass(&mut self, count: usize) {
        self.read += count as u64;
    }

    /// Decodes one byte, giving out what nothing later can change.
    #[inline]
    pub fn push(&mut self, byte: u8, give: &mut impl FnMut(u8, u64)) {
        let source = self.read;
        self.read += 1;
        match &mut self.run {
            None if self.held.len == 0 && byte != b'+' => give(byte, source),
            None => self.begin(byte, source, give),
            Some(run) => match digit(byte) {
                Some(value) => run.push(value, source, give),
                None => {
                    run.units.flush(give);
                    self.run = None;
                    self.plain_after_run(byte, source, give);
                }
            },
        }
    }

    fn plain_after_run(&mut self, byte: u8, source: u64, give: &mut impl FnMut(u8, u64)) {
        match byte {
            b'-' => {}
            b'+' => self.held.hold(byte, source),
            _ => give(byte, source),
        }
    }

    fn begin(&mut self, byte: u8, source: u64, give: &mut impl FnMut(u8, u64)) {
        let value = digit(byte);
        match self.held.len {
            0 => return self.held.hold(byte, source),
            // `+-` is a plus.
            1 if byte == b'-' => return self.held.give(give),
            1 | 2 if value.is_some() => return self.held.hold(byte, source),
            3 if value.is_some() => {}
            _ => {
                self.held.give(give);
                return self.plain(byte, source, give);
            }
        }
        self.held.hold(byte, source);
        let digits = self.held.bytes.map(|(byte, _)| byte);
        if first_unit([digits[1], digits[2], digits[3]]).is_none() {
            return self.held.give(give);
        }
        let first = self.held.source().unwrap_or(source);
        let mut run = Run {
            bits: 0,
            count: 0,
            source: first,
            units: Units::default(),
        };
        for (index, (byte, at)) in self.held.bytes.into_iter().enumerate().skip(1) {
            // The plus belongs to the first unit.
            run.push(
                digit(byte).unwrap_or_default(),
                if index == 1 { first } else { at },
                give,
            );
        }
        self.held.clear();
        self.run = Some(run);
    }

    fn plain(&mut self, byte: u8, source: u64, give: &mut impl FnMut(u8, u64)) {
        match byte {
            b'+' => self.held.hold(byte, source),
            _ => give(byte, source),
        }
    }

    /// Gives out what still waits.
    pub fn flush(&mut self, give: &mut impl FnMut(u8, u64)) {
        self.held.give(give);
        if let Some(mut run) = self.run.take() {
            run.units.flush(give);
        }
    }

    /// Source offset of the first byte that was not given out.
    #[must_use]
    pub fn given(&self) -> u64 {
        let run = self
            .run
            .and_then(|run| run.units.source().or((run.count > 0).then_some(run.source)));
        run.or(self.held.source()).unwrap_or(self.read)
    }

    /// Whether nothing waits.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.held.len == 0 && self.run.is_none()
    }
}

impl Run {
    fn push(&mut self, value: u8, source: u64, give: &mut impl FnMut(u8, u64)) {
        if self.count == 0 {
            self.source = source;
        }
        self.bits = self.bits << 6 | u32::from(value);
        self.count += 6;
        if self.count >= 16 {
            self.count -= 16;
            let unit = (self.bits >> self.count & 0xffff) as u16;
            self.bits &= (1 << self.count) - 1;
            let start = std::mem::replace(&mut self.source, source);
            self.units.push(unit, start, give);
        }
    }
}

/// Where the first UTF-7 run of letters begins. A `+` near the end of the chunk
/// counts.
#[must_use]
pub fn first_utf7(chunk: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'+', chunk).find(|at| match chunk[at + 1..] {
        [a, b, c, ..] => first_unit([a, b, c]).is_some() || a == b'-',
        ref tail => tail.iter().all(|byte| digit(*byte).is_some()) || tail.starts_with(b"-"),
    })
}

/// The first unit of a run, if it may begin one.
fn first_unit(digits: [u8; 3]) -> Option<u16> {
    let [a, b, c] = digits.map(digit);
    let unit = u16::from(a?) << 10 | u16::from(b?) << 4 | u16::from(c? >> 2);
    let readable = matches!(unit, 0x20..=0x7e | 0xa0..=0x5ff | 9 | 10 | 13);
    readable.then_some(unit)
}

fn digit(byte: u8) -> Option<u8> {
    Some(match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}
