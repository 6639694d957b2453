//! pip: its commands, and where its packages come from.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use url::Url;

use super::call::InstallerRequest;
use super::here::{Here, address, is_yes};
use super::words::CommandWords;

/// Where packages come from unless something else is said.
const INDEX: &str = "https://pypi.org/simple/";

/// General options with a value of their own, which stand before the command.
const WITH_VALUE: [&str; 14] = [
    "--cache-dir",
    "--cert",
    "--client-cert",
    "--exists-action",
    "--keyring-provider",
    "--log",
    "--proxy",
    "--python",
    "--resume-retries",
    "--retries",
    "--timeout",
    "--trusted-host",
    "--use-deprecated",
    "--use-feature",
];

/// Command, token of the registry, and whether it uses the network.
const COMMANDS: [(&str, &str, bool); 12] = [
    ("install", "install", true),
    ("uninstall", "remove", false),
    ("download", "download", true),
    ("wheel", "build", true),
    ("lock", "resolve", true),
    ("index", "search", true),
    ("search", "search", true),
    ("list", "audit", false),
    ("freeze", "audit", false),
    ("check", "audit", false),
    ("show", "audit", false),
    ("inspect", "audit", false),
];

/// How many words after an interpreter lead to pip, as `-I -m pip` does.
pub(super) fn module(words: &[OsString]) -> Option<usize> {
    let mut words = words.iter().enumerate();
    while let Some((_, word)) = words.next() {
        match word.to_str()? {
            "-m" => {
                let (index, module) = words.next()?;
                return (module == "pip").then_some(index + 1);
            }
            // The interpreter's options with a value: with one of them it runs no module that is told apart here.
            "-c" | "-W" | "-X" => return None,
            option if option.starts_with('-') => {}
            _ => return None,
        }
    }
    None
}

pub(super) fn look(words: &CommandWords<'_>, program: &Path, here: &Here<'_>) -> InstallerRequest {
    let command = words.command(&WITH_VALUE).map(|(command, _)| command);
    let known = COMMANDS.iter().find(|(name, ..)| Some(*name) == command);
    let files = PipConfig::read(words, program, command.unwrap_or_default(), here);
    let setting = |variable: &str, key: &str| {
        let given = || here.set(variable).filter(|_| !words.has(&["--isolated"]));
        given().or_else(|| files.value(key))
    };
    let no_index = words.has(&["--no-index"])
        || setting("PIP_NO_INDEX", "no-index").is_some_and(|value| is_yes(&value));
    InstallerRequest {
        token: known.map(|(_, token, _)| *token),
        network: known.is_some_and(|(.., network)| *network) && !no_index,
        quiet: is_quiet(words) || here.set("PIP_QUIET").is_some_and(|value| value != "0"),
        repositories: Some(if no_index {
            Vec::new()
        } else {
            repositories(words, &setting)
        }),
    }
}

fn is_quiet(words: &CommandWords<'_>) -> bool {
    // `-q`, and several short options in one word such as `-qU`.
    let short = |word: &str| {
        word.strip_prefix('-')
            .is_some_and(|rest| rest.starts_with('q') && !rest.starts_with('-'))
    };
    words.has(&["--quiet"])
        || words.any(short)
        || words
            .values(&["--format", "--report"])
            .iter()
            .any(|value| matches!(*value, "json" | "-"))
        || matches!(words.command(&WITH_VALUE), Some(("inspect" | "freeze", _)))
}

fn repositories(
    words: &CommandWords<'_>,
    setting: &dyn Fn(&str, &str) -> Option<String>,
) -> Vec<Url> {
    let index = words
        .values(&["--index-url", "-i", "--pypi-url"])
        .last()
        .map(|url| (*url).to_owned())
        .or_else(|| setting("PIP_INDEX_URL", "index-url"))
        .unwrap_or_else(|| INDEX.to_owned());
    let given = words.values(&["--extra-index-url"]);
    let extra = if given.is_empty() {
        setting("PIP_EXTRA_INDEX_URL", "extra-index-url").unwrap_or_default()
    } else {
        given.join(" ")
    };
    std::iter::once(index.as_str())
        .chain(extra.split_whitespace())
        .filter_map(address)
        .collect()
}

/// The values of pip's configuration files, the ones that count most first.
struct PipConfig(Vec<(String, String)>);

impl PipConfig {
    fn read(words: &CommandWords<'_>, program: &Path, command: &str, here: &Here<'_>) -> Self {
        let mut paths: Vec<PathBuf> = Vec::new();
        let own = here.set("PIP_CONFIG_FILE");
        if own.as_deref() != Some("/dev/null") {
            paths.extend(own.map(PathBuf::from));
            // The environment that pip is in: named by its activation, or by the program's own folder.
            paths.extend(here.set("VIRTUAL_ENV").map(|folder| {
                let folder = PathBuf::from(folder);
                folder.join("pip.conf")
            }));
            let prefix = program.parent().and_then(Path::parent);
            paths.extend(prefix.map(|prefix| prefix.join("pip.conf")));
            if !words.has(&["--isolated"]) {
                let config = here.set("XDG_CONFIG_HOME").map(PathBuf::from);
                let config = config.or_else(|| here.at_home(".config"));
                paths.extend(config.map(|folder| folder.join("pip/pip.conf")));
                paths.extend(here.at_home(".pip/pip.conf"));
            }
            paths.push(here.system.join("etc/pip.conf"));
        }
        let mut values = Vec::new();
        for path in paths {
            let text = here.text(&path).unwrap_or_default();
            // A command's own section counts more than the general one.
            for section in [command, "global"] {
                values.extend(section_of(&text, section));
            }
        }
        Self(values)
    }

    fn value(&self, key: &str) -> Option<String> {
        let mut values = self.0.iter().filter(|(known, _)| known == key);
        values.next().map(|(_, value)| value.clone())
    }
}

/// The values of a section, each with the lines that go on with it.
fn section_of(text: &str, wanted: &str) -> Vec<(String, String)> {
    let mut values: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = trimmed
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            inside = name == wanted;
        } else if !inside {
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = values.last_mut() {
                value.push(' ');
                value.push_str(trimmed);
            }
        } else if let Some((key, value)) = trimmed.split_once(['=', ':']) {
            let key = key.trim().to_ascii_lowercase().replace('_', "-");
            values.push((key, value.trim().to_owned()));
        }
    }
    values
}
