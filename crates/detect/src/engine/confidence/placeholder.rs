//! What stands where a secret would: masks, names, references.

use super::code::is_code;
use super::mask::is_masked;

/// True when a match carries no secret: one repeated character, `xxxx`, `<token>`,
/// `YOUR_…`, `${NAME}`, `REDACTED`, nothing. The first `anchor` bytes of the match
/// are the literal that it was found by.
///
/// Behind a name and a `=` or `:` any weak or documented value is one too
/// (`changeme`, `1234567890`, `process.env.KEY`). Behind a vendor's prefix it is
/// not: people try a firewall with made-up tokens.
pub(super) fn is_placeholder(matched: &[u8], anchor: usize) -> bool {
    let (literal, rest) = matched.split_at(anchor.min(matched.len()));
    let named = matches!(literal.last(), Some(b'=' | b':'));
    let (written, assigned) = assigned(rest).map_or((rest, named), |value| (value, true));
    let value = unpadded(unquoted(first_setting(written)));
    let plain =
        value.is_empty() || is_masked(value) || is_named(value) || is_word_of(value, &MASKED);
    plain
        || assigned
            && (is_word_of(value, &WEAK)
                || is_reference(value)
                || counts_up(value)
                || is_code(written))
}

/// The value behind a name and its `=` or `:`.
fn assigned(text: &[u8]) -> Option<&[u8]> {
    let name =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || is_edge(*byte);
    let operator = |byte: &u8| matches!(byte, b'=' | b':');
    let at = text.iter().position(operator)?;
    let behind = text[at..].iter().position(|byte| !operator(byte))?;
    // Nothing behind it: the padding of base64.
    text[..at].iter().all(name).then_some(&text[at + behind..])
}

/// Of the settings of a connection string (`…;Encrypt=True;`) the first.
fn first_setting(value: &[u8]) -> &[u8] {
    let Some(at) = value.iter().position(|byte| *byte == b';') else {
        return value;
    };
    let (first, others) = value.split_at(at);
    let is_setting = |text: &[u8]| {
        let name = text.split(|byte| *byte == b'=').next().unwrap_or_default();
        name.len() < text.len() && is_wordy(name)
    };
    let mut others = others.split(|byte| *byte == b';');
    if others.all(|text| text.is_empty() || is_setting(text)) {
        first
    } else {
        value
    }
}

/// Without the padding of base64.
fn unpadded(mut value: &[u8]) -> &[u8] {
    let whole = value;
    loop {
        value = match value {
            [rest @ .., b'='] => rest,
            [rest @ .., b'%', b'3', b'D' | b'd'] => rest,
            [] => return whole,
            _ => return value,
        };
    }
}

/// Blanks and quotes.
fn is_edge(byte: u8) -> bool {
    byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'`')
}

fn unquoted(mut value: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = value
        && is_edge(*first)
    {
        value = rest;
    }
    while let [rest @ .., last] = value
        && (is_edge(*last) || matches!(last, b';' | b','))
    {
        value = rest;
    }
    value
}

/// Letters, and what joins words.
fn is_wordy(text: &[u8]) -> bool {
    text.len() <= 40
        && text
            .iter()
            .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b' ' | b'.'))
}

/// A name in brackets, or one that says whose key belongs here.
fn is_named(value: &[u8]) -> bool {
    let between = |open: &[u8], close: &[u8]| {
        value
            .strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .is_some_and(is_wordy)
    };
    // The literal may have ended within the prefix.
    let prefix = value
        .iter()
        .take(4)
        .position(|byte| !byte.is_ascii_lowercase());
    let named = match prefix {
        Some(at) if matches!(value[at], b'_' | b'-') => &value[at + 1..],
        _ => value,
    };
    let is_yours = |text: &[u8]| {
        text.get(..5).is_some_and(|start| {
            start[..4].eq_ignore_ascii_case(b"your")
                && matches!(start[4], b'_' | b'-')
                && is_wordy(&text[5..])
        })
    };
    let yours = is_yours(value) || is_yours(named);
    yours
        || between(b"<", b">")
        || between(b"[", b"]")
        || between(b"${", b"}")
        || between(b"{{", b"}}")
        || between(b"{", b"}")
}

/// Words for what was taken out.
const MASKED: [&[u8]; 6] = [
    b"redacted",
    b"placeholder",
    b"censored",
    b"masked",
    b"hidden",
    b"removed",
];

/// Words that stand in documentation and templates.
const WEAK: [&[u8]; 30] = [
    b"change",
    b"changed",
    b"changeit",
    b"changeme",
    b"default",
    b"dummy",
    b"example",
    b"fake",
    b"false",
    b"foo",
    b"foobar",
    b"here",
    b"insert",
    b"key",
    b"me",
    b"mock",
    b"my",
    b"none",
    b"null",
    b"only",
    b"password",
    b"sample",
    b"secret",
    b"test",
    b"testing",
    b"this",
    b"todo",
    b"token",
    b"true",
    b"undefined",
];

/// Nothing but such words, joined by anything that joins words or by nothing.
fn is_word_of(value: &[u8], words: &[&[u8]]) -> bool {
    let parts =
        || value.split(|byte| matches!(byte, b'_' | b'-' | b'.' | b' ' | b'[' | b']' | b'*'));
    let is_one = |part: &[u8]| words.iter().any(|word| word.eq_ignore_ascii_case(part));
    parts().all(|part| part.is_empty() || is_one(part)) && parts().any(|part| !part.is_empty())
}

/// A place where the value is kept: `$NAME`, `%NAME%`, `process.env.NAME`.
fn is_reference(value: &[u8]) -> bool {
    const PLACES: [&[u8]; 11] = [
        b"process.env",
        b"import.meta.env",
        b"os.environ",
        b"os.getenv(",
        b"os.Getenv(",
        b"std::env::var(",
        b"System.getenv(",
        b"getenv(",
        b"env(",
        b"ENV[",
        b"secrets.",
    ];
    let name = |text: &[u8]| {
        !text.is_empty()
            && !text[0].is_ascii_digit()
            && !mixes(text)
            && text.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
    };
    let inner = |text: &[u8]| {
        let mut parts = text
            .split(|byte| b"()[]{}.'\"?!:, ".contains(byte))
            .filter(|part| !part.is_empty());
        parts.all(name)
    };
    let value = match value {
        [b'$', b'{', rest @ .., b'}'] => return is_template(rest, inner),
        [b'{', b'{', rest @ .., b'}', b'}'] => return is_template(rest, inner),
        [b'$', rest @ ..] | [b'%', rest @ .., b'%'] => return name(rest),
        _ => value,
    };
    if let Some(function) = value.strip_suffix(b"()") {
        return function.is_ascii() && inner(function);
    }
    PLACES
        .iter()
        .any(|place| value.strip_prefix(*place).is_some_and(inner))
}

/// What a template holds: names and words that lead to one.
fn is_template(text: &[u8], inner: impl Fn(&[u8]) -> bool) -> bool {
    !text.is_empty() && text.len() <= 80 && inner(text)
}

/// Small letters, capitals and digits in one name: rather a key than a variable.
fn mixes(text: &[u8]) -> bool {
    text.iter().any(u8::is_ascii_digit)
        && text.iter().any(u8::is_ascii_lowercase)
        && text.iter().any(u8::is_ascii_uppercase)
}

/// `1234567890`, `0123456789abcdef`, `abcdefgh`: each character follows the one
/// before it in the order of digits and letters.
fn counts_up(value: &[u8]) -> bool {
    let follows = |pair: &[u8]| {
        let [first, second] = [pair[0], pair[1]].map(|byte| byte.to_ascii_lowercase());
        match (first, second) {
            (b'9' | b'0', b'a') | (b'9', b'0') => true,
            _ => {
                first.is_ascii_alphanumeric()
                    && second.is_ascii_alphanumeric()
                    && first.checked_add(1) == Some(second)
            }
        }
    };
    value.len() >= 4 && value.windows(2).all(follows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_recognised_and_keys_are_not() {
        let cases: [(&str, bool); 95] = [
            ("-00000000-0000-0000-0000-000000000000", true),
            ("-00000000-0000-0000-0000-000000000001", false),
            ("S:net;T:WPA;P:xxxxxxxxxxxxxxxx;;", true),
            (
                "$m=65536,t=3,p=4$xxxxxxxxxxxxxxxxxxxxxx$xxxxxxxxxxxxxxxxxxxx",
                true,
            ),
            (" = \"{USERNAME}\";", true),
            (" = \"{9fK2vX8wQ1}\";", false),
            ("er_YOUR_TOKEN_HERE", true),
            ("9f_YOUR_TOKEN_HERE", false),
            ("=xxxxxxxxxxxx!9", true),
            ("=xxxxxxxxxxxx!9fK", false),
            // Settings of a connection string behind it.
            ("=xxxxxxxxxxxxxxxx;Encrypt=True;", true),
            ("=9fK2vXw1;Encrypt=True;", false),
            ("=xxxxxxxxxxxxxxxx;9fK2vXw1", false),
            // Constant parts of formats.
            ("ct-xxxxxxxxxxxxxxxxxxxxT3BlbkFJxxxxxxxxxxxxxxxxxxxx", true),
            ("ct-xxxxxxxxxxxxxxxxxxxxT3BlbkFJ9fK2vX8wQ1xxxxxxxxxx", false),
            ("hbGciOiJIUzI1NiJ9.eyJxxxxxxxxxxxxxxxx.xxxxxxxxxxxx", true),
            ("hbGciOiJIUzI1NiJ9.eyJ9fK2vX8wQ1kD7wzP.xxxxxxxxxxxx", false),
            (
                ": \"-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANxxxxxxxxxxxxxxxx",
                true,
            ),
            (
                ": \"-----BEGIN PRIVATE KEY-----\\nMIIEvQIBADANBgkqhkiG9w0BAQEF",
                false,
            ),
            (
                ": \"-----BEGIN PRIVATE KEY-----MIIEvQIBADANxxxxxxxxxxxxxxxx",
                true,
            ),
            // Eight repetitions behind six characters, and one less of either.
            ("9fK2vXaaaaaaaa", true),
            ("9fK2vXaaaaaaa", false),
            ("9fK2vXwaaaaaaaa", false),
            ("aaaaaaaaaa", true),
            ("xxxx-xxxx-xxxx", true),
            ("api03-BBBBBBBBBBBB", true),
            ("=xxxxxxxx", true),
            ("_KEY = \"<token>\"", true),
            ("=YOUR_API_KEY", true),
            ("=your-key-here", true),
            ("=${DB_PASSWORD}", true),
            ("={{ password }}", true),
            ("=\"\"", true),
            ("", true),
            ("REDACTED", true),
            ("[REDACTED]", true),
            ("***", true),
            ("…", true),
            ("....", true),
            ("=***REDACTED***", true),
            ("=changeme", true),
            ("=change_me", true),
            ("=ChangeMe", true),
            ("=example", true),
            ("=dummy-token", true),
            ("=test", true),
            ("=test-secret", true),
            ("=my_secret_key", true),
            ("=password", true),
            ("=0123456789", true),
            ("=1234567890abcdef", true),
            ("=abcdefgh", true),
            ("=$DB_PASSWORD", true),
            ("=$token;", true),
            ("=%DB_PASSWORD%", true),
            ("=process.env.API_KEY", true),
            ("=process.env['API_KEY']", true),
            ("= os.environ[\"API_KEY\"]", true),
            ("=os.environ.get('API_KEY')", true),
            ("=std::env::var(\"API_KEY\")", true),
            ("=${{ secrets.API_KEY }}", true),
            ("={{ .Values.secret }}", true),
            ("=secrets.TOKEN", true),
            ("= getpass.getpass()", true),
            ("==changeme", true),
            ("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxAA", true),
            ("xxxxxxxxxxxxxxxx.atlasv1.xxxxxxxxxxxxxxxx", true),
            ("=xxxxxxxxxxxxxxxx==", true),
            ("com/services/Txxxxxxxx/Bxxxxxxxx/xxxxxxxxxxxxxxxx", true),
            ("com/9fK2vX8wQ1bL/xxxxxxxxxxxxxxxx", false),
            ("AgEIcHlwaS5vcmcxxxxxxxxxxxxxxxxxxxx", true),
            (
                "AGE-PLUGIN-YUBIKEY-1xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                true,
            ),
            ("=-----BEGIN PRIVATE KEY-----\\nxxxxxxxxxxxxxxxxxxxx", true),
            ("= Option<unsafe", true),
            ("=config['secret_key'],", true),
            ("9fK2vX8wQxxxxxxxxxxxxxxxxxxxxxxxx", false),
            ("KEY==", false),
            // Behind a prefix a made-up token still counts.
            ("IOSFODNN7EXAMPLE", false),
            ("1234567890abcdef", false),
            ("example", false),
            ("changeme-changeme", false),
            ("=hunter2hunter2", false),
            // Padding a real key does not hide it.
            ("9fK2vX8wQ1aaaaaaaaaaaaaaaaaaaaaaaa", false),
            // Nor do brackets or a prefix around it.
            ("=<9fK2vX8wQ1>", false),
            ("=YOUR_9fK2vX8wQ1", false),
            ("=${9fK2vX8wQ1}", false),
            ("=$fK2vX8wQ1", false),
            ("={{ fK2vX8wQ1 }}", false),
            ("=process.env.fK2vX8wQ1", false),
            ("=example9fK2vX8wQ1", false),
            ("=test-9fK2vX8wQ1", false),
            ("=1234567890x", false),
            ("k3y=", false),
            ("=yourself1", false),
            ("=correct-horse-battery", false),
        ];
        for (value, placeholder) in cases {
            assert_eq!(
                is_placeholder(value.as_bytes(), 0),
                placeholder,
                "{value:?}"
            );
        }
    }

    #[test]
    fn an_assignment_in_the_anchor_counts() {
        assert!(is_placeholder(b"password=changeme", 9));
        assert!(!is_placeholder(b"npm_changeme", 4));
    }
}
