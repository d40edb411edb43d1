//! The tables as they stand in the tree; a new file is a line here.

/// Language and table.
pub(super) const ATTACKS: &[(&str, &str)] = &[("en", include_str!("../../corpus/attacks/en.tsv"))];

/// Category and table.
pub(super) const BENIGN: &[(&str, &str)] = &[
    ("about", include_str!("../../corpus/benign/about.tsv")),
    (
        "changelog",
        include_str!("../../corpus/benign/changelog.tsv"),
    ),
    ("cli", include_str!("../../corpus/benign/cli.tsv")),
    ("commit", include_str!("../../corpus/benign/commit.tsv")),
    ("docs", include_str!("../../corpus/benign/docs.tsv")),
    ("email", include_str!("../../corpus/benign/email.tsv")),
    ("homework", include_str!("../../corpus/benign/homework.tsv")),
    ("howto", include_str!("../../corpus/benign/howto.tsv")),
    ("legal", include_str!("../../corpus/benign/legal.tsv")),
    ("misc", include_str!("../../corpus/benign/misc.tsv")),
    ("policy", include_str!("../../corpus/benign/policy.tsv")),
    ("recipe", include_str!("../../corpus/benign/recipe.tsv")),
    ("roleplay", include_str!("../../corpus/benign/roleplay.tsv")),
    ("sysadmin", include_str!("../../corpus/benign/sysadmin.tsv")),
    ("ticket", include_str!("../../corpus/benign/ticket.tsv")),
    ("tools", include_str!("../../corpus/benign/tools.tsv")),
];
