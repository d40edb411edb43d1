//! Counters, gauges, histograms, and tables of counters.

use std::array;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

/// Longest label value that comes from outside, in bytes.
const MAX_VALUE: usize = 128;

/// Value of the series that takes what exceeds a bound.
const OTHER: &str = "other";

/// A number that only grows.
#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self, amount: u64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }

    pub(super) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A number of things that are there now.
#[derive(Debug, Default)]
pub(super) struct Gauge(AtomicI64);

impl Gauge {
    pub(super) fn add(&self, amount: i64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }

    /// Never negative: an end may be seen before its begin.
    pub(super) fn get(&self) -> i64 {
        self.0.load(Ordering::Relaxed).max(0)
    }
}

/// Durations in buckets with upper bounds in milliseconds.
#[derive(Debug)]
pub(super) struct Histogram<const N: usize> {
    bounds: &'static [u64; N],
    buckets: [Counter; N],
    above: Counter,
    nanos: Counter,
}

impl<const N: usize> Histogram<N> {
    pub(super) fn new(bounds: &'static [u64; N]) -> Self {
        Self {
            bounds,
            buckets: array::from_fn(|_| Counter::default()),
            above: Counter::default(),
            nanos: Counter::default(),
        }
    }

    pub(super) fn observe(&self, duration: Duration) {
        let nanos = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        // A bucket includes its bound.
        let bucket = self
            .bounds
            .iter()
            .position(|bound| nanos <= bound * 1_000_000);
        bucket
            .and_then(|at| self.buckets.get(at))
            .unwrap_or(&self.above)
            .add(1);
        self.nanos.add(nanos);
    }

    /// Upper bounds in seconds with their counts, not cumulated; the last one has
    /// no bound.
    pub(super) fn buckets(&self) -> impl Iterator<Item = (Option<f64>, u64)> {
        let bounded = self.bounds.iter().zip(&self.buckets);
        bounded
            .map(|(bound, bucket)| (Some(*bound as f64 / 1000.0), bucket.get()))
            .chain([(None, self.above.get())])
    }

    /// Sum in seconds.
    pub(super) fn sum(&self) -> f64 {
        self.nanos.get() as f64 / 1e9
    }
}

/// Counters by the position of a label value.
#[derive(Debug)]
pub(super) struct Row<const N: usize>([Counter; N]);

impl<const N: usize> Default for Row<N> {
    fn default() -> Self {
        Self(array::from_fn(|_| Counter::default()))
    }
}

impl<const N: usize> Row<N> {
    /// Adds one; a position without a series is not counted.
    pub(super) fn inc(&self, at: usize) {
        if let Some(counter) = self.0.get(at) {
            counter.add(1);
        }
    }

    pub(super) fn values(&self) -> impl Iterator<Item = u64> {
        self.0.iter().map(Counter::get)
    }
}

/// Counters by the positions of two label values.
#[derive(Debug)]
pub(super) struct Grid<const R: usize, const C: usize>([Row<C>; R]);

impl<const R: usize, const C: usize> Default for Grid<R, C> {
    fn default() -> Self {
        Self(array::from_fn(|_| Row::default()))
    }
}

impl<const R: usize, const C: usize> Grid<R, C> {
    /// Adds one; a position without a series is not counted.
    pub(super) fn inc(&self, row: usize, column: usize) {
        if let Some(row) = self.0.get(row) {
            row.inc(column);
        }
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &Row<C>> {
        self.0.iter()
    }
}

/// Series by a label value that is not known beforehand: at most `limit` values
/// of bounded length, then `other`. Values stay, so that counters never restart.
#[derive(Debug)]
pub(super) struct Keyed<T> {
    limit: usize,
    known: Option<(&'static str, T)>,
    series: RwLock<BTreeMap<Box<str>, T>>,
    other: T,
}

impl<T: Default> Keyed<T> {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            known: None,
            series: RwLock::default(),
            other: T::default(),
        }
    }

    /// With a value that exists from the start and is found without a lock.
    pub(super) fn with_known(limit: usize, value: &'static str) -> Self {
        Self {
            known: Some((value, T::default())),
            ..Self::new(limit)
        }
    }

    /// Hands over the series of a value.
    pub(super) fn with(&self, value: &str, count: impl FnOnce(&T)) {
        if let Some((known, series)) = &self.known
            && *known == value
        {
            return count(series);
        }
        let value = bounded(value);
        let series = self.series.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(series) = series.get(value) {
            return count(series);
        }
        if series.len() >= self.limit || value == OTHER {
            return count(&self.other);
        }
        drop(series);
        let mut series = self.series.write().unwrap_or_else(PoisonError::into_inner);
        // Others may have added values meanwhile.
        if series.len() >= self.limit && !series.contains_key(value) {
            return count(&self.other);
        }
        count(series.entry(value.into()).or_default());
    }

    /// Every series, `other` last.
    pub(super) fn each(&self, mut show: impl FnMut(&str, &T)) {
        if let Some((value, series)) = &self.known {
            show(value, series);
        }
        for (value, series) in &*self.series.read().unwrap_or_else(PoisonError::into_inner) {
            show(value, series);
        }
        show(OTHER, &self.other);
    }
}

/// The value, cut at a character when it is too long.
fn bounded(value: &str) -> &str {
    let end = value.char_indices().map(|(at, c)| at + c.len_utf8());
    match value.len() > MAX_VALUE {
        true => &value[..end.take_while(|end| *end <= MAX_VALUE).last().unwrap_or(0)],
        false => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(keyed: &Keyed<Counter>) -> Vec<(String, u64)> {
        let mut all = Vec::new();
        keyed.each(|value, counter| all.push((value.to_owned(), counter.get())));
        all
    }

    #[test]
    fn values_beyond_the_limit_share_the_other_series() {
        let keyed = Keyed::with_known(2, "_default");
        for value in ["a", "_default", "b", "c", "other", "a"] {
            keyed.with(value, |counter: &Counter| counter.add(1));
        }
        let expected = [("_default", 1), ("a", 2), ("b", 1), ("other", 2)];
        assert_eq!(
            shown(&keyed),
            expected.map(|(value, count)| (value.to_owned(), count))
        );
    }

    #[test]
    fn long_values_are_cut_at_a_character() {
        let keyed = Keyed::new(2);
        let long = format!("a{}", "é".repeat(100));
        keyed.with(&long, |counter: &Counter| counter.add(1));
        assert_eq!(shown(&keyed)[0].0.len(), 127);
    }

    #[test]
    fn a_bucket_includes_its_bound() {
        let histogram = Histogram::new(&[10, 50]);
        for micros in [10_000, 10_001, 50_000, 50_001] {
            histogram.observe(Duration::from_micros(micros));
        }
        let counts: Vec<_> = histogram.buckets().collect();
        assert_eq!(counts, [(Some(0.01), 1), (Some(0.05), 2), (None, 1)]);
    }

    #[test]
    fn a_gauge_never_shows_less_than_nothing() {
        let gauge = Gauge::default();
        gauge.add(-1);
        assert_eq!(gauge.get(), 0);
        gauge.add(2);
        assert_eq!(gauge.get(), 1);
    }
}
