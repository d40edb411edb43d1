//! The body of a ClientHello.

use super::ClientHello;
use super::reader::Reader;

const SERVER_NAME: u16 = 0;
const ALPN: u16 = 16;
/// `encrypted_client_hello` (RFC 9849), and the ESNI of its drafts.
const ECH: [u16; 2] = [0xfe0d, 0xffce];

/// Longest host name (RFC 1035 §2.3.4) and label.
const NAME_LIMIT: usize = 253;
const LABEL_LIMIT: usize = 63;

/// Reads the body of the message; the error says what is malformed.
pub(super) fn parse(message: &[u8], consumed: usize) -> Result<ClientHello, &'static str> {
    let mut hello = ClientHello {
        server_name: None,
        ech: false,
        alpn: Vec::new(),
        consumed,
    };
    let Some(extensions) = extensions(message).ok_or("ClientHello")? else {
        return Ok(hello);
    };
    let mut rest = extensions;
    while !rest.is_empty() {
        let (kind, data) = rest.u16().zip(rest.long()).ok_or("extension")?;
        match kind {
            SERVER_NAME if hello.server_name.is_some() => return Err("two server_name extensions"),
            SERVER_NAME => hello.server_name = Some(server_name(data)?),
            ALPN if !hello.alpn.is_empty() => return Err("two ALPN extensions"),
            ALPN => hello.alpn = alpn(data).ok_or("ALPN extension")?,
            _ => hello.ech |= ECH.contains(&kind),
        }
    }
    Ok(hello)
}

/// The extensions of a ClientHello that is well-formed up to them. TLS 1.2 may
/// leave the whole block out.
fn extensions(message: &[u8]) -> Option<Option<Reader<'_>>> {
    let mut reader = Reader(message);
    let [3, _] = reader.take(2)? else { return None };
    reader.take(32)?;
    let session = reader.short()?;
    let suites = reader.long()?;
    let compression = reader.short()?;
    if session.0.len() > 32
        || suites.is_empty()
        || suites.0.len() % 2 != 0
        || compression.is_empty()
    {
        return None;
    }
    if reader.is_empty() {
        return Some(None);
    }
    reader.only().map(Some)
}

/// Exactly one name of type `host_name`.
fn server_name(data: Reader<'_>) -> Result<String, &'static str> {
    let mut list = data.only().ok_or("server_name extension")?;
    let (kind, name) = list.u8().zip(list.long()).ok_or("server_name extension")?;
    if !list.is_empty() {
        return Err("two names in server_name");
    }
    if kind != 0 {
        return Err("type of the server_name");
    }
    host_name(name.0).ok_or("server_name is no host name")
}

/// A host name in ASCII: lower case, without a trailing dot.
fn host_name(bytes: &[u8]) -> Option<String> {
    let bytes = bytes.strip_suffix(b".").unwrap_or(bytes);
    let label_ok = |label: &[u8]| (1..=LABEL_LIMIT).contains(&label.len());
    let byte_ok = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    if bytes.len() > NAME_LIMIT
        || !bytes.iter().all(byte_ok)
        || !bytes.split(|byte| *byte == b'.').all(label_ok)
    {
        return None;
    }
    String::from_utf8(bytes.to_ascii_lowercase()).ok()
}

/// One or more protocol names, none of them empty.
fn alpn(data: Reader<'_>) -> Option<Vec<Vec<u8>>> {
    let mut list = data.only()?;
    let mut names = Vec::new();
    while !list.is_empty() {
        names.push(list.short().filter(|name| !name.is_empty())?.0.to_vec());
    }
    (!names.is_empty()).then_some(names)
}
