//! ClientHellos (RFC 8446 §4.1.2), as few bytes as are valid.

fn vector(width: usize, content: &[u8]) -> Vec<u8> {
    [&content.len().to_be_bytes()[8 - width..], content].concat()
}

fn extension(kind: u16, data: &[u8]) -> Vec<u8> {
    [&kind.to_be_bytes()[..], &vector(2, data)].concat()
}

fn server_name(name: &str) -> Vec<u8> {
    let entry = [&[0][..], &vector(2, name.as_bytes())].concat();
    extension(0, &vector(2, &entry))
}

fn message(extensions: &[u8]) -> Vec<u8> {
    let body = [
        &[3, 3][..],
        &[7; 32],
        &vector(1, &[9; 32]),
        &vector(2, &[0x13, 0x01]),
        &vector(1, &[0]),
        &vector(2, extensions),
    ]
    .concat();
    [&[1][..], &vector(3, &body)].concat()
}

fn record(payload: &[u8]) -> Vec<u8> {
    [&[22, 3, 1][..], &vector(2, payload)].concat()
}

/// A hello in one record.
pub(crate) fn client_hello(name: Option<&str>) -> Vec<u8> {
    record(&message(&name.map(server_name).unwrap_or_default()))
}

/// A hello over records of `size` bytes.
pub(crate) fn hello_in_records(name: &str, size: usize) -> Vec<u8> {
    message(&server_name(name))
        .chunks(size)
        .flat_map(record)
        .collect()
}

/// Two `server_name` extensions, which is an error.
pub(crate) fn hello_with_two_names(first: &str, second: &str) -> Vec<u8> {
    record(&message(
        &[server_name(first), server_name(second)].concat(),
    ))
}
