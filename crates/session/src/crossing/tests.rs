use super::*;
use std::net::IpAddr;

const MINUTE: u64 = 60_000;
/// Five minutes, as the settings have it.
const WINDOW: u64 = 5 * MINUTE;

fn ip(last: u8) -> IpAddr {
    IpAddr::from([10, 0, 0, last])
}

const fn at(now_ms: u64) -> Moment {
    Moment {
        now_ms,
        window_ms: WINDOW,
    }
}

/// So many different characters: log2 of their number bits each.
fn token(length: u8, salt: u8) -> Vec<u8> {
    let letters: Vec<u8> = (b'a'..=b'z').chain(b'A'..=b'Z').collect();
    let start = usize::from(salt);
    let cycle = letters.iter().cycle().skip(start).copied();
    cycle.take(usize::from(length)).collect()
}

fn charge(budgets: &mut EntropyBudgets, moment: Moment, payload: &[u8], novelty: Novelty) -> f64 {
    budgets
        .charge(ip(1), moment, payload, novelty, |_| true)
        .bits
}

#[test]
fn bits_are_entropy_times_length() {
    let mut budgets = EntropyBudgets::new(10);
    let sixteen = token(16, 0);
    let mixed = [b"a short word, ".as_slice(), &sixteen].concat();
    let cases: [(&[u8], Novelty, f64); 7] = [
        (b"", Novelty::All, 0.0),
        (b"aaaaaaaaaaaaaaaa", Novelty::All, 0.0),
        (b"abcd", Novelty::All, 8.0),
        (b"abcd", Novelty::Novel, 0.0),
        (&sixteen, Novelty::Novel, 64.0),
        (b"internationalisation", Novelty::Novel, 0.0),
        (&mixed, Novelty::Novel, 0.0),
    ];
    for (payload, novelty, wanted) in cases {
        let bits = charge(&mut budgets, at(0), payload, novelty);
        assert!(
            (bits - wanted).abs() < 1e-6,
            "{payload:?} {novelty:?}: {bits}"
        );
    }
}

#[test]
fn what_is_said_again_is_not_new() {
    let mut budgets = EntropyBudgets::new(10);
    let context = [token(20, 0), b" ".to_vec(), token(24, 9)].concat();
    assert!(charge(&mut budgets, at(0), &context, Novelty::Novel) > 150.0);
    assert!(charge(&mut budgets, at(1), &context, Novelty::Novel) < 1e-6);
    let twice = [token(30, 3), b" ".to_vec(), token(30, 3)].concat();
    let once = 30.0 * 30_f64.log2();
    let bits = charge(&mut budgets, at(2), &twice, Novelty::Novel);
    assert!((bits - once).abs() < 1e-3, "{bits}");
    let other = budgets.charge(ip(2), at(3), &context, Novelty::Novel, |_| true);
    assert!(other.bits > 150.0, "another session has not said it");
}

#[test]
fn the_window_slides_and_forgets_nothing_too_early() {
    let mut budgets = EntropyBudgets::new(10);
    charge(&mut budgets, at(0), b"abcd", Novelty::All);
    charge(&mut budgets, at(2 * MINUTE), b"abcd", Novelty::All);
    let mut used = |now| budgets.used(ip(1), at(now));
    assert!((used(WINDOW) - 16.0).abs() < 1e-3, "within the window");
    assert!((used(WINDOW + MINUTE) - 8.0).abs() < 1e-3, "the first left");
    assert!(used(8 * MINUTE) < 1e-3, "both left");
}

#[test]
fn what_is_refused_or_given_back_does_not_count() {
    let mut budgets = EntropyBudgets::new(10);
    let refused = budgets.charge(ip(1), at(0), b"abcd", Novelty::All, |used| used < 8.0);
    assert!((refused.used - 8.0).abs() < 1e-6);
    assert!(budgets.used(ip(1), at(0)) < 1e-6);
    let token = token(16, 0);
    let kept = budgets.charge(ip(1), at(0), &token, Novelty::Novel, |_| true);
    budgets.give_back(ip(1), kept.bits);
    assert!(budgets.used(ip(1), at(0)) < 1e-6);
    budgets.give_back(ip(1), 1e9);
    assert!(budgets.used(ip(1), at(0)) >= 0.0, "no credit is kept");
}

#[test]
fn sessions_without_room_share_one_budget() {
    let mut budgets = EntropyBudgets::new(1);
    for last in 1..=3 {
        let _ = budgets.charge(ip(last), at(0), b"abcd", Novelty::All, |_| true);
    }
    assert_eq!(budgets.len(), 1);
    assert!((budgets.used(ip(1), at(0)) - 8.0).abs() < 1e-6);
    assert!((budgets.used(ip(9), at(0)) - 16.0).abs() < 1e-6, "shared");
    let late = at(20 * MINUTE);
    let _ = budgets.charge(ip(2), late, b"abcd", Novelty::All, |_| true);
    assert!((budgets.used(ip(2), late) - 8.0).abs() < 1e-6, "room again");
}

fn fragment(kind: FragmentKind, text: &str, at_ms: u64, owner: u64) -> Fragment {
    Fragment {
        kind,
        lane: Lane::Values,
        at_ms,
        owner,
        text: text.as_bytes().into(),
    }
}

fn texts(fragments: &mut Fragments, last: u8, now: u64) -> Vec<String> {
    let live = fragments.live(ip(last), Lane::Values, at(now));
    let text = |one: &std::sync::Arc<Fragment>| String::from_utf8_lossy(&one.text).into_owned();
    live.iter().map(text).collect()
}

#[test]
fn fragments_live_for_a_window_in_their_session_and_lane() {
    let mut fragments = Fragments::new(10);
    let (buffer, live) = (1000, FragmentKind::Live);
    fragments.keep(ip(1), fragment(live, "one", 0, 1), buffer, at(0));
    fragments.keep(ip(1), fragment(live, "two", MINUTE, 2), buffer, at(MINUTE));
    assert_eq!(texts(&mut fragments, 1, WINDOW), ["one", "two"]);
    assert_eq!(texts(&mut fragments, 2, WINDOW), [""; 0], "another session");
    let keys = fragments.live(ip(1), Lane::Keys, at(WINDOW));
    assert!(keys.is_empty(), "another lane");
    assert_eq!(texts(&mut fragments, 1, WINDOW + 1), ["two"]);
    fragments.forget(ip(1), 2);
    assert_eq!(texts(&mut fragments, 1, WINDOW + 1), [""; 0]);
    assert_eq!(fragments.bytes(ip(1)), 0);
}

#[test]
fn a_session_keeps_a_bounded_number_of_each_kind() {
    let mut fragments = Fragments::new(10);
    for number in 0..20 {
        let text = format!("{}{number}", "x".repeat(number));
        for kind in [FragmentKind::Live, FragmentKind::Run, FragmentKind::Head] {
            fragments.keep(ip(1), fragment(kind, &text, 0, 1), 10_000, at(0));
        }
        let chain = fragment(FragmentKind::Chain, &text[..number % 7], 0, 1);
        fragments.keep(ip(1), chain, 10_000, at(0));
    }
    let kept = fragments.live(ip(1), Lane::Values, at(0));
    let count = |kind| kept.iter().filter(|one| one.kind == kind).count();
    let kinds = [
        FragmentKind::Live,
        FragmentKind::Run,
        FragmentKind::Chain,
        FragmentKind::Head,
    ];
    assert_eq!(kinds.map(count), [8, 4, 4, 8]);
    fragments.keep(
        ip(2),
        fragment(FragmentKind::Live, "same", 0, 1),
        100,
        at(0),
    );
    fragments.keep(
        ip(2),
        fragment(FragmentKind::Live, "same", 9, 1),
        100,
        at(9),
    );
    assert_eq!(texts(&mut fragments, 2, 9), ["same"], "said again");
}

#[test]
fn bytes_of_a_session_are_bounded() {
    let mut fragments = Fragments::new(10);
    let live = FragmentKind::Live;
    for text in ["aaaa", "bbbb", "cccc"] {
        fragments.keep(ip(1), fragment(live, text, 0, 1), 10, at(0));
    }
    assert_eq!(texts(&mut fragments, 1, 0), ["bbbb", "cccc"]);
    fragments.keep(ip(1), fragment(live, "0123456789abc", 0, 1), 10, at(0));
    assert_eq!(texts(&mut fragments, 1, 0), ["3456789abc"]);
    let long = "y".repeat(2 * FRAGMENT);
    fragments.keep(ip(2), fragment(live, &long, 0, 1), usize::MAX, at(0));
    assert_eq!(fragments.bytes(ip(2)), FRAGMENT);
}
