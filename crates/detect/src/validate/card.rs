//! Payment card numbers (ISO/IEC 7812-1).

/// Issuer, its length and the check digit; everything but digits is ignored.
pub(super) fn check(text: &[u8]) -> bool {
    let Some((digits, length)) = super::digits::<19>(text) else {
        return false;
    };
    let digits = &digits[..length];
    length >= 15 && issued(digits) && luhn(digits)
}

fn issued(digits: &[u8]) -> bool {
    let prefix = |count: usize| {
        digits[..count]
            .iter()
            .fold(0_u32, |number, digit| number * 10 + u32::from(*digit))
    };
    let length = digits.len();
    match prefix(4) {
        4000..=4999 | 6011 | 6440..=6499 | 6500..=6599 => matches!(length, 16 | 19),
        5100..=5599 | 2221..=2720 => length == 16,
        3400..=3499 | 3700..=3799 => length == 15,
        3528..=3589 => (16..=19).contains(&length),
        _ => false,
    }
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(index, digit)| match (index % 2, u32::from(*digit)) {
            (1, digit) if digit > 4 => digit * 2 - 9,
            (1, digit) => digit * 2,
            (_, digit) => digit,
        })
        .sum();
    sum.is_multiple_of(10)
}
