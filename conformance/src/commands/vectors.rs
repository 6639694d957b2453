//! `vectors`: the cases as files, for whoever uses them without this program.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use flate2::write::GzEncoder;
use flate2::{Compression, GzBuilder};

use super::{SuiteExit, SuiteShell};
use crate::arguments;
use crate::case::Vectors;
use crate::disk;
use crate::requirements::{self, SPEC_VERSION};

/// What the pages of the vectors point to, beside them as in this repository.
const BESIDE: [(&str, &str); 7] = [
    ("PROTOCOL.md", include_str!("../../PROTOCOL.md")),
    (
        "protocol/messages.schema.json",
        include_str!("../../protocol/messages.schema.json"),
    ),
    ("profiles/1.0.toml", include_str!("../../profiles/1.0.toml")),
    ("spec/requirements.json", requirements::COPY),
    ("vectors/README.md", include_str!("../../vectors/README.md")),
    (
        "LICENSE-APACHE",
        include_str!("../../copies/LICENSE-APACHE"),
    ),
    ("LICENSE-MIT", include_str!("../../copies/LICENSE-MIT")),
];

pub(super) fn run(
    arguments: &arguments::VectorsArguments,
    shell: &SuiteShell,
) -> Result<SuiteExit> {
    let vectors = Vectors::compiled_in()?;
    let mut files: BTreeMap<String, Vec<u8>> = vectors
        .to_files()?
        .into_iter()
        .map(|(path, bytes)| (format!("vectors/{path}"), bytes))
        .collect();
    files.extend(BESIDE.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())));
    let out = &arguments.out;
    let what = || out.display().to_string();
    if out.to_string_lossy().ends_with(".tar.gz") {
        let archive = archive(&files)?;
        std::fs::write(out, &archive).with_context(what)?;
    } else {
        std::fs::create_dir(out).with_context(what)?;
        for (path, bytes) in &files {
            disk::write(&out.join(path), bytes)?;
        }
    }
    shell.talk(&format!(
        "{}: {} cases, {} files",
        what(),
        vectors.cases.len(),
        files.len()
    ));
    Ok(SuiteExit::Well)
}

/// The same bytes from the same files: sorted, without owners and times.
fn archive(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>> {
    let gzip: GzEncoder<Vec<u8>> = GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), Compression::best());
    let mut archive = tar::Builder::new(gzip);
    for (path, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_mtime(0);
        let path = format!("tuf-motd-{SPEC_VERSION}/{path}");
        archive.append_data(&mut header, path, bytes.as_slice())?;
    }
    Ok(archive.into_inner()?.finish()?)
}
