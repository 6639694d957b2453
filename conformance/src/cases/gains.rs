//! What whoever breaks a requirement would gain, if an implementation did not see it. `gains.txt`, by requirement.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};

/// The texts by requirement id.
pub(super) fn read() -> Result<BTreeMap<String, String>> {
    let mut gains = BTreeMap::new();
    for line in include_str!("gains.txt").lines() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let (id, text) = line
            .split_once(" | ")
            .with_context(|| format!("gains.txt: {line}"))?;
        if gains.insert(id.to_owned(), text.to_owned()).is_some() {
            bail!("gains.txt names {id} twice");
        }
    }
    Ok(gains)
}
