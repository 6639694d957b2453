//! What is installed here: what the configuration declares, and what the installer says that a command runs.
//!
//! It is asked only beside that command, only when a notice names a component, once, and with a time limit. Reading
//! notices starts no program: `motd list` and `motd check` know what was said before.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use motd_core::{ComponentVersions, Purl, Time};

use super::call::{Call, KnownInstaller};
use super::here::{Here, text};
use super::kept::KeptVersions;
use super::program::{Program, search_folders};
use super::question::Questions;
use crate::settings::UserSettings;

/// The longest version that is taken from an answer, in bytes.
const VERSION: usize = 256;
const RELEASE: &str = "pkg:generic/os-release/";

/// The installer that a command runs, and how it is asked.
struct AskedInstaller {
    installer: KnownInstaller,
    program: Program,
    /// The words that run it, after the program.
    own: Vec<OsString>,
    questions: Questions,
}

/// Installed components, looked up when they are asked for.
#[derive(Default)]
pub(crate) struct Installed {
    /// What is known without asking anybody.
    declared: BTreeMap<Purl, Vec<String>>,
    /// Who is asked.
    asked: Option<AskedInstaller>,
    /// What was said before, and what is said now.
    kept: OnceLock<KeptVersions>,
    /// Whether the machine's release is looked up.
    release: bool,
    /// What was found. Held only for as long as it takes to read or write it.
    found: Mutex<BTreeMap<Purl, Vec<String>>>,
    /// Held while a program is asked.
    turn: Mutex<()>,
}

impl Installed {
    /// Only what is declared.
    pub(crate) fn declared() -> Self {
        Self::default()
    }

    /// What the configuration declares, and what programs said before: no program is started.
    pub(crate) fn on_this_machine(settings: &UserSettings, state: &Path, now: Time) -> Self {
        let installed = Self::configured(settings);
        installed.keep_in(state, now);
        installed
    }

    /// What the configuration declares, and what the installer of this call says.
    pub(crate) fn of_call(
        settings: &UserSettings,
        call: Option<&Call>,
        program: Option<Program>,
        questions: &Questions,
    ) -> Self {
        let mut installed = Self::configured(settings);
        installed.asked = call.zip(program).and_then(|(call, program)| {
            Some(AskedInstaller {
                installer: call.installer,
                program: program.with_folders()?,
                own: call.program.iter().skip(1).cloned().collect(),
                questions: questions.clone(),
            })
        });
        installed
    }

    fn configured(settings: &UserSettings) -> Self {
        let mut installed = Self {
            release: true,
            ..Self::default()
        };
        for (purl, versions) in &settings.components {
            for version in versions {
                installed.declare(&purl.0, version);
            }
        }
        installed
    }

    /// Where what programs say is kept, and the time of this run.
    pub(crate) fn keep_in(&self, state: &Path, now: Time) {
        self.kept.get_or_init(|| KeptVersions {
            state: state.to_owned(),
            now,
            path: search_folders(),
        });
    }

    /// Adds something that is installed; whether its purl was taken. It is not looked up then.
    pub(crate) fn declare(&mut self, purl: &str, version: &str) -> bool {
        let Some(purl) = Purl::from_machine(purl) else {
            return false;
        };
        self.declared
            .entry(purl)
            .or_default()
            .push(version.to_owned());
        true
    }

    fn found(&self) -> MutexGuard<'_, BTreeMap<Purl, Vec<String>>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look_up(&self, component: &str) -> Option<String> {
        if let Some(release) = component.strip_prefix(RELEASE) {
            return self.release.then(|| os_release(release))?;
        }
        let asked = self.asked.as_ref()?;
        let program = &asked.program;
        let ask = |own: &[OsString], words: &[&str]| asked.questions.answer(program, own, words);
        let own = &*asked.own;
        let version = match (asked.installer, component) {
            (KnownInstaller::Pip, "pkg:pypi/pip") => {
                first_word(ask(own, &["--version"])?.strip_prefix("pip ")?)
            }
            // `python -m pip`: the interpreter is the program that was run.
            (KnownInstaller::Pip, "pkg:generic/cpython") if !own.is_empty() => {
                first_word(ask(&[], &INTERPRETER)?.strip_prefix("CPython ")?)
            }
            (KnownInstaller::Pip, "pkg:generic/cpython") => {
                let answer = ask(own, &["debug"])?;
                let mut lines = answer.lines();
                let version = lines.find_map(|line| line.strip_prefix("sys.version: "))?;
                let is_cpython = lines.any(|line| line == "  name: cpython");
                first_word(version).filter(|_| is_cpython)
            }
            (KnownInstaller::Npm, "pkg:npm/npm") => first_word(&ask(own, &["--version"])?),
            (KnownInstaller::Npm, "pkg:generic/node") => {
                let answer = ask(own, &["version", "--json"])?;
                let answer: serde_json::Value = serde_json::from_str(&answer).ok()?;
                first_word(answer.get("node")?.as_str()?)
            }
            (KnownInstaller::Cargo, "pkg:cargo/cargo") => {
                first_word(ask(own, &["--version"])?.strip_prefix("cargo ")?)
            }
            // cargo does not say which compiler it runs, and a program beside it can be another user's.
            _ => None,
        }?;
        if let Some(kept) = self.kept.get() {
            kept.keep(component, &version, program);
        }
        Some(version)
    }
}

/// What an interpreter is asked with, in no environment but its own.
const INTERPRETER: [&str; 4] = [
    "-I",
    "-S",
    "-c",
    "import platform; print(platform.python_implementation(), platform.python_version())",
];

impl ComponentVersions for Installed {
    fn versions(&self, component: &Purl) -> Cow<'_, [String]> {
        if let Some(versions) = self.declared.get(component) {
            return Cow::Borrowed(versions);
        }
        let known = || self.found().get(component).cloned();
        if let Some(versions) = known() {
            return Cow::Owned(versions);
        }
        let ended = |asked: &AskedInstaller| asked.questions.have_ended();
        if self.asked.as_ref().is_some_and(ended) {
            return Cow::Borrowed(&[]);
        }
        // One at a time; what another one asked meanwhile is not asked again.
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let versions = known().unwrap_or_else(|| {
            let component_name = component.as_str();
            let versions: Vec<_> = match self.kept.get().filter(|_| self.asked.is_none()) {
                Some(kept) if !component_name.starts_with(RELEASE) => kept.versions(component_name),
                _ => self.look_up(component_name).into_iter().collect(),
            };
            self.found().insert(component.clone(), versions.clone());
            versions
        });
        Cow::Owned(versions)
    }
}

fn first_word(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    (word.len() <= VERSION).then(|| word.to_owned())
}

/// `VERSION_ID` of this machine, when its `ID` is the one that is asked for.
fn os_release(wanted: &str) -> Option<String> {
    let text = |path| text(Path::new(path), Here::BYTES);
    let text = text("/etc/os-release").or_else(|| text("/usr/lib/os-release"))?;
    let value = |key: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once('='));
        lines
            .find(|(known, _)| *known == key)
            .map(|(_, value)| value.trim_matches(['"', '\'']).to_owned())
    };
    (value("ID")? == wanted).then(|| value("VERSION_ID"))?
}
