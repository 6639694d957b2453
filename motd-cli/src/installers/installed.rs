//! What is installed here: what the configuration declares, and what an installer says when it is asked.
//!
//! An installer is asked only when a notice names a component, once, with a time limit, and beside the command.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::sync_channel;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use motd_core::{ComponentVersions, Purl};

use super::call::{Call, KnownInstaller};
use super::here::text;
use crate::settings::UserSettings;

/// How long an installer may take to say its version.
const PATIENCE: Duration = Duration::from_secs(10);
/// The longest answer that is read, in bytes.
const ANSWER: u64 = 65_536;
const RELEASE: &str = "pkg:generic/os-release/";

/// What an installer is asked with: nothing that it does then leaves a file or sends a request.
const QUIETLY: [(&str, &str); 8] = [
    ("PYTHONDONTWRITEBYTECODE", "1"),
    ("PIP_DISABLE_PIP_VERSION_CHECK", "1"),
    ("PIP_NO_INPUT", "1"),
    ("npm_config_logs_max", "0"),
    ("npm_config_update_notifier", "false"),
    ("npm_config_loglevel", "silent"),
    ("RUSTUP_AUTO_INSTALL", "0"),
    ("MOTD", "off"),
];

/// Installed components, looked up when they are asked for.
#[derive(Default)]
pub(crate) struct Installed {
    /// What is known without asking anybody.
    declared: BTreeMap<Purl, Vec<String>>,
    /// Who is asked, and with which words it is run.
    programs: Vec<(KnownInstaller, Vec<OsString>)>,
    /// Whether the machine's release is looked up.
    release: bool,
    /// What was found. Held only for as long as it takes to read or write it.
    found: Mutex<BTreeMap<Purl, Vec<String>>>,
    /// Held while somebody is asked.
    turn: Mutex<()>,
    asking: Mutex<Asking>,
    /// pip's answer, which two components are read from.
    pip: OnceLock<Option<(String, String)>>,
}

/// The program that is asked at this moment.
#[derive(Default)]
enum Asking {
    #[default]
    Nobody,
    Running(Child),
    /// Nobody is asked any more.
    Ended,
}

impl Installed {
    /// Only what is declared.
    pub(crate) fn declared() -> Self {
        Self::default()
    }

    /// What the configuration declares, and what the known installers say, by their usual names.
    pub(crate) fn on_this_machine(settings: &UserSettings) -> Self {
        let usual = [
            (KnownInstaller::Pip, "pip"),
            (KnownInstaller::Npm, "npm"),
            (KnownInstaller::Cargo, "cargo"),
        ];
        let programs = usual.map(|(installer, name)| (installer, vec![name.into()]));
        Self::with(settings, programs.into())
    }

    /// What the configuration declares, and what the installer of this call says.
    pub(crate) fn of_call(settings: &UserSettings, call: Option<&Call>) -> Self {
        let programs = call.map(|call| (call.installer, call.program.clone()));
        Self::with(settings, programs.into_iter().collect())
    }

    fn with(settings: &UserSettings, programs: Vec<(KnownInstaller, Vec<OsString>)>) -> Self {
        let mut installed = Self::default();
        installed.programs = programs;
        installed.release = true;
        for (purl, versions) in &settings.components {
            for version in versions {
                installed.declare(&purl.0, version);
            }
        }
        installed
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

    /// Asks nobody any more, and ends who is being asked: no process stays behind (MOTD-FAIL-1).
    pub(crate) fn end(&self) {
        let asking = std::mem::replace(&mut *self.asking(), Asking::Ended);
        if let Asking::Running(mut child) = asking {
            end(&mut child);
        }
    }

    fn asking(&self) -> MutexGuard<'_, Asking> {
        self.asking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn found(&self) -> MutexGuard<'_, BTreeMap<Purl, Vec<String>>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look_up(&self, component: &Purl) -> Vec<String> {
        let version = match component.as_str() {
            "pkg:pypi/pip" => self.pip().map(|(version, _)| version.clone()),
            "pkg:generic/cpython" => self.cpython(),
            "pkg:npm/npm" => self.program(KnownInstaller::Npm).and_then(|program| {
                let answer = self.output_of(program, &["--version"])?;
                first_word(&answer)
            }),
            "pkg:generic/node" => self.program(KnownInstaller::Npm).and_then(|_| {
                let answer = self.output_of(&["node".into()], &["--version"])?;
                first_word(answer.strip_prefix('v')?)
            }),
            "pkg:cargo/cargo" => self.program(KnownInstaller::Cargo).and_then(|program| {
                let answer = self.output_of(program, &["--version"])?;
                first_word(answer.strip_prefix("cargo ")?)
            }),
            "pkg:generic/rustc" => self.program(KnownInstaller::Cargo).and_then(|program| {
                let answer = self.output_of(&rustc(program), &["--version"])?;
                first_word(answer.strip_prefix("rustc ")?)
            }),
            release if release.starts_with(RELEASE) && self.release => {
                os_release(release.strip_prefix(RELEASE).unwrap_or_default())
            }
            _ => None,
        };
        version.into_iter().collect()
    }

    fn program(&self, installer: KnownInstaller) -> Option<&[OsString]> {
        let mut programs = self.programs.iter();
        programs
            .find(|(known, _)| *known == installer)
            .map(|(_, program)| program.as_slice())
    }

    /// pip's version, and the rest of what it says: `pip 24.0 from /usr/lib/python3/dist-packages/pip (python 3.11)`.
    fn pip(&self) -> Option<&(String, String)> {
        let ask = || {
            let answer = self.output_of(self.program(KnownInstaller::Pip)?, &["--version"])?;
            let (version, rest) = answer.strip_prefix("pip ")?.split_once(' ')?;
            Some((version.to_owned(), rest.to_owned()))
        };
        self.pip.get_or_init(ask).as_ref()
    }

    /// The version of the interpreter that pip installs for.
    fn cpython(&self) -> Option<String> {
        let program = self.program(KnownInstaller::Pip)?;
        let interpreter = if program.len() > 1 {
            program.first().cloned()?
        } else {
            interpreter(&self.pip()?.1)?.into()
        };
        let question =
            "import platform; print(platform.python_implementation(), platform.python_version())";
        let answer = self.output_of(&[interpreter], &["-I", "-S", "-c", question])?;
        first_word(answer.strip_prefix("CPython ")?)
    }

    /// What a program prints, when it ends well and in time.
    fn output_of(&self, program: &[OsString], words: &[&str]) -> Option<String> {
        let (name, own) = program.split_first()?;
        let mut answer = {
            let mut asking = self.asking();
            if matches!(*asking, Asking::Ended) {
                return None;
            }
            let mut child = Command::new(name)
                .args(own)
                .args(words)
                .envs(QUIETLY)
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .ok()?;
            let answer = child.stdout.take();
            *asking = Asking::Running(child);
            answer?.take(ANSWER)
        };
        let (sender, receiver) = sync_channel(1);
        let reading = std::thread::Builder::new().spawn(move || {
            let mut text = String::new();
            // An error means that nobody waits any more.
            let _ = sender.send(answer.read_to_string(&mut text).ok().map(|_| text));
        });
        let text = reading
            .ok()
            .and_then(|_| receiver.recv_timeout(PATIENCE).ok().flatten());
        let asking = {
            let mut asking = self.asking();
            let next = match *asking {
                Asking::Ended => Asking::Ended,
                Asking::Nobody | Asking::Running(_) => Asking::Nobody,
            };
            std::mem::replace(&mut *asking, next)
        };
        if let Asking::Running(mut child) = asking {
            // It has said what it was asked, or has taken too long to.
            end(&mut child);
        }
        text
    }
}

impl ComponentVersions for Installed {
    fn versions(&self, component: &Purl) -> Cow<'_, [String]> {
        if let Some(versions) = self.declared.get(component) {
            return Cow::Borrowed(versions);
        }
        let known = || self.found().get(component).cloned();
        if let Some(versions) = known() {
            return Cow::Owned(versions);
        }
        if matches!(*self.asking(), Asking::Ended) {
            return Cow::Borrowed(&[]);
        }
        // One at a time; what another one asked meanwhile is not asked again.
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let versions = known().unwrap_or_else(|| {
            let versions = self.look_up(component);
            self.found().insert(component.clone(), versions.clone());
            versions
        });
        Cow::Owned(versions)
    }
}

impl Drop for Installed {
    fn drop(&mut self) {
        self.end();
    }
}

fn end(child: &mut Child) {
    // One that is gone already is no fault.
    let _ = child.kill();
    let _ = child.wait();
}

fn first_word(text: &str) -> Option<String> {
    text.split_whitespace().next().map(str::to_owned)
}

/// The interpreter of the environment in which pip says it is: `from PREFIX/lib/python3.11/site-packages/pip (python
/// 3.11)`.
fn interpreter(rest: &str) -> Option<PathBuf> {
    let (place, version) = rest
        .strip_prefix("from ")?
        .trim_end()
        .strip_suffix(')')?
        .rsplit_once(" (python ")?;
    let name = format!("python{version}");
    let library = Path::new(place).ancestors().find(|folder| {
        let name = folder.file_name().and_then(|name| name.to_str());
        matches!(name, Some("lib" | "lib64" | "Lib"))
    })?;
    let prefix = library.parent()?;
    [
        prefix.join("bin").join(&name),
        prefix.join("bin").join("python3"),
        prefix.join("Scripts").join("python.exe"),
        prefix.join("python.exe"),
    ]
    .into_iter()
    .find(|path| path.exists())
    .or(Some(name.into()))
}

/// The compiler of a cargo: the one that cargo itself would run.
fn rustc(cargo: &[OsString]) -> Vec<OsString> {
    let own = std::env::var_os("RUSTC").filter(|name| !name.is_empty());
    let beside = cargo.first().and_then(|program| {
        let folder = Path::new(program).parent()?;
        let rustc = folder.join("rustc");
        (!folder.as_os_str().is_empty() && rustc.exists()).then(|| rustc.into_os_string())
    });
    let name = own.or(beside).unwrap_or_else(|| "rustc".into());
    std::iter::once(name)
        .chain(cargo.iter().skip(1).cloned())
        .collect()
}

/// `VERSION_ID` of this machine, when its `ID` is the one that is asked for.
fn os_release(wanted: &str) -> Option<String> {
    let text =
        text(Path::new("/etc/os-release")).or_else(|| text(Path::new("/usr/lib/os-release")))?;
    let value = |key: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once('='));
        lines
            .find(|(known, _)| *known == key)
            .map(|(_, value)| value.trim_matches(['"', '\'']).to_owned())
    };
    (value("ID")? == wanted).then(|| value("VERSION_ID"))?
}
