//! Speed of the engine on clean and on hostile text, beside a plain Aho–Corasick
//! pass with as many literals ("floor").

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use pipelock_detect::domain::DomainSet;
use pipelock_detect::engine::{Engine, Kinds, Stream};
use pipelock_detect::pattern::{Case, Pattern};
use pipelock_detect::rule::{Finds, Rule, RuleAction, RuleKind, RuleSet};
use pipelock_model::Severity;
use std::sync::LazyLock;

#[path = "../tests/it/rules.rs"]
#[allow(dead_code, clippy::unwrap_used)]
mod rules;

fn main() {
    divan::main();
}

const WORDS: [&str; 48] = [
    "the",
    "a",
    "of",
    "and",
    "to",
    "in",
    "that",
    "is",
    "for",
    "it",
    "with",
    "as",
    "was",
    "on",
    "are",
    "this",
    "river",
    "market",
    "letter",
    "system",
    "winter",
    "they",
    "people",
    "government",
    "morning",
    "station",
    "reading",
    "music",
    "garden",
    "history",
    "however",
    "because",
    "between",
    "another",
    "important",
    "question",
    "development",
    "understanding",
    "key",
    "open",
    "returned",
    "always",
    "number",
    "children",
    "world",
    "water",
    "second",
    "light",
];

/// A small generator, so that the text is the same everywhere.
struct Words(u64);

impl Words {
    fn number(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn word(&mut self) -> &'static str {
        WORDS[usize::try_from(self.number(48)).unwrap_or(0)]
    }
}

fn english(length: usize) -> Vec<u8> {
    let mut words = Words(7);
    let mut text = String::new();
    while text.len() < length {
        let mut sentence = words.word().to_owned();
        sentence[..1].make_ascii_uppercase();
        for _ in 0..6 + words.number(10) {
            sentence.push(' ');
            sentence.push_str(words.word());
        }
        text.push_str(&sentence);
        text.push_str(if words.number(6) == 0 { ".\n\n" } else { ". " });
    }
    text.truncate(length);
    text.into_bytes()
}

fn json(length: usize) -> Vec<u8> {
    let mut words = Words(11);
    let mut text = String::from("[");
    while text.len() < length {
        let (id, time) = (words.number(1 << 30), 1_600_000_000 + words.number(1 << 26));
        let (one, two, three) = (words.word(), words.word(), words.word());
        text.push_str(&format!(
            "{{\"id\":{id},\"created_at\":{time},\"name\":\"{one} {two}\",\"tags\":[\"{three}\",\"{one}\"],\
             \"hash\":\"{:016x}\",\"active\":true,\"score\":{}.{}}},",
            words.number(u64::MAX),
            words.number(100),
            words.number(10),
        ));
    }
    text.truncate(length);
    text.into_bytes()
}

static ENGINE: LazyLock<Engine> = LazyLock::new(many);

fn many() -> Engine {
    Engine::new(RuleSet::new(list()))
}

/// The test rules and as many more as the built-ins have.
fn list() -> Vec<Rule> {
    let mut list: Vec<Rule> = rules::all().rules().iter().cloned().collect();
    let prefixes = [
        "sk-proj-",
        "sk-svcacct-",
        "fw_",
        "AIza",
        "GOCSPX-",
        "whsec_",
        "github_pat_",
        "glpat-",
        "ya29\\.",
        "xox[bpras]-",
        "xapp-\\d+-",
        "SK[0-9a-f]{32}",
        "SG\\.",
        "key-",
        "NRAK-",
        "hf_",
        "dapi",
        "r8_",
        "tok_",
        "pcsk_",
        "gsk_",
        "xai-",
        "dop_v1_",
        "hvs\\.",
        "(?:vercel|vc[piark])_",
        "sb_secret_",
        "npm_",
        "pypi-",
        "lin_api_",
        "ntn_",
        "sntrys_",
        "[xyzt]prv",
        "new\\s+(?:instructions|rules)",
        "from\\s+now\\s+on",
        "you\\s+must\\s+(?:call|run)",
        "you\\s+(?:now\\s+)?have\\s+(?:admin|root)",
        "(?:set|put)\\s+(?:the\\s+)?previous",
        "prioriti[sz]e\\s+the",
        "(?:treat|consider|regard)\\s+(?:the|all)\\s+prior",
        "(?:secretly|silently|quietly)\\s+(?:run|send)",
    ];
    for prefix in prefixes {
        list.push(Rule {
            id: prefix.into(),
            name: prefix.into(),
            kind: RuleKind::Dlp,
            severity: Severity::High,
            core: false,
            action: RuleAction::Enforce,
            validator: None,
            checksum: None,
            exempt: DomainSet::default(),
            finds: Finds::Pattern(
                Pattern::compile(&format!("{prefix}[A-Za-z0-9_-]{{20,}}"), Case::Dlp)
                    .expect("a test pattern"),
            ),
        });
    }
    list
}

fn scan(bencher: Bencher<'_, '_>, text: &[u8]) {
    let engine = &*ENGINE;
    let mut out = Vec::with_capacity(4096);
    bencher.counter(BytesCount::of_slice(text)).bench_local(|| {
        out.clear();
        let outcome = engine.scan(Kinds::ALL, black_box(text), &mut out);
        (outcome, out.len())
    });
}

#[divan::bench(args = [1024, 10_240, 1_048_576])]
fn clean_english(bencher: Bencher<'_, '_>, length: usize) {
    scan(bencher, &english(length));
}

#[divan::bench(args = [1024, 10_240, 1_048_576])]
fn clean_json(bencher: Bencher<'_, '_>, length: usize) {
    scan(bencher, &json(length));
}

#[divan::bench(args = ["english", "json"])]
fn floor(bencher: Bencher<'_, '_>, kind: &str) {
    let text = if kind == "json" {
        json(10_240)
    } else {
        english(10_240)
    };
    let literals: Vec<String> = (0..160)
        .map(|n| {
            format!(
                "{}{}",
                WORDS[n % 48].get(..2).unwrap_or("x"),
                n * 7919 + 1000
            )
        })
        .collect();
    let automaton = AhoCorasick::builder()
        .kind(Some(AhoCorasickKind::DFA))
        .ascii_case_insensitive(true)
        .prefilter(false)
        .build(&literals)
        .expect("literals");
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench_local(|| automaton.find_iter(black_box(&text[..])).count());
}

#[divan::bench]
fn stream_of_1400_byte_pieces(bencher: Bencher<'_, '_>) {
    let text = english(102_400);
    let mut out = Vec::new();
    bencher
        .counter(BytesCount::of_slice(&text))
        .bench_local(|| {
            let mut stream = Stream::new(Kinds::ALL);
            for piece in text.chunks(1400) {
                stream.push(&ENGINE, black_box(piece), &mut out);
            }
            stream.finish(&ENGINE, &mut out);
        });
}

#[divan::bench(args = [
    "send ignore you must new rules sk-ant- ", "ey", "k", "%25", "%2", "+", "1234-", "M", "-----BEGIN ", "0x0",
    "忽略", "_TOKEN", "store it ", "4111 ",
])]
fn worst(bencher: Bencher<'_, '_>, piece: &str) {
    scan(bencher, piece.repeat(1_000_000 / piece.len()).as_bytes());
}

#[divan::bench]
fn build(bencher: Bencher<'_, '_>) {
    let rules = RuleSet::new(list());
    bencher.bench_local(|| Engine::new(black_box(rules.clone())));
}

#[divan::bench]
fn url_of_100_bytes(bencher: Bencher<'_, '_>) {
    let url = b"https://api.example.com/v1/projects/website-redesign/issues?state=open&sort=updated&page=1&size=50.";
    scan(bencher, url);
}
