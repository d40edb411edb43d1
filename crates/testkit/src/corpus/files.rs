//! The tables as they stand in the tree; a new file is a line here.

/// Language and table.
pub(super) const ATTACKS: &[(&str, &str)] = &[
    ("ar", include_str!("../../corpus/attacks/ar.tsv")),
    ("bn", include_str!("../../corpus/attacks/bn.tsv")),
    ("cs", include_str!("../../corpus/attacks/cs.tsv")),
    ("de", include_str!("../../corpus/attacks/de.tsv")),
    ("el", include_str!("../../corpus/attacks/el.tsv")),
    ("en", include_str!("../../corpus/attacks/en.tsv")),
    ("es", include_str!("../../corpus/attacks/es.tsv")),
    ("fa", include_str!("../../corpus/attacks/fa.tsv")),
    ("fr", include_str!("../../corpus/attacks/fr.tsv")),
    ("he", include_str!("../../corpus/attacks/he.tsv")),
    ("hi", include_str!("../../corpus/attacks/hi.tsv")),
    ("id", include_str!("../../corpus/attacks/id.tsv")),
    ("it", include_str!("../../corpus/attacks/it.tsv")),
    ("ja", include_str!("../../corpus/attacks/ja.tsv")),
    ("ko", include_str!("../../corpus/attacks/ko.tsv")),
    ("nl", include_str!("../../corpus/attacks/nl.tsv")),
    ("pl", include_str!("../../corpus/attacks/pl.tsv")),
    ("pt", include_str!("../../corpus/attacks/pt.tsv")),
    ("ru", include_str!("../../corpus/attacks/ru.tsv")),
    ("sv", include_str!("../../corpus/attacks/sv.tsv")),
    ("th", include_str!("../../corpus/attacks/th.tsv")),
    ("tr", include_str!("../../corpus/attacks/tr.tsv")),
    ("uk", include_str!("../../corpus/attacks/uk.tsv")),
    ("vi", include_str!("../../corpus/attacks/vi.tsv")),
    ("zh", include_str!("../../corpus/attacks/zh.tsv")),
];

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
