//! The vectors as files: cases by group, the files that web servers hand out by their digest, and a manifest.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use hex::ToHex as _;
use include_dir::{Dir, include_dir};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Case, Disturbance};

/// What is compiled in, so that one binary is the whole suite.
static COMPILED_IN: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/vectors");

/// Bytes by the name of their file: the first 16 hexadecimal digits of their SHA-256, and `.json` where they are text.
#[derive(Debug, Clone, Default)]
pub struct VectorFiles(BTreeMap<String, Vec<u8>>);

impl VectorFiles {
    /// Keeps these bytes; what comes back is their name.
    pub fn add(&mut self, bytes: Vec<u8>) -> String {
        let name = Self::name(&bytes);
        self.0.insert(name.clone(), bytes);
        name
    }

    /// Keeps the files of a site; what comes back is path to name.
    pub fn add_site(&mut self, site: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, String> {
        site.iter()
            .map(|(path, bytes)| (path.clone(), self.add(bytes.clone())))
            .collect()
    }

    /// The name that these bytes have or would have.
    #[must_use]
    pub fn name(bytes: &[u8]) -> String {
        let digest: String = Sha256::digest(bytes).encode_hex();
        let end = if std::str::from_utf8(bytes).is_ok() {
            "json"
        } else {
            "bin"
        };
        format!("{}.{end}", digest.get(..16).unwrap_or_default())
    }

    /// The bytes of this name.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.0.get(name).map(Vec::as_slice)
    }
}

/// All cases with their files.
#[derive(Debug, Clone, Default)]
pub struct Vectors {
    /// By id.
    pub cases: Vec<Case>,
    /// What the cases' web servers hand out.
    pub files: VectorFiles,
}

/// `manifest.json`.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    suite: String,
    specification: String,
    cases: usize,
    /// Path below `vectors` to the SHA-256 of the file.
    files: BTreeMap<String, String>,
}

const MANIFEST: &str = "manifest.json";

impl Vectors {
    /// What is compiled into this program.
    ///
    /// # Errors
    /// When it is not what the manifest says.
    pub fn compiled_in() -> Result<Self> {
        let mut files = BTreeMap::new();
        collect(&COMPILED_IN, &mut files);
        Self::from_files(files)
    }

    /// Those of a folder.
    ///
    /// # Errors
    /// When a file cannot be read or is not what the manifest says.
    pub fn read(folder: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        read_all(folder, folder, &mut files)?;
        Self::from_files(files)
    }

    fn from_files(mut files: BTreeMap<String, Vec<u8>>) -> Result<Self> {
        let manifest = files.remove(MANIFEST).context("no manifest.json")?;
        let manifest: Manifest = serde_json::from_slice(&manifest).context(MANIFEST)?;
        files.retain(|path, _| Path::new(path).extension().is_none_or(|end| end != "md"));
        for (path, expected) in &manifest.files {
            let bytes = files.get(path).with_context(|| format!("no {path}"))?;
            if Sha256::digest(bytes).encode_hex::<String>() != *expected {
                bail!("{path} is not the file that the manifest names");
            }
        }
        if let Some(path) = files
            .keys()
            .find(|path| !manifest.files.contains_key(*path))
        {
            bail!("{path} is not in the manifest");
        }
        let mut vectors = Self::default();
        for (path, bytes) in files {
            if let Some(name) = path.strip_prefix("files/") {
                if VectorFiles::name(&bytes) != name {
                    bail!("{path} is not called after its SHA-256");
                }
                vectors.files.0.insert(name.to_owned(), bytes);
            } else {
                let cases: Vec<Case> = serde_json::from_slice(&bytes).context(path)?;
                vectors.cases.extend(cases);
            }
        }
        vectors.cases.sort_by(|one, other| one.id.cmp(&other.id));
        Ok(vectors)
    }

    /// The files of a folder, by their paths in it: what [`Vectors::read`] reads.
    ///
    /// # Errors
    /// When two cases have one id, or a case names a file that is not there.
    pub fn to_files(&self) -> Result<BTreeMap<String, Vec<u8>>> {
        let mut groups: BTreeMap<String, Vec<&Case>> = BTreeMap::new();
        let mut named = BTreeSet::new();
        for case in &self.cases {
            let group = case.id.rsplit_once('/').map_or("", |(group, _)| group);
            groups
                .entry(format!("cases/{group}.json"))
                .or_default()
                .push(case);
            for serve in case.steps.iter().filter_map(|step| step.serve.as_ref()) {
                let answers = serve
                    .answers
                    .values()
                    .filter_map(|answer| answer.file.as_ref());
                named.extend(serve.files.values().chain(answers).cloned());
            }
            for step in &case.steps {
                for request in [
                    Some(&step.request),
                    step.waiting.as_ref(),
                    step.beside.as_ref(),
                ]
                .into_iter()
                .flatten()
                {
                    named_in(request, &mut named);
                }
                for disturbance in &step.disturb {
                    if let Disturbance::Put(files) = disturbance {
                        named.extend(files.values().cloned());
                    }
                }
            }
        }
        let mut files = BTreeMap::new();
        for (path, mut cases) in groups {
            cases.sort_by(|one, other| one.id.cmp(&other.id));
            if let Some([one, _]) = cases
                .array_windows()
                .find(|[one, other]| one.id == other.id)
            {
                bail!("two cases are called {}", one.id);
            }
            files.insert(
                path,
                (serde_json::to_string_pretty(&cases)? + "\n").into_bytes(),
            );
        }
        for name in named {
            let bytes = self
                .files
                .bytes(&name)
                .with_context(|| format!("no file {name}"))?;
            files.insert(format!("files/{name}"), bytes.to_vec());
        }
        let manifest = Manifest {
            suite: "TUF-MOTD conformance".to_owned(),
            specification: crate::requirements::SPEC_VERSION.to_owned(),
            cases: self.cases.len(),
            files: files
                .iter()
                .map(|(path, bytes)| (path.clone(), Sha256::digest(bytes).encode_hex()))
                .collect(),
        };
        let manifest = serde_json::to_string_pretty(&manifest)? + "\n";
        files.insert(MANIFEST.to_owned(), manifest.into_bytes());
        Ok(files)
    }

    /// The case of this id.
    #[must_use]
    pub fn case(&self, id: &str) -> Option<&Case> {
        self.cases.iter().find(|case| case.id == id)
    }
}

/// The files that a request names with `$file`.
fn named_in(request: &Value, named: &mut BTreeSet<String>) {
    match request {
        Value::Object(members) => match members.get("$file").and_then(Value::as_str) {
            Some(name) => {
                named.insert(name.to_owned());
            }
            None => members.values().for_each(|member| named_in(member, named)),
        },
        Value::Array(items) => items.iter().for_each(|item| named_in(item, named)),
        _ => {}
    }
}

fn collect(folder: &Dir<'_>, files: &mut BTreeMap<String, Vec<u8>>) {
    for file in folder.files() {
        files.insert(file.path().display().to_string(), file.contents().to_vec());
    }
    for folder in folder.dirs() {
        collect(folder, files);
    }
}

fn read_all(top: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            read_all(top, &path, files)?;
        } else {
            let name = path
                .strip_prefix(top)
                .unwrap_or(&path)
                .display()
                .to_string();
            let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
            files.insert(name, bytes);
        }
    }
    Ok(())
}
