//! Text exposition format 0.0.4.

use super::registry::Histogram;
use std::fmt::{Display, Write};

/// What a metric is.
pub(super) struct Metric {
    /// Name behind the namespace.
    pub(super) name: &'static str,
    /// Type.
    pub(super) kind: Kind,
    /// One sentence.
    pub(super) help: &'static str,
}

/// Type of a metric.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts in buckets.
    Histogram,
}

impl Metric {
    pub(super) const fn counter(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            kind: Kind::Counter,
            help,
        }
    }

    pub(super) const fn gauge(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            kind: Kind::Gauge,
            help,
        }
    }

    pub(super) const fn histogram(name: &'static str, help: &'static str) -> Self {
        Self {
            name,
            kind: Kind::Histogram,
            help,
        }
    }
}

/// Labels of a sample.
type Labels<'a> = &'a [(&'static str, &'a str)];

/// The page that a scrape gets. Writing to a string does not fail.
#[derive(Default)]
pub(super) struct Page {
    text: String,
}

impl Page {
    /// Opens a metric; its samples follow through the answer.
    pub(super) fn open(&mut self, metric: &Metric) -> Samples<'_> {
        let kind = match metric.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        let (name, help) = (metric.name, metric.help);
        let _ = writeln!(
            self.text,
            "# HELP pipelock_{name} {help}\n# TYPE pipelock_{name} {kind}"
        );
        Samples {
            text: &mut self.text,
            name: metric.name,
        }
    }

    /// The text.
    pub(super) fn finish(self) -> String {
        self.text
    }
}

/// Samples of an open metric.
pub(super) struct Samples<'a> {
    text: &'a mut String,
    name: &'static str,
}

impl Samples<'_> {
    /// One sample.
    pub(super) fn sample(&mut self, labels: Labels<'_>, value: impl Display) {
        self.line("", labels, None, value);
    }

    /// Buckets, sum and count. The count is the sum of the buckets read, so that
    /// a scrape during an observation is consistent in itself.
    pub(super) fn histogram<const N: usize>(&mut self, histogram: &Histogram<N>) {
        self.labelled_histogram(&[], histogram);
    }

    /// As [`Self::histogram`], one of several.
    pub(super) fn labelled_histogram<const N: usize>(
        &mut self,
        labels: Labels<'_>,
        histogram: &Histogram<N>,
    ) {
        let mut count = 0;
        for (seconds, bucket) in histogram.buckets() {
            count += bucket;
            let bound = seconds.map_or_else(|| "+Inf".to_owned(), |seconds| seconds.to_string());
            self.line("_bucket", labels, Some(&bound), count);
        }
        self.line("_sum", labels, None, histogram.sum());
        self.line("_count", labels, None, count);
    }

    fn line(&mut self, suffix: &str, labels: Labels<'_>, bound: Option<&str>, value: impl Display) {
        let _ = write!(self.text, "pipelock_{}{suffix}", self.name);
        let labels = labels
            .iter()
            .copied()
            .chain(bound.map(|bound| ("le", bound)));
        let mut open = '{';
        for (name, value) in labels {
            self.text.push(open);
            self.text.push_str(name);
            self.text.push_str("=\"");
            push_escaped(self.text, value);
            self.text.push('"');
            open = ',';
        }
        if open == ',' {
            self.text.push('}');
        }
        let _ = writeln!(self.text, " {value}");
    }
}

/// A label value: backslash, quote and line feed are escaped.
fn push_escaped(text: &mut String, value: &str) {
    for character in value.chars() {
        match character {
            '\\' => text.push_str("\\\\"),
            '"' => text.push_str("\\\""),
            '\n' => text.push_str("\\n"),
            other => text.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn label_values_are_escaped() {
        let mut page = Page::default();
        page.open(&Metric::counter("x_total", "X."))
            .sample(&[("a", "q\"b\\c\nd"), ("b", "é")], 1);
        assert_eq!(
            page.finish(),
            "# HELP pipelock_x_total X.\n# TYPE pipelock_x_total counter\n\
             pipelock_x_total{a=\"q\\\"b\\\\c\\nd\",b=\"é\"} 1\n"
        );
    }
}
