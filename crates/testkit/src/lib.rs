//! Texts that tests need: made-up secrets, attacks, and honest traffic.
//!
//! It is no fake of any crate and depends on nothing but `std`, so every crate
//! may use it in its tests. All of it is deterministic: the same call gives the
//! same bytes on every machine.
//!
//! Invariants: no secret stands whole in the source, each is put together at run
//! time; a secret has the shape of its format and varied characters, so that no
//! placeholder rule takes it for an example; nothing in [`benign`] is meant to be
//! found by any rule. Start reading at [`secrets`].

pub mod benign;
pub mod corpus;
pub mod credentials;
pub mod disguise;
pub mod genuine;
pub mod injection;
pub mod secrets;
mod varied;
