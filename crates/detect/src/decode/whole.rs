//! Rewritings of a whole text.

/// Which separators are noise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noise {
    /// The wide set, for canaries: `. / \ ? & =` blanks `: ; , - _ @ % + #`.
    Wide,
    /// The narrow set, for parts of a URL: `. / + , ; |` and blanks.
    Narrow,
}

/// Appends the text without its separators, and where each byte stood.
pub fn strip_noise(_text: &[u8], _noise: Noise, _out: &mut Vec<u8>, _offsets: &mut Vec<u32>) {}

/// Appends the text with its letters moved by 13 places; offsets stay.
pub fn rot13(_text: &[u8], _out: &mut Vec<u8>) {}

/// Appends the text read backwards, by characters: byte `i` of `n` comes from the
/// character that covers byte `n - 1 - i`.
pub fn reverse(_text: &[u8], _out: &mut Vec<u8>) {}
