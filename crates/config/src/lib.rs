//! Configuration files: reading, checking, presets and hashes.
//!
//! A file becomes a tree of nodes with places ([`load()`]), the schema reports
//! every unknown key and wrong type at once, sections turn the rest into
//! [`pipelock_policy::Policy`], where every value is legal. Nothing outside this
//! crate sees a raw file.
//!
//! It reads no environment variable, no clock and no file but the one it is
//! given (it only asks whether relative paths exist): [`Environment`] carries the
//! rest. Invariants: all errors of a file come together, with line, key and code;
//! no message holds the value of a key that may carry a secret; no text panics.
//! Start reading at [`load()`], then [`Problem`], then [`preset()`].

mod hash;
mod load;
mod path;
mod preset;
mod problem;
mod schema;
mod section;
mod sections;
mod summary;
mod text;
mod words;
mod yaml;

pub use load::{
    Content, Environment, LARGEST_FILE, Loaded, Overrides, Token, defaults, load, parse,
};
pub use preset::{NAMES as PRESET_NAMES, PresetError, preset};
pub use problem::{Code, Level, Place, Problem, Problems};
pub use schema::{Unbuilt, Unimplemented};
pub use summary::Summary;
