//! What holds after every operation of a publisher, whatever its case asks (PROTOCOL.md, role publisher).

use std::collections::BTreeSet;
use std::path::Path;

use hex::ToHex as _;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256, Sha512};

use super::TIMESTAMP;
use super::bundle::BUNDLE;
use super::reader::{PublicationContent, RoleMetadata};
use crate::judge::folder::{self, Copy};

/// The folders that a web server hands out.
const TREES: [&str; 2] = ["metadata", "targets"];

/// How an operation ended, as far as it matters to files that nothing leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Accepted,
    Refused,
    /// It met files of another publication, perhaps after it had written some of its own.
    Crossed,
}

impl End {
    /// None for an answer that fails its case anyway.
    fn of(answer: &Value) -> Option<Self> {
        let text = |name: &str| answer.get(name).and_then(Value::as_str);
        if answer.get("answers").is_some() {
            return Some(Self::Crossed);
        }
        match (text("status")?, text("code")) {
            ("accepted", _) => Some(Self::Accepted),
            ("rejected", Some("publisher-burned" | "publisher-conflict")) => Some(Self::Crossed),
            ("rejected", _) => Some(Self::Refused),
            _ => None,
        }
    }
}

/// What is wrong with a folder after an operation with this answer, or with those of two at once.
pub(in crate::judge) fn broken(folder: &Path, before: &Copy, answer: &Value) -> Vec<String> {
    let Some(end) = End::of(answer) else {
        return Vec::new();
    };
    let before = PublicationContent::read(before);
    let after = PublicationContent::read(&folder::copy(folder));
    let led_to = led_to(&after);
    let mut out = surplus(&before, &after, &led_to, end);
    if end == End::Refused {
        out.extend(lost(&before, &after));
    }
    out.extend(malformed(&before, &after, &led_to));
    out.extend(out_of_place(folder, &led_to));
    out
}

/// Every path to which the timestamp leads or an earlier one led, whether a file is there or not.
fn led_to(published: &PublicationContent) -> BTreeSet<String> {
    let mut paths: BTreeSet<String> = [TIMESTAMP, BUNDLE].map(str::to_owned).into();
    paths.extend(published.absent.iter().cloned());
    paths
        .extend((1..=published.roots.len()).map(|version| format!("metadata/{version}.root.json")));
    paths.extend(published.roles.values().flat_map(targets));
    for (path, bytes) in &published.files {
        let role = versioned(path).and_then(|(version, name)| {
            let current = published.roles.get(name)?;
            // TUF 6.2: a copy of the timestamp can have its version in its name.
            let is_earlier = Some(version) < current.version() || *bytes == current.bytes;
            RoleMetadata::read(bytes, Some(version))
                .filter(|role| is_earlier && role.version() == Some(version))
        });
        if let Some(role) = role {
            paths.insert(path.clone());
            paths.extend(targets(&role));
        }
    }
    paths
}

/// The version and the name of a role, in the path of its file.
fn versioned(path: &str) -> Option<(u64, &str)> {
    let name = path.strip_prefix("metadata/")?.strip_suffix(".json")?;
    let (version, name) = name.split_once('.')?;
    Some((version.parse().ok()?, name))
}

/// The paths of the files that a role lists, under every hash that it states.
fn targets(role: &RoleMetadata) -> Vec<String> {
    let listed = role.signed.get("targets").and_then(Value::as_object);
    let mut paths = Vec::new();
    for (path, entry) in listed.into_iter().flatten() {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let place = if folder.is_empty() {
            "targets".to_owned()
        } else {
            format!("targets/{folder}")
        };
        let hashes = entry.get("hashes").and_then(Value::as_object);
        let hashes = hashes.into_iter().flat_map(Map::values);
        paths.extend(
            hashes
                .filter_map(Value::as_str)
                .map(|hash| format!("{place}/{hash}.{name}")),
        );
    }
    paths
}

/// Files of the two trees that this operation wrote and that are none of a publication's.
fn surplus(
    before: &PublicationContent,
    after: &PublicationContent,
    led_to: &BTreeSet<String>,
    end: End,
) -> Vec<String> {
    let is_new = |path: &String, bytes: &Vec<u8>| before.files.get(path) != Some(bytes);
    let in_trees = |path: &str| {
        let tree = path.split('/').next().unwrap_or_default();
        TREES.contains(&tree)
    };
    let written = after
        .files
        .iter()
        .filter(|(path, bytes)| in_trees(path) && is_new(path, bytes));
    written
        .filter_map(|(path, bytes)| match end {
            // MOTD-PUB-4: a file is in place because a timestamp that leads to it follows.
            End::Refused => Some(format!(
                "MOTD-PUB-4: {path} was written, and the publication was refused"
            )),
            _ if led_to.contains(path) => None,
            End::Crossed if is_named_after_itself(path, bytes, after) => None,
            _ => Some(format!(
                "MOTD-PUB-7: {path} was written, and nothing leads to it"
            )),
        })
        .collect()
}

/// Whether the name of a file that nothing leads to is that of TUF 6.2 for its bytes.
fn is_named_after_itself(path: &str, bytes: &[u8], published: &PublicationContent) -> bool {
    if let Some((version, name)) = versioned(path) {
        let role = RoleMetadata::read(bytes, Some(version));
        return published.roles.contains_key(name)
            && role.is_some_and(|role| role.version() == Some(version));
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    let prefix = name.split_once('.').map_or("", |(prefix, _)| prefix);
    let hashes: [String; 2] = [
        Sha256::digest(bytes).encode_hex(),
        Sha512::digest(bytes).encode_hex(),
    ];
    path.starts_with("targets/") && hashes.iter().any(|hash| hash == prefix)
}

/// What was published before a refusal and is not there after it.
fn lost(before: &PublicationContent, after: &PublicationContent) -> Vec<String> {
    let published = led_to(before);
    let gone = published
        .iter()
        .filter(|path| before.files.contains_key(*path) && !after.files.contains_key(*path));
    gone.map(|path| format!("MOTD-PUB-4: {path} is gone, and the publication was refused"))
        .collect()
}

/// TUF 4.2.1. Members that it does not define are allowed.
#[derive(Deserialize)]
struct Envelope {
    #[serde(rename = "signed")]
    _signed: Map<String, Value>,
    signatures: Vec<SignatureEntry>,
}

#[derive(Deserialize)]
struct SignatureEntry {
    keyid: String,
    sig: String,
}

/// Metadata that this operation published, and that no installer takes for metadata (MOTD-GATE-7).
fn malformed(
    before: &PublicationContent,
    after: &PublicationContent,
    led_to: &BTreeSet<String>,
) -> Vec<String> {
    let metadata = after.files.iter().filter(|(path, bytes)| {
        path.starts_with("metadata/")
            && *path != BUNDLE
            && led_to.contains(*path)
            && before.files.get(*path) != Some(bytes)
    });
    metadata
        .filter_map(|(path, bytes)| Some(format!("MOTD-PUB-3: {path} {}", fault(bytes)?)))
        .collect()
}

fn fault(bytes: &[u8]) -> Option<String> {
    let envelope: Envelope = match serde_json::from_slice(bytes) {
        Ok(envelope) => envelope,
        Err(error) => return Some(format!("is no signed metadata: {error}")),
    };
    let mut ids = BTreeSet::new();
    envelope.signatures.iter().find_map(|signature| {
        let id = &signature.keyid;
        if hex::decode(&signature.sig).is_err() {
            return Some(format!("has a signature of {id} that is not hexadecimal"));
        }
        let is_first = ids.insert(id);
        (!is_first).then(|| format!("names the key id {id} twice in its signatures"))
    })
}

/// Files of a publication that a server does not hand out (MOTD-SRV-5), or cannot.
fn out_of_place(folder: &Path, led_to: &BTreeSet<String>) -> Vec<String> {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    let Some(whole) = real(folder) else {
        return Vec::new();
    };
    let trees = TREES.map(|tree| whole.join(tree));
    let mut out = Vec::new();
    for path in led_to {
        let Some(file) = real(&folder.join(path)) else {
            continue;
        };
        if !trees.iter().any(|tree| file.starts_with(tree)) {
            out.push(format!(
                "MOTD-PUB-4: {path} is not in place, but a link out of the published trees"
            ));
        } else if !is_readable(&file) {
            out.push(format!("MOTD-PUB-4: {path} may be read by nobody"));
        }
    }
    out
}

/// Whether its owner may read a file; a superuser can read it in any case.
fn is_readable(file: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        const BY_OWNER: u32 = 0o400;
        std::fs::metadata(file).is_ok_and(|of| of.permissions().mode() & BY_OWNER != 0)
    }
    #[cfg(not(unix))]
    file.exists()
}

#[cfg(test)]
mod tests;
