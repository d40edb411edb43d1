//! Which concepts together make an attack, and what raises or lowers that.

use super::Intent;
use super::concept::Concept::{self, *};
use super::concept::any_of;

/// Points from which a sighting acts.
pub(super) const MEDIUM: i32 = 10;
/// Points from which a sighting warns.
pub(super) const LOW: i32 = 7;

/// Concepts whose words the sweep looks for. What stands in every text is not here.
pub(super) const GATING: u64 = any_of(&[
    Dismiss,
    Void,
    Told,
    NewTask,
    Reader,
    Role,
    Unrestricted,
    SystemPrompt,
    SecretPlace,
    Hide,
    Conceal,
    Danger,
    Authority,
    Persist,
    Marker,
    Process,
]);

/// Gating concepts whose words stand in ordinary text as well: a window is judged for
/// two of them, or for one of the others.
const WEAK: u64 = any_of(&[Persist, Process, Danger, Authority]);
/// How many of those.
const WEAK_LEAST: u32 = 2;

/// Concepts that are verbs: their mood counts.
pub(super) const VERBS: u64 = any_of(&[
    Dismiss,
    Drop,
    Reveal,
    Read,
    Send,
    Hide,
    Execute,
    Steer,
    Obey,
    Encode,
    Role,
    Unrestricted,
    Persist,
]);

/// Verbs that a word before them turns into a tale: "we send", "never send".
pub(super) const TALES: u64 = any_of(&[Dismiss, Drop, Reveal, Read, Send, Execute, Steer, Encode]);

/// What may be asked of a model.
const ACTION: u64 = any_of(&[
    Reveal, Send, Execute, Dismiss, Hide, Conceal, Steer, Read, Encode, Praise,
]);

/// Concepts that belong together.
pub(super) struct Recipe {
    pub(super) intent: Intent,
    /// One of each must be there.
    pub(super) slots: &'static [u64],
    /// Longest distance from the first to the last, in bytes.
    pub(super) reach: usize,
    pub(super) base: i32,
    /// Points for a verb in the mood of an order.
    pub(super) order: i32,
    /// Points for concepts in the same sentence.
    pub(super) near: &'static [(u64, i32)],
    /// Points for concepts up to one sentence away.
    pub(super) wide: &'static [(u64, i32)],
}

const fn one(concept: Concept) -> u64 {
    any_of(&[concept])
}

/// What makes a wish to send or run something suspicious.
const STEALTH: &[(u64, i32)] = &[
    (any_of(&[Hide, Conceal]), 4),
    (one(Model), 3),
    (one(Reader), 4),
    (one(Condition), 2),
    (any_of(&[Dismiss, Told]), 3),
    (one(Encode), 2),
    (one(SecretPlace), 2),
    (one(Authority), 2),
    (one(Process), 1),
    (one(Read), 1),
];

/// The grammar.
pub(super) const RECIPES: &[Recipe] = &[
    Recipe {
        intent: Intent::Override,
        slots: &[one(Dismiss), any_of(&[Instruction, SystemPrompt])],
        reach: 90,
        base: 4,
        order: 3,
        near: &[(one(Prior), 4), (one(You), 3), (one(SystemPrompt), 3)],
        wide: &[
            (one(Model), 2),
            (any_of(&[NewTask, New]), 1),
            (any_of(&[Role, Unrestricted]), 1),
            (any_of(&[Hide, Conceal]), 2),
            (one(Reveal), 1),
        ],
    },
    Recipe {
        intent: Intent::Override,
        slots: &[one(Drop), any_of(&[Instruction, SystemPrompt])],
        reach: 90,
        base: 2,
        order: 2,
        near: &[(one(Prior), 2), (one(You), 3), (one(SystemPrompt), 3)],
        wide: &[
            (one(Model), 3),
            (one(NewTask), 3),
            (any_of(&[Role, Unrestricted, Hide, Conceal]), 2),
        ],
    },
    Recipe {
        intent: Intent::Override,
        slots: &[
            any_of(&[Dismiss, Drop]),
            one(Matter),
            any_of(&[
                Model,
                NewTask,
                Role,
                Unrestricted,
                SystemPrompt,
                Hide,
                Conceal,
                Reader,
            ]),
        ],
        reach: 200,
        base: 4,
        order: 2,
        near: &[(one(Prior), 3), (one(You), 2), (one(Dismiss), 1)],
        wide: &[(one(NewTask), 2), (any_of(&[Reader, Model]), 1)],
    },
    Recipe {
        intent: Intent::Override,
        slots: &[one(Void), any_of(&[Instruction, SystemPrompt, Limits])],
        reach: 100,
        base: 3,
        order: 0,
        near: &[(one(Prior), 3), (one(You), 2), (one(SystemPrompt), 2)],
        wide: &[
            (one(Model), 3),
            (one(NewTask), 3),
            (one(New), 1),
            (any_of(&[Obey, Lead]), 1),
            (any_of(&[Dismiss, Role, Unrestricted]), 2),
        ],
    },
    Recipe {
        intent: Intent::Override,
        slots: &[any_of(&[Dismiss, Drop, Void]), one(Told)],
        reach: 80,
        base: 7,
        order: 3,
        near: &[],
        wide: &[(any_of(&[Model, NewTask, New, Role, Instruction]), 2)],
    },
    Recipe {
        intent: Intent::Override,
        slots: &[any_of(&[Dismiss, Drop]), one(Limits)],
        reach: 70,
        base: 3,
        order: 2,
        near: &[(one(You), 3), (one(Prior), 2), (one(Filler), 1)],
        wide: &[(one(Model), 3), (any_of(&[Role, Unrestricted]), 3)],
    },
    Recipe {
        intent: Intent::Override,
        slots: &[one(NewTask)],
        reach: 90,
        base: 7,
        order: 0,
        near: &[(one(Prior), 1)],
        wide: &[
            (one(Dismiss), 3),
            (one(Void), 3),
            (one(Model), 3),
            (any_of(&[Hide, Conceal]), 3),
            (any_of(&[Secret, SecretPlace, SystemPrompt]), 3),
            (one(Send), 1),
            (one(Reveal), 1),
            (any_of(&[Role, Unrestricted]), 3),
            (one(Marker), 2),
        ],
    },
    Recipe {
        intent: Intent::Role,
        slots: &[one(Role), one(Unrestricted)],
        reach: 180,
        base: 10,
        order: 1,
        near: &[],
        wide: &[(any_of(&[Model, Dismiss]), 1)],
    },
    Recipe {
        intent: Intent::Role,
        slots: &[
            one(Role),
            any_of(&[Free, Without]),
            any_of(&[Limits, Instruction, Free]),
        ],
        reach: 180,
        base: 8,
        order: 1,
        near: &[(one(You), 1)],
        wide: &[(one(Model), 2), (any_of(&[Dismiss, Always]), 2)],
    },
    Recipe {
        intent: Intent::Role,
        slots: &[one(Role), one(Model)],
        reach: 70,
        base: 5,
        order: 1,
        near: &[],
        wide: &[
            (one(Dismiss), 3),
            (one(Unrestricted), 4),
            (one(Limits), 3),
            (one(Free), 3),
            (one(Obey), 1),
            (any_of(&[Hide, Conceal]), 3),
            (any_of(&[SystemPrompt, Secret]), 2),
        ],
    },
    Recipe {
        intent: Intent::Role,
        slots: &[one(Unrestricted)],
        reach: 80,
        base: 6,
        order: 2,
        near: &[(one(You), 2)],
        wide: &[
            (one(Model), 2),
            (one(Role), 3),
            (one(Dismiss), 3),
            (one(Limits), 1),
        ],
    },
    Recipe {
        intent: Intent::Role,
        slots: &[
            one(Model),
            any_of(&[Free, Without]),
            any_of(&[Limits, Free]),
        ],
        reach: 120,
        base: 4,
        order: 0,
        near: &[],
        wide: &[
            (one(Role), 4),
            (one(You), 2),
            (one(Dismiss), 3),
            (one(Always), 2),
            (one(Unrestricted), 3),
        ],
    },
    Recipe {
        intent: Intent::Secrecy,
        slots: &[one(Conceal)],
        reach: 120,
        base: 8,
        order: 0,
        near: &[(any_of(&[Execute, Send, Read, Reveal]), 2), (one(Steer), 1)],
        wide: &[
            (any_of(&[Secret, SecretPlace, Danger]), 3),
            (any_of(&[Tool, Channel, Data]), 1),
            (one(Model), 3),
            (one(Condition), 1),
            (any_of(&[Dismiss, Told, NewTask, SystemPrompt]), 3),
            (any_of(&[Persist, Always]), 1),
            (one(Instruction), 1),
        ],
    },
    Recipe {
        intent: Intent::Secrecy,
        slots: &[one(Hide), one(User)],
        reach: 80,
        base: 6,
        order: 1,
        near: &[(any_of(&[Execute, Send, Read]), 2)],
        wide: &[
            (any_of(&[Secret, SecretPlace, Danger]), 2),
            (any_of(&[Tool, Channel, Data]), 1),
            (one(Model), 3),
            (one(Condition), 2),
            (any_of(&[Dismiss, Told, NewTask, SystemPrompt]), 3),
            (any_of(&[Persist, Always, Obey]), 1),
            (one(Instruction), 2),
        ],
    },
    Recipe {
        intent: Intent::Secrecy,
        slots: &[
            one(Hide),
            any_of(&[Execute, Send, Read, SystemPrompt, Danger]),
        ],
        reach: 100,
        base: 4,
        order: 1,
        near: &[
            (one(User), 2),
            (any_of(&[Secret, SecretPlace, Data]), 3),
            (one(Channel), 2),
        ],
        wide: &[
            (one(Model), 3),
            (one(Condition), 2),
            (any_of(&[Dismiss, Told, NewTask]), 3),
            (one(Reader), 3),
        ],
    },
    Recipe {
        intent: Intent::Exfiltration,
        slots: &[one(Send), any_of(&[Secret, SecretPlace]), one(Channel)],
        reach: 240,
        base: 6,
        order: 1,
        near: &[(any_of(&[User, Filler]), 1), (one(Data), 1)],
        wide: STEALTH,
    },
    Recipe {
        intent: Intent::Exfiltration,
        slots: &[one(Read), any_of(&[Secret, SecretPlace]), one(Send)],
        reach: 240,
        base: 5,
        order: 1,
        near: &[(one(Channel), 2), (any_of(&[User, Filler]), 1)],
        wide: STEALTH,
    },
    Recipe {
        intent: Intent::Exfiltration,
        slots: &[
            any_of(&[Send, Encode]),
            any_of(&[Data, SystemPrompt, Told]),
            one(Channel),
        ],
        reach: 240,
        base: 6,
        order: 1,
        near: &[(one(User), 1), (one(SystemPrompt), 3), (one(Verbatim), 1)],
        wide: STEALTH,
    },
    Recipe {
        intent: Intent::Exfiltration,
        slots: &[
            any_of(&[Send, Reveal]),
            any_of(&[Secret, SecretPlace]),
            any_of(&[
                Hide,
                Conceal,
                Model,
                Reader,
                Dismiss,
                Told,
                Authority,
                NewTask,
                SystemPrompt,
            ]),
        ],
        reach: 200,
        base: 4,
        order: 1,
        near: &[
            (one(User), 1),
            (one(You), 1),
            (one(Verbatim), 1),
            (one(Prior), 1),
        ],
        wide: STEALTH,
    },
    Recipe {
        intent: Intent::Extraction,
        slots: &[any_of(&[Reveal, Send, Encode]), one(SystemPrompt)],
        reach: 110,
        base: 6,
        order: 2,
        near: &[
            (one(You), 2),
            (one(Verbatim), 2),
            (one(Prior), 1),
            (one(Channel), 1),
        ],
        wide: &[
            (one(Dismiss), 2),
            (one(Model), 1),
            (one(Condition), 1),
            (one(Told), 1),
        ],
    },
    Recipe {
        intent: Intent::Extraction,
        slots: &[
            any_of(&[Reveal, Send]),
            any_of(&[Instruction, Told]),
            any_of(&[Verbatim, You, Told]),
        ],
        reach: 70,
        base: 4,
        order: 2,
        near: &[
            (one(You), 3),
            (one(Verbatim), 3),
            (one(Prior), 2),
            (one(Told), 2),
        ],
        wide: &[(one(Dismiss), 1), (one(Model), 2)],
    },
    Recipe {
        intent: Intent::ToolMisuse,
        slots: &[any_of(&[Execute, Send]), one(Danger)],
        reach: 140,
        base: 4,
        order: 1,
        near: &[(one(Tool), 1), (one(Filler), 0)],
        wide: STEALTH,
    },
    Recipe {
        intent: Intent::ToolMisuse,
        slots: &[
            one(Execute),
            one(Tool),
            any_of(&[
                Hide,
                Conceal,
                Model,
                Reader,
                Dismiss,
                Authority,
                NewTask,
                SecretPlace,
                Danger,
            ]),
        ],
        reach: 200,
        base: 2,
        order: 1,
        near: &[(any_of(&[Secret, SecretPlace, Danger]), 3), (one(Obey), 1)],
        wide: STEALTH,
    },
    Recipe {
        intent: Intent::Authority,
        slots: &[
            one(Authority),
            any_of(&[
                Obey,
                Execute,
                Reveal,
                Dismiss,
                Send,
                Secret,
                Limits,
                Unrestricted,
                SystemPrompt,
                Void,
            ]),
        ],
        reach: 220,
        base: 5,
        order: 1,
        near: &[(one(You), 1)],
        wide: &[
            (one(Model), 2),
            (one(Dismiss), 3),
            (one(Limits), 2),
            (any_of(&[Secret, SecretPlace]), 2),
            (one(SystemPrompt), 2),
            (any_of(&[Hide, Conceal]), 3),
            (one(Instruction), 1),
            (one(Obey), 1),
        ],
    },
    Recipe {
        intent: Intent::FakeTurn,
        slots: &[one(Marker)],
        reach: 80,
        base: 6,
        order: 0,
        near: &[],
        wide: &[
            (any_of(&[Dismiss, Told]), 4),
            (one(You), 2),
            (one(Obey), 2),
            (any_of(&[Role, Unrestricted]), 3),
            (one(NewTask), 3),
            (any_of(&[Reveal, Send, Execute]), 2),
            (any_of(&[Secret, SecretPlace, SystemPrompt]), 3),
            (any_of(&[Hide, Conceal]), 3),
            (one(Model), 1),
            (one(Instruction), 1),
            (any_of(&[Limits, Free]), 2),
        ],
    },
    Recipe {
        intent: Intent::Override,
        slots: &[one(Always), one(Obey), any_of(&[Instruction, NewTask])],
        reach: 140,
        base: 5,
        order: 1,
        near: &[(one(You), 2), (one(New), 1)],
        wide: &[
            (any_of(&[Dismiss, Void, Told]), 3),
            (one(Model), 2),
            (one(Role), 1),
        ],
    },
    Recipe {
        intent: Intent::Persistence,
        slots: &[
            one(Persist),
            any_of(&[
                Steer,
                Send,
                Execute,
                Obey,
                Hide,
                Conceal,
                Reveal,
                Dismiss,
                Instruction,
            ]),
        ],
        reach: 220,
        base: 5,
        order: 1,
        near: &[(one(Always), 2), (one(You), 1)],
        wide: &[
            (one(Model), 2),
            (one(Channel), 2),
            (any_of(&[Hide, Conceal, Dismiss]), 3),
            (any_of(&[Secret, SecretPlace]), 2),
            (one(User), 1),
            (one(Praise), 1),
            (one(Tool), 1),
        ],
    },
    Recipe {
        intent: Intent::Address,
        slots: &[one(Reader)],
        reach: 160,
        base: 6,
        order: 0,
        near: &[(ACTION, 3), (any_of(&[Obey, Lead, You]), 2)],
        wide: &[
            (ACTION, 1),
            (any_of(&[Channel, User, Instruction, Process]), 1),
        ],
    },
    Recipe {
        intent: Intent::Address,
        slots: &[one(Model), one(Obey), ACTION],
        reach: 200,
        base: 4,
        order: 0,
        near: &[
            (one(Process), 2),
            (one(Praise), 2),
            (one(Channel), 2),
            (one(User), 1),
        ],
        wide: &[
            (any_of(&[Hide, Conceal, Dismiss]), 3),
            (one(Condition), 2),
            (any_of(&[Secret, SecretPlace, SystemPrompt]), 2),
        ],
    },
    Recipe {
        intent: Intent::Steering,
        slots: &[one(Model), one(Steer), one(Praise)],
        reach: 220,
        base: 7,
        order: 1,
        near: &[(one(Obey), 2), (one(Process), 2), (one(Condition), 1)],
        wide: &[(any_of(&[Hide, Conceal, Dismiss]), 2)],
    },
    Recipe {
        intent: Intent::Steering,
        slots: &[one(Process), one(Steer)],
        reach: 180,
        base: 4,
        order: 1,
        near: &[
            (one(Praise), 2),
            (one(Obey), 1),
            (one(Channel), 2),
            (one(User), 1),
        ],
        wide: &[
            (one(Model), 3),
            (any_of(&[Hide, Conceal, Dismiss]), 3),
            (any_of(&[Secret, SecretPlace]), 2),
            (one(Reader), 3),
        ],
    },
];

/// True when these gating concepts may satisfy some recipe and give it the points that
/// act. Concepts that do not gate are taken to be there.
pub(super) fn may_hold(mask: u64, bonus: i32) -> bool {
    let there = |slot: u64| slot & (mask | !GATING) != 0;
    let points = |groups: &[(u64, i32)]| -> i32 {
        let groups = groups.iter().filter(|(group, _)| there(*group));
        groups.map(|(_, points)| points).sum()
    };
    let rare = mask & !WEAK != 0 || (mask & WEAK).count_ones() >= WEAK_LEAST;
    rare && RECIPES.iter().any(|recipe| {
        recipe.slots.iter().all(|slot| there(*slot))
            && bonus + recipe.base + recipe.order + points(recipe.near) + points(recipe.wide)
                >= MEDIUM
    })
}
