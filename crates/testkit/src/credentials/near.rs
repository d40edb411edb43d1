//! What looks like a credential and is none.

use super::forms::alone;
use super::spec::{self, Want};
use super::{Case, Dress, Format, Group, Tell};
use crate::corpus::{Part, fnv1a};

/// Near misses of one format: too short, another first letter, a placeholder; for
/// one that only its name gives away, the value under a harmless name.
pub(super) fn of_format(group: Group, format: &'static Format, out: &mut Vec<Case>) {
    let seed = fnv1a(format.name.as_bytes());
    let mut add = |form, text| {
        out.push(Case {
            format: format.name,
            group,
            dress: Dress::NearMiss,
            form,
            part: Part::of(format.name),
            text,
        });
    };
    let usual = spec::value(format.spec, Want::Usual, seed);
    if spec::has_least(format.spec) {
        let placeholder = spec::value(format.spec, Want::Placeholder, seed);
        add("placeholder", alone(format, &placeholder));
        if format.tell == Tell::Shape {
            add("too short", spec::value(format.spec, Want::TooShort, seed));
        }
    }
    let prefix = spec::prefix(format.spec);
    match format.tell {
        Tell::Name => add("harmless name", format!("revision = {usual}")),
        // A dress of words (a key header, an address) stays one with another letter.
        Tell::Shape if (2..=12).contains(&prefix.len()) && !prefix.contains(['-', '/', '{']) => {
            add("other prefix", other_first_letter(&usual));
        }
        Tell::Shape => {}
    }
}

fn other_first_letter(value: &str) -> String {
    let mut letters = value.chars();
    let first = match letters.next() {
        Some('q') => 'w',
        Some('Q') => 'W',
        Some(c) if c.is_ascii_uppercase() => 'Q',
        Some('0') => '9',
        Some(c) if c.is_ascii_digit() => '0',
        _ => 'q',
    };
    first.to_string() + letters.as_str()
}

/// Ordinary things with the length and the letters of credentials, and the public
/// halves of secret ones.
const GENERAL: &[(&str, &str)] = &[
    ("hash", "{x32}"),
    ("hash", "commit {x40}"),
    ("hash", "sha256:{x64}"),
    ("hash", "SHA512 ({x8}.tar.gz) = {x128}"),
    ("hash", "\"integrity\": \"sha512-{b86}==\""),
    ("hash", "h1:{b43}="),
    ("hash", "ETag: W/\"{x32}\""),
    ("hash", "tx 0x{x40} in block 0x{x16}"),
    ("hash", "blockHash: 0x{x64}"),
    ("identifier", "{#uuid}"),
    ("identifier", "request_id={#uuid} took 12 ms"),
    ("identifier", "00-{x32}-{x16}-01"),
    ("identifier", "arn:aws:iam::{d12}:role/Deploy{a12}"),
    ("identifier", "i-0{x16} in subnet-0{x16}"),
    ("identifier", "pi_{a24}"),
    ("identifier", "cus_{a14} paid in_{a24}"),
    ("identifier", "C{u10} and U{u10}"),
    ("identifier", "01{u24}"),
    ("identifier", "urn:isbn:978{d10}"),
    (
        "slug",
        "/news/2031/05/the-harbour-master-of-the-northern-islands-{d6}",
    ),
    ("slug", "sk-learn-pipelines-with-many-named-steps-{d3}"),
    ("slug", "task_force_for_the_long_term_plan_{d4}"),
    ("slug", "main.{x20}.chunk.js"),
    ("slug", "static/media/logo.{x32}.svg"),
    ("slug", "key-value-store-with-snapshots-and-{L12}"),
    ("slug", "npm_config_registry_timeout_seconds_{L8}"),
    ("slug", "pat_on_the_back_for_everybody_{L6}"),
    (
        "image",
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA{b200}",
    ),
    ("image", "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP{b60}"),
    ("image", "data:font/woff2;base64,d09GMgABAAAAA{b160}"),
    ("public", "pk_|live_{a24}"),
    ("public", "sb_|publishable_{w31}"),
    (
        "public",
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{b43} deploy",
    ),
    (
        "public",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ{b300} deploy",
    ),
    (
        "public",
        "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA{b43}=\n-----END PUBLIC KEY-----",
    ),
    (
        "public",
        "-----BEGIN CERTIFICATE-----\nMIIB{b60}\n{b64}\n-----END CERTIFICATE-----",
    ),
    (
        "public",
        "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQIN{b60}\n-----END PGP PUBLIC KEY BLOCK-----",
    ),
    ("public", "age1{l58}"),
    ("public", "xpub{8107}"),
    ("public", "PublicKey = {b43}="),
    ("public", "VITE_POSTHOG_KEY=phc_{a43}"),
    ("public", "pk.eyJ1Ijoi{a60}.{w22}"),
    ("reference", "api_key: ${API_KEY}"),
    ("reference", "DB_PASSWORD=$(cat /run/secrets/db_password)"),
    ("reference", "token: ${{ secrets.GITHUB_TOKEN }}"),
    ("reference", "password: !vault |"),
    ("reference", "export OPENAI_API_KEY=<your key>"),
    ("reference", "api_key = os.environ[\"SERVICE_API_KEY\"]"),
    ("reference", "const token = process.env.TOKEN"),
    ("reference", "client_secret: REPLACE_ME"),
    ("reference", "API_TOKEN="),
    ("reference", "password = getpass.getpass()"),
    ("reference", "postgresql://user:password@localhost:5432/db"),
    ("reference", "Authorization: Bearer <token>"),
    ("reference", "AK|IAIOSFODNN7EXAMPLE"),
    ("number", "Order {d16} of {d4}-11-02"),
    ("number", "+49 {d3} {d7}"),
    ("number", "{d3}-{d3}-{d4}"),
    ("number", "GTIN {d14}"),
    ("number", "{d2}:{d2}:{d2}.{d9}"),
    ("text", "The password must have at least twelve characters."),
    (
        "text",
        "Tokens begin with a prefix and an underscore, followed by 36 characters.",
    ),
    ("text", "secret santa list: everyone draws a name on Friday"),
    ("text", "LS0tLS0{a10}"),
];

/// Near misses of no format in particular, three of each that has random parts.
pub(super) fn general(out: &mut Vec<Case>) {
    for (form, spec) in GENERAL {
        let copies = if spec::has_least(spec) { 3 } else { 1 };
        for copy in 0..copies {
            let text = spec::value(spec, Want::Usual, fnv1a(spec.as_bytes()) + copy);
            out.push(Case {
                format: form,
                group: Group::Further,
                dress: Dress::NearMiss,
                form,
                part: Part::of(spec),
                text,
            });
        }
    }
}
