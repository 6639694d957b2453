//! Changes of the configuration file that leave the rest of it, comments included, as its author wrote it.

use std::path::Path;

use anyhow::{Context as _, Result};
use motd_core::SourceName;
use sha2::{Digest as _, Sha256};
use toml_edit::{Array, DocumentMut, Item, Table, value};

use super::file::{make_folder, write_whole};
use super::{ConfigFile, Name, SourceSettings};

/// The folder of the trusted roots, beside the file.
const ROOTS: &str = "roots";

impl ConfigFile {
    /// Adds a source with a copy of its trusted root, so that it does not vanish with a download folder. The `root` of
    /// `source` is set here.
    ///
    /// # Errors
    ///
    /// When there is one of that name, or something cannot be written; then the file is as it was.
    pub(crate) fn add_source(
        &self,
        name: &SourceName,
        source: &mut SourceSettings,
        root: &[u8],
    ) -> Result<()> {
        // The name alone would be one file for `a` and `A` where case is not told apart.
        let digest = hex::encode(Sha256::digest(root));
        let digest = digest.get(..16).unwrap_or_default();
        source.root = Path::new(ROOTS).join(format!("{name}-{digest}.root.json"));
        self.change(|before| {
            let mut document: DocumentMut = before.parse().context("not TOML")?;
            let sources = document.entry("source").or_insert_with(|| {
                let mut table = Table::new();
                table.set_implicit(true);
                Item::Table(table)
            });
            let sources = sources
                .as_table_like_mut()
                .context("source is not a table")?;
            anyhow::ensure!(
                !sources.contains_key(name.as_str()),
                "{}: there is a source {name}; remove it first",
                self.path.display()
            );
            sources.insert(name.as_str(), Item::Table(table(source)));
            self.parse_distinct(&document.to_string())?;
            // First the root, then what names it: a crash between the two leaves a file that nobody reads.
            make_folder(&self.folder().join(ROOTS))?;
            write_whole(&self.root_of(source), root)?;
            Ok(document.to_string())
        })
    }

    /// Removes a source, and its copy of the root when no other source has it.
    ///
    /// # Errors
    ///
    /// When there is none of that name, or something cannot be written; then the file is as it was.
    pub(crate) fn remove_source(&self, name: &SourceName) -> Result<()> {
        let mut root = None;
        self.change(|before| {
            let mut settings = self.parse(before)?;
            let removed = settings
                .source
                .remove(&Name(name.clone()))
                .with_context(|| format!("{}: no source {name}", self.path.display()))?;
            let others = settings.source.values();
            let ours = removed.root.starts_with(ROOTS)
                && !others
                    .map(|other| &other.root)
                    .any(|other| *other == removed.root);
            root = ours.then(|| self.root_of(&removed));
            let mut document: DocumentMut = before.parse().context("not TOML")?;
            if let Some(sources) = document.get_mut("source").and_then(Item::as_table_like_mut) {
                sources.remove(name.as_str());
            }
            Ok(document.to_string())
        })?;
        if let Some(root) = root {
            // Nothing names it any more; that it stays is no fault.
            let _ = std::fs::remove_file(root);
        }
        Ok(())
    }
}

fn table(source: &SourceSettings) -> Table {
    let mut table = Table::new();
    table.insert("repository", value(source.repository.0.as_str()));
    table.insert("root", value(source.root.to_string_lossy().into_owned()));
    table.insert("metadata-url", value(source.metadata_url.0.as_str()));
    if let Some(url) = &source.targets_url {
        table.insert("targets-url", value(url.0.as_str()));
    }
    if source.in_band {
        table.insert("in-band", value(true));
    }
    if !source.bound_to.is_empty() {
        let bound: Array = source.bound_to.iter().map(|url| url.0.as_str()).collect();
        table.insert("bound-to", value(bound));
    }
    if let Some(hours) = source.interval_hours {
        let seconds = i64::try_from(hours.duration().as_secs()).unwrap_or(i64::MAX);
        table.insert("interval-hours", value(seconds / 3_600));
    }
    table
}
