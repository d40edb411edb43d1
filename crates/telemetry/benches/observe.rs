//! Costs.
fn main() {
    divan::main();
}
