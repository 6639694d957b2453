//! The story: from an operator's file to the terminals of three people, with the program's own commands.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::Parser;
use motd_server::serve::{Server, ServerSettings};
use motd_server::store::Store;
use serde::Serialize;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::screen::Screen;
use crate::arguments::CheckArguments;
use crate::arguments::publisher::PublisherCommand;
use crate::clock::now;
use crate::commands::check::check;
use crate::commands::publisher;
use crate::exit::Exit;
use crate::shell::Shell;

const COLUMNS: u16 = 80;

/// The three notices, as their authors wrote them.
const NOTICES: [(&str, &str); 3] = [
    (
        "tls-1.2-required",
        include_str!("notices/tls-1.2-required.toml"),
    ),
    (
        "two-factor-required",
        include_str!("notices/two-factor-required.toml"),
    ),
    (
        "registrations-suspended",
        include_str!("notices/registrations-suspended.toml"),
    ),
];

/// The commands of the story: what publishers type, and the check of its readers.
#[derive(Debug, Parser)]
enum Typed {
    #[command(flatten)]
    Publisher(Box<PublisherCommand>),
    Check(Box<CheckArguments>),
}

/// Somebody who runs an installer.
struct StoryReader {
    name: &'static str,
    /// What their installer tells `motd check` about itself.
    installer: &'static [&'static str],
}

const MAC: StoryReader = StoryReader {
    name: "pip 9.0.1 on macOS",
    installer: &[
        "--component",
        "pkg:pypi/pip@9.0.1",
        "--os",
        "macos",
        "--command",
        "install",
    ],
};
const LINUX: StoryReader = StoryReader {
    name: "pip 24.0 on Linux",
    installer: &[
        "--component",
        "pkg:pypi/pip@24.0",
        "--os",
        "linux",
        "--command",
        "install",
    ],
};
const UPLOADER: StoryReader = StoryReader {
    name: "an uploader",
    installer: &[
        "--component",
        "pkg:pypi/twine@5.0.0",
        "--os",
        "linux",
        "--command",
        "upload",
    ],
};

/// One check of the story, and whether it showed what it should.
#[derive(Debug, Serialize)]
pub(crate) struct StoryStep {
    who: &'static str,
    when: String,
    expected: Vec<&'static str>,
    shown: Vec<&'static str>,
    pub(crate) passed: bool,
}

/// The stage of the story: an operator's folder, a server, and everybody's own state.
struct DemoStory<'a> {
    folder: TempDir,
    runtime: Runtime,
    server: Option<Server>,
    shell: &'a mut Shell,
    silent: bool,
}

/// Tells it. `silent` tells nothing and still does everything.
pub(crate) fn tell(shell: &mut Shell, silent: bool) -> Result<Vec<StoryStep>> {
    let mut stage = DemoStory {
        folder: tempfile::tempdir()?,
        runtime: tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?,
        server: None,
        shell,
        silent,
    };
    stage.set_up()?;
    stage.publish("2018-04-12T08:00:00Z", &[0])?;
    let mut steps = Vec::new();

    stage.say("\n12 April 2018. Three people run their installers.");
    steps.push(stage.check(&MAC, "2018-04-12T09:00:00Z", &["tls-1.2-required"])?);
    steps.push(stage.check(&LINUX, "2018-04-12T09:00:00Z", &[])?);
    steps.push(stage.check(&MAC, "2018-04-12T09:05:00Z", &[])?);
    stage.say("  (told once; a warning comes back after a week, unless it is acknowledged)");

    stage.say("\n28 March 2024, 3 a.m. An incident. The other two notices go out with it; the first has ended.");
    stage.renew("2024-03-28T02:50:00Z")?;
    stage.publish("2024-03-28T03:00:00Z", &[0, 1, 2])?;
    steps.push(stage.check(&MAC, "2024-03-28T03:01:00Z", &["registrations-suspended"])?);
    steps.push(stage.check(&LINUX, "2024-03-28T03:01:00Z", &["registrations-suspended"])?);
    let both = ["registrations-suspended", "two-factor-required"];
    steps.push(stage.check(&UPLOADER, "2024-03-28T03:01:00Z", &both)?);
    steps.push(stage.check(&LINUX, "2024-03-28T03:02:00Z", &[])?);

    stage.say("\nThe same day, noon. The incident is over; revision 2 says so, and speaks to those who saw revision 1.");
    stage.revise()?;
    stage.publish("2024-03-28T12:56:00Z", &[0, 1, 2])?;
    steps.push(stage.check(&LINUX, "2024-03-28T13:00:00Z", &["registrations-suspended"])?);
    steps.push(stage.check(&LINUX, "2024-03-28T13:01:00Z", &[])?);
    if let Some(server) = stage.server.take() {
        stage.runtime.block_on(server.stop());
    }
    Ok(steps)
}

impl DemoStory<'_> {
    fn say(&mut self, line: &str) {
        if !self.silent {
            self.shell.lines(line);
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Runs one of the program's own commands as its user types it; says what was typed, and what it printed.
    fn motd(&mut self, typed: &str, words: &[&str]) -> Result<(Exit, String)> {
        self.say(&format!("\n  $ motd {typed}"));
        let typed = Typed::try_parse_from(["motd"].iter().chain(words))?;
        let screen = Screen::default();
        let exit = match typed {
            // Not by way of the environment: MOTD=off is for people, and the demo was asked for.
            Typed::Check(arguments) => {
                let now = now(arguments.now)?;
                check(&arguments, now, &mut screen.shell(COLUMNS))
            }
            Typed::Publisher(command) => publisher::run(*command, &mut screen.shell(COLUMNS)),
        }?;
        let printed = screen.take();
        let place = format!("{}/", self.folder.path().display());
        let shown = printed.replace(&place, "");
        for line in shown.lines() {
            self.say(&format!("  {line}"));
        }
        Ok((exit, printed))
    }

    fn set_up(&mut self) -> Result<()> {
        self.say("An index has something to tell everyone who runs an installer against it.");
        for (name, text) in NOTICES {
            fs_err::write(self.path(&format!("{name}.toml")), text)?;
        }
        self.say("\nThree people hold a key each; two have to sign.");
        let index = self.path("index").display().to_string();
        let words = [
            "repo",
            "init",
            &index,
            "--repository",
            "pypi.org",
            "--now",
            "2018-04-12T07:00:00Z",
        ];
        self.motd("repo init index --repository pypi.org", &words)?;
        self.say(
            "\nThree notices are written, as TOML files under version control. The first one:\n",
        );
        let (_, first) = NOTICES[0];
        for line in first
            .lines()
            .filter(|line| !line.starts_with('#'))
            .take_while(|line| !line.contains("text.fr"))
        {
            let line: String = line.chars().take(usize::from(COLUMNS) - 4).collect();
            self.say(format!("    {line}").trim_end());
        }
        let files: Vec<_> = NOTICES
            .iter()
            .map(|(name, _)| self.path(&format!("{name}.toml")).display().to_string())
            .collect();
        let words: Vec<_> = std::iter::once("lint")
            .chain(files.iter().map(String::as_str))
            .collect();
        self.motd("lint *.toml", &words)?;
        let store = Store::folder(&self.path("index"));
        let address = ([127, 0, 0, 1], 0).into();
        let server = self.runtime.block_on(async {
            Server::bind(address, store.load().await?, ServerSettings::default()).await
        })?;
        self.say(&format!(
            "\nThe index is served at http://{}/",
            server.address()
        ));
        self.server = Some(server);
        Ok(())
    }

    fn publish(&mut self, now: &str, which: &[usize]) -> Result<()> {
        let folder = self.path("index").display().to_string();
        let [first, second] = self.two_keys();
        let files: Vec<_> = which
            .iter()
            .filter_map(|at| NOTICES.get(*at))
            .map(|(name, _)| self.path(&format!("{name}.toml")).display().to_string())
            .collect();
        let mut words = vec!["publish", &folder];
        words.extend(files.iter().map(String::as_str));
        words.extend(["--key", &first, "--key", &second, "--now", now]);
        let named: Vec<_> = which
            .iter()
            .filter_map(|at| NOTICES.get(*at))
            .map(|(name, _)| format!("{name}.toml"))
            .collect();
        self.motd(
            &format!(
                "publish index {} --key person-1.pem --key person-3.pem",
                named.join(" ")
            ),
            &words,
        )?;
        let store = Store::folder(&self.path("index"));
        let files = self.runtime.block_on(store.load())?;
        self.server
            .as_ref()
            .context("the index is not served")?
            .replace(files);
        Ok(())
    }

    /// Root and targets live for a year; somebody was there each year, and the last time is now.
    fn renew(&mut self, now: &str) -> Result<()> {
        let folder = self.path("index").display().to_string();
        let [first, second] = self.two_keys();
        let words = [
            "repo", "renew", &folder, "--key", &first, "--key", &second, "--now", now,
        ];
        self.motd(
            "repo renew index --key person-1.pem --key person-3.pem",
            &words,
        )?;
        Ok(())
    }

    fn two_keys(&self) -> [String; 2] {
        [1, 3].map(|person| {
            self.path(&format!("index/keys/person-{person}.pem"))
                .display()
                .to_string()
        })
    }

    /// The third notice says that it is over.
    fn revise(&mut self) -> Result<()> {
        let (name, text) = NOTICES[2];
        let text = text
            .replace("revision = 1", "revision = 2")
            .replace("severity = \"critical\"", "severity = \"info\"")
            .replace("are suspended\"", "are possible again\"");
        let start = text.find("body = [").context("the notice has no body")?;
        let end = start + text[start..].find("]\n").context("the body has no end")? + 1;
        let body =
            "body = [\"Registration of accounts and projects works again since 12:56 UTC.\"]";
        fs_err::write(
            self.path(&format!("{name}.toml")),
            format!("{}{body}{}", &text[..start], &text[end..]),
        )?;
        Ok(())
    }

    fn check(
        &mut self,
        person: &StoryReader,
        now: &str,
        expected: &[&'static str],
    ) -> Result<StoryStep> {
        let address = self
            .server
            .as_ref()
            .context("the index is not served")?
            .address();
        let root = self
            .path("index/metadata/1.root.json")
            .display()
            .to_string();
        let state = self
            .path(&person.name.replace(' ', "-"))
            .display()
            .to_string();
        let url = format!("http://{address}/metadata/");
        let mut words = vec![
            "check",
            "--root",
            &root,
            "--repository",
            "pypi.org",
            "--metadata-url",
            &url,
        ];
        words.extend([
            "--state-dir",
            &state,
            "--source",
            "pypi",
            "--language",
            "en",
            "--now",
            now,
        ]);
        words.extend(person.installer);
        self.say(&format!("\n{}, {now}:", person.name));
        let (_, printed) =
            self.motd(&format!("check ... {}", person.installer.join(" ")), &words)?;
        // A title may go on in a second line.
        let unwrapped = printed.replace("\nnotice[pypi]   ", " ");
        let titles = |name: &&str| {
            let text =
                fs_err::read_to_string(self.path(&format!("{name}.toml"))).unwrap_or_default();
            title(&text).is_some_and(|title| unwrapped.contains(title))
        };
        let shown: Vec<_> = NOTICES
            .iter()
            .map(|(name, _)| *name)
            .filter(|name| titles(name))
            .collect();
        if printed.is_empty() {
            self.say("  (nothing)");
        }
        let mut wanted = expected.to_vec();
        wanted.sort_by_key(|name| NOTICES.iter().position(|(known, _)| known == name));
        let passed = shown == wanted;
        if !passed {
            self.say(&format!("  ! expected {wanted:?}, saw {shown:?}"));
        }
        Ok(StoryStep {
            who: person.name,
            when: now.to_owned(),
            expected: wanted,
            shown,
            passed,
        })
    }
}

/// The English title in a notice file.
fn title(text: &str) -> Option<&str> {
    let line = text.lines().find(|line| line.starts_with("title = "))?;
    line.split('"').nth(1)
}
