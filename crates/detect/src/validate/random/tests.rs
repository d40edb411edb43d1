use super::*;

const BASE62: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const BASE58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const BASE36: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const HEX_DIGITS: &[u8; 16] = b"0123456789abcdef";
const LETTERS: &[u8; 26] = b"abcdefghijklmnopqrstuvwxyz";

/// Drawn characters that are always the same (SplitMix64).
fn drawn(alphabet: &[u8], length: usize, seed: u64) -> String {
    let mut state = seed;
    (0..length)
        .map(|_| {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let mut word = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let at = (word ^ (word >> 31)) % alphabet.len() as u64;
            char::from(alphabet[usize::try_from(at).unwrap_or(0)])
        })
        .collect()
}

#[test]
fn keys_of_the_usual_shapes_look_random() {
    // Alphabet, length, prefix: 24 shapes, four of each.
    let shapes: [(&[u8], usize, &str); 24] = [
        (BASE62, 16, ""),
        (BASE62, 20, ""),
        (BASE62, 24, ""),
        (BASE62, 32, ""),
        (BASE62, 40, ""),
        (BASE62, 64, ""),
        (BASE62, 36, "tok_"),
        (BASE62, 24, "live_"),
        (BASE64, 24, ""),
        (BASE64, 40, ""),
        (BASE64, 43, ""),
        (BASE64, 86, ""),
        (URL, 22, ""),
        (URL, 43, ""),
        (URL, 64, ""),
        (BASE58, 32, ""),
        (BASE58, 51, ""),
        (BASE36, 20, ""),
        (BASE36, 32, ""),
        (BASE32, 26, ""),
        (BASE32, 52, ""),
        (HEX_DIGITS, 32, ""),
        (HEX_DIGITS, 40, ""),
        (HEX_DIGITS, 64, ""),
    ];
    for (shape, (alphabet, length, prefix)) in shapes.into_iter().enumerate() {
        for seed in 0..4 {
            let key = drawn(alphabet, length, seed + 4 * shape as u64);
            let key = format!("{prefix}{key}");
            assert!(
                looks_random(key.as_bytes()),
                "{length} of {}",
                alphabet.len()
            );
        }
    }
}

#[test]
fn of_many_drawn_values_few_are_missed() {
    // Alphabet, length, how many in a thousand may be missed.
    let shapes: [(&[u8], usize, usize); 7] = [
        (BASE62, 12, 70),
        (BASE62, 16, 20),
        (BASE62, 20, 10),
        (BASE64, 40, 3),
        (BASE36, 24, 5),
        (HEX_DIGITS, 32, 5),
        (LETTERS, 32, 60),
    ];
    for (alphabet, length, missed) in shapes {
        let found = (0..1000)
            .filter(|seed| looks_random(drawn(alphabet, length, *seed).as_bytes()))
            .count();
        let least = 1000 - missed;
        assert!(found >= least, "{length} of {}: {found}", alphabet.len());
    }
}

#[test]
fn what_people_write_does_not_look_random() {
    let values = [
        // Words and names.
        "password",
        "administrator",
        "internationalisation",
        "kubernetes",
        "authentication",
        "correct-horse-battery-staple",
        "the_quick_brown_fox_jumps",
        "Donaudampfschifffahrt",
        "rhythm-and-blues",
        "please_insert_your_key_here",
        "configuration",
        "enterprise-wide",
        // Identifiers.
        "getUserAccountById",
        "XMLHttpRequest",
        "maxConnectionsPerHost",
        "parseJsonFromString",
        "MAX_BUFFER_SIZE_BYTES",
        "AWS_SECRET_ACCESS_KEY",
        "database_connection_pool",
        "std::collections::HashMap",
        "NewClientWithOptions",
        "isUserLoggedIn",
        "OAuth2Provider",
        "useEffectOnce",
        "HTTPServerRequestHandler",
        "camelCaseIdentifierName",
        "utf8_to_utf16",
        "com.example.service.UserRepository",
        "config.providers.acme.key_name",
        "x86_64-linux-gnu",
        "AbstractSingletonProxyFactoryBean",
        "self.session.token_store",
        "base64EncodeString",
        "sha256WithRSAEncryption",
        "application_octet_stream",
        "Content-Security-Policy",
        // Paths, hosts, slugs, files.
        "/usr/local/share/doc/readme",
        "src/main/java/org/example/App.java",
        "docs/getting-started",
        "how-we-moved-the-whole-archive-to-a-new-harbour",
        "api.staging.internal.example.com",
        "node_modules/.bin/webpack-dev-server",
        "/var/log/nginx/access.log",
        "release-notes-2024-01",
        "images/header-background@2x.png",
        "2024-summer-campaign-banner",
        "us-east-1.compute.internal",
        "packages/core/src/index.test.ts",
        "/etc/ssl/certs/ca-certificates.crt",
        "file_name_v2_final",
        // Numbers, dates, versions, times.
        "12345678901234567890",
        "2024-01-02T03-04-05",
        "20240102T030405",
        "v1.22.333-rc.1",
        "10.15.7.2024",
        "1700000000000",
        "4.18.0-348.el8.x86_64",
        "0.1.0-alpha.12+build.34",
        "192.168.100.200",
        "555-0100-0199",
        "3.14159265358979",
        "2024.10.31-nightly",
        // Identifiers by form.
        "123e4567-e89b-12d3-a456-426614174000",
        "urn-123e4567-e89b-12d3-a456-426614174000",
        "users/123e4567-e89b-12d3-a456-426614174000/photos",
        "3f9a1c77d2",
        "deadbeef",
        "0xdeadbeef",
        // Placeholders, patterns, keyboards.
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "xxxxxxxxxxxxxxxxxxxxxxxx",
        "abababababababababab",
        "abcdefghijklmnopqrstuvwxyz",
        "0123456789abcdef",
        "0123456789abcdef0123456789abcdef",
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "a1b2a1b2a1b2a1b2a1b2",
        "1234567890abcdefghij",
        "your-api-key-goes-here",
        "REPLACE_WITH_YOUR_TOKEN",
        "changeme-changeme",
        "example-token",
        "********************",
        "--------------------",
        "................",
        "abc123abc123abc123",
        // Too short.
        "k9Xq2Lm",
        "",
    ];
    assert!(values.len() >= 80);
    for value in values {
        assert!(!looks_random(value.as_bytes()), "{value}");
    }
}

#[test]
fn the_value_of_a_match_is_found_behind_names_and_quotes() {
    let cases = [
        ("key=abc", "abc"),
        ("key: 'abc'", "abc"),
        ("\"key\": \"abc\"", "abc"),
        ("key => abc", "abc"),
        ("<key>abc", "abc"),
        ("export KEY=abc==", "abc"),
        ("a=b=abc=", "abc"),
        ("abc", "abc"),
        ("key=", "key"),
        ("=", ""),
        ("", ""),
        ("\"\"", ""),
    ];
    for (text, expected) in cases {
        assert_eq!(value(text.as_bytes()), expected.as_bytes(), "{text}");
    }
}

#[test]
fn an_identifier_hides_no_key_beside_it() {
    let key = drawn(BASE62, 32, 9);
    let uuid = "123e4567-e89b-12d3-a456-426614174000";
    assert!(looks_random(format!("{uuid}.{key}").as_bytes()));
    assert!(looks_random(format!("{key}.{uuid}").as_bytes()));
    assert!(!looks_random(format!("tenant.{uuid}").as_bytes()));
}

#[test]
fn only_the_end_of_a_long_value_counts() {
    let words = "word-".repeat(200);
    let key = drawn(BASE62, 256, 3);
    assert!(looks_random(format!("{words}{key}").as_bytes()));
    assert!(!looks_random(format!("{key}{words}").as_bytes()));
}

#[test]
fn what_repeats_is_told_by_coincidences_and_by_periods() {
    let cases = [
        ("aabbccdd", false), // 4 of 28 pairs are equal: one in seven
        ("aaabccdd", true),  // 5 of 28
        ("abcdefghijklmnop", false),
        ("a1B2c3D4e5a1B2c3D4e5", true), // ten characters twice
        ("a1B2c3D4e5a1B2c3D4e6", false),
        ("a1B2c3D4e5f6G7h8a1B2c3D4e5f6G7h8", true),
        ("a1B2c3D4e5f6G7h8iA1B2c3D4e5f6G7h8i", false),
    ];
    for (value, expected) in cases {
        assert_eq!(repeats(value.as_bytes()), expected, "{value}");
    }
    assert!(has_period("a1B2c3D4e5".repeat(2).as_bytes()));
}

#[test]
fn sixteen_hexadecimal_digits_make_a_key_and_fifteen_do_not() {
    let hex = drawn(HEX_DIGITS, 40, 5);
    assert!(looks_random(&hex.as_bytes()[..16]));
    assert!(!looks_random(&hex.as_bytes()[..15]));
    let prefixed = format!("0x{hex}");
    assert!(looks_random(&prefixed.as_bytes()[..18]));
    assert!(!looks_random(&prefixed.as_bytes()[..17]));
}
