//! Secrets in URLs, through the public interface.

use pipelock_detect::domain::DomainSet;
use pipelock_detect::engine::Engine;
use pipelock_detect::pattern::{Case, Pattern};
use pipelock_detect::redact::Redact;
use pipelock_detect::rule::{Finds, Rule, RuleAction, RuleKind, RuleSet};
use pipelock_detect::url::{Target, UrlReport, UrlRules, judge};
use pipelock_model::{Label, Redactor as _, Severity};

fn rule(name: &'static str, source: &str, core: bool, action: RuleAction) -> Rule {
    Rule {
        id: name.to_lowercase().replace(' ', "-").into(),
        name: name.into(),
        kind: RuleKind::Dlp,
        severity: Severity::Critical,
        core,
        action,
        validator: None,
        checksum: None,
        exempt: DomainSet::new(["*.exempt.test"]),
        finds: Finds::Pattern(Pattern::compile(source, Case::Dlp).unwrap()),
    }
}

fn engine() -> Engine {
    let ant = concat!("sk-", r"ant-[a-zA-Z0-9\-_]{10,}");
    Engine::new(RuleSet::new(vec![
        rule("Plain Key", ant, false, RuleAction::Enforce),
        rule(
            "Core Token",
            r"gh[po]_[A-Za-z0-9]{36,}",
            true,
            RuleAction::Enforce,
        ),
        rule("Noted Id", r"note-[0-9]{8}", false, RuleAction::Warn),
    ]))
}

/// Secrets are put together here so that none stands whole in the tree.
fn plain_key() -> String {
    ["sk-", "ant-", "api03-", "Q7xK2mWp9LzR"].concat()
}

fn core_token() -> String {
    ["ghp", "_", "Zk8QvR2mXw7LpT4nYs9B", "c6DhJ3fGa5UeKi1o"].concat()
}

fn judged(url: &str) -> UrlReport {
    judge(
        &Target::parse(url).unwrap(),
        &UrlRules::default(),
        &engine(),
    )
}

fn block(url: &str) -> Option<(Label, String)> {
    judged(url).blocked.map(|block| (block.label, block.reason))
}

#[test]
fn secrets_are_found_in_every_view_of_a_url() {
    let key = plain_key();
    let cases = [
        format!("https://h.test/{key}"),
        format!("https://h.test/?k={key}"),
        format!("https://h.test/#{key}"),
        format!("https://h.test/?k={}", key.replace('-', "%2D")),
        format!("https://h.test/?k={}", key.replace("sk-", "%2573k-")),
        format!("https://h.test/%2573k-{}", &key[3..]),
        "https://sk-ant-api03.aaaaaa.bbbbbb.x.test/".replace("api03", "api03q7"),
    ];
    for url in cases {
        let want = (Label::Dlp, "DLP match: Plain Key (critical)".to_owned());
        assert_eq!(block(&url), Some(want), "{url}");
    }
    assert_eq!(block("https://sk.ant.x.test/100%25-pure"), None);
}

#[test]
fn a_core_rule_names_its_own_layer_and_wins() {
    let want = Some((
        Label::CoreDlp,
        "core DLP match: Core Token (critical)".to_owned(),
    ));
    assert_eq!(block(&format!("https://h.test/?a={}", core_token())), want);
    assert_eq!(
        block(&format!(
            "https://h.test/?a={}&b={}",
            plain_key(),
            core_token()
        )),
        want
    );
}

#[test]
fn exempt_hosts_may_have_a_secret_but_never_a_core_one() {
    assert_eq!(
        block(&format!("https://a.exempt.test/?k={}", plain_key())),
        None
    );
    let core = block(&format!("https://a.exempt.test/?k={}", core_token()));
    assert_eq!(core.map(|(label, _)| label), Some(Label::CoreDlp));
}

#[test]
fn a_match_that_only_warns_is_told_once_a_rule_beside_the_verdict() {
    let report = judged("https://h.test/?a=note-12345678&b=note-87654321&c=note%2D12345678");
    assert_eq!((report.blocked, report.warned.len()), (None, 1));
    let placeholder = format!(
        "https://h.test/?a={}{}",
        ["gh", "p_"].concat(),
        "x".repeat(36)
    );
    let report = judged(&placeholder);
    assert_eq!((report.blocked, report.warned.len()), (None, 1));
}

#[test]
fn a_long_url_keeps_the_label_of_a_secret_in_its_permitted_part() {
    let pad = "a".repeat(3000);
    let early = block(&format!("https://h.test/?k={}&p={pad}", plain_key()));
    assert_eq!(early.map(|(label, _)| label), Some(Label::Dlp));
    let late = block(&format!("https://h.test/?p={pad}&k={}", plain_key()));
    assert_eq!(late.map(|(label, _)| label), Some(Label::Length));
}

#[test]
fn a_clean_url_allocates_nothing_when_judged() {
    let (engine, rules) = (engine(), UrlRules::default());
    for url in [
        "https://api.example.com/v1/projects/website-redesign/issues?state=open&sort=updated&page=1",
        "https://203.0.114.1:8443/",
        "https://h.test",
    ] {
        let target = Target::parse(url).unwrap();
        let info = allocation_counter::measure(|| {
            assert_eq!(judge(&target, &rules, &engine).blocked, None)
        });
        assert_eq!(info.count_total, 0, "{url}");
        let info = allocation_counter::measure(|| drop(Target::parse(url)));
        assert!(info.count_total <= 4, "{url}: {}", info.count_total);
    }
}

#[test]
fn the_redactor_replaces_secrets_in_every_view() {
    let engine = engine();
    let redact = Redact { engine: &engine };
    let key = plain_key();
    let escaped = key.replace("sk-", "%73k%2D");
    let broken = key.replace("api03", "api\x1b[0m03");
    for secret in [&key, &escaped, &broken] {
        let want = "GET https://h.test/?k=[REDACTED: Plain Key]&x=1 failed";
        assert_eq!(
            redact.redact(
                &format!("GET https://u:p@h.test/?k={secret}&x=1 failed"),
                500
            ),
            want
        );
    }
    let host = redact.redact_url("https://sk-ant-api03q7.aaaaaa.bbbbbb.x.test/a", 500);
    assert_eq!(host, "https://[REDACTED: Plain Key]/a");
    let cut = redact.redact(&format!("key {key}"), 14);
    assert!(!cut.contains("sk-"), "{cut}");
}
