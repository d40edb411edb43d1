//! Words, as far as letter pairs tell.

/// Letters that often follow each letter in English and in technical names.
const FOLLOWERS: [&[u8]; 26] = [
    b"bcdefgiklmnprstuvwxyz",
    b"abeiloruysj",
    b"acehiklorstuy",
    b"adegilmnorsuvwy",
    b"abcdefghiklmnopqrstuvwxyz",
    b"aefilortuy",
    b"aeghilmnorsuy",
    b"aeilmnortuwy",
    b"abcdefgklmnopqrstuvxz",
    b"aeous",
    b"aeinosuybr",
    b"abcdefiklmopstuvwy",
    b"abeilmnopsuy",
    b"acdefgiklnopstuvxyz",
    b"abcdefghiklmnoprstuvwxyz",
    b"aehilmoprstuy",
    b"ul",
    b"abcdefgiklmnoprstuvwy",
    b"abcdehiklmnopqstuvwy",
    b"aehilmoprstuwyc",
    b"abcdefgiklmnoprstxyz",
    b"aeiouyrs",
    b"aehilnorsbdkw",
    b"acehiptyomu",
    b"abcdeilmnoprstuw",
    b"aeiouzyl",
];

/// The same as bit masks, made at build time.
const MASKS: [u32; 26] = {
    let mut masks = [0u32; 26];
    let mut row = 0;
    while row < 26 {
        let mut at = 0;
        while at < FOLLOWERS[row].len() {
            masks[row] |= 1 << (FOLLOWERS[row][at] - b'a');
            at += 1;
        }
        row += 1;
    }
    masks
};

/// Longest text that passes as one word.
const WORD_LIMIT: usize = 24;

/// True for letters that read like a word: at most one pair in five is unusual, and
/// capitals stand where words begin. Nothing is a word too.
pub(crate) fn is_word(token: &str) -> bool {
    let bytes = token.as_bytes();
    if bytes.len() > WORD_LIMIT || !bytes.iter().all(u8::is_ascii_alphabetic) {
        return false;
    }
    let (mut pairs, mut unusual, mut rises) = (0, 0, 0);
    for pair in bytes.windows(2) {
        let [first, second] =
            [pair[0], pair[1]].map(|b| usize::from(b.to_ascii_lowercase() - b'a'));
        pairs += 1;
        unusual += usize::from(MASKS[first] & 1 << second == 0);
        rises += usize::from(pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase());
    }
    unusual * 5 <= pairs && rises * 4 <= bytes.len()
}

/// Bytes of the parts that are neither words nor numbers nor hexadecimal digests.
/// Any punctuation and blanks separate parts.
pub(crate) fn opaque_bytes(text: &str) -> usize {
    let separates = |c: char| c.is_ascii() && !c.is_ascii_alphanumeric();
    text.split(separates)
        .filter(|token| !is_plain(token))
        .map(str::len)
        .sum()
}

fn is_plain(token: &str) -> bool {
    let digest =
        token.bytes().any(|b| b.is_ascii_digit()) && token.bytes().all(|b| b.is_ascii_hexdigit());
    digest || is_word(token)
}
