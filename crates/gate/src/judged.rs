//! Proof that something passed the gate.

/// What may leave. Only the gate makes one; the writers of `net` take nothing
/// else, so forwarding unjudged bytes does not compile.
///
/// ```compile_fail
/// // The field is private and there is no constructor.
/// let forged = pipelock_gate::Judged(b"unjudged".to_vec());
/// ```
#[derive(Debug)]
#[must_use = "judged bytes that nobody writes are a stalled exchange"]
pub struct Judged<T>(T);

impl<T> Judged<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(value)
    }

    pub(crate) const fn get_mut(&mut self) -> &mut T {
        &mut self.0
    }

    /// A look at it.
    pub const fn get(&self) -> &T {
        &self.0
    }

    /// The value, for the writer.
    pub fn into_inner(self) -> T {
        self.0
    }
}
