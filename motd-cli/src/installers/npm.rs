//! npm: its commands, and where its packages come from.

use std::path::{Path, PathBuf};

use super::call::InstallerRequest;
use super::here::{Here, address};
use super::words::CommandWords;

/// Where packages come from unless something else is said.
const REGISTRY: &str = "https://registry.npmjs.org/";

/// Options with a value of their own that often stand before the command.
const WITH_VALUE: [&str; 9] = [
    "--cache",
    "--globalconfig",
    "--loglevel",
    "--prefix",
    "-C",
    "--registry",
    "--userconfig",
    "--workspace",
    "-w",
];

/// Commands with their aliases, token of the registry, and whether they use the network.
const COMMANDS: [(&[&str], &str, bool); 10] = [
    (
        &[
            "install",
            "i",
            "in",
            "ins",
            "inst",
            "insta",
            "instal",
            "isnt",
            "isnta",
            "isntal",
            "isntall",
            "add",
            "ci",
            "clean-install",
            "ic",
            "install-clean",
            "isntall-clean",
            "install-test",
            "it",
            "install-ci-test",
            "cit",
            "clean-install-test",
            "sit",
        ],
        "install",
        true,
    ),
    (&["update", "up", "upgrade", "udpate"], "update", true),
    (
        &["uninstall", "unlink", "remove", "rm", "r", "un"],
        "remove",
        false,
    ),
    (&["dedupe", "ddp", "find-dupes"], "resolve", true),
    (&["pack", "rebuild", "rb"], "build", false),
    (
        &["search", "find", "s", "se", "view", "info", "show", "v"],
        "search",
        true,
    ),
    (&["audit", "outdated"], "audit", true),
    (
        &["ls", "list", "la", "ll", "fund", "query", "sbom"],
        "audit",
        false,
    ),
    (&["publish"], "upload", true),
    (
        &[
            "login",
            "adduser",
            "add-user",
            "logout",
            "owner",
            "author",
            "token",
            "whoami",
            "access",
            "team",
            "org",
            "ogr",
            "profile",
            "deprecate",
            "undeprecate",
            "unpublish",
            "dist-tag",
            "dist-tags",
        ],
        "account",
        true,
    ),
];

pub(super) fn look(words: &CommandWords<'_>, here: &Here<'_>) -> InstallerRequest {
    let command = words.command(&WITH_VALUE).map(|(command, _)| command);
    let known =
        command.and_then(|command| COMMANDS.iter().find(|(names, ..)| names.contains(&command)));
    let offline =
        words.has(&["--offline"]) || variable(here, "offline").is_some_and(|value| value == "true");
    InstallerRequest {
        token: known.map(|(_, token, _)| *token),
        network: known.is_some_and(|(.., network)| *network) && !offline,
        quiet: is_quiet(words, here),
        repositories: Some(if offline {
            Vec::new()
        } else {
            registry(words, here)
                .as_deref()
                .and_then(address)
                .into_iter()
                .collect()
        }),
    }
}

fn is_quiet(words: &CommandWords<'_>, here: &Here<'_>) -> bool {
    let is_level = |level: &str| matches!(level, "silent" | "error" | "warn");
    words.has(&[
        "-s",
        "--silent",
        "-q",
        "--quiet",
        "--json",
        "-p",
        "--parseable",
    ]) || words.values(&["--loglevel"]).into_iter().any(is_level)
        || variable(here, "loglevel").is_some_and(|level| is_level(&level))
        || variable(here, "json").is_some_and(|value| value == "true")
}

/// A setting from the environment, in which npm's variables have any case.
fn variable(here: &Here<'_>, name: &str) -> Option<String> {
    here.set(&format!("npm_config_{name}"))
        .or_else(|| here.set(&format!("NPM_CONFIG_{}", name.to_ascii_uppercase())))
}

/// The registry that packages without a scope come from.
fn registry(words: &CommandWords<'_>, here: &Here<'_>) -> Option<String> {
    if let Some(registry) = words.values(&["--registry"]).last() {
        return Some((*registry).to_owned());
    }
    if let Some(registry) = variable(here, "registry") {
        return Some(registry);
    }
    let user = variable(here, "userconfig").map(PathBuf::from);
    [
        Some(project(here).join(".npmrc")),
        user.or_else(|| here.at_home(".npmrc")),
    ]
    .into_iter()
    .flatten()
    .find_map(|path| registry_of(&here.text(&path)?))
    .or_else(|| Some(REGISTRY.to_owned()))
}

/// The folder that npm takes for the project: the nearest with a `package.json`, else the working folder.
fn project<'a>(here: &Here<'a>) -> &'a Path {
    let is_project = |folder: &&Path| {
        ["package.json", "node_modules"]
            .iter()
            .any(|name| here.exists(&folder.join(name)))
    };
    here.folder
        .ancestors()
        .find(is_project)
        .unwrap_or(here.folder)
}

fn registry_of(npmrc: &str) -> Option<String> {
    let lines = npmrc.lines().filter_map(|line| line.split_once('='));
    let mut values = lines.filter(|(key, _)| key.trim() == "registry");
    values
        .next_back()
        .map(|(_, value)| value.trim().trim_matches('"').to_owned())
}
