//! URL parsing and judging, redaction. Inputs: a clean ASCII URL of 100 bytes with a
//! three-label host, four path segments and three query pairs; the same with
//! escapes; a CONNECT authority; a clean URL of 80 bytes. The engine has no rules, so
//! the figures are those of the text layers alone.

use divan::{Bencher, black_box};
use pipelock_detect::engine::Engine;
use pipelock_detect::redact::{Redact, clean_url};
use pipelock_detect::rule::RuleSet;
use pipelock_detect::url::{Target, UrlRules, judge};
use pipelock_model::Redactor as _;

#[global_allocator]
static ALLOC: divan::AllocProfiler = divan::AllocProfiler::system();

const CLEAN: &str = "https://api.example.com/v1/projects/website-redesign/issues?state=open&sort=updated&per_page=100&pg=1";
const ESCAPED: &str = "https://api.example.com/v1/projects/website%20redesign/issues?q=state%3Aopen+sort%3Aupdated&page=1";
const SHORT: &str =
    "https://api.example.com/v1/projects/website-redesign/issues?state=open&page=1000";

fn main() {
    divan::main();
}

fn engine() -> Engine {
    Engine::new(RuleSet::default())
}

#[divan::bench(args = [CLEAN, ESCAPED])]
fn parse(url: &str) -> Target {
    Target::parse(black_box(url)).expect("valid")
}

#[divan::bench]
fn authority() -> Target {
    Target::authority(black_box("api.example.com:443")).expect("valid")
}

#[divan::bench(args = [CLEAN, ESCAPED])]
fn judge_parsed(bencher: Bencher<'_, '_>, url: &str) {
    let (engine, rules) = (engine(), UrlRules::default());
    let target = Target::parse(url).expect("valid");
    bencher.bench(|| judge(black_box(&target), &rules, &engine));
}

#[divan::bench(args = [CLEAN, ESCAPED])]
fn parse_and_judge(bencher: Bencher<'_, '_>, url: &str) {
    let (engine, rules) = (engine(), UrlRules::default());
    bencher.bench(|| {
        let target = Target::parse(black_box(url)).expect("valid");
        judge(&target, &rules, &engine)
    });
}

#[divan::bench]
fn clean(bencher: Bencher<'_, '_>) {
    bencher.bench(|| clean_url(black_box(SHORT), 2048));
}

#[divan::bench]
fn redact_url(bencher: Bencher<'_, '_>) {
    let engine = engine();
    bencher.bench(|| Redact { engine: &engine }.redact_url(black_box(SHORT), 2048));
}
