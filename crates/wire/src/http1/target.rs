//! Request targets (RFC 9112 §3.2).

use super::authority::Authority;
use super::{HeadError, chars};
use pipelock_model::http::{Method, TargetForm};

/// A target of legal form, with the authority that it names.
pub(crate) struct Target<'a> {
    pub(crate) form: TargetForm,
    authority: Option<Authority<'a>>,
    default_ports: &'static [u16],
}

impl<'a> Target<'a> {
    pub(crate) fn parse(method: &Method, text: &'a [u8]) -> Result<Self, HeadError> {
        if text.is_empty() || !chars::all_visible(text) {
            return Err(HeadError::Invalid("character in the request target"));
        }
        if memchr::memchr(b'#', text).is_some() {
            return Err(HeadError::Invalid("fragment in the request target"));
        }
        match (method, text) {
            (Method::Connect, _) => {
                let authority = Authority::parse(text, "CONNECT needs host:port")?;
                // A tunnel has no scheme yet, and clients leave out either default.
                Ok(Self::with(
                    TargetForm::Authority,
                    Some(authority),
                    &[443, 80],
                ))
            }
            (Method::Options, b"*") => Ok(Self::with(TargetForm::Asterisk, None, &[])),
            (_, [b'/', ..]) => Ok(Self::with(TargetForm::Origin, None, &[])),
            _ => Self::absolute(text),
        }
    }

    fn absolute(text: &'a [u8]) -> Result<Self, HeadError> {
        let invalid = HeadError::Invalid("form of the request target");
        let colon = memchr::memchr(b':', text).ok_or(invalid)?;
        let (scheme, rest) = text.split_at(colon);
        let rest = rest.strip_prefix(b"://").ok_or(invalid)?;
        if !is_scheme(scheme) {
            return Err(invalid);
        }
        let end = rest
            .iter()
            .position(|byte| matches!(byte, b'/' | b'?'))
            .unwrap_or(rest.len());
        let authority = &rest[..end];
        if memchr::memchr(b'@', authority).is_some() {
            return Err(HeadError::Invalid("userinfo in the request target"));
        }
        let authority = Authority::parse(authority, "authority of the request target")?;
        Ok(Self::with(
            TargetForm::Absolute,
            Some(authority),
            default_ports(scheme),
        ))
    }

    const fn with(
        form: TargetForm,
        authority: Option<Authority<'a>>,
        default_ports: &'static [u16],
    ) -> Self {
        Self {
            form,
            authority,
            default_ports,
        }
    }

    /// Checks that the Host field names what the target names.
    pub(crate) fn agrees_with(&self, host: &Authority<'_>) -> Result<(), HeadError> {
        match &self.authority {
            Some(authority) if !authority.same(host, self.default_ports) => {
                Err(HeadError::Invalid("host differs from the request target"))
            }
            _ => Ok(()),
        }
    }
}

fn is_scheme(scheme: &[u8]) -> bool {
    scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

fn default_ports(scheme: &[u8]) -> &'static [u16] {
    let is = |name: &[u8]| scheme.eq_ignore_ascii_case(name);
    if is(b"http") || is(b"ws") {
        &[80]
    } else if is(b"https") || is(b"wss") {
        &[443]
    } else {
        &[]
    }
}
