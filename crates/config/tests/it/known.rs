//! `scan_api`, known values, seed phrases, addresses, requests seen together.

use crate::{errors, policy, warnings};
use pipelock_detect::crypto_address::Chain;
use pipelock_model::Action;
use pipelock_policy::{Counted, Environment, ScanApi, ScanKind, ScanRate, SeedChecksum, SeedWords};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

const TOKENS: &str = "auth: {bearer_tokens: [a-token-of-the-tests]}";

fn api(rest: &str) -> ScanApi {
    let text = format!("scan_api: {{listen: '127.0.0.1:9091', {TOKENS}{rest}}}");
    policy(&text).scan_api.unwrap()
}

#[test]
fn the_scan_api_is_off_without_an_address_and_has_defaults_with_one() {
    assert!(policy("scan_api: {max_body_bytes: -1}").scan_api.is_none());
    let api = api("");
    assert_eq!(api.listen, ([127, 0, 0, 1], 9091).into());
    assert_eq!(api.rate, ScanRate::default());
    assert_eq!((api.max_body, api.connections), (1 << 20, 100));
    assert_eq!(api.fields, pipelock_policy::ScanFields::default());
    let seconds = Duration::from_secs;
    assert_eq!(
        (api.read, api.write, api.scan),
        (seconds(2), seconds(2), seconds(5))
    );
    assert!(ScanKind::ALL.iter().all(|kind| api.kinds.serves(*kind)));
}

#[test]
fn the_scan_api_takes_what_is_written() {
    let api = api(
        ", rate_limit: {requests_per_minute: 7, burst: -3}, max_body_bytes: 9, connection_limit: 0, \
         field_limits: {url: 1, text: 0, content: 3}, timeouts: {read: 1s, write: 250ms, scan: 1m}, \
         kinds: {url: false, dlp: true}",
    );
    assert_eq!((api.rate.per_minute.get(), api.rate.burst.get()), (7, 50));
    assert_eq!((api.max_body, api.connections), (9, 100));
    let fields = api.fields;
    assert_eq!((fields.url, fields.text, fields.content), (1, 524_288, 3));
    assert_eq!(api.write, Duration::from_millis(250));
    assert_eq!((api.read.as_secs(), api.scan.as_secs()), (1, 60));
    assert!(!api.kinds.serves(ScanKind::Url) && api.kinds.serves(ScanKind::ToolCall));
}

#[test]
fn a_scan_api_that_cannot_work_is_an_error() {
    let cases: &[(&str, &[&str])] = &[
        ("listen: '127.0.0.1:9091'", &["CFG017"]),
        (
            "listen: '127.0.0.1:9091', auth: {bearer_tokens: []}",
            &["CFG017"],
        ),
        (
            "listen: '127.0.0.1:9091', auth: {bearer_tokens: ['  ']}",
            &["CFG017"],
        ),
        ("listen: nowhere, auth: {bearer_tokens: [a]}", &["CFG014"]),
        (
            "listen: '127.0.0.1:8888', auth: {bearer_tokens: [a]}",
            &["CFG016"],
        ),
        ("listen: '127.0.0.2:8888', auth: {bearer_tokens: [a]}", &[]),
        (
            "listen: ':1', auth: {bearer_tokens: [a]}, max_body_bytes: -1",
            &["CFG011"],
        ),
        (
            "listen: ':1', auth: {bearer_tokens: [a]}, connection_limit: -1",
            &["CFG011"],
        ),
        (
            "listen: ':1', auth: {bearer_tokens: [a]}, timeouts: {read: 0}",
            &["CFG011"],
        ),
        (
            "listen: ':1', auth: {bearer_tokens: [a]}, timeouts: {scan: 5}",
            &["CFG018"],
        ),
    ];
    for (text, codes) in cases {
        let found: Vec<_> = errors(&format!("scan_api: {{{text}}}"))
            .iter()
            .map(|error| error.0)
            .collect();
        assert_eq!(found, *codes, "{text}");
    }
}

#[test]
fn weak_tokens_are_warned_about_and_never_shown() {
    let text = "scan_api: {listen: ':1', auth: {bearer_tokens: [brief, brief, shared-with-the-switch]}}\n\
                kill_switch: {api_token: shared-with-the-switch}\n";
    let codes: Vec<_> = warnings(text).iter().map(|one| one.0).collect();
    assert_eq!(
        codes.iter().filter(|code| **code == "CFG107").count(),
        3,
        "{codes:?}"
    );
    assert!(codes.contains(&"CFG108"));
    let api = policy(text).scan_api.unwrap();
    assert_eq!(api.tokens.len(), 2, "a token given twice is one");
    assert!(!format!("{api:?}").contains("brief"));
}

#[test]
fn known_values_arrive_and_canaries_are_checked_even_when_off() {
    let secrets = policy("").secrets;
    assert_eq!(
        (secrets.environment, secrets.min_length),
        (Environment::Searched, 16)
    );
    let secrets = policy("dlp: {scan_env: false, min_env_secret_length: -4}").secrets;
    assert_eq!(
        (secrets.environment, secrets.min_length),
        (Environment::Ignored, 16)
    );
    let policy = policy(
        "canary_tokens: {enabled: true, tokens: [{name: ' one ', value: ' canary-12345 ', env_var: A_1}]}",
    );
    let canary = &policy.canaries.as_slice()[0];
    assert_eq!(
        (canary.name.as_str(), canary.value.expose().as_str()),
        ("one", "canary-12345")
    );
    assert!(!format!("{:?}", policy.canaries).contains("canary-12345"));
    let rule = policy
        .rules
        .iter()
        .find(|rule| rule.name == "Canary Token (one)");
    assert!(rule.is_some_and(|rule| rule.core));
    let cases = [
        ("{name: a, value: canary-1}", 0),
        ("{name: a, value: short}", 1),
        ("{name: a}", 1),
        ("{value: canary-1}", 1),
        ("{name: a, value: canary-1}, {name: A, value: canary-2}", 1),
        ("{name: a, value: canary-1}, {name: b, value: canary-1}", 1),
        ("{name: a, value: canary-1, env_var: 1A}", 1),
        ("{name: a, value: canary-1, env_var: A-B}", 1),
    ];
    for (tokens, count) in cases {
        let text = format!("canary_tokens: {{enabled: false, tokens: [{tokens}]}}");
        assert_eq!(errors(&text).len(), count, "{tokens}");
    }
    assert_eq!(errors("canary_tokens: {enabled: true}").len(), 1);
}

#[test]
fn a_file_of_secrets_must_be_there_and_closed() {
    let path = std::env::temp_dir().join(format!("secrets-{}", std::process::id()));
    let text = format!("dlp: {{secrets_file: '{}'}}", path.display());
    assert_eq!(errors(&text), [("CFG006", 1)]);
    std::fs::write(&path, "a-value-of-the-file\n").unwrap();
    for (mode, count) in [
        (0o600, 0),
        (0o640, 0),
        (0o400, 0),
        (0o644, 1),
        (0o660, 1),
        (0o601, 1),
    ] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(errors(&text).len(), count, "{mode:o}");
    }
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(policy(&text).secrets.file.as_deref(), Some(path.as_path()));
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn tokens_of_the_scan_api_may_stand_in_a_file() {
    let path = std::env::temp_dir().join(format!("tokens-{}", std::process::id()));
    let section = |more: &str| {
        format!(
            "scan_api: {{listen: ':1', auth: {{bearer_tokens_file: '{}'{more}}}}}",
            path.display()
        )
    };
    assert_eq!(errors(&section("")), [("CFG006", 1)], "no such file");
    let write = |text: &str, mode: u32| {
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    write(
        "# callers\n\n  first-token-of-a-file \nsecond-token-of-a-file\n",
        0o640,
    );
    let tokens = policy(&section("")).scan_api.unwrap().tokens;
    let tokens: Vec<&str> = tokens.iter().map(|token| token.expose().as_str()).collect();
    assert_eq!(tokens, ["first-token-of-a-file", "second-token-of-a-file"]);
    let both = section(", bearer_tokens: [a-token-in-the-section]");
    assert_eq!(errors(&both), [("CFG016", 1)], "both forms");
    write("# nobody yet\n", 0o600);
    assert_eq!(errors(&section("")), [("CFG017", 1)], "no token");
    write("first-token-of-a-file\n", 0o644);
    assert_eq!(errors(&section("")), [("CFG006", 1)], "others may read it");
    write(&"x".repeat(64 * 1024 + 1), 0o600);
    assert_eq!(errors(&section("")).len(), 1, "too long");
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn seed_phrases_have_five_lengths() {
    assert_eq!(policy("").seeds.unwrap().min_words, SeedWords::Twelve);
    let seeds = policy("seed_phrase_detection: {min_words: 24, verify_checksum: false}").seeds;
    let seeds = seeds.unwrap();
    assert_eq!(
        (seeds.min_words, seeds.checksum),
        (SeedWords::TwentyFour, SeedChecksum::Ignored)
    );
    assert!(
        policy("seed_phrase_detection: {enabled: false, min_words: 13}")
            .seeds
            .is_none()
    );
    for (words, count) in [(0, 0), (15, 0), (13, 1), (-12, 1)] {
        let text = format!("seed_phrase_detection: {{min_words: {words}}}");
        assert_eq!(errors(&text).len(), count, "{words}");
    }
}

#[test]
fn address_protection_has_chains_and_actions() {
    assert!(
        policy("address_protection: {chains: {eth: false}}")
            .address_protection
            .is_none()
    );
    let on = |rest: &str| {
        let text = format!("address_protection: {{enabled: true{rest}}}");
        policy(&text).address_protection.unwrap()
    };
    let plain = on("");
    assert_eq!(plain.chains, [Chain::Eth, Chain::Btc, Chain::Bnb]);
    assert_eq!(
        (plain.lookalike, plain.unknown),
        (Action::Block, Action::Allow)
    );
    assert_eq!((plain.prefix, plain.suffix), (4, 4));
    let other = on(
        ", action: warn, unknown_action: block, allowed_addresses: [' 0xab '], \
         chains: {eth: false, sol: true}, similarity: {prefix_length: 3, suffix_length: -1}",
    );
    assert_eq!(other.chains, [Chain::Btc, Chain::Bnb, Chain::Sol]);
    assert_eq!(
        (other.lookalike, other.unknown),
        (Action::Warn, Action::Block)
    );
    assert_eq!(
        (other.prefix, other.suffix, &*other.allowed[0]),
        (3, 4, "0xab")
    );
    let off = "address_protection: {enabled: true, chains: {eth: false, btc: false, bnb: false}}";
    assert_eq!(errors(off), [("CFG016", 1)]);
}

#[test]
fn requests_seen_together_need_a_part_that_is_on() {
    let section = "cross_request_detection";
    assert!(
        policy(&format!("{section}: {{entropy_budget: {{enabled: true}}}}"))
            .cross_request
            .is_none()
    );
    assert_eq!(
        errors(&format!("{section}: {{enabled: true}}")),
        [("CFG016", 1)]
    );
    let text = format!(
        "{section}: {{enabled: true, entropy_budget: {{enabled: true, exempt_domains: [a.example], \
         window_minutes: 2, count: all}}, fragment_reassembly: {{enabled: true, max_buffer_bytes: 0}}}}"
    );
    let settings = policy(&text).cross_request.unwrap();
    let budget = settings.entropy.unwrap();
    assert_eq!(
        (settings.action, budget.action),
        (Action::Block, Action::Warn)
    );
    assert_eq!((budget.window.as_secs(), budget.count), (120, Counted::All));
    assert!((budget.bits - 4096.0).abs() < 1e-9 && budget.exempt.matches_name("a.example"));
    assert_eq!(settings.fragments.unwrap().buffer, 65_536);
    let bad = format!("{section}: {{entropy_budget: {{exempt_domains: ['bad domain']}}}}");
    assert_eq!(errors(&bad), [("CFG012", 1)]);
    let idle = format!("{section}: {{entropy_budget: {{exempt_domains: [a.example]}}}}");
    assert!(warnings(&idle).iter().any(|one| one.0 == "CFG106"));
}

#[test]
fn a_suppression_that_does_other_than_it_says_is_warned_about() {
    let cases = [
        ("npm Token", None),
        ("BIP-39 Seed Phrase", None),
        ("GitHub Token", Some("CFG106")),
        ("Prompt Injection", Some("CFG107")),
        ("No Such Rule", Some("CFG106")),
        ("environment variable leak", None),
    ];
    for (rule, code) in cases {
        let text = format!("suppress: [{{rule: {rule}, path: docs/}}]");
        let found: Vec<_> = warnings(&text).iter().map(|one| one.0).collect();
        assert_eq!(found, Vec::from_iter(code), "{rule}");
    }
}
