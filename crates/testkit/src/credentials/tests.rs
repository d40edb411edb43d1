use super::*;
use std::collections::BTreeSet;

#[test]
fn there_are_more_than_two_hundred_formats_with_names_of_their_own() {
    let mut names = BTreeSet::new();
    for format in formats() {
        assert!(names.insert(format.name), "{}", format.name);
    }
    assert!(names.len() >= 200, "{}", names.len());
}

#[test]
fn cases_are_the_same_at_every_call_and_none_is_empty() {
    let (first, second) = (cases(), cases());
    assert_eq!(first.len(), second.len());
    for (a, b) in first.iter().zip(&second) {
        assert_eq!(a.text, b.text, "{} {}", a.format, a.form);
        assert!(!a.text.is_empty());
    }
}

#[test]
fn every_format_comes_in_every_dress() {
    let all = cases();
    for format in formats() {
        let dresses: BTreeSet<Dress> = all
            .iter()
            .filter(|case| case.format == format.name)
            .map(|case| case.dress)
            .collect();
        for dress in [
            Dress::Plain,
            Dress::Wrapped,
            Dress::Split,
            Dress::Encoded,
            Dress::Disguised,
        ] {
            assert!(
                dresses.contains(&dress),
                "{} {}",
                format.name,
                dress.as_str()
            );
        }
    }
}

#[test]
fn a_near_miss_is_never_the_credential() {
    let all = cases();
    let real: BTreeSet<&str> = all
        .iter()
        .filter(|case| case.dress != Dress::NearMiss)
        .map(|case| case.text.as_str())
        .collect();
    for case in all.iter().filter(|case| case.dress == Dress::NearMiss) {
        assert!(
            !real.contains(case.text.as_str()),
            "{}: {}",
            case.format,
            case.text
        );
    }
}
