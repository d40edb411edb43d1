//! Who may ask, and how often.

use pipelock_model::Secret;
use pipelock_model::http::Fields;
use pipelock_policy::{ScanApi, ScanRate};
use std::hint::black_box;
use std::time::Duration;

/// The place of the token that a request presents (RFC 6750 §2.1); `None` without
/// one, with several fields, or with a token that nobody was given.
pub(super) fn bearer(fields: &Fields, tokens: &[Secret<String>]) -> Option<usize> {
    let mut values = fields.values("Authorization");
    let value = values.next()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, presented) = value.split_at_checked("Bearer ".len())?;
    if !scheme.eq_ignore_ascii_case(b"Bearer ") {
        return None;
    }
    let presented = presented.trim_ascii();
    // Every token is looked at whole, so that time tells nothing about any.
    tokens.iter().enumerate().fold(None, |found, (at, token)| {
        let same = equal(presented, token.expose().as_bytes());
        found.or(same.then_some(at))
    })
}

/// Takes a time that depends on what was presented alone.
fn equal(presented: &[u8], token: &[u8]) -> bool {
    let mut difference = u8::from(presented.len() != token.len());
    for (at, byte) in presented.iter().enumerate() {
        difference = black_box(difference | (byte ^ token.get(at).copied().unwrap_or(0)));
    }
    difference == 0 && !token.is_empty()
}

/// A token bucket for each bearer token.
#[derive(Debug, Default)]
pub(super) struct Buckets {
    rate: Option<ScanRate>,
    /// Whose buckets these are.
    owners: Vec<Secret<String>>,
    buckets: Vec<Bucket>,
}

/// A level in units of which one request takes [`REQUEST`]: a request a minute
/// brings one unit a millisecond.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    level: u64,
    at: Duration,
}

/// Milliseconds of a minute.
const REQUEST: u64 = 60_000;

impl Buckets {
    /// Takes one request of this token; false when it has none left. New settings
    /// start with full buckets.
    pub(super) fn take(&mut self, settings: &ScanApi, token: usize, now: Duration) -> bool {
        let most = u64::from(settings.rate.burst.get()) * REQUEST;
        if self.rate != Some(settings.rate) || self.owners != settings.tokens {
            self.rate = Some(settings.rate);
            self.owners.clone_from(&settings.tokens);
            let full = Bucket {
                level: most,
                at: now,
            };
            self.buckets = vec![full; self.owners.len()];
        }
        let Some(bucket) = self.buckets.get_mut(token) else {
            return false;
        };
        let passed = now.saturating_sub(bucket.at).as_millis();
        let passed = u64::try_from(passed).unwrap_or(u64::MAX);
        let more = passed.saturating_mul(u64::from(settings.rate.per_minute.get()));
        bucket.level = bucket.level.saturating_add(more).min(most);
        // What is less than a millisecond counts the next time.
        bucket.at += Duration::from_millis(passed);
        let enough = bucket.level >= REQUEST;
        if enough {
            bucket.level -= REQUEST;
        }
        enough
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::num::NonZeroU32;

    fn settings(per_minute: u32, burst: u32) -> ScanApi {
        let tokens = ["first-token", "second-token"];
        let mut settings = ScanApi::new(
            ([127, 0, 0, 1], 0).into(),
            tokens.map(|token| Secret::new(token.to_owned())).into(),
        );
        settings.rate = ScanRate {
            per_minute: NonZeroU32::new(per_minute).unwrap(),
            burst: NonZeroU32::new(burst).unwrap(),
        };
        settings
    }

    #[test]
    fn only_a_whole_token_of_the_list_is_one() {
        let settings = settings(1, 1);
        let cases: [(&[&str], Option<usize>); 14] = [
            (&["Bearer first-token"], Some(0)),
            (&["bearer second-token"], Some(1)),
            (&["BEARER  second-token "], Some(1)),
            (&[], None),
            (&[""], None),
            (&["Bearer"], None),
            (&["Bearer "], None),
            (&["first-token"], None),
            (&["Basic first-token"], None),
            (&["Bearer first-toke"], None),
            (&["Bearer first-tokens"], None),
            (&["Bearer First-token"], None),
            (&["Bearer first-token", "Bearer first-token"], None),
            (&["Bearer first-token,second-token"], None),
        ];
        for (values, wanted) in cases {
            let mut fields = Fields::new();
            for value in values {
                fields.push("authorization", value.as_bytes());
            }
            assert_eq!(bearer(&fields, &settings.tokens), wanted, "{values:?}");
        }
    }

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let (settings, mut buckets) = (settings(60, 3), Buckets::default());
        let at = Duration::from_millis;
        let taken: Vec<bool> = [0, 0, 0, 0, 999, 1000, 1001, 2000, 9000, 9000, 9000, 9000]
            .map(|now| buckets.take(&settings, 0, at(now)))
            .into();
        let wanted = [
            true, true, true, false, false, true, false, true, true, true, true, false,
        ];
        assert_eq!(taken, wanted);
        assert!(buckets.take(&settings, 1, at(9000)), "each has its own");
    }

    #[test]
    fn other_settings_begin_with_full_buckets() {
        let mut buckets = Buckets::default();
        let now = Duration::ZERO;
        assert!(buckets.take(&settings(1, 1), 0, now));
        assert!(!buckets.take(&settings(1, 1), 0, now));
        assert!(buckets.take(&settings(2, 1), 0, now));
        assert!(!buckets.take(&settings(2, 1), 9, now), "no such token");
    }
}
