//! Payment addresses in what leaves (`address_protection`).

use crate::Snapshot;
use crate::media::decode_leniently;
use crate::note::{Note, resolve_wish};
use pipelock_detect::crypto_address::{AddressBook, AddressConfig, AddressReport, Chain, Chains};
use pipelock_detect::decode::{MIN_RUN, Scratch, Unescaper, decode_run, is_run_byte};
use pipelock_detect::normalise::strip_invisible;
use pipelock_model::{Action, Label};
use pipelock_policy::AddressProtection;
use std::borrow::Cow;

/// Rounds of percent-decoding.
const ROUNDS: usize = 10;
/// Bytes that a text in an encoding may stand for.
const DECODED: usize = 256 * 1024;

/// The addresses of a policy, ready to compare.
pub(crate) fn book(settings: &AddressProtection) -> AddressBook {
    let mut chains = Chains::of(&settings.chains);
    // Chains without a switch of their own: looked at where an address of theirs is
    // allowed, which is what makes a lookalike.
    for chain in [Chain::Tron, Chain::Ltc, Chain::Doge, Chain::Cosmos] {
        chains = chains.with(chain);
    }
    AddressBook::new(AddressConfig {
        chains,
        allowed: settings.allowed.clone(),
        prefix_length: settings.prefix,
        suffix_length: settings.suffix,
        action: settings.lookalike,
        unknown_action: settings.unknown,
    })
}

impl Snapshot {
    /// Judges the addresses of a text in all its forms; the strictest decides.
    pub(crate) fn judge_addresses(&self, text: &[u8]) -> Option<Note> {
        let book = self.addresses.as_ref()?;
        let mut worst: Option<AddressReport> = None;
        each_form(text, |form| {
            let report = book.check(form);
            if worst
                .as_ref()
                .is_none_or(|have| report.action > have.action)
            {
                worst = Some(report);
            }
        });
        let report = worst.filter(|report| report.action != Action::Allow)?;
        let strictest = |finding: &&pipelock_detect::crypto_address::AddressFinding| {
            finding.action == report.action
        };
        let reason = match report.findings.iter().find(strictest) {
            Some(finding) => finding.explanation.clone(),
            None => "more payment addresses than can be compared".to_owned(),
        };
        let resolved = resolve_wish(self, report.action);
        Some(Note::new(Label::AddressProtection, reason, resolved))
    }
}

/// The text without invisible characters, its escapes undone, and what it stands for
/// when it is base64 or hexadecimal as a whole.
fn each_form(text: &[u8], mut look: impl FnMut(&[u8])) {
    let mut form = Cow::Borrowed(text);
    if !text.is_ascii() {
        let shown = strip_invisible(&String::from_utf8_lossy(text));
        form = Cow::Owned(shown.into_bytes());
    }
    look(&form);
    if form.iter().any(|byte| matches!(byte, b'\\' | b'&')) {
        let mut plain = Vec::with_capacity(form.len());
        let mut unescaper = Unescaper::new(0);
        let mut give = |byte, _| plain.push(byte);
        form.iter()
            .for_each(|byte| unescaper.push(*byte, &mut give));
        unescaper.flush(&mut give);
        look(&plain);
    }
    for _ in 0..ROUNDS {
        if !form.contains(&b'%') {
            break;
        }
        let decoded = decode_leniently(&form).into_owned();
        if *decoded == *form {
            break;
        }
        look(&decoded);
        form = Cow::Owned(decoded);
    }
    let whole = form.trim_ascii();
    if whole.len() >= MIN_RUN && whole.iter().all(|byte| is_run_byte(*byte)) {
        let mut scratch = Scratch::default();
        let _ = decode_run(whole, DECODED, &mut scratch, &mut |decoded| {
            look(decoded.text);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pipelock_policy::Policy;

    fn snapshot() -> Snapshot {
        Snapshot::new(Policy {
            address_protection: Some(AddressProtection {
                lookalike: Action::Block,
                unknown: Action::Warn,
                allowed: vec![format!("0x{}", "a".repeat(40))],
                chains: AddressProtection::CHAINS[..3].to_vec(),
                prefix: AddressProtection::SIMILAR,
                suffix: AddressProtection::SIMILAR,
            }),
            ..Policy::default()
        })
    }

    #[test]
    fn lookalikes_stop_in_every_form_and_unknown_addresses_warn() {
        let b = |count: usize| "b".repeat(count);
        let lookalike = format!("0xaaaa{}aaaa", b(32));
        let encoded: String = lookalike
            .bytes()
            .map(|byte| format!("%{byte:02x}"))
            .collect();
        let hex: String = lookalike
            .bytes()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let cases = [
            (format!("pay {lookalike} now"), Some(true)),
            (lookalike.to_uppercase().replace("0X", "0x"), Some(true)),
            (encoded.replace('%', "%25"), Some(true)),
            (encoded, Some(true)),
            (hex, Some(true)),
            (lookalike.replace("bb", "b\u{200b}b"), Some(true)),
            (
                format!("{{\"to\":\"{}\"}}", lookalike.replace('x', "\\u0078")),
                Some(true),
            ),
            (format!("0x{}", "A".repeat(40)), None),
            (format!("0xaaab{}aaaa", b(32)), Some(false)),
            (format!("0x{}", "a".repeat(39)), None),
            (String::new(), None),
        ];
        let snapshot = snapshot();
        for (text, wanted) in cases {
            let note = snapshot.judge_addresses(text.as_bytes());
            assert_eq!(note.map(|note| note.stops()), wanted, "{text}");
        }
        let off = Snapshot::new(Policy::default());
        assert!(off.judge_addresses(lookalike.as_bytes()).is_none());
    }
}
