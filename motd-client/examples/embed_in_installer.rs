//! A complete small installer that shows notices. Its download is a copy of a file; the rest is as in a large one.
//!
//! ```console
//! $ cargo run -p motd-client --example embed_in_installer -- ROOT METADATA_URL STATE ARCHIVE DESTINATION
//! ```
//!
//! `ROOT` is the trusted root that an installer ships, and `METADATA_URL` the one that it is configured with.

use std::error::Error;
use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;

use motd_client::{
    Background, BackgroundConfig, CheckConfig, Display, Installer, SeenStore, Source, Surroundings,
    Terminal, decisions, rollout_secret, write_to_terminal,
};
use motd_core::{Components, Environment, Mode, RepositoryId, SourceName, Time, posix_language};

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let [root, url, state, archive, destination] = arguments.as_slice() else {
        return ExitCode::from(2);
    };
    // MOTD=off, CI, a pipe in the place of the terminal: decided before any file is read.
    let surroundings = Surroundings::of_this_process(false);
    let notices = Notices::start(surroundings, || {
        check_config(root.as_ref(), &url.to_string_lossy(), state.as_ref())
    });

    // The installer's own work. Nothing of the notices changes what it does or how it ends.
    let installed = install(archive.as_ref(), destination.as_ref());

    if let Some(notices) = notices {
        notices.finish(true, &mut std::io::stderr());
    }
    match installed {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// In the place of a download.
fn install(archive: &Path, destination: &Path) -> std::io::Result<()> {
    std::fs::copy(archive, destination).map(drop)
}

/// What an installer knows of the repository that may speak: MOTD-BOOT-1, none of it comes over the network.
fn check_config(root: &Path, url: &str, state: &Path) -> Result<CheckConfig, Box<dyn Error>> {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
    let now = Time::from_unix_seconds(since_1970.as_secs().try_into()?);
    let config = CheckConfig::new(
        std::fs::read(root)?,
        "example.org".parse()?,
        url.parse()?,
        Installer::new("toy", "1.0.0")?,
        now.ok_or("the clock is wrong")?,
    )?;
    Ok(config.with_state_dir(state))
}

// The guide shows what stands from here
/// Notices beside an installation.
pub(crate) struct Notices {
    pub(crate) background: Background,
    display: Display,
    surroundings: Surroundings,
    repository: RepositoryId,
    state: Option<PathBuf>,
    now: Time,
}

impl Notices {
    /// Starts a check, and returns at once. Whatever is wrong with the configuration is no reason not to install.
    pub(crate) fn start(
        surroundings: Surroundings,
        config: impl FnOnce() -> Result<CheckConfig, Box<dyn Error>>,
    ) -> Option<Self> {
        let display = surroundings.display();
        if matches!(display, Display::Off | Display::Nothing) {
            return None;
        }
        let check = config().ok()?;
        Some(Self {
            display,
            surroundings,
            repository: check.repository.clone(),
            state: check.state_dir.clone(),
            now: check.now,
            background: Background::start(BackgroundConfig::new(check, display)),
        })
    }

    /// Shows what is due, after the installer's own output, and remembers it. It waits for at most 200 milliseconds,
    /// and not at all when the installer did not use the network.
    pub(crate) fn finish(self, used_network: bool, stderr: &mut dyn Write) {
        let Some(document) = self
            .background
            .finish(used_network)
            .and_then(|report| report.document)
        else {
            return;
        };
        let state = self.state.as_deref();
        let store = state.and_then(|state| SeenStore::open(state, &self.repository).ok());
        let loaded = store.as_ref().and_then(|store| store.load().ok());
        let (seen, _) = loaded.unwrap_or_default();

        // Who this is, for notices that are not for everyone. It never leaves the machine.
        let mut components = Components::new();
        components.add("pkg:pypi/toy", "1.0.0");
        let variable = |name| std::env::var(name).ok();
        let language = posix_language(
            variable("LC_ALL").as_deref(),
            variable("LC_MESSAGES").as_deref(),
            variable("LANG").as_deref(),
        );
        let environment = Environment {
            components: &components,
            os: Some(std::env::consts::OS.to_owned()),
            arch: Some(std::env::consts::ARCH.to_owned()),
            command: Some("install".to_owned()),
            languages: language.map(Into::into).into_iter().collect(),
            rollout_secret: state.and_then(|state| rollout_secret(state).ok()),
            ..Environment::new(self.now)
        };

        let Ok(name) = "toy".parse::<SourceName>() else {
            return;
        };
        let source = Source {
            name: &name,
            document: &document,
            seen: &seen,
        };
        // The width, if the installer can measure it: it is asked when lines are written, since a line that is too long
        // would go on without its prefix.
        let mut terminal = Terminal::new(&|| None, false)
            .with_utf8(self.surroundings.utf8)
            .after_output(self.surroundings.fresh_line);
        if self.display == Display::CriticalLines {
            terminal = terminal.critical_alone(self.surroundings.terminal);
        }
        let run = decisions(&[source], &environment, terminal, Mode::Automatic);
        let written = write_to_terminal(&run, &environment, terminal, Some("toy notices"), stderr);
        let shown: Vec<_> = written.into_iter().map(|(_, shown)| shown).collect();
        if let Some(store) = store {
            let _ = store.record_shown(&shown, self.now);
        }
    }
}
// to here.
