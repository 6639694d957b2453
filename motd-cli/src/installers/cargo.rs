//! cargo: its commands, and where its packages come from.

use std::ffi::OsString;
use std::path::PathBuf;

use toml::Table;
use url::Url;

use super::call::InstallerRequest;
use super::here::{Here, address};
use super::words::CommandWords;

/// crates.io, by the names that people know it by.
const CRATES_IO: [&str; 3] = [
    "https://index.crates.io/",
    "https://crates.io/",
    "https://github.com/rust-lang/crates.io-index",
];

/// Options with a value of their own, which can stand before the command.
const WITH_VALUE: [&str; 6] = [
    "--color",
    "--config",
    "-C",
    "--explain",
    "-Z",
    "--manifest-path",
];

/// Commands with their aliases, token of the registry, and whether they use the network. A build seldom does.
const COMMANDS: [(&[&str], &str, bool); 11] = [
    (&["install"], "install", true),
    (&["uninstall"], "remove", false),
    (&["update"], "update", true),
    (&["fetch", "vendor"], "download", true),
    (&["add", "generate-lockfile"], "resolve", true),
    (
        &[
            "build", "b", "check", "c", "run", "r", "test", "t", "bench", "doc", "d", "clippy",
            "rustc", "rustdoc", "fix", "package",
        ],
        "build",
        false,
    ),
    (&["search", "info"], "search", true),
    (&["tree", "report"], "audit", false),
    (&["publish"], "upload", true),
    (&["yank"], "account", true),
    (&["login", "logout", "owner"], "account", true),
];

/// How many words after the program choose a toolchain.
pub(super) fn toolchain(words: &[OsString]) -> usize {
    let first = words.first().and_then(|word| word.to_str());
    usize::from(first.is_some_and(|word| word.starts_with('+')))
}

pub(super) fn look(words: &CommandWords<'_>, here: &Here<'_>) -> InstallerRequest {
    let command = words.command(&WITH_VALUE).map(|(command, _)| command);
    let known =
        command.and_then(|command| COMMANDS.iter().find(|(names, ..)| names.contains(&command)));
    let offline = words.has(&["--offline", "--frozen"]) || here.is_yes("CARGO_NET_OFFLINE");
    let json = |value: &&str| value.starts_with("json");
    InstallerRequest {
        token: known.map(|(_, token, _)| *token),
        network: known.is_some_and(|(.., network)| *network) && !offline,
        quiet: words.has(&["-q", "--quiet"])
            || words.values(&["--message-format"]).iter().any(json)
            || here.is_yes("CARGO_TERM_QUIET")
            || command == Some("metadata"),
        repositories: Some(if offline {
            Vec::new()
        } else {
            registries(words, here)
        }),
    }
}

/// The registry that an option names, else crates.io or what stands in its place.
fn registries(words: &CommandWords<'_>, here: &Here<'_>) -> Vec<Url> {
    let config = CargoConfig::read(here);
    if let Some(index) = words.values(&["--index"]).last() {
        return registry_address(index).into_iter().collect();
    }
    if let Some(name) = words.values(&["--registry"]).last() {
        return config.registry(name, here).into_iter().collect();
    }
    let mut source = "crates-io".to_owned();
    // A replacement can be replaced; a circle ends.
    for _ in 0..8 {
        match config.text(&["source", &source, "replace-with"]) {
            Some(other) => source = other,
            None => break,
        }
    }
    if source == "crates-io" {
        return CRATES_IO.iter().filter_map(|url| address(url)).collect();
    }
    let own = config.text(&["source", &source, "registry"]);
    own.as_deref()
        .and_then(registry_address)
        .or_else(|| config.registry(&source, here))
        .into_iter()
        .collect()
}

/// cargo's configuration files, the ones that count most first.
struct CargoConfig(Vec<Table>);

impl CargoConfig {
    fn read(here: &Here<'_>) -> Self {
        let home = here.set("CARGO_HOME").map(PathBuf::from);
        let folders = here
            .folder
            .ancestors()
            .map(|folder| folder.join(".cargo"))
            .chain(home.or_else(|| here.at_home(".cargo")));
        let texts = folders.filter_map(|folder| {
            here.text(&folder.join("config"))
                .or_else(|| here.text(&folder.join("config.toml")))
        });
        Self(texts.filter_map(|text| text.parse().ok()).collect())
    }

    fn text(&self, keys: &[&str]) -> Option<String> {
        self.0.iter().find_map(|table| {
            let (last, folders) = keys.split_last()?;
            let mut table = table;
            for key in folders {
                table = table.get(*key)?.as_table()?;
            }
            table.get(*last)?.as_str().map(str::to_owned)
        })
    }

    fn registry(&self, name: &str, here: &Here<'_>) -> Option<Url> {
        let variable = name.to_ascii_uppercase().replace('-', "_");
        here.set(&format!("CARGO_REGISTRIES_{variable}_INDEX"))
            .or_else(|| self.text(&["registries", name, "index"]))
            .as_deref()
            .and_then(registry_address)
    }
}

/// The address of an index, without what says how it is read.
fn registry_address(text: &str) -> Option<Url> {
    address(
        text.strip_prefix("sparse+")
            .or_else(|| text.strip_prefix("registry+"))
            .unwrap_or(text),
    )
}
