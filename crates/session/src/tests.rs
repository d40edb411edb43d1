use super::*;
use std::collections::VecDeque;

const SECOND: u64 = 1000;

fn limited(windows: &mut RateWindows, key: &str, now: u64, limit: u32) -> bool {
    windows.take(key, now, limit).is_err()
}

#[test]
fn sixty_requests_pass_and_the_next_is_refused() {
    let mut windows = RateWindows::new(10);
    for at in 0..60 {
        assert_eq!(windows.take("h.test", at * 500, 60), Ok(()), "request {at}");
    }
    let refused = windows.take("h.test", 30 * SECOND, 60);
    assert_eq!(
        refused,
        Err(Limited {
            retry_after_ms: 31 * SECOND
        })
    );
    assert!(
        !limited(&mut windows, "other.test", 30 * SECOND, 60),
        "another key is not affected"
    );
}

#[test]
fn the_window_slides() {
    let mut windows = RateWindows::new(10);
    for _ in 0..30 {
        windows.take("h.test", 0, 60).unwrap();
    }
    for _ in 0..30 {
        windows.take("h.test", 30 * SECOND, 60).unwrap();
    }
    assert!(
        limited(&mut windows, "h.test", 59 * SECOND, 60),
        "still within the minute"
    );
    for _ in 0..30 {
        windows.take("h.test", 61 * SECOND, 60).unwrap();
    }
    assert!(
        limited(&mut windows, "h.test", 61 * SECOND, 60),
        "only the first half left"
    );
}

#[test]
fn a_refused_request_is_not_counted() {
    let mut windows = RateWindows::new(10);
    windows.take("h.test", 0, 1).unwrap();
    for second in 1..60 {
        assert!(limited(&mut windows, "h.test", second * SECOND, 1));
    }
    assert!(!limited(&mut windows, "h.test", 61 * SECOND, 1));
}

#[test]
fn a_charge_given_back_frees_one_slot() {
    let mut windows = RateWindows::new(10);
    windows.take("h.test", 900, 1).unwrap();
    windows.give_back("h.test", 1100);
    assert!(!limited(&mut windows, "h.test", 1200, 1));
    windows.give_back("h.test", 1200);
    windows.give_back("h.test", 1200);
    assert!(
        !limited(&mut windows, "h.test", 1300, 1),
        "no credit is kept"
    );
    assert!(limited(&mut windows, "h.test", 1300, 1));
}

#[test]
fn live_keys_are_never_dropped_and_the_rest_share_one_window() {
    let mut windows = RateWindows::new(2);
    windows.take("a", 0, 1).unwrap();
    windows.take("b", 0, 1).unwrap();
    windows.take("c", 0, 1).unwrap();
    assert!(limited(&mut windows, "d", 0, 1), "c and d share a window");
    assert!(limited(&mut windows, "a", 0, 1), "a kept its count");
    assert_eq!(windows.len(), 2);
}

#[test]
fn expired_keys_make_room() {
    let mut windows = RateWindows::new(2);
    windows.take("a", 0, 1).unwrap();
    windows.take("b", 0, 1).unwrap();
    windows.take("c", 2 * SECOND, 1).unwrap();
    assert!(!limited(&mut windows, "d", 62 * SECOND, 1));
    assert!(
        !limited(&mut windows, "e", 62 * SECOND, 1),
        "d has a window of its own"
    );
    assert_eq!(windows.len(), 2);
}

#[test]
fn memory_falls_after_a_rush() {
    let mut windows = RateWindows::new(10_000);
    for number in 0..5000 {
        windows.take(&format!("h{number}.test"), 0, 60).unwrap();
    }
    windows.take("late.test", 200 * SECOND, 60).unwrap();
    assert_eq!(windows.len(), 1);
}

#[test]
fn a_budget_is_used_up_by_what_was_received() {
    let mut budgets = DataBudgets::new(10);
    assert!(!budgets.exceeded("h.test", 0, 1000), "nothing received");
    budgets.add("h.test", 0, 999);
    assert!(!budgets.exceeded("h.test", SECOND, 1000), "999 bytes");
    budgets.add("h.test", 0, 1);
    assert!(budgets.exceeded("h.test", SECOND, 1000), "1000 bytes");
    assert!(
        budgets.exceeded("h.test", 60 * SECOND - 1, 1000),
        "within the minute"
    );
    assert!(!budgets.exceeded("h.test", 61 * SECOND, 1000), "after it");
    assert!(!budgets.exceeded("other.test", SECOND, 1000), "another key");
}

#[test]
fn budgets_without_room_share_one_window() {
    let mut budgets = DataBudgets::new(1);
    budgets.add("a", 0, 10);
    budgets.add("b", 0, 10);
    assert!(budgets.exceeded("c", 0, 10), "c cannot escape by being new");
    assert!(!budgets.exceeded("a", 0, 11));
}

#[test]
fn huge_amounts_do_not_wrap() {
    let mut budgets = DataBudgets::new(1);
    for second in 0..4 {
        budgets.add("a", second * SECOND, u64::MAX);
    }
    assert!(budgets.exceeded("a", 4 * SECOND, u64::MAX));
    assert!(!budgets.exceeded("a", u64::MAX, 1));
}

#[test]
fn time_that_runs_backwards_counts_as_standing_still() {
    let mut windows = RateWindows::new(10);
    windows.take("h.test", 100 * SECOND, 2).unwrap();
    windows.take("h.test", 10 * SECOND, 2).unwrap();
    assert!(limited(&mut windows, "h.test", 110 * SECOND, 2));
}

/// Against a list of timestamps: never more than the limit within any 60 seconds,
/// and never refused for charges older than 61.
#[test]
fn buckets_agree_with_a_list_of_timestamps() {
    let mut windows = RateWindows::new(1);
    let mut passed: VecDeque<u64> = VecDeque::new();
    let mut now = 0;
    let mut step = 7u64;
    for _ in 0..5_000 {
        step = step
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        now += (step >> 33) % 2500;
        passed.retain(|at| now - at <= WINDOW_MS + SECOND);
        let within = |age: u64| passed.iter().filter(|at| now - **at < age).count();
        let (sure, perhaps) = (within(WINDOW_MS), within(WINDOW_MS + SECOND));
        match windows.take("h.test", now, 40) {
            Ok(()) => {
                assert!(sure < 40, "at {now}");
                passed.push_back(now);
            }
            Err(_) => assert!(perhaps >= 40, "at {now}"),
        }
    }
}
