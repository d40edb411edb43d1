//! Encodings and look-alikes of a text, as an evader would write them.

mod bytes;
mod deflate;
mod letters;

pub use bytes::{base32, base64, base64_url, entities, escapes, hex, percent};
pub(crate) use deflate::crc32;
pub use deflate::gzip;
pub use letters::{
    dotted, full_width, leet, look_alikes, mixed_case, reversed, rot13, spaced, zero_width,
};

/// Makes another text of a text.
pub type Disguise = fn(&str) -> String;

/// The forms in which an attack phrase is tried. One that changes nothing (ROT13
/// of Chinese) gives no case.
pub const TEXT: &[(&str, Disguise)] = &[
    ("base64", |text| base64(text.as_bytes())),
    ("base64 in prose", |text| {
        format!(
            "The attachment follows. {} End of attachment.",
            base64(text.as_bytes())
        )
    }),
    ("base64 in JSON", |text| {
        format!("{{\"id\": 17, \"data\": \"{}\"}}", base64(text.as_bytes()))
    }),
    ("base64 twice", |text| {
        base64(base64(text.as_bytes()).as_bytes())
    }),
    ("base64url", |text| base64_url(text.as_bytes())),
    ("hex", |text| hex(text.as_bytes(), "")),
    ("hex with blanks", |text| hex(text.as_bytes(), " ")),
    ("base32", |text| base32(text.as_bytes())),
    ("percent", |text| percent(text.as_bytes())),
    ("entities", entities),
    ("escapes", escapes),
    ("gzip in base64", |text| base64(&gzip(text.as_bytes()))),
    ("reversed", reversed),
    ("rot13", rot13),
    ("full width", full_width),
    ("zero width", zero_width),
    ("look-alikes", look_alikes),
    ("leet", leet),
    ("spaced", spaced),
    ("mixed case", mixed_case),
    ("tags", letters::tags),
    ("no blanks", |text| text.replace(' ', "")),
];
