//! What words stand for.

macro_rules! concepts {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What a word or short phrase stands for, whatever its language.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Concept {
            $($(#[$doc])* $name,)*
        }

        impl Concept {
            /// Every concept, in the order of its bits.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its key in a file of words.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

concepts! {
    /// To ignore, forget, set aside: orders only.
    Dismiss = "dismiss",
    /// To drop, clear, lift: orders that are often about something else.
    Drop = "drop",
    /// No longer valid.
    Void = "void",
    /// Earlier, above, until now.
    Prior = "prior",
    /// Instructions, rules, a prompt.
    Instruction = "instruction",
    /// Context, task, messages: what else a model holds on to.
    Matter = "matter",
    /// What the model was told, as one phrase.
    Told = "told",
    /// A new task or new instructions, as one phrase.
    NewTask = "new_task",
    /// New, instead, real.
    New = "new",
    /// You, your.
    You = "you",
    /// An assistant, a language model.
    Model = "model",
    /// An address to a model that happens to read this.
    Reader = "reader",
    /// You are now, act as.
    Role = "role",
    /// Without limits, as one phrase.
    Unrestricted = "unrestricted",
    /// No limits, anything: often about something else.
    Free = "free",
    /// Filters, safety, restrictions.
    Limits = "limits",
    /// Without, free of.
    Without = "without",
    /// To reveal, print, repeat: orders only.
    Reveal = "reveal",
    /// The system prompt, the instructions of the model.
    SystemPrompt = "system_prompt",
    /// Word for word.
    Verbatim = "verbatim",
    /// Passwords, keys, tokens.
    Secret = "secret",
    /// Files and places where secrets lie.
    SecretPlace = "secret_place",
    /// The conversation, messages, files of a user.
    Data = "data",
    /// To read, open, collect: orders only.
    Read = "read",
    /// To send, upload, append: orders only.
    Send = "send",
    /// An address to send to.
    Channel = "channel",
    /// To encode.
    Encode = "encode",
    /// Not to tell, without telling, secretly.
    Hide = "hide",
    /// Without the user's knowledge, as one phrase.
    Conceal = "conceal",
    /// The user, the owner.
    User = "user",
    /// To run, call, delete, transfer: orders only.
    Execute = "execute",
    /// A tool, a command.
    Tool = "tool",
    /// What does harm when it is run.
    Danger = "danger",
    /// Who claims that he may command.
    Authority = "authority",
    /// To obey; must.
    Obey = "obey",
    /// Before answering, first of all, as soon as you read this.
    Condition = "condition",
    /// Summarising, reading, reviewing this.
    Process = "process",
    /// To recommend, rate, answer, mention: orders only.
    Steer = "steer",
    /// The best, five stars, a positive review.
    Praise = "praise",
    /// Remember, in all future sessions.
    Persist = "persist",
    /// From now on, always.
    Always = "always",
    /// A role marker or the end of a text, at the start of a line.
    Marker = "marker",
    /// Words of those who write about attacks.
    Documentation = "documentation",
    /// Not, never: what follows is not an order.
    Negation = "negation",
    /// Who does something: what follows is a tale, not an order.
    Subject = "subject",
    /// Please, you must, now, and: an order follows.
    Lead = "lead",
    /// Words that may stand between others in a word without blanks.
    Filler = "filler",
    /// Phrases that mean nothing here and hide what they contain.
    Pass = "pass",
}

impl Concept {
    /// The concept with this key.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|concept| concept.word() == word)
    }

    /// Its bit.
    pub(super) const fn bit(self) -> u64 {
        1 << self as u8
    }
}

/// The bits of several concepts.
pub(super) const fn any_of(concepts: &[Concept]) -> u64 {
    let (mut bits, mut at) = (0, 0);
    while at < concepts.len() {
        bits |= concepts[at].bit();
        at += 1;
    }
    bits
}
