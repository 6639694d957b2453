//! Somebody who runs `motd check`, with a state folder and a terminal of their own.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use motd_core::Time;
use serde_json::Value;
use tempfile::TempDir;

use super::screen::{COLUMNS, Screen, printable};
use super::site::DemoSite;
use super::world::{DemoWorld, REPOSITORY};
use crate::arguments::{CheckArguments, MachineArguments, ReaderPaths};
use crate::commands::check::check;

/// Seconds that the demo gives to a run of `motd`.
pub(crate) const DEADLINE: u16 = 1;

/// Somebody with a state folder.
pub(crate) struct Victim {
    folder: TempDir,
}

/// What two runs did: one that was asked for JSON and marks nothing as seen, then one on a terminal.
pub(crate) struct Ours {
    /// `state` of the report.
    pub(crate) state: String,
    stage: Option<String>,
    code: Option<String>,
    /// The code by which the first notice was refused, or the reason why it is shown or not.
    pub(crate) notice: Option<String>,
    /// Body bytes that the first run took.
    pub(crate) bytes: u64,
    /// What the second run put on the screen.
    pub(crate) screen: String,
    /// What both printed.
    pub(crate) printed: String,
}

impl Victim {
    /// Somebody who has never checked anything.
    pub(crate) fn new() -> Result<Self> {
        Ok(Self {
            folder: tempfile::tempdir()?,
        })
    }

    /// Somebody who has checked the honest index today.
    pub(crate) fn acquainted(world: &DemoWorld) -> Result<Self> {
        let victim = Self::new()?;
        let honest = DemoSite::new(&world.today, b"{}").serve()?;
        let seen = victim.check_as_json(world, &honest.origin(), world.now)?;
        anyhow::ensure!(
            seen["state"] == "fresh",
            "the honest index is not read: {seen}"
        );
        Ok(victim)
    }

    /// Runs `motd check --json`.
    pub(crate) fn check_as_json(
        &self,
        world: &DemoWorld,
        origin: &str,
        now: Time,
    ) -> Result<Value> {
        let screen = Screen::default();
        check(
            &self.arguments(world, origin, true)?,
            now,
            &mut screen.shell(COLUMNS),
        )?;
        let printed = screen.take();
        serde_json::from_str(&printed).with_context(|| printable(&printed))
    }

    /// Runs `motd check --json`, then `motd check` on a terminal.
    pub(crate) fn check(&self, world: &DemoWorld, origin: &str, now: Time) -> Result<Ours> {
        let report = self.check_as_json(world, origin, now)?;
        let screen = Screen::default();
        check(
            &self.arguments(world, origin, false)?,
            now,
            &mut screen.shell(COLUMNS),
        )?;
        let shown = screen.take();
        let text = |pointer: &str| {
            report
                .pointer(pointer)
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        Ok(Ours {
            state: text("/state").context("no state")?,
            stage: text("/failure/stage"),
            code: text("/failure/code"),
            notice: text("/notices/0/code").or_else(|| text("/notices/0/reason")),
            bytes: report["bytes"].as_u64().context("no bytes")?,
            printed: format!("{report}\n{shown}"),
            // The one line about a failure is talk, and says so by its form; the rest are notices.
            screen: shown,
        })
    }

    fn arguments(&self, world: &DemoWorld, origin: &str, json: bool) -> Result<CheckArguments> {
        let root: PathBuf = self.folder.path().join("root.json");
        if !root.exists() {
            fs_err::write(&root, world.keys.trusted_root())?;
        }
        Ok(CheckArguments {
            root: Some(root),
            repository: Some(REPOSITORY.parse()?),
            metadata_url: Some(format!("{origin}/metadata/").parse()?),
            places: ReaderPaths {
                config: None,
                state_dir: Some(self.folder.path().join("state")),
            },
            // The attacked repository has packages as well.
            in_band: true,
            source: Some("pypi".parse()?),
            machine: MachineArguments {
                os: Some("linux".to_owned()),
                arch: Some("x86_64".to_owned()),
                command: Some("install".to_owned()),
                languages: vec!["en".parse()?],
                ..MachineArguments::default()
            },
            timeout: DEADLINE,
            json,
            ..CheckArguments::default()
        })
    }
}

impl Ours {
    /// Stage and code of the failure.
    pub(crate) fn failure(&self) -> Option<(&str, &str)> {
        self.stage.as_deref().zip(self.code.as_deref())
    }

    /// In a few words.
    pub(crate) fn summary(&self) -> String {
        let shown = self
            .screen
            .lines()
            .filter(|line| line.starts_with("notice["))
            .count();
        let shown = match shown {
            0 => match self.notice.as_deref() {
                Some(code) => format!("nothing shown; notice: {code}"),
                None => "nothing shown".to_owned(),
            },
            lines => format!("{lines} framed lines"),
        };
        match self.failure() {
            Some((stage, code)) => format!("{}: {shown}; {stage}: {code}", self.state),
            None => format!("{}: {shown}", self.state),
        }
    }
}
