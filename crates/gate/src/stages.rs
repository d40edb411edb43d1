//! The order in which a request head is judged, for every transport.

/// One stage. The first that refuses names the label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Deny-all.
    KillSwitch,
    /// Who calls; identity fields leave the head.
    Identity,
    /// Target syntax and the text layers of the URL pipeline.
    Url,
    /// Secrets in header fields. Still before any DNS query.
    Headers,
    /// One lookup.
    Resolution,
    /// Every answer is checked.
    Address,
    /// Rate and data windows.
    Limits,
    /// What the session sent before.
    CrossRequest,
    /// Evidence, where it is required.
    Evidence,
}

/// Stages of a head, in order.
pub const HEAD: [Stage; 9] = [
    Stage::KillSwitch,
    Stage::Identity,
    Stage::Url,
    Stage::Headers,
    Stage::Resolution,
    Stage::Address,
    Stage::Limits,
    Stage::CrossRequest,
    Stage::Evidence,
];

#[cfg(test)]
mod tests {
    use super::*;

    fn position(stage: Stage) -> usize {
        HEAD.iter()
            .position(|have| *have == stage)
            .expect("every stage is listed")
    }

    #[test]
    fn the_order_of_the_stages_is_fixed() {
        let words: Vec<_> = HEAD.iter().map(|stage| format!("{stage:?}")).collect();
        assert_eq!(
            words.join(" "),
            "KillSwitch Identity Url Headers Resolution Address Limits CrossRequest Evidence"
        );
    }

    #[test]
    fn secrets_are_sought_before_any_query() {
        assert!(position(Stage::Url) < position(Stage::Resolution));
        assert!(position(Stage::Headers) < position(Stage::Resolution));
    }
}
