//! The decision function of IDE hooks (`detection.md` §9): one payload in, one
//! outcome with its evidence out. Nothing is recorded or charged.

use crate::{Deadline, Evidence, EvidenceKind, Resolver, Snapshot, Subject};
use pipelock_model::{Action, Clean, Label, OwnWords, Severity};
use pipelock_policy::Enforcement;

/// What an agent is about to do.
#[derive(Debug, Clone, Copy)]
pub enum Payload<'a> {
    /// `beforeShellExecution`.
    Shell {
        /// Command line.
        command: &'a str,
        /// Directory in which it runs.
        cwd: &'a str,
    },
    /// `beforeMCPExecution`.
    Mcp {
        /// Name of the server.
        server: &'a str,
        /// Name of the tool.
        tool_name: &'a str,
        /// Arguments as JSON; empty when there are none.
        tool_input: &'a str,
        /// Command line of the server.
        command: &'a str,
    },
    /// `beforeReadFile`.
    ReadFile {
        /// Path.
        path: &'a str,
        /// Content, where the hook has it.
        content: &'a str,
    },
    /// `WriteFile`. What it replaces is not looked at.
    WriteFile {
        /// Path.
        path: &'a str,
        /// New content.
        content: &'a str,
    },
    /// `WebFetch`.
    WebFetch {
        /// URL.
        url: &'a str,
    },
}

/// What a hook answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HookOutcome {
    /// It may go on, perhaps with a message.
    Allow,
    /// It may not.
    Deny,
}

impl HookOutcome {
    /// The word of answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
        }
    }
}

/// Why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookEvidence {
    /// The layer: `dlp`, `injection`, `parse`, `limit`, `hook`, or that of the URL.
    pub scanner: &'static str,
    /// Name of the pattern, or of what is wrong.
    pub pattern: Clean,
    /// Severity; it never decides.
    pub severity: Severity,
    /// A sentence, or the form in which it was found.
    pub detail: Clean,
    /// What is done about it.
    pub action: Action,
    /// What enforcement would have done, on a detect-only instance.
    would_block: bool,
}

/// The decision. Its words carry no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookDecision {
    /// Allow or deny.
    pub outcome: HookOutcome,
    /// Why, in the order of the checks.
    pub evidence: Vec<HookEvidence>,
    /// For the user; empty when there is nothing to say.
    pub user_message: Clean,
    /// For the agent.
    pub agent_message: Clean,
}

impl Snapshot {
    /// Decides about a payload; nothing, an unknown kind or an empty URL is denied.
    /// Only a URL asks the resolver.
    pub async fn decide(
        &self,
        payload: Option<Payload<'_>>,
        resolver: &dyn Resolver,
        deadline: Deadline<'_>,
    ) -> HookDecision {
        let mut case = Case {
            snapshot: self,
            deadline,
            evidence: Vec::new(),
        };
        match payload {
            None => case.broken("hook", "no payload of a known kind"),
            Some(Payload::WebFetch { url: "" }) => case.broken("hook", "no URL"),
            Some(Payload::WebFetch { url }) => case.web_fetch(url, resolver).await,
            Some(Payload::Shell { command, cwd }) => {
                case.text(command, None);
                case.text(cwd, None);
            }
            Some(Payload::Mcp {
                server,
                tool_name,
                tool_input,
                command,
            }) => {
                let arguments = if tool_input.is_empty() {
                    "null"
                } else {
                    tool_input
                };
                case.call(tool_name, arguments);
                case.text(server, None);
                case.text(command, None);
            }
            Some(Payload::ReadFile { path, content } | Payload::WriteFile { path, content }) => {
                case.text(path, None);
                case.text(content, Some(path));
            }
        }
        case.decision()
    }
}

struct Case<'a> {
    snapshot: &'a Snapshot,
    deadline: Deadline<'a>,
    evidence: Vec<HookEvidence>,
}

impl Case<'_> {
    fn text(&mut self, text: &str, target: Option<&str>) {
        if !text.is_empty() {
            self.judge(Subject::Text(text.as_bytes()), target);
        }
    }

    fn call(&mut self, name: &str, arguments: &str) {
        self.judge(Subject::ToolCall { name, arguments }, None);
    }

    fn judge(&mut self, subject: Subject<'_>, target: Option<&str>) {
        let assessment = self.snapshot.assess_text(subject, target, self.deadline);
        for one in &assessment.evidence {
            if !one.suppressed {
                self.found(one);
            }
        }
        if let Some(limit) = assessment.limit {
            let acts = assessment.limit_acts();
            self.evidence.push(HookEvidence {
                scanner: match limit {
                    crate::Limit::Malformed => "parse",
                    _ => "limit",
                },
                pattern: Clean::constant(limit.as_str()),
                severity: Severity::High,
                detail: Clean::constant(limit.as_str()),
                action: if acts { Action::Block } else { Action::Warn },
                would_block: !acts,
            });
        }
    }

    /// Secrets block; an instruction does what responses are set to.
    fn found(&mut self, one: &Evidence) {
        let injection = one.kind == EvidenceKind::Injection;
        let only_warns = injection && !self.snapshot.policy.response.action.acts();
        self.evidence.push(HookEvidence {
            scanner: if injection { "injection" } else { "dlp" },
            pattern: one.name.clone(),
            severity: one.severity,
            detail: Clean::constant(one.view.as_str()),
            action: if only_warns {
                one.action.min(Action::Warn)
            } else {
                one.action
            },
            would_block: one.would_block && !only_warns,
        });
    }

    async fn web_fetch(&mut self, url: &str, resolver: &dyn Resolver) {
        let assessment = self.snapshot.assess_url(url, resolver).await;
        for matched in assessment.warned {
            self.evidence.push(HookEvidence {
                scanner: Label::Dlp.as_str(),
                pattern: matched.pattern,
                severity: matched.severity,
                detail: Clean::constant("url"),
                action: Action::Warn,
                would_block: false,
            });
        }
        if let Some((label, reason)) = assessment.denied {
            let enforced = self.snapshot.policy.enforcement == Enforcement::Enforce;
            self.evidence.push(HookEvidence {
                scanner: label.as_str(),
                pattern: Clean::constant(label.as_str()),
                severity: Severity::High,
                detail: reason,
                action: if enforced {
                    Action::Block
                } else {
                    Action::Warn
                },
                would_block: !enforced,
            });
        }
    }

    /// What cannot be understood is never let through.
    fn broken(&mut self, scanner: &'static str, what: &'static str) {
        self.evidence.push(HookEvidence {
            scanner,
            pattern: Clean::constant(what),
            severity: Severity::High,
            detail: Clean::constant(what),
            action: Action::Block,
            would_block: false,
        });
    }

    fn decision(self) -> HookDecision {
        let evidence = self.evidence;
        let strictest = evidence.iter().map(|one| one.action).max();
        let would = evidence.iter().any(|one| one.would_block);
        let (outcome, prefix) = match strictest {
            None => (HookOutcome::Allow, ""),
            Some(action) if action.acts() => (HookOutcome::Deny, "pipelock: blocked"),
            Some(_) if would => (HookOutcome::Allow, "pipelock: detected (enforce off)"),
            Some(_) => (HookOutcome::Allow, "pipelock: warning"),
        };
        let message = message(prefix, &evidence);
        HookDecision {
            outcome,
            evidence,
            user_message: message.clone(),
            agent_message: message,
        }
    }
}

/// The prefix and every name once.
fn message(prefix: &'static str, evidence: &[HookEvidence]) -> Clean {
    if evidence.is_empty() {
        return Clean::constant("");
    }
    let mut names: Vec<&str> = Vec::new();
    for one in evidence {
        if !names.contains(&one.pattern.as_str()) {
            names.push(one.pattern.as_str());
        }
    }
    Clean::text(&OwnWords, &format!("{prefix} ({})", names.join(", ")))
}
