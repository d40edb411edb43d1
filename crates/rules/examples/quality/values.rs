//! The values of JSON and of an address's query, well enough for the tables.

/// String values of a text that is a JSON object, or query values of an address.
pub(crate) fn values(text: &str) -> Vec<String> {
    if text.starts_with('{') {
        return members(text);
    }
    let address = text.starts_with("https://") && !text.contains(char::is_whitespace);
    match text.split_once('?').filter(|_| address) {
        Some((_, query)) => query
            .split('&')
            .map(|pair| decoded(pair.split_once('=').map_or(pair, |(_, value)| value)))
            .collect(),
        None => Vec::new(),
    }
}

/// Strings that no colon follows.
fn members(text: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut rest = text;
    while let Some((_, inside)) = rest.split_once('"') {
        let mut value = String::new();
        let mut chars = inside.chars();
        while let Some(c) = chars.next().filter(|c| *c != '"') {
            value.extend(match c {
                '\\' => chars.next().map(|c| if c == 'n' { '\n' } else { c }),
                c => Some(c),
            });
        }
        rest = chars.as_str();
        if !rest.trim_start().starts_with(':') {
            values.push(value);
        }
    }
    values
}

fn decoded(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, behind)) = rest.split_once('%') {
        out.push_str(before);
        let code = behind
            .get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok());
        out.push(code.map_or('%', char::from));
        rest = if code.is_some() { &behind[2..] } else { behind };
    }
    out + rest
}
