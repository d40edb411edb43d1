//! The confusables that the specification names: four hex digits, then the letter.

use std::collections::HashMap;
use std::sync::LazyLock;

const CYRILLIC: &str = "0410A 0412B 0421C 0415E 041DH 0406I 0408J 041AK 041CM 041EO 0420P \
    0405S 0422T 0425X 0430a 0432v 0435e 043Dh 0456i 043Ak 043Cm 043Eo 0440p 0441c 0442t 0443y \
    0445x 0458j 0455s 0501d 051Bq 051Dw";
const GREEK: &str = "0391A 0392B 0395E 0396Z 0397H 0399I 039AK 039CM 039DN 039FO 03A1P 03A4T \
    03A5Y 03A7X 03B1a 03B5e 03B9i 03BAk 03BDv 03BFo 03C1p 03C5u";
const ARMENIAN_CHEROKEE: &str = "0555O 0585o 054DS 057Ds 054CL 0570h 0578n 057Cn 0561a \
    13AAA 13A2I 13D2P 13DAS 13A1E 13B3W 13D4T";
const STROKES: &str = "00D8O 00F8o 0110D 0111d 0141L 0142l 0126H 0127h 0166T 0167t 0131i 0261g";
const SMALL_CAPITALS: &str = "1D00A 0299B 1D04C 1D05D 1D07E A730F 0262G 029CH 026AI 1D0AJ 1D0BK \
    029FL 1D0DM 0274N 1D0FO 1D18P 0280R A731S 1D1BT 1D1CU 1D20V 1D21W 028FY 1D22Z";

/// The letter that a list gives for the character.
pub(super) fn listed(character: char) -> Option<char> {
    static LETTERS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
        let lists = [CYRILLIC, GREEK, ARMENIAN_CHEROKEE, STROKES, SMALL_CAPITALS];
        let items = lists.iter().flat_map(|list| list.split_whitespace());
        items.map(|item| pair(item).unwrap()).collect()
    });
    LETTERS.get(&character).copied()
}

fn pair(item: &str) -> Option<(char, char)> {
    let (hex, letter) = item.split_at_checked(4)?;
    let character = char::from_u32(u32::from_str_radix(hex, 16).ok()?)?;
    Some((character, letter.parse().ok()?))
}
