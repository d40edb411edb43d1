//! The request: strict JSON, one kind, the fields of that kind.

use super::Asked;
use super::answer::ErrorCode;
use pipelock_policy::{ScanApi, ScanKind};
use serde::Deserialize;
use serde_json::value::RawValue;

/// Longest word of no known kind that an answer repeats.
const LONGEST_WORD: usize = 64;

/// What is asked, every field within its limit.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) what: What,
    pub(super) evidence: Evidence,
}

/// What is asked.
#[derive(Debug)]
pub(super) enum What {
    Url { url: String, count: Count },
    Dlp(String),
    PromptInjection(String),
    ToolCall { name: String, arguments: String },
}

/// Whether a URL takes a place in the proxy's rate window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Count {
    Request,
    DryRun,
}

/// Whether findings say where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Evidence {
    Included,
    Left,
}

/// Unknown members, repeated ones and members that differ in case only are
/// refused by these four, null means absent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope<'a> {
    kind: Option<String>,
    #[serde(borrow)]
    input: Option<&'a RawValue>,
    #[serde(borrow)]
    context: Option<&'a RawValue>,
    #[serde(borrow)]
    options: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input<'a> {
    url: Option<String>,
    text: Option<String>,
    content: Option<String>,
    tool_name: Option<String>,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Context {
    request_id: Option<String>,
    // Known, and not used: state by session needs sessions.
    #[serde(rename = "session_id")]
    _session_id: Option<String>,
    agent_name: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    include_evidence: Option<bool>,
    dry_run: Option<bool>,
}

/// Reads an object. A derived reader would take a list of values for one.
pub(super) fn object<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, ErrorCode> {
    let blank = [' ', '\t', '\n', '\r'];
    if !text.trim_start_matches(blank).starts_with('{') {
        return Err(ErrorCode::InvalidJson);
    }
    serde_json::from_str(text).map_err(|_| ErrorCode::InvalidJson)
}

fn optional<'a, T: Default + Deserialize<'a>>(raw: Option<&'a RawValue>) -> Result<T, ErrorCode> {
    raw.map_or_else(|| Ok(T::default()), |raw| object(raw.get()))
}

impl Request {
    /// Reads a body; what the answer repeats of it goes to `asked`.
    pub(super) fn read(
        body: &[u8],
        settings: &ScanApi,
        asked: &mut Asked,
    ) -> Result<Self, ErrorCode> {
        let text = std::str::from_utf8(body).map_err(|_| ErrorCode::InvalidJson)?;
        let envelope: Envelope<'_> = object(text)?;
        let context: Context = optional(envelope.context)?;
        let options: Options = optional(envelope.options)?;
        let has_input = envelope.input.is_some();
        let input: Input<'_> = optional(envelope.input)?;
        asked.agent = context.agent_name;
        asked.request_id = context.request_id;
        let word = envelope.kind.unwrap_or_default();
        let Some(kind) = ScanKind::parse(&word) else {
            asked.unknown = Some(word).filter(|word| word.len() <= LONGEST_WORD);
            return Err(ErrorCode::InvalidKind);
        };
        asked.kind = Some(kind);
        if !settings.kinds.serves(kind) {
            return Err(ErrorCode::KindDisabled);
        }
        if !has_input {
            return Err(ErrorCode::InvalidInput);
        }
        Ok(Self {
            what: what(kind, input, &options, settings)?,
            evidence: match options.include_evidence {
                Some(true) => Evidence::Included,
                _ => Evidence::Left,
            },
        })
    }
}

fn what(
    kind: ScanKind,
    input: Input<'_>,
    options: &Options,
    settings: &ScanApi,
) -> Result<What, ErrorCode> {
    let limits = &settings.fields;
    let field = |text: Option<String>, limit: usize| {
        text.filter(|text| !text.is_empty() && text.len() <= limit)
            .ok_or(ErrorCode::InvalidInput)
    };
    Ok(match kind {
        ScanKind::Url => What::Url {
            url: field(input.url, limits.url)?,
            count: match options.dry_run {
                Some(true) => Count::DryRun,
                _ => Count::Request,
            },
        },
        ScanKind::Dlp => What::Dlp(field(input.text, limits.text)?),
        ScanKind::PromptInjection => What::PromptInjection(field(input.content, limits.content)?),
        ScanKind::ToolCall => {
            let arguments = input.arguments.map_or("null", RawValue::get);
            if arguments.len() > limits.arguments {
                return Err(ErrorCode::InvalidInput);
            }
            What::ToolCall {
                name: field(input.tool_name, limits.arguments)?,
                arguments: arguments.to_owned(),
            }
        }
    })
}
