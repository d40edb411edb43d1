//! Which intent the words of an attack speak of.

use crate::data::Example;
use pipelock_detect::intent::Intent;
use pipelock_detect::intent::features::Reader;
use pipelock_detect::intent::model::{INTENT_BITS, intent_row};

const ROW: usize = Intent::ALL.len();
const EPOCHS: usize = 12;
const RATE: f32 = 0.02;

/// The intent of a family of the tables.
pub(crate) fn of_family(family: &str) -> Option<Intent> {
    Some(match family {
        "override" => Intent::Override,
        "role" => Intent::Role,
        "system_turn" => Intent::FakeTurn,
        "secrecy" => Intent::Secrecy,
        "exfiltration" => Intent::Exfiltration,
        "extraction" => Intent::Extraction,
        "credential" => Intent::Credential,
        "tool_misuse" => Intent::ToolMisuse,
        "authority" => Intent::Authority,
        "persistence" => Intent::Persistence,
        "steering" => Intent::Steering,
        "hidden_address" => Intent::Address,
        "payload" => Intent::Payload,
        _ => return None,
    })
}

/// Learns a row of weights for every feature's hash.
pub(crate) fn rows(examples: &[Example]) -> Vec<[f32; ROW]> {
    let mut rows = vec![[0.0; ROW]; 1 << INTENT_BITS];
    for _ in 0..EPOCHS {
        for example in examples {
            let Some(intent) = example.intent else {
                continue;
            };
            let mut features = Vec::new();
            let mut reader = Reader::default();
            for token in &example.tokens {
                reader.push(token, &mut |feature| features.push(intent_row(feature)));
            }
            let mut sums = [0.0_f32; ROW];
            for row in &features {
                for (sum, weight) in sums.iter_mut().zip(rows[*row]) {
                    *sum += weight;
                }
            }
            let most = sums.iter().copied().fold(f32::MIN, f32::max);
            let total: f32 = sums.iter().map(|sum| (sum - most).exp()).sum();
            for row in features {
                for (index, weight) in rows[row].iter_mut().enumerate() {
                    let wanted = if Intent::ALL[index] == intent {
                        1.0
                    } else {
                        0.0
                    };
                    *weight += RATE * (wanted - (sums[index] - most).exp() / total);
                }
            }
        }
    }
    rows
}
