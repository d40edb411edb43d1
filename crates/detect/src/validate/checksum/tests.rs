use super::*;

#[test]
fn checksums_are_named_as_in_files() {
    for checksum in Checksum::ALL {
        assert_eq!(Checksum::parse(checksum.as_str()), Some(checksum));
    }
    assert_eq!(Checksum::parse("crc32"), None);
}

#[test]
fn crc32_is_the_common_one() {
    assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
}
