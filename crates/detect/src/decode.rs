//! Embedded encodings undone: escapes, encoded runs, characters that stand apart
//! and encodings of a whole text.
//!
//! Two forms. A **transducer** ([`Unescaper`], [`QuotedPrintable`], [`Utf7`],
//! [`Wide`], [`Iso2022`]) takes one byte at a time and gives out what nothing later
//! can change, each byte with the source offset where its escape began; how the text
//! is cut into chunks changes nothing. A **region decoder** ([`decode_run`],
//! [`spaced_region`]) takes a whole run and gives readable [`Decoded`] texts with
//! offsets into it. Beside each stands a fast search (`first_…`) that tells clean
//! text from text worth decoding.
//!
//! Decoding again what was decoded is the engine's business, under its budget.
//! Nothing here judges; text that no reader could read is not given out.

mod decoded;
mod inflate;
mod plausible;
mod run;
mod spaced;
mod unescape;
mod unit;
mod whole;

pub use decoded::{Decoded, Outcome, Scratch};
pub use run::{MIN_RUN, decode_run, is_run_byte};
pub use spaced::{first_spaced, spaced_region};
pub use unescape::{Unescaper, first_escape};
pub use unit::{
    Iso2022, QuotedPrintable, Utf7, Wide, WideForm, first_iso_2022, first_quoted, first_utf7,
    wide_form,
};
pub(crate) use whole::rotated;
pub use whole::{Noise, reverse, rot13, strip_noise};
