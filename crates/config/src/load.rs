//! From a file to a policy.

use crate::hash::{self, Tree};
use crate::path::Paths;
use crate::preset;
use crate::problem::{Code, Place, Problem, Problems};
use crate::schema::{self, Unbuilt, Unimplemented};
use crate::section::Section;
use crate::sections::addresses::Addresses;
use crate::sections::dlp::Dlp;
use crate::sections::fetch_proxy::{FetchProxy, warn_exposed};
use crate::sections::forward_proxy::ForwardProxy;
use crate::sections::kill_switch::KillSwitch;
use crate::sections::request_body_scanning::RequestBodyScanning;
use crate::sections::response_scanning::ResponseScanning;
use crate::sections::top::{self, Top};
use crate::sections::{cross_request, crypto, known, limits, logging, scan_api, suppress, unbuilt};
use crate::summary::Summary;
use crate::words::clean;
use crate::yaml::{self, Map, Value};
use pipelock_detect::engine::RuleSet;
use pipelock_policy::{Mode, Policy};
use std::fs::File;
use std::io::Read;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Largest file.
pub const LARGEST_FILE: usize = 4 << 20;

/// What the loader must know and cannot read itself.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    /// Memory of this process in bytes: cgroup limit, else the machine's.
    pub memory_limit: u64,
    /// `PIPELOCK_ALLOW_UNIMPLEMENTED`.
    pub unimplemented: Unimplemented,
    /// Whether `PIPELOCK_KILLSWITCH_API_TOKEN` holds a token.
    pub kill_switch_token: Token,
    /// Working directory, for relative paths of old deployments.
    pub working_directory: Option<PathBuf>,
    /// Seconds since 1970, for entries that expire.
    pub now: i64,
    /// Settings of the command line; they win over the file on every load.
    pub overrides: Overrides,
}

/// A token from the environment; its value is not this crate's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Token {
    /// None, or an empty one.
    #[default]
    Absent,
    /// There is one.
    Given,
}

/// Settings of the command line.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--mode`.
    pub mode: Option<Mode>,
    /// `--listen`.
    pub listen: Option<SocketAddr>,
}

/// Whether the file held anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// At least one key.
    Some,
    /// Nothing but comments. Legal at start; at a reload it is a file that is
    /// being written.
    None,
}

/// Result of a load.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The policy, or every error of the file in order.
    pub policy: Result<Policy, Problems>,
    /// Warnings in order of the file.
    pub warnings: Vec<Problem>,
    /// What the file switches on and this version does not act on.
    pub unbuilt: Vec<Unbuilt>,
    /// Figures for `check`; what was understood of a broken file.
    pub summary: Summary,
    /// SHA-256 of the bytes of the file in hex; `defaults` without one.
    pub config_hash: String,
    /// Canonical policy hash in hex.
    pub policy_hash: String,
    /// Whether the file held anything.
    pub content: Content,
    /// `kill_switch.enabled: true` was readable: it acts even when the rest of the
    /// file is rejected.
    pub kill_switch: bool,
}

/// Loads a file.
#[must_use]
pub fn load(path: &Path, environment: &Environment) -> Loaded {
    let name = path.display().to_string();
    match read(path) {
        Ok(bytes) => from_bytes(&bytes, &name, Some(path), environment),
        Err((code, message)) => {
            let mut problems = Problems::new(name);
            problems.error(code, Place::default(), "", message);
            build(None, problems, None, environment, String::new())
        }
    }
}

fn read(path: &Path) -> Result<Vec<u8>, (Code, String)> {
    let unreadable = |error: std::io::Error| (Code::Unreadable, format!("cannot be read: {error}"));
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(LARGEST_FILE as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() > LARGEST_FILE {
        return Err((
            Code::TooLarge,
            format!("larger than {} MiB", LARGEST_FILE >> 20),
        ));
    }
    Ok(bytes)
}

fn from_bytes(bytes: &[u8], name: &str, path: Option<&Path>, environment: &Environment) -> Loaded {
    let hash = hash::sha256(bytes);
    let mut problems = Problems::new(name);
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let root = tree(text, &mut problems);
            build(root, problems, path, environment, hash)
        }
        Err(error) => {
            let before = &bytes[..error.valid_up_to()];
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            let start = before
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1);
            let column = String::from_utf8_lossy(&before[start..]).chars().count() + 1;
            problems.error(Code::Syntax, Place { line, column }, "", "not UTF-8");
            build(None, problems, path, environment, hash)
        }
    }
}

/// Reads text as if it stood in a file of this name; relative paths start there.
#[must_use]
pub fn parse(text: &str, origin: &Path, environment: &Environment) -> Loaded {
    let name = origin.display().to_string();
    if text.len() > LARGEST_FILE {
        let mut problems = Problems::new(name);
        let message = format!("larger than {} MiB", LARGEST_FILE >> 20);
        problems.error(Code::TooLarge, Place::default(), "", message);
        return build(
            None,
            problems,
            Some(origin),
            environment,
            hash::sha256(text.as_bytes()),
        );
    }
    from_bytes(text.as_bytes(), &name, Some(origin), environment)
}

/// Without a file: the `balanced` preset.
#[must_use]
pub fn defaults(environment: &Environment) -> Loaded {
    let mut problems = Problems::new("defaults");
    let root = tree(&preset::balanced(), &mut problems);
    build(root, problems, None, environment, hash::NO_FILE.to_owned())
}

fn tree(text: &str, problems: &mut Problems) -> Option<Map> {
    let node = yaml::read(text, problems)?;
    if node.is_null() {
        return None;
    }
    match node.value {
        Value::Map(map) => Some(map),
        _ => {
            problems.error(
                Code::WrongType,
                node.place,
                "",
                "the top level must be a mapping of keys",
            );
            None
        }
    }
}

fn build(
    root: Option<Map>,
    mut problems: Problems,
    path: Option<&Path>,
    environment: &Environment,
    config_hash: String,
) -> Loaded {
    let unbuilt = root
        .as_ref()
        .map(|map| schema::check(map, environment.unimplemented, &mut problems))
        .unwrap_or_default();
    let section = Section::root(root.as_ref());
    let kill_switch = section.section("kill_switch").flag("enabled") == Some(true);
    let mut tree = Tree::default();
    // An empty parent is the working directory: the file was named without one.
    let directory = path
        .and_then(Path::parent)
        .map(|parent| match parent.as_os_str().is_empty() {
            true => Path::new("."),
            false => parent,
        });
    let paths = Paths {
        config: directory,
        working: environment.working_directory.as_deref(),
    };
    let mut policy = settings(&section, environment, &paths, &mut tree, &mut problems);
    let policy_hash = tree.hash();
    policy.hash = clean(&policy_hash[..16]);
    let content = match &root {
        Some(map) if !map.entries.is_empty() => Content::Some,
        _ => Content::None,
    };
    let summary = Summary::of(&policy);
    let (errors, warnings) = problems.split();
    let policy = if errors.is_empty() {
        Ok(policy)
    } else {
        Err(errors)
    };
    Loaded {
        policy,
        warnings,
        unbuilt,
        summary,
        config_hash,
        policy_hash,
        content,
        kill_switch,
    }
}

/// Reads every section that is enforced. What is wrong takes its default, so that
/// one run finds all problems; the caller throws the policy away then.
fn settings(
    root: &Section<'_>,
    environment: &Environment,
    paths: &Paths<'_>,
    tree: &mut Tree,
    problems: &mut Problems,
) -> Policy {
    let mut out = tree.root();
    let top = Top::read(root, &environment.overrides, problems);
    top.describe(&mut out);
    let addresses = Addresses::read(root, problems);
    addresses.describe(&mut out);
    let mut fetch = FetchProxy::read(root, problems);
    fetch.listen = environment.overrides.listen.unwrap_or(fetch.listen);
    warn_exposed(root, fetch.listen, problems);
    fetch.describe(&mut out);
    let forward = ForwardProxy::read(root, top.mode, problems);
    forward.describe(&mut out);
    let dlp = Dlp::read(root, problems);
    dlp.describe(&mut out);
    let request = RequestBodyScanning::read(root, problems);
    request.describe(&mut out);
    let response = ResponseScanning::read(root, fetch.max_response, problems);
    response.describe(&mut out);
    let kill_switch = KillSwitch::read(root, environment, fetch.listen, paths, problems);
    kill_switch.describe(&mut out);
    let limits = limits::read(root, environment.memory_limit, problems);
    limits::describe(root, &limits, &mut out);
    let suppress = suppress::read(root, environment.now, &mut out, problems);

    let secrets = known::secrets(root, paths, problems);
    known::describe_secrets(&secrets, &mut out);
    let canaries = known::canaries(root, problems);
    known::describe_canaries(&canaries, &mut out);
    let seeds = crypto::seeds(root, problems);
    crypto::describe_seeds(seeds.as_ref(), &mut out);
    let address_protection = crypto::addresses(root, problems);
    crypto::describe_addresses(address_protection.as_ref(), &mut out);
    let cross_request = cross_request::read(root, problems);
    cross_request::describe(cross_request.as_ref(), &mut out);
    let scan_api = scan_api::read(root, fetch.listen, paths, problems);
    scan_api::describe(scan_api.as_ref(), &mut out);

    unbuilt::check(root, problems);

    let precision = dlp.precision();
    let (response, injection) = response.split();
    let mut rules = dlp.rules();
    rules.extend(injection);
    if response.enabled {
        // No patterns, so `include_defaults` does not speak of them.
        rules.extend(pipelock_rules::intents());
    }
    rules.extend(seeds.as_ref().map(crypto::seed_rule));
    rules.extend(known::canary_rules(&canaries));
    let listener = fetch.policy();
    let mut url = fetch.url;
    url.allowlist = (top.mode == Mode::Strict).then(|| top.api_allowlist.clone());
    Policy {
        mode: top.mode,
        enforcement: top.enforcement,
        explain_blocks: top.explain_blocks,
        url,
        addresses: addresses.policy(),
        api_allowlist: top.api_allowlist,
        rate: fetch.rate,
        data_budget: fetch.data_budget,
        rules: RuleSet::new(rules).with_model(pipelock_rules::model()),
        precision,
        secrets,
        canaries,
        seeds,
        address_protection,
        cross_request,
        scan_api,
        request: request.policy(),
        response,
        metrics_listen: top::metrics_listen(root, listener.listen, problems),
        listener,
        forward: forward.policy(),
        suppress,
        kill_switch: kill_switch.policy(),
        logging: logging::read(root, paths, problems),
        limits,
        default_agent: top.default_agent,
        bind_default_agent: top.bind_default_agent,
        shutdown_grace: top.shutdown_grace,
        hash: clean(""),
    }
}
