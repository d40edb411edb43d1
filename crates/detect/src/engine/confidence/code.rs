//! What stands where a secret would in programs: calls, constants, other names.

use crate::validate::looks_random;

/// Longest word of code that is told.
const LONGEST: usize = 512;

/// True for what a program reads there: a call, a piece of a list, a number of a
/// table, another constant, a pattern, a concatenation. A key inside of it counts.
pub(super) fn is_code(value: &[u8]) -> bool {
    let value = value.trim_ascii();
    if value.is_empty() || value.len() > LONGEST {
        return false;
    }
    is_constant(value)
        || is_number(value)
        || !holds_key(value)
            && (is_call(value) || is_path(value) || is_joined(value) || is_marker(value))
}

/// Some word of it was drawn by a machine.
fn holds_key(value: &[u8]) -> bool {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'_');
    value.split(|byte| !part(byte)).any(looks_random)
}

/// Letters, digits and underscores that begin with no digit.
fn is_name(text: &[u8]) -> bool {
    text.first()
        .is_some_and(|first| first.is_ascii_alphabetic() || *first == b'_')
        && text
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// Without quotes and what ends a statement.
fn bare(mut value: &[u8]) -> &[u8] {
    while let [rest @ .., b';' | b',' | b')' | b'"' | b'\'' | b'`'] = value {
        value = rest;
    }
    while let [b'"' | b'\'' | b'`', rest @ ..] = value {
        value = rest;
    }
    value
}

/// `AWS_CONTAINER_TOKEN`, `__MODULE_REFERENCE__`, `_reset_token`: words of one letter
/// case joined by underscores.
fn is_constant(value: &[u8]) -> bool {
    let value = bare(value);
    let capitals = value.iter().all(|b| b.is_ascii_uppercase() || *b == b'_');
    let small = value.iter().all(|b| b.is_ascii_lowercase() || *b == b'_');
    let inner = value.iter().filter(|byte| **byte == b'_').count();
    let reserved = value.starts_with(b"_");
    (capitals && inner >= 2 || small && reserved && inner >= 2) && !looks_random(value)
}

/// `0x00000040L`: a constant of at most 64 bits.
fn is_number(value: &[u8]) -> bool {
    let Some(digits) = bare(value).strip_prefix(b"0x") else {
        return false;
    };
    let suffix = |byte: &u8| matches!(byte, b'u' | b'U' | b'l' | b'L');
    let end = digits.iter().rposition(|byte| !suffix(byte));
    let digits = &digits[..end.map_or(0, |at| at + 1)];
    (1..=16).contains(&digits.len()) && digits.iter().all(u8::is_ascii_hexdigit)
}

/// `Option<unsafe`, `config['key'],`, `parser.get('default',`, `["a","b"]`.
fn is_call(value: &[u8]) -> bool {
    let bracket = |byte: &u8| matches!(byte, b'(' | b'[' | b'<' | b'{');
    let Some(at) = value.iter().position(bracket) else {
        return false;
    };
    let (function, rest) = value.split_at(at);
    let named = function
        .split(|byte| matches!(byte, b'.' | b':' | b'!'))
        .filter(|part| !part.is_empty())
        .all(is_name);
    // A list or an argument in quotes, a method, or a bracket that stays open: few
    // passwords have them.
    let quoted = rest.get(1).is_some_and(|byte| matches!(byte, b'"' | b'\''));
    let method = function.iter().any(|byte| matches!(byte, b'.' | b':'));
    let open = rest.get(1).is_some_and(u8::is_ascii_alphabetic)
        && !rest
            .iter()
            .any(|byte| matches!(byte, b')' | b']' | b'>' | b'}'));
    let plain = !function.iter().any(u8::is_ascii_digit);
    named && plain && (quoted || !function.is_empty() && (method || open))
}

/// `exports.URL_CHAR`, `self.token`.
fn is_path(value: &[u8]) -> bool {
    let value = bare(value);
    let mut parts = value.split(|byte| *byte == b'.');
    value.contains(&b'.') && value.first().is_some_and(u8::is_ascii_lowercase) && parts.all(is_name)
}

/// `"+encodeURIComponent(x)`, `{$secret}`, `@NAME@`, `/^[)]$/u;`.
fn is_joined(value: &[u8]) -> bool {
    let quote = |byte: u8| matches!(byte, b'"' | b'\'' | b'`');
    match value {
        [first, b'+', ..] if quote(*first) => true,
        [b'/', b'^', ..] => true,
        [b'{', b'$', rest @ ..] => {
            let end = rest.iter().position(|byte| *byte == b'}');
            end.is_some_and(|at| is_name(&rest[..at]))
        }
        [b'@', rest @ .., b'@'] => is_name(rest),
        _ => false,
    }
}

/// `"]<]image[>["`, `<|end|>`: a word in brackets of several kinds.
fn is_marker(value: &[u8]) -> bool {
    let value = bare(value);
    let bracket = |byte: &&u8| matches!(byte, b'<' | b'>' | b'[' | b']' | b'|');
    let letters = value.iter().filter(|byte| byte.is_ascii_alphabetic());
    value.iter().take(2).filter(bracket).count() == 2
        && value.iter().filter(bracket).count() >= 4
        && letters.count() + value.iter().filter(bracket).count() + 2 >= value.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_told_from_secrets() {
        let cases = [
            ("Option<unsafe", true),
            ("config['secret_key'],", true),
            ("parser.get('default',", true),
            ("ObjectIdentifier(\"1.2.840.113549.1.9.7\")", true),
            ("[\"!\",\"#\",\"$\"]", true),
            ("0x00000040L;", true),
            ("\"AWS_CONTAINER_AUTHORIZATION_TOKEN\";", true),
            ("\"__WEBPACK_MODULE_REFERENCE__\";", true),
            ("\"_password_reset_token\"", true),
            ("exports2.URL_CHAR", true),
            ("/^[)\\]}>]$/u;", true),
            ("\"+encodeURIComponent(e.password)+\"", true),
            ("{$secret}\";", true),
            ("@SECRET@", true),
            ("\"]<]image[>[\"", true),
            ("\"<|end_of_text|>\"", true),
            // A key in a call is a key.
            ("decode(\"k9Xq2LmZ7vTb4WyR0sHc\")", false),
            ("[\"k9Xq2LmZ7vTb4WyR0sHc\"]", false),
            ("hunter2hunter2", false),
            ("correct-horse-battery", false),
            ("correct_horse_battery", false),
            ("Pa55w0rd(1)", false),
            ("secret<3you", false),
            ("Summer(2031)!", false),
            ("Summer(time)", false),
            ("<3secretly", false),
            ("{hunter2}", false),
            ("0x0f1e2d3c4b5a69788796a5b4c3d2e1f0", false),
            ("TROUBADOUR_HORSE", false),
            ("k9Xq2LmZ7vTb4WyR0sHc", false),
            ("", false),
        ];
        for (value, code) in cases {
            assert_eq!(is_code(value.as_bytes()), code, "{value:?}");
        }
    }
}
