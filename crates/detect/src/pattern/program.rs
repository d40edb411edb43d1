//! Patterns as programs.

use regex_automata::nfa::thompson::{Compiler, Config, NFA, WhichCaptures};
use regex_syntax::hir::Hir;
use std::cell::RefCell;

thread_local! {
    /// A compiler allocates much that it can use again.
    static COMPILER: RefCell<Compiler> = RefCell::new(Compiler::new());
}

/// The program of a pattern, if it takes no more bytes than this.
pub(super) fn program(hir: &Hir, limit: Option<usize>) -> Option<NFA> {
    let config = Config::new()
        .utf8(false)
        .which_captures(WhichCaptures::None)
        .nfa_size_limit(limit);
    COMPILER.with_borrow_mut(|compiler| compiler.configure(config).build_from_hir(hir).ok())
}
