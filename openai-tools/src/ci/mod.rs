//! One line in a test guards the tools: [`check`].
//!
//! ```no_run
//! # fn my_tools() -> Vec<openai_tools::ToolDefinition> { Vec::new() }
//! #[test]
//! fn tools_are_sound() {
//!     openai_tools::ci::check(&my_tools(), "tools.lock.json");
//! }
//! ```
//!
//! With the feature `registry`, [`check_all_in`](check_all_in()) finds all tools of a crate by itself.
//!
//! It holds the tools to what servers refuse ([`schema::rules`](crate::schema::rules) of level
//! error: names, limits, the strict subset), and to the [lock file](crate::contract::Lock), which
//! is committed and says what the model was promised. A change of that shows in a pull request as
//! a change of the lock file, and until it is accepted the test fails and tells what it means.
//!
//! | environment | lock file missing | lock file differs |
//! |---|---|---|
//! | `OPENAI_TOOLS_LOCK=write` | written | written anew: the change is accepted |
//! | `OPENAI_TOOLS_LOCK=check`, or `CI` is set | fails | fails |
//! | neither | written, and told on stderr | fails |

#[cfg(feature = "registry")]
mod all_in;
mod report;
mod source;

use std::{
    env, fs,
    io::Read,
    path::{Path, PathBuf},
};

#[cfg(feature = "registry")]
pub use self::all_in::{all_tools_in, check_all_in};
use self::report::how_to_accept;
pub use self::{
    report::{LockState, Report},
    source::ToolSource,
};
use crate::{
    contract::{Comparison, Lock, compare},
    schema::{Level, Profile, Violation},
    tool::{self, ToolDefinition},
};

/// Checks tools against the rules of OpenAI's strict mode and against their lock file.
///
/// A relative path is one in the folder of the crate's manifest, as `cargo test` names it
/// (`CARGO_MANIFEST_DIR`); without cargo, in the current folder. [`Check`] has settings,
/// [`report`] does not panic.
///
/// ```
/// use openai_tools::{ToolDefinition, ci};
/// use serde_json::json;
///
/// let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}});
/// let weather = ToolDefinition::new("get_weather", schema).with_description("Weather.").build()?;
/// # let folder = std::env::temp_dir().join(format!("ci-check-{}", std::process::id()));
/// # std::fs::create_dir_all(&folder).unwrap();
/// # let path = folder.join("tools.lock.json");
/// # std::fs::write(&path, openai_tools::contract::Lock::of_definitions([&weather])
/// #     .with_profile("openai-strict").to_text()).unwrap();
/// ci::check(&[weather], &path);
/// # std::fs::remove_dir_all(&folder).unwrap();
/// # Ok::<(), openai_tools::Error>(())
/// ```
///
/// # Panics
///
/// Something is wrong with the tools, or they are not what the lock file says. The message is the
/// [`Report`].
#[track_caller]
pub fn check(tools: &(impl ToolSource + ?Sized), lock: impl AsRef<Path>) {
    Check::new(lock).assert(tools);
}

/// What [`check`] finds, as a value.
#[must_use]
pub fn report(tools: &(impl ToolSource + ?Sized), lock: impl AsRef<Path>) -> Report {
    Check::new(lock).report(tools)
}

/// A check with settings of its own.
///
/// ```no_run
/// use openai_tools::{ci::Check, schema::{Level, Profile}};
/// # fn my_tools() -> Vec<openai_tools::ToolDefinition> { Vec::new() }
///
/// Check::new("tools.lock.json")
///     .with_profile(Profile::legacy_limits())
///     .with_level(Level::Warning) // what makes models err fails, too
///     .without_rule("undocumented-enum")
///     .assert(&my_tools());
/// ```
#[derive(Clone, Debug)]
pub struct Check {
    lock: PathBuf,
    profile: Profile,
    level: Level,
    without: Vec<String>,
    mode: Option<Mode>,
}

/// What is done about a lock file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Mode {
    /// Nothing is written.
    Check,
    /// A missing one is written.
    Create,
    /// It is written where it differs.
    Write,
}

impl Check {
    /// A check against a lock file, with the profile [`Profile::openai_strict`], which fails at
    /// what a server refuses ([`Level::Error`]).
    #[must_use]
    pub fn new(lock: impl AsRef<Path>) -> Self {
        Self {
            lock: lock.as_ref().to_owned(),
            profile: Profile::openai_strict(),
            level: Level::Error,
            without: Vec::new(),
            mode: None,
        }
    }

    /// Checks against what another server takes.
    #[must_use]
    pub fn with_profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// From which level on a lint fails the check. Default: [`Level::Error`], so that warnings are
    /// told and fail nothing.
    #[must_use]
    pub fn with_level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Leaves out a rule of [`schema::rules`](crate::schema::rules), by its id.
    #[must_use]
    pub fn without_rule(mut self, id: impl Into<String>) -> Self {
        self.without.push(id.into());
        self
    }

    /// Whether the lock file may be written, whatever the environment says: `true` is as
    /// `OPENAI_TOOLS_LOCK=write`, `false` as `OPENAI_TOOLS_LOCK=check`.
    #[must_use]
    pub fn with_writing(mut self, may_write: bool) -> Self {
        self.mode = Some(if may_write { Mode::Write } else { Mode::Check });
        self
    }

    /// Checks tools and panics with the [`Report`] if it is not a good one.
    ///
    /// # Panics
    ///
    /// As for [`check`].
    #[track_caller]
    #[expect(clippy::print_stderr, reason = "a file was written where nobody asked for it")]
    pub fn assert(&self, tools: &(impl ToolSource + ?Sized)) {
        let report = self.report(tools);
        assert!(report.is_ok(), "{report}");
        if matches!(report.lock(), LockState::Created | LockState::Written) {
            eprintln!("{report}");
        }
    }

    /// Checks tools.
    #[must_use]
    pub fn report(&self, tools: &(impl ToolSource + ?Sized)) -> Report {
        // Apart from the rest, which is compiled once.
        self.of_definitions(&tools.tool_definitions())
    }

    fn of_definitions(&self, definitions: &[ToolDefinition]) -> Report {
        let lints = self.lints(definitions);
        let lock = Lock::of_definitions(definitions).with_profile(self.profile.name());
        let (state, comparison) = match self.mode.map_or_else(Mode::of_environment, Ok) {
            Ok(mode) => self.held_against(&lock, mode),
            Err(why) => (LockState::Unusable(why), Comparison::default()),
        };
        Report::new(self.lock.clone(), self.level, lints, state, comparison, lock)
    }

    fn lints(&self, definitions: &[ToolDefinition]) -> Vec<Violation> {
        let mut lints = tool::lint(definitions, &self.profile);
        lints.retain(|lint| !self.without.iter().any(|id| id == lint.id));
        lints
    }

    fn held_against(&self, lock: &Lock, mode: Mode) -> (LockState, Comparison) {
        let path = at_manifest(&self.lock);
        let nothing = Comparison::default;
        let text = match read(&path) {
            Ok(Some(text)) => text,
            Ok(None) if mode == Mode::Check => return (LockState::Missing, nothing()),
            Ok(None) => return (written(&path, lock, LockState::Created), nothing()),
            Err(why) => return (LockState::Unusable(why), nothing()),
        };
        let known = match Lock::parse(&text) {
            Ok(known) => known,
            // One that cannot be read is replaced only by who asks for it.
            Err(_) if mode == Mode::Write => {
                return (written(&path, lock, LockState::Written), nothing());
            }
            Err(error) => {
                let why = format!("{error}; {}", how_to_accept("write it anew with", &self.lock));
                return (LockState::Unusable(why), nothing());
            }
        };
        if known == *lock {
            return (LockState::Unchanged, nothing());
        }
        let comparison = compare(&known, lock);
        if mode == Mode::Write {
            return (written(&path, lock, LockState::Written), comparison);
        }
        (LockState::Different, comparison)
    }
}

impl Mode {
    fn of_environment() -> Result<Self, String> {
        match env::var(VARIABLE).as_deref() {
            Ok("write") => Ok(Self::Write),
            Ok("check") => Ok(Self::Check),
            Ok("") | Err(env::VarError::NotPresent) => {
                let is_ci = env::var_os("CI")
                    .is_some_and(|value| !value.is_empty() && value != "false" && value != "0");
                Ok(if is_ci { Self::Check } else { Self::Create })
            }
            _ => Err(format!("`{VARIABLE}` has to be `write` or `check`, or not set")),
        }
    }
}

/// Where a path leads to: cargo names the manifest's folder when a test runs.
fn at_manifest(path: &Path) -> PathBuf {
    match env::var_os("CARGO_MANIFEST_DIR") {
        Some(folder) if path.is_relative() => PathBuf::from(folder).join(path),
        _ => path.to_owned(),
    }
}

/// The text of a file; `None` if there is none.
fn read(path: &Path) -> Result<Option<String>, String> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    let mut text = String::new();
    match file.take(LARGEST + 1).read_to_string(&mut text) {
        Ok(size) if size as u64 > LARGEST => Err(format!("over {LARGEST} bytes")),
        Ok(_) => Ok(Some(text)),
        Err(error) => Err(error.to_string()),
    }
}

fn written(path: &Path, lock: &Lock, state: LockState) -> LockState {
    match fs::write(path, lock.to_text()) {
        Ok(()) => state,
        Err(error) => LockState::Unusable(format!("it cannot be written: {error}")),
    }
}

const VARIABLE: &str = "OPENAI_TOOLS_LOCK";
/// More than any lock file has.
const LARGEST: u64 = 64 << 20;
