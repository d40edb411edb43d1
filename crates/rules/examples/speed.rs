//! What the engine costs with the built-in rules, in microseconds for each text:
//! `cargo run --profile fast -p pipelock-rules --example speed -- [FILE..]`.
//! `--once NAME COUNT` scans one text only, for a profiler.

// A developer's tool: its output is the terminal.
#![allow(clippy::print_stdout, clippy::print_stderr, clippy::disallowed_methods)]

use pipelock_detect::domain::DomainSet;
use pipelock_detect::engine::{Engine, Kinds, Order};
use pipelock_detect::pattern::{Case, Pattern};
use pipelock_detect::rule::{Finds, Rule, RuleAction, RuleKind, RuleSet};
use pipelock_detect::seed::SeedRules;
use pipelock_model::Severity;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long each text is scanned.
const TIME: Duration = Duration::from_millis(120);

const SENTENCES: [&str; 12] = [
    "The committee will meet again on Thursday to discuss the remaining items.",
    "Please find the notes of our last meeting below, and tell me what is missing.",
    "A river runs through the valley, and the old mill still stands at its bend.",
    "We measured the temperature of each sample before and after the treatment.",
    "This function returns the first element that satisfies the condition.",
    "Most of the guests had left by the time the music stopped.",
    "Documentation for the new release is available on the project's web site.",
    "She opened the window, looked out over the garden and smiled.",
    "If the connection is lost, the client waits a moment and tries again.",
    "The museum is open every day except Monday, from ten in the morning.",
    "Prices rose by less than expected, while wages remained unchanged.",
    "Each of the participants received a small gift and a letter of thanks.",
];

const CHINESE: &str =
    "委员会将于星期四再次开会讨论剩余事项。一条河流穿过山谷，古老的磨坊仍然矗立在河湾处。";
const RUSSIAN: &str = "Комитет соберётся снова в четверг, чтобы обсудить оставшиеся вопросы. Река протекает через долину. ";

fn repeated(piece: &str, length: usize) -> Vec<u8> {
    let mut text = piece.repeat(length / piece.len() + 1).into_bytes();
    text.truncate(length);
    text
}

/// A small generator, so that the text is the same everywhere.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn sentence(&mut self) -> &'static str {
        SENTENCES[usize::try_from(self.below(12)).unwrap_or(0)]
    }
}

fn english(length: usize) -> Vec<u8> {
    let mut numbers = Numbers(7);
    let mut text = String::new();
    while text.len() < length {
        text.push_str(numbers.sentence());
        text.push_str(if numbers.below(6) == 0 { "\n\n" } else { " " });
    }
    text.truncate(length);
    text.into_bytes()
}

fn json(length: usize) -> Vec<u8> {
    let mut numbers = Numbers(11);
    let mut text = String::from("[");
    while text.len() < length {
        let (id, time, score) = (
            numbers.below(1 << 30),
            1_600_000_000 + numbers.below(1 << 26),
            numbers.below(1000),
        );
        text.push_str(&format!(
            "{{\"id\":{id},\"created_at\":{time},\"title\":\"{}\",\"tags\":[\"garden\",\"river\"],\
             \"active\":true,\"score\":{score},\"parent\":null}},",
            numbers.sentence(),
        ));
    }
    text.truncate(length);
    text.into_bytes()
}

fn texts() -> Vec<(String, Vec<u8>)> {
    let url = "https://api.example.com/v1/projects/website-redesign/issues?state=open&sort=updated&page=1&size=50.";
    let mut all: Vec<(String, Vec<u8>)> = vec![
        ("empty".into(), Vec::new()),
        ("header".into(), b"text/html,application/xhtml+xml".to_vec()),
        (
            "agent".into(),
            b"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0".to_vec(),
        ),
        ("word".into(), b"websites".to_vec()),
        ("url".into(), url.as_bytes().to_vec()),
        ("english-1k".into(), english(1024)),
        ("json-1k".into(), json(1024)),
        ("english-10k".into(), english(10_240)),
        ("json-10k".into(), json(10_240)),
        ("chinese-10k".into(), repeated(CHINESE, 10_240)),
        ("russian-10k".into(), repeated(RUSSIAN, 10_240)),
        ("english-1m".into(), english(1 << 20)),
    ];
    let worst = [
        "send ignore you must new rules sk-ant- ",
        "ey",
        "k",
        "%25",
        "%2",
        "+",
        "1234-",
        "M",
        "-----BEGIN ",
        "0x0",
        "忽略",
        "_TOKEN",
        "store it ",
        "4111 ",
        "\\u0041",
        "&amp;",
        "e\u{301}",
        "{\"a\":",
        "QUJD",
        "a b ",
        "password=",
        "ghp_",
        "&\\=%",
    ];
    for piece in worst {
        all.push((format!("worst {piece:?}"), repeated(piece, 1 << 18)));
    }
    all
}

/// The least of many means: what else the machine does only adds to it.
fn measure(mut action: impl FnMut()) -> f64 {
    action();
    let begin = Instant::now();
    action();
    let one = begin.elapsed().as_secs_f64();
    let batch = ((0.002 / one.max(1e-9)) as u32).clamp(1, 100_000);
    let mut least = f64::MAX;
    let begin = Instant::now();
    while begin.elapsed() < TIME {
        let start = Instant::now();
        for _ in 0..batch {
            action();
        }
        least = least.min(start.elapsed().as_secs_f64() / f64::from(batch));
    }
    least * 1e6
}

fn report(engines: &[(&str, &Engine)], name: &str, text: &[u8]) {
    print!("{name:34} {:8}", text.len());
    let mut out = Vec::with_capacity(4096);
    for (_, engine) in engines {
        let micros = measure(|| {
            out.clear();
            let _ = black_box(engine.scan(Kinds::ALL, black_box(text), &mut out));
        });
        print!(" {micros:10.2} ({:5.0})", text.len() as f64 / micros);
    }
    println!("  {} findings", out.len());
}

fn rules(seeds: bool) -> RuleSet {
    let mut rules = pipelock_rules::builtin();
    rules.extend(pipelock_rules::preset_only());
    if seeds {
        rules.push(pipelock_rules::seed_phrases(SeedRules::default()));
    }
    RuleSet::new(rules)
}

/// With intents, as the product scans.
fn product() -> Engine {
    let mut rules = pipelock_rules::builtin();
    rules.extend(pipelock_rules::preset_only());
    rules.extend(pipelock_rules::intents());
    Engine::new(RuleSet::new(rules).with_model(pipelock_rules::model()))
}

fn parts(engine: &Engine) {
    let body = r#"{"model":"small","user":"u-1842","messages":[{"role":"user","content":"Please summarise the attached report"}],"temperature":0.2,"stream":false,"n":1}"#;
    let values: Vec<&[u8]> = body
        .split(['"', ':', ',', '{', '}', '[', ']'])
        .filter(|v| !v.is_empty())
        .map(str::as_bytes)
        .collect();
    for order in [Order::Forward, Order::Any] {
        let mut out = Vec::new();
        let micros = measure(|| {
            let _ = black_box(engine.scan_parts(Kinds::DLP, black_box(&values), order, &mut out));
        });
        println!("{} parts {order:?} {micros:.2}", values.len());
    }
}

/// Patterns as operators write them, each with a prefix of its own.
fn patterns(count: u64) -> Vec<Rule> {
    let mut numbers = Numbers(23);
    let mut letters = move |length: usize| -> String {
        let letter = |_| char::from(b'a' + u8::try_from(numbers.below(26)).unwrap_or(0));
        (0..length).map(letter).collect()
    };
    let rule = |number| {
        let source = format!(r"\b{}_{}[A-Za-z0-9]{{32}}", letters(4), letters(3));
        Some(Rule {
            id: format!("more-{number}").into(),
            name: format!("More {number}").into(),
            kind: RuleKind::Dlp,
            severity: Severity::High,
            core: false,
            action: RuleAction::Enforce,
            validator: None,
            checksum: None,
            exempt: DomainSet::default(),
            finds: Finds::Pattern(Pattern::compile(&source, Case::Dlp).ok()?),
        })
    };
    (0..count).filter_map(rule).collect()
}

/// What more rules cost.
fn more() {
    let with = |count| {
        let mut all = pipelock_rules::builtin();
        all.extend(pipelock_rules::preset_only());
        let built_in = all.len();
        all.extend(patterns(if count == 0 { built_in as u64 } else { count }));
        RuleSet::new(all)
    };
    let compiled = measure(|| drop(black_box(Engine::new(with(70)))));
    println!("patterns compiled and engine built, with 70 more: {compiled:.0}");
    let (one, two) = (Engine::new(rules(false)), Engine::new(with(0)));
    for (name, text) in [("english", english(10_240)), ("json", json(10_240))] {
        let [one, two] = [&one, &two].map(|engine| {
            let mut out = Vec::new();
            measure(|| {
                let _ = black_box(engine.scan(Kinds::ALL, black_box(&text), &mut out));
            })
        });
        println!(
            "{name}: {one:.2}, twice the rules {two:.2} ({:+.0} %)",
            100.0 * (two / one - 1.0)
        );
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [once, name, count] = &arguments[..]
        && once == "--once"
    {
        let engine = product();
        let (_, text) = texts()
            .into_iter()
            .find(|(have, _)| have == name)
            .unwrap_or_default();
        let mut out = Vec::new();
        for _ in 0..count.parse().unwrap_or(1) {
            out.clear();
            let _ = black_box(engine.scan(Kinds::ALL, black_box(&text), &mut out));
        }
        return;
    }
    let begin = Instant::now();
    let all = Engine::new(rules(false));
    println!("first build {:.0}", begin.elapsed().as_secs_f64() * 1e6);
    println!(
        "build {:.0}",
        measure(|| drop(black_box(Engine::new(rules(false)))))
    );
    parts(&all);
    more();
    let (none, seeds) = (
        Engine::new(RuleSet::new(Vec::new())),
        Engine::new(rules(true)),
    );
    let product = product();
    let engines = [
        ("none", &none),
        ("all", &all),
        ("seeds", &seeds),
        ("intents", &product),
    ];
    println!(
        "{:34} {:>8} none, all, all and seeds, all and intents: µs (MB/s)",
        "", "bytes"
    );
    for (name, text) in texts() {
        report(&engines, &name, &text);
    }
    for path in arguments {
        match std::fs::read(&path) {
            Ok(text) => report(&engines, path.rsplit('/').next().unwrap_or(""), &text),
            Err(error) => eprintln!("{path}: {error}"),
        }
    }
}
