//! The copy of the sources, with every mutant in it and none of them on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::{Change, Table};
use crate::disk;

/// What the adapter is built from: the packages, and the registries that one of them reads.
const PARTS: [&str; 5] = [
    "motd-core",
    "motd-client",
    "motd-server",
    ADAPTER,
    "spec/registries",
];
/// The adapter's package.
const ADAPTER: &str = "conformance/implementations/rust";
/// Taken as they are.
const FILES: [&str; 2] = ["Cargo.lock", "rust-toolchain.toml"];
/// The program's name, which must not be that of a program which somebody could use.
const PROGRAM: &str = "motd-mutants";
/// The environment variable that says which mutant is on.
pub(super) const VARIABLE: &str = "MOTD_MUTANT";

/// In the core of the copy alone, which has no environment: which mutant is on.
const SWITCH: &str = "\
//! Which check is off.

use core::sync::atomic::{AtomicUsize, Ordering};

static ON: AtomicUsize = AtomicUsize::new(0);

/// Switches one check off.
pub fn set(number: usize) {
    ON.store(number, Ordering::Relaxed);
}

/// Whether it is this one.
pub fn is(number: usize) -> bool {
    ON.load(Ordering::Relaxed) == number
}
";

/// A copy of the packages with the mutants in it.
#[derive(Debug)]
pub struct Copied {
    folder: PathBuf,
    target: PathBuf,
}

impl Copied {
    /// Copies the packages of the project into its folder of build products, and puts the mutants into the copy. What is
    /// there already and the same is left alone, so that nothing is built twice.
    ///
    /// # Errors
    /// When a file cannot be read or written, or an entry does not fit the sources.
    pub fn make(workspace: &Path, table: &Table) -> Result<Self> {
        let workspace =
            &std::fs::canonicalize(workspace).with_context(|| workspace.display().to_string())?;
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| workspace.join("target"), PathBuf::from);
        let folder = target.join("mutants");
        let mut files = sources(workspace)?;
        for (path, text) in applied(workspace, table)? {
            files.insert(path, text.into_bytes());
        }
        switch(&mut files)?;
        write(&folder, &files)?;
        Ok(Self { folder, target })
    }

    /// Builds the copy's adapter; the command that starts it with no mutant on is what comes back.
    ///
    /// # Errors
    /// When it does not build.
    pub fn build(&self) -> Result<Vec<String>> {
        if let Err(first) = self.cargo(&["--offline"]) {
            // Nothing has to be fetched but in a place where the project itself was never built.
            if !first.contains("offline") {
                bail!(
                    "the copy in {} does not build:\n{first}",
                    self.folder.display()
                );
            }
            if let Err(second) = self.cargo(&[]) {
                bail!(
                    "the copy in {} does not build:\n{second}",
                    self.folder.display()
                );
            }
        }
        let program = self
            .target
            .join("debug")
            .join(format!("{PROGRAM}{}", std::env::consts::EXE_SUFFIX));
        Ok(vec![program.display().to_string()])
    }

    fn cargo(&self, arguments: &[&str]) -> std::result::Result<(), String> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args(["build", "--quiet", "--bin", PROGRAM, "--target-dir"])
            .arg(&self.target)
            .args(arguments)
            .current_dir(&self.folder)
            .output()
            .map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(())
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }
}

/// The files of the project that mutants change, changed.
///
/// # Errors
/// When a file is not among what is copied or cannot be read, when a text that is looked for is not there exactly once,
/// and when two of them overlap.
pub fn applied(workspace: &Path, table: &Table) -> Result<BTreeMap<PathBuf, String>> {
    let mut by_file: BTreeMap<String, Vec<Numbered<'_>>> = BTreeMap::new();
    for (number, mutant) in table.numbered() {
        for change in mutant.changes() {
            by_file
                .entry(change.file.clone())
                .or_default()
                .push((number, &mutant.id, change));
        }
    }
    let mut changed = BTreeMap::new();
    for (file, changes) in by_file {
        if !PARTS.iter().any(|part| Path::new(&file).starts_with(part)) {
            bail!("{file} is not a part of the adapter");
        }
        let path = workspace.join(&file);
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let text = replaced(&file, &text, &changes)?;
        changed.insert(PathBuf::from(file), text);
    }
    Ok(changed)
}

/// The number and the id of a mutant, and one place of it.
type Numbered<'t> = (usize, &'t str, Change);

fn replaced(file: &str, text: &str, changes: &[Numbered<'_>]) -> Result<String> {
    let switch = if file.starts_with("motd-core/") {
        "crate::mutants::is"
    } else {
        "::motd_core::mutants::is"
    };
    let mut places = Vec::new();
    for (number, id, change) in changes {
        let found: Vec<usize> = text
            .match_indices(&change.find)
            .map(|(place, _)| place)
            .collect();
        let [place] = found[..] else {
            bail!(
                "{id}: what it looks for stands {} times in {file}, not once",
                found.len()
            );
        };
        let replacement = change
            .replace
            .replace("MUTANT", &format!("{switch}({number})"));
        places.push((place, place + change.find.len(), *id, replacement));
    }
    places.sort();
    let (mut out, mut end, mut before) = (String::with_capacity(text.len()), 0, None);
    for (place, next, id, replacement) in places {
        if let (true, Some(before)) = (place < end, before) {
            bail!("{id} and {before} change one place of {file}");
        }
        out.push_str(text.get(end..place).unwrap_or_default());
        out.push_str(&replacement);
        (end, before) = (next, Some(id));
    }
    out.push_str(text.get(end..).unwrap_or_default());
    Ok(out)
}

/// All files that the adapter is built from, by their paths from the project's folder.
fn sources(workspace: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for name in FILES {
        let path = workspace.join(name);
        let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
        files.insert(PathBuf::from(name), bytes);
    }
    let mut folders: Vec<PathBuf> = PARTS.iter().map(PathBuf::from).collect();
    while let Some(folder) = folders.pop() {
        let path = workspace.join(&folder);
        for entry in std::fs::read_dir(&path).with_context(|| path.display().to_string())? {
            let entry = entry?;
            let inside = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(inside);
            } else {
                let bytes = std::fs::read(entry.path())
                    .with_context(|| entry.path().display().to_string())?;
                files.insert(inside, bytes);
            }
        }
    }
    let manifest = std::fs::read_to_string(workspace.join("Cargo.toml")).context("Cargo.toml")?;
    files.insert(
        PathBuf::from("Cargo.toml"),
        of_the_copy(&manifest)?.into_bytes(),
    );
    Ok(files)
}

/// The workspace's manifest, with the packages that are copied and without opinions about their style.
fn of_the_copy(manifest: &str) -> Result<String> {
    let mut manifest: toml::Table = toml::from_str(manifest).context("Cargo.toml")?;
    let workspace = manifest
        .get_mut("workspace")
        .and_then(toml::Value::as_table_mut);
    let workspace = workspace.context("Cargo.toml is not that of a workspace")?;
    let packages: Vec<&str> = PARTS
        .into_iter()
        .filter(|part| !part.starts_with("spec/"))
        .collect();
    workspace.insert("members".to_owned(), packages.into());
    let quiet = toml::from_str("rust.warnings = \"allow\"")?;
    workspace.insert("lints".to_owned(), toml::Value::Table(quiet));
    Ok(toml::to_string(&manifest)?)
}

/// Adds the switch to the core, and lets the adapter turn it.
fn switch(files: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
    const MAIN: &str = "fn main() -> io::Result<()> {\n";
    let mut change = |path: PathBuf, with: &dyn Fn(String) -> Result<String>| -> Result<()> {
        let bytes = files
            .remove(&path)
            .with_context(|| path.display().to_string())?;
        let text = with(String::from_utf8(bytes)?)?;
        files.insert(path, text.into_bytes());
        Ok(())
    };
    change(Path::new("motd-core/src/lib.rs").into(), &|text| {
        Ok(text + "\npub mod mutants;\n")
    })?;
    change(Path::new(ADAPTER).join("src/main.rs"), &|text| {
        let turn = format!(
            "{MAIN}    let number = std::env::var({VARIABLE:?}).ok().and_then(|number| number.parse().ok());\n    \
             motd_core::mutants::set(number.unwrap_or_default());\n"
        );
        match text.matches(MAIN).count() {
            1 => Ok(text.replace(MAIN, &turn)),
            _ => bail!("the adapter's main function is not where it was"),
        }
    })?;
    change(Path::new(ADAPTER).join("Cargo.toml"), &|text| {
        Ok(format!(
            "{text}\n[[bin]]\nname = \"{PROGRAM}\"\npath = \"src/main.rs\"\n"
        ))
    })?;
    files.insert(PathBuf::from("motd-core/src/mutants.rs"), SWITCH.into());
    Ok(())
}

/// Writes what is not there or other, and removes what nobody copies any more.
fn write(folder: &Path, files: &BTreeMap<PathBuf, Vec<u8>>) -> Result<()> {
    let mut folders = vec![PathBuf::new()];
    while let Some(inside) = folders.pop() {
        for entry in std::fs::read_dir(folder.join(&inside))
            .into_iter()
            .flatten()
            .flatten()
        {
            let path = inside.join(entry.file_name());
            if entry.path().is_dir() {
                folders.push(path);
            } else if !files.contains_key(&path) {
                std::fs::remove_file(entry.path())
                    .with_context(|| entry.path().display().to_string())?;
            }
        }
    }
    for (path, bytes) in files {
        let path = folder.join(path);
        if std::fs::read(&path).ok().as_ref() != Some(bytes) {
            disk::write(&path, bytes)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mutant<'t>(id: &'t str, find: &str, replace: &str) -> (&'t str, Change) {
        let change = Change {
            file: "motd-core/src/lib.rs".to_owned(),
            find: find.to_owned(),
            replace: replace.to_owned(),
        };
        (id, change)
    }

    fn replaced_by(changes: &[(&str, Change)]) -> Result<String> {
        let numbered: Vec<_> = (1..)
            .zip(changes)
            .map(|(number, (id, change))| (number, *id, change.clone()))
            .collect();
        replaced("motd-core/src/lib.rs", "if one { } if two { }", &numbered)
    }

    #[test]
    fn each_mutant_has_its_own_condition() {
        let mutants = [
            mutant("b", "if two", "if two && !MUTANT"),
            mutant("a", "if one", "if one && !MUTANT"),
        ];
        assert_eq!(
            replaced_by(&mutants).unwrap(),
            "if one && !crate::mutants::is(2) { } if two && !crate::mutants::is(1) { }"
        );
    }

    #[test]
    fn what_is_not_there_once_is_an_error_that_names_it() {
        for find in ["if three", "if"] {
            let error = replaced_by(&[mutant("m", find, "MUTANT")])
                .unwrap_err()
                .to_string();
            assert!(
                error.contains("m: ") && error.contains("motd-core/src/lib.rs"),
                "{error}"
            );
        }
    }

    #[test]
    fn one_place_is_changed_once() {
        let error = replaced_by(&[
            mutant("a", "if one", "MUTANT"),
            mutant("b", "one { }", "MUTANT"),
        ]);
        assert!(error.unwrap_err().to_string().contains("b and a"));
    }

    #[test]
    fn the_manifest_of_the_copy_has_only_what_is_copied() {
        let manifest = of_the_copy("[workspace]\nmembers = [\"motd-cli\"]\n[workspace.lints.rust]\nmissing_docs = \"warn\"\n").unwrap();
        assert!(
            !manifest.contains("motd-cli\"")
                && manifest.contains(ADAPTER)
                && !manifest.contains("missing_docs")
        );
    }
}
