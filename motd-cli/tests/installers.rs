//! `motd run` in front of the real pip, npm and cargo, each with a package repository of its own on loopback.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::common::{NOTICE, assert_holds, run};
use crate::desk::{ReaderDesk, Streams, TerminalOutput, TerminalProgram};

/// Says that a test was not done, which the gate takes for a failure.
#[expect(clippy::print_stderr, reason = "the gate reads it")]
fn skipped(needed: &str) {
    let required = std::env::var_os("MOTD_REQUIRE_INTEROP").is_some();
    assert!(!required, "skipped: needs {needed}");
    eprintln!("skipped: needs {needed}");
}

/// A notice for who installs with these, in any version that can be read.
fn naming(components: &[(&str, &str)]) -> String {
    let components: Vec<_> = components
        .iter()
        .map(|(purl, versions)| format!("{{ purl = \"{purl}\", versions = \"{versions}\" }}"))
        .collect();
    let components = components.join(", ");
    format!(
        "{NOTICE}\n[[audience]]\ncomponents = [{components}]\ncommands = [\"install\", \"download\"]\n"
    )
}

/// A desk whose source is bound to this part of its own site.
fn desk(notice: String, repository: &str) -> ReaderDesk {
    let desk = ReaderDesk::saying(&[notice]);
    desk.motd(&["source", "remove", "example"]).with_status(0);
    let bound = desk.site.url(repository);
    desk.add_source("example", &desk.site.metadata_url(), Some(&bound));
    desk
}

/// The notice stands last, under the installer's own output.
#[track_caller]
fn spoke(seen: &TerminalOutput) {
    assert_eq!(seen.code(), 0, "{}", seen.screen);
    let (_, after) = seen
        .screen
        .split_once("notice[example] WARNING: TLS 1.2 will be required on 30 June\n")
        .unwrap_or_else(|| panic!("no notice: {}", seen.screen));
    assert!(
        after
            .lines()
            .all(|line| line.starts_with("notice[example]")),
        "{after}"
    );
}

#[test]
fn pip_installs_and_its_index_speaks() {
    let python = std::env::var("MOTD_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let has_pip = Command::new(&python)
        .args(["-m", "pip", "--version"])
        .output();
    if !has_pip.is_ok_and(|output| output.status.success()) {
        skipped("pip");
        return;
    }
    // A shim in its place, as of pyenv, writes in its folder after an install. That is a folder of the search path, and no
    // program is believed beside such a change, in the other tests either.
    let itself = ["-c", "import sys; print(sys.executable)"];
    let itself = run(Command::new(&python).args(itself)).with_status(0).out;
    let python = itself.trim();
    let notice = naming(&[
        ("pkg:pypi/pip", "vers:pypi/>=1"),
        ("pkg:generic/cpython", "vers:pypi/>=3"),
    ]);
    let desk = desk(notice, "simple/");
    let wheel = "demo-1.0-py3-none-any.whl";
    let folder = desk.room.path("index/simple/demo");
    fs::create_dir_all(&folder).unwrap();
    fs::write(
        folder.join("index.html"),
        format!("<a href=\"{wheel}\">{wheel}</a>"),
    )
    .unwrap();
    let script = format!(
        "import zipfile\nwith zipfile.ZipFile('index/simple/demo/{wheel}', 'w') as wheel:\n \
         wheel.writestr('demo.py', '')\n \
         wheel.writestr('demo-1.0.dist-info/METADATA', 'Metadata-Version: 2.1\\nName: demo\\nVersion: 1.0\\n')\n \
         wheel.writestr('demo-1.0.dist-info/WHEEL', 'Wheel-Version: 1.0\\nGenerator: t\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')\n \
         wheel.writestr('demo-1.0.dist-info/RECORD', 'demo.py,,\\n')\n"
    );
    run(desk.room.command(python).args(["-c", &script])).with_status(0);
    let index = desk.site.url("simple/");
    let install = [
        "-m",
        "pip",
        "install",
        "--index-url",
        &index,
        "--target",
        "here",
        "demo",
    ];
    let words = [&[python], &install[..]].concat();
    let seen = desk.run(&words);
    spoke(&seen);
    assert_holds(&seen.screen, "Successfully installed demo-1.0");
    assert!(desk.room.path("here/demo.py").exists());
    // What fails, fails as it does without.
    let missing = [
        "-m",
        "pip",
        "install",
        "--index-url",
        &index,
        "no-such-package",
    ];
    let words = [&[python], &missing[..]].concat();
    assert_eq!(desk.run(&words).code(), 1);
}

#[test]
fn npm_installs_and_its_registry_speaks() {
    if Command::new("npm").arg("--version").output().is_err() {
        skipped("npm");
        return;
    }
    let notice = naming(&[
        ("pkg:npm/npm", "vers:npm/>=1.0.0"),
        ("pkg:generic/node", "vers:semver/>=1.0.0"),
    ]);
    let desk = desk(notice, "npm/");
    desk.room.write("package.json", "{}");
    fs::create_dir_all(desk.room.path("source")).unwrap();
    desk.room.write(
        "source/package.json",
        r#"{ "name": "demo", "version": "1.0.0" }"#,
    );
    fs::create_dir_all(desk.room.path("index/npm")).unwrap();
    let mut pack = desk.room.command("npm");
    pack.args([
        "pack",
        "--silent",
        "./source",
        "--pack-destination",
        "index/npm",
    ]);
    run(&mut pack).with_status(0);
    let tarball = desk.site.url("npm/demo-1.0.0.tgz");
    let package = json!({ "name": "demo", "dist-tags": { "latest": "1.0.0" }, "versions": {
        "1.0.0": { "name": "demo", "version": "1.0.0", "dist": { "tarball": tarball } } } });
    desk.room.write("index/npm/demo", package.to_string());
    let registry = desk.site.url("npm/");
    let words = [
        "npm",
        "install",
        "--no-audit",
        "--no-fund",
        "--registry",
        &registry,
        "demo",
    ];
    let seen = desk.run(&words);
    spoke(&seen);
    assert!(
        desk.room.path("node_modules/demo/package.json").exists(),
        "{}",
        seen.screen
    );
    let words = [
        "npm",
        "install",
        "--no-audit",
        "--registry",
        &registry,
        "no-such-package",
    ];
    assert_eq!(desk.run(&words).code(), 1);
}

#[test]
fn cargo_fetches_and_its_index_speaks() {
    let Ok(cargo) = std::env::var("CARGO") else {
        skipped("cargo");
        return;
    };
    let notice = naming(&[("pkg:cargo/cargo", "vers:cargo/>=1.0.0")]);
    let desk = desk(notice, "registry/");
    package(&desk, &cargo);
    for (name, text) in [
        (
            ".cargo/config.toml",
            format!(
                "[source.crates-io]\nreplace-with = \"ours\"\n[source.ours]\nregistry = \"sparse+{}\"\n",
                desk.site.url("registry/")
            ),
        ),
        (
            "Cargo.toml",
            "[package]\nname = \"user\"\nedition = \"2021\"\n[dependencies]\ndemo = \"1\"\n"
                .to_owned(),
        ),
        ("src/lib.rs", String::new()),
    ] {
        fs::create_dir_all(desk.room.path(name).parent().unwrap()).unwrap();
        desk.room.write(name, text);
    }
    let fetch = |words: &[&str]| {
        let mut command = desk.command(&ReaderDesk::run_words(words));
        let folder = Path::new(&cargo).parent().unwrap().to_owned();
        let folders = [folder, "/usr/bin".into(), "/bin".into()];
        command.env("PATH", std::env::join_paths(folders).unwrap());
        TerminalProgram::start(command, Streams::All).end()
    };
    let seen = fetch(&["cargo", "fetch"]);
    spoke(&seen);
    assert!(desk.room.path("Cargo.lock").exists());
    assert_eq!(fetch(&["cargo", "install", "no-such-package"]).code(), 101);
}

/// Puts a package into the registry of this desk.
fn package(desk: &ReaderDesk, cargo: &str) {
    fs::create_dir_all(desk.room.path("demo/src")).unwrap();
    desk.room.write(
        "demo/Cargo.toml",
        "[package]\nname = \"demo\"\nversion = \"1.0.0\"\nedition = \"2021\"\n[workspace]\n",
    );
    desk.room.write("demo/src/lib.rs", "");
    let mut command = desk.room.command(cargo);
    command.args(["package", "--offline", "--no-verify", "--allow-dirty"]);
    run(command.current_dir(desk.room.path("demo"))).with_status(0);
    let bytes = fs::read(desk.room.path("demo/target/package/demo-1.0.0.crate")).unwrap();
    for folder in ["index/registry/de/mo", "index/crates/demo/1.0.0"] {
        fs::create_dir_all(desk.room.path(folder)).unwrap();
    }
    let line = json!({ "name": "demo", "vers": "1.0.0", "deps": [], "features": {}, "yanked": false,
        "cksum": hex::encode(Sha256::digest(&bytes)) });
    desk.room
        .write("index/registry/de/mo/demo", format!("{line}\n"));
    let config = json!({ "dl": desk.site.url("crates") });
    desk.room
        .write("index/registry/config.json", config.to_string());
    desk.room.write("index/crates/demo/1.0.0/download", bytes);
}
