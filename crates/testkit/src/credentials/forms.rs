//! The dress in which a credential leaves.

use super::spec::{self, Want};
use super::{Case, Dress, Format, Tell};
use crate::corpus::{Part, fnv1a};
use crate::disguise as d;

/// A form takes the name and the value.
type Form = (Dress, &'static str, fn(&str, &str) -> String);

const FORMS: &[Form] = &[
    (Dress::Wrapped, "JSON", |k, v| {
        format!("{{\"id\": 7, \"{k}\": \"{}\"}}", json(v))
    }),
    (Dress::Wrapped, "YAML", |k, v| {
        format!("app:\n  {k}: \"{}\"\n  retries: 3\n", json(v))
    }),
    (Dress::Wrapped, "dotenv", |k, v| {
        format!("DEBUG=false\n{k}={v}\nPORT=8080\n")
    }),
    (Dress::Wrapped, "HTTP header", |k, v| {
        let name = k.to_lowercase().replace('_', "-");
        format!("GET /v1/items HTTP/1.1\r\nHost: api.example\r\nX-{name}: {v}\r\n\r\n")
    }),
    (Dress::Wrapped, "URL query", |k, v| {
        format!("https://api.example/v1/items?page=2&{k}={}", query(v))
    }),
    (Dress::Wrapped, "assignment", |k, v| {
        format!("import client\n{k} = \"{}\"\nclient.start({k})\n", json(v))
    }),
    (Dress::Wrapped, "shell export", |k, v| {
        format!("export {k}='{v}'\n./deploy.sh")
    }),
    (Dress::Wrapped, "log line", |k, v| {
        format!("2031-03-04T10:11:12Z INFO starting worker {k}={v} threads=4")
    }),
    (Dress::Wrapped, "Markdown", |k, v| {
        format!("## Access\n\n- `{k}`: `{v}`\n- region: north\n")
    }),
    (Dress::Wrapped, "curl", |k, v| {
        let name = k.to_lowercase().replace('_', "-");
        format!("curl -s -H \"{name}: {v}\" https://api.example/v1/me")
    }),
    (Dress::Split, "JSON members", |k, v| {
        let (a, b) = halves(v);
        format!("{{\"{k}\": \"{}\", \"{k}_2\": \"{}\"}}", json(a), json(b))
    }),
    (Dress::Split, "concatenation", |k, v| {
        let (a, b) = halves(v);
        format!("{k} = \"{}\" + \"{}\"", json(a), json(b))
    }),
    (Dress::Split, "wrapped at 20", |k, v| {
        format!("{k}={}", wrapped(v, 20))
    }),
    (Dress::Split, "wrapped at 64", |k, v| {
        format!("{k}={}", wrapped(v, 64))
    }),
    (Dress::Split, "query values", |k, v| {
        let (a, b) = halves(v);
        format!("https://api.example/?{k}={}&b={}", query(a), query(b))
    }),
    (Dress::Encoded, "base64", |_, v| d::base64(v.as_bytes())),
    (Dress::Encoded, "base64, second alignment", |_, v| {
        format!("data: {} end", d::base64(format!("\"{v}").as_bytes()))
    }),
    (Dress::Encoded, "base64, third alignment", |_, v| {
        format!("data: {} end", d::base64(format!("k={v}").as_bytes()))
    }),
    (Dress::Encoded, "base64 in text", |_, v| {
        format!("data: {} end", d::base64(v.as_bytes()))
    }),
    (Dress::Encoded, "base64url", |_, v| {
        d::base64_url(v.as_bytes())
    }),
    (Dress::Encoded, "hex", |_, v| d::hex(v.as_bytes(), "")),
    (Dress::Encoded, "hex with colons", |_, v| {
        d::hex(v.as_bytes(), ":")
    }),
    (Dress::Encoded, "base32", |_, v| d::base32(v.as_bytes())),
    (Dress::Encoded, "percent", |_, v| d::percent(v.as_bytes())),
    (Dress::Encoded, "entities", |_, v| d::entities(v)),
    (Dress::Encoded, "escapes", |_, v| d::escapes(v)),
    (Dress::Encoded, "gzip in base64", |_, v| {
        d::base64(&d::gzip(v.as_bytes()))
    }),
    (Dress::Encoded, "base64 twice", |_, v| {
        d::base64(d::base64(v.as_bytes()).as_bytes())
    }),
    (Dress::Disguised, "zero width", |_, v| d::zero_width(v)),
    (Dress::Disguised, "look-alikes", |_, v| d::look_alikes(v)),
    (Dress::Disguised, "spaced", |_, v| d::spaced(v)),
    (Dress::Disguised, "capitals", |_, v| v.to_ascii_uppercase()),
    (Dress::Disguised, "small letters", |_, v| {
        v.to_ascii_lowercase()
    }),
    (Dress::Disguised, "reversed", |_, v| d::reversed(v)),
    (Dress::Disguised, "rot13", |_, v| d::rot13(v)),
    (Dress::Disguised, "dotted", |_, v| d::dotted(v)),
    (Dress::Disguised, "full width", |_, v| d::full_width(v)),
];

/// The format plain and in every form that changes it.
pub(super) fn cases(format: &Format, out: &mut Vec<Case>) {
    let seed = fnv1a(format.name.as_bytes());
    let value = spec::value(&format.spec, Want::Usual, seed);
    let plain = alone(format, &value);
    let mut add = |dress, form, text| {
        out.push(Case {
            format: format.name,
            group: format.group,
            dress,
            form,
            part: Part::of(format.name),
            text,
        });
    };
    for (dress, form, put) in FORMS {
        let text = match dress {
            Dress::Encoded | Dress::Disguised => put(format.key, &plain),
            _ => put(format.key, &value),
        };
        let cut_nowhere = *form == "wrapped at 64" && value.len() <= 64;
        if text != plain && !cut_nowhere {
            add(*dress, form, text);
        }
    }
    add(Dress::Plain, "plain", plain);
}

/// What stands for the format alone: the value, or name and value.
pub(super) fn alone(format: &Format, value: &str) -> String {
    match format.tell {
        Tell::Shape => value.to_owned(),
        Tell::Name => format!("{} = {value}", format.key),
    }
}

fn json(value: &str) -> String {
    value.replace('"', "\\\"").replace('\n', "\\n")
}

fn query(value: &str) -> String {
    value
        .replace('%', "%25")
        .replace('&', "%26")
        .replace('+', "%2B")
        .replace('\n', "%0A")
        .replace(' ', "%20")
}

/// All values are ASCII.
fn halves(value: &str) -> (&str, &str) {
    value.split_at(value.len() / 2)
}

fn wrapped(value: &str, columns: usize) -> String {
    let letters: Vec<char> = value.chars().collect();
    let lines: Vec<String> = letters.chunks(columns).map(String::from_iter).collect();
    lines.join("\n")
}
