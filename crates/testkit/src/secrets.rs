//! Made-up secrets with the shape of real ones.
//!
//! None was ever issued. Each function puts prefix and body together when it is
//! called, so that scanners of source trees find nothing here.

use crate::varied::{ALPHANUMERIC, BASE32, DIGITS, HEX, varied};

/// An AWS access key id.
#[must_use]
pub fn aws_access_key() -> String {
    ["AK", "IA", &varied(BASE32, 16, 1)].concat()
}

/// An AWS secret access key with the name that makes it one:
/// `aws_secret_access_key = …`.
#[must_use]
pub fn aws_secret_key() -> String {
    ["aws_secret", "_access_key = ", &varied(ALPHANUMERIC, 40, 2)].concat()
}

/// A classic GitHub personal access token.
#[must_use]
pub fn github_token() -> String {
    ["gh", "p_", &varied(ALPHANUMERIC, 36, 3)].concat()
}

/// A fine-grained GitHub personal access token.
#[must_use]
pub fn github_fine_grained_token() -> String {
    [
        "github",
        "_pat_",
        &varied(ALPHANUMERIC, 22, 4),
        "_",
        &varied(ALPHANUMERIC, 59, 5),
    ]
    .concat()
}

/// A GitLab personal access token.
#[must_use]
pub fn gitlab_token() -> String {
    ["gl", "pat-", &varied(ALPHANUMERIC, 20, 6)].concat()
}

/// An Anthropic API key.
#[must_use]
pub fn anthropic_key() -> String {
    ["sk-", "ant-api03-", &varied(ALPHANUMERIC, 93, 7), "AA"].concat()
}

/// An OpenAI project key.
#[must_use]
pub fn openai_key() -> String {
    ["sk-", "proj-", &varied(ALPHANUMERIC, 48, 8)].concat()
}

/// A Slack bot token.
#[must_use]
pub fn slack_token() -> String {
    let digits = varied(DIGITS, 24, 9);
    let (team, bot) = digits.split_at(12);
    [
        "xo",
        "xb-",
        team,
        "-",
        bot,
        "-",
        &varied(ALPHANUMERIC, 24, 10),
    ]
    .concat()
}

/// A Stripe live secret key.
#[must_use]
pub fn stripe_key() -> String {
    ["sk", "_live_", &varied(ALPHANUMERIC, 24, 11)].concat()
}

/// An npm access token.
#[must_use]
pub fn npm_token() -> String {
    ["np", "m_", &varied(ALPHANUMERIC, 36, 12)].concat()
}

/// A Google API key.
#[must_use]
pub fn google_api_key() -> String {
    ["AI", "za", &varied(ALPHANUMERIC, 35, 13)].concat()
}

/// A JSON Web Token.
#[must_use]
pub fn jwt() -> String {
    let part = |length, seed| varied(ALPHANUMERIC, length, seed);
    [
        "ey",
        "J",
        &part(33, 14),
        ".ey",
        "J",
        &part(60, 15),
        ".",
        &part(43, 16),
    ]
    .concat()
}

/// The first line of a PEM private key (RFC 7468 §10).
#[must_use]
pub fn private_key_header() -> String {
    [&"-".repeat(5), "BEGIN ", "PRIVATE", " KEY", &"-".repeat(5)].concat()
}

/// A whole PEM private key block, header and body.
#[must_use]
pub fn private_key_block() -> String {
    let mut block = private_key_header();
    for seed in 17..25 {
        block.push('\n');
        block.push_str(&varied(ALPHANUMERIC, 64, seed));
    }
    block.push('\n');
    block + &private_key_header().replace("BEGIN", "END") + "\n"
}

/// A Google service account file, as far as a scanner looks at it.
#[must_use]
pub fn gcp_service_account() -> String {
    format!(
        "{{\"type\": \"{}\", \"project_id\": \"harbour\", \"private_key_id\": \"{}\"}}",
        ["service", "_account"].concat(),
        varied(HEX, 40, 25)
    )
}

/// A payment card number whose check digit is right (ISO/IEC 7812-1).
#[must_use]
pub fn card_number() -> String {
    let mut digits = ["4", "53", &varied(DIGITS, 12, 26)].concat();
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0');
            match (place % 2, value) {
                (0, 5..) => value * 2 - 9,
                (0, _) => value * 2,
                _ => value,
            }
        })
        .sum();
    digits.extend(char::from_digit((10 - sum % 10) % 10, 10));
    digits
}

/// Every secret of this module with the name of the rule that finds it.
#[must_use]
pub fn all() -> Vec<(&'static str, String)> {
    vec![
        ("AWS Access ID", aws_access_key()),
        ("AWS Secret Key", aws_secret_key()),
        ("GitHub Token", github_token()),
        ("GitHub Fine-Grained PAT", github_fine_grained_token()),
        ("GitLab PAT", gitlab_token()),
        ("Anthropic API Key", anthropic_key()),
        ("OpenAI API Key", openai_key()),
        ("Slack Token", slack_token()),
        ("Stripe Key", stripe_key()),
        ("npm Token", npm_token()),
        ("Google API Key", google_api_key()),
        ("JWT Token", jwt()),
        ("Private Key Header", private_key_block()),
        ("GCP Service Account Key", gcp_service_account()),
        ("Credit Card Number", card_number()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn secrets_are_the_same_at_every_call() {
        assert_eq!(all(), all());
    }

    #[test]
    fn no_secret_looks_like_a_placeholder() {
        for (name, secret) in all() {
            let distinct: BTreeSet<_> = secret.bytes().collect();
            assert!(distinct.len() >= 7, "{name}");
        }
    }

    #[test]
    fn shapes_follow_the_formats() {
        let cases = [
            (aws_access_key(), 20),
            (github_token(), 40),
            (gitlab_token(), 26),
            (npm_token(), 40),
            (google_api_key(), 39),
            (card_number(), 16),
        ];
        for (secret, length) in cases {
            assert_eq!(secret.len(), length);
        }
    }
}
