//! The attacker's workshop: metadata made and signed by hand, past every check of the publisher.

use anyhow::{Context as _, Result};
use motd_server::publish::TARGET_PATH;
use motd_server::publish::fixture::sign_raw;
use motd_server::publish::key::Signer;
use motd_server::publish::metadata::write::{meta_entry, target_entry, target_file};
use motd_server::store::files::Files;
use serde_json::{Value, json};

use super::world::World;

/// The path of a role's file, and its version, as timestamp and snapshot say.
pub(crate) fn current(files: &Files, role: &str) -> Result<(String, u64)> {
    let (above, place) = match role {
        "timestamp" => {
            return Ok((
                "metadata/timestamp.json".to_owned(),
                version(files, "metadata/timestamp.json")?,
            ));
        }
        "snapshot" => (
            current(files, "timestamp")?.0,
            "/signed/meta/snapshot.json/version".to_owned(),
        ),
        role => (
            current(files, "snapshot")?.0,
            format!("/signed/meta/{role}.json/version"),
        ),
    };
    let version = read(files, &above)?
        .pointer(&place)
        .and_then(Value::as_u64)
        .with_context(|| format!("no {role}"))?;
    Ok((format!("metadata/{version}.{role}.json"), version))
}

/// What is signed in the current file of a role.
pub(crate) fn signed(files: &Files, role: &str) -> Result<Value> {
    Ok(read(files, &current(files, role)?.0)?["signed"].take())
}

fn read(files: &Files, path: &str) -> Result<Value> {
    Ok(serde_json::from_slice(
        files.bytes(path).with_context(|| format!("no {path}"))?,
    )?)
}

fn version(files: &Files, path: &str) -> Result<u64> {
    read(files, path)?
        .pointer("/signed/version")
        .and_then(Value::as_u64)
        .with_context(|| format!("no version in {path}"))
}

/// The next version of the role `motd`, with this document in both carriers; not signed.
pub(crate) fn role_with(files: &Files, document: &Value) -> Result<(Value, Vec<u8>)> {
    let bytes = motd_core::json::Value::from_parsed(document)
        .map_err(anyhow::Error::msg)?
        .document_bytes();
    let mut role = signed(files, "motd")?;
    role["version"] = (current(files, "motd")?.1 + 1).into();
    role["targets"][TARGET_PATH] = target_entry(&bytes, Some(json!({ "motd": document })));
    Ok((role, bytes))
}

/// The files after the thief of the server's keys took `bytes` in as this version of `role`.
pub(crate) fn take_in(
    world: &World,
    files: &Files,
    role: &str,
    version: u64,
    bytes: Vec<u8>,
) -> Result<Files> {
    let mut out = files.clone();
    let mut snapshot = signed(files, "snapshot")?;
    let number = current(files, "snapshot")?.1 + 1;
    snapshot["version"] = number.into();
    snapshot["meta"][format!("{role}.json")] = meta_entry(version, &bytes);
    out.0
        .insert(format!("metadata/{version}.{role}.json"), bytes);
    let snapshot = sign_raw(&snapshot, &[&world.keys.snapshot])?;
    let timestamp = timestamp_for(world, files, number, &snapshot)?;
    out.0
        .insert(format!("metadata/{number}.snapshot.json"), snapshot);
    out.0
        .insert("metadata/timestamp.json".to_owned(), timestamp);
    Ok(out)
}

/// The next timestamp, signed by the thief of its key, for this snapshot.
pub(crate) fn timestamp_for(
    world: &World,
    files: &Files,
    number: u64,
    snapshot: &[u8],
) -> Result<Vec<u8>> {
    let mut timestamp = signed(files, "timestamp")?;
    timestamp["version"] = (current(files, "timestamp")?.1 + 1).into();
    timestamp["meta"]["snapshot.json"] = meta_entry(number, snapshot);
    Ok(sign_raw(&timestamp, &[&world.keys.timestamp])?)
}

/// The files after the thief of the server's keys published this document, with the role signed by `signers`.
pub(crate) fn publish(world: &World, document: &Value, signers: &[&dyn Signer]) -> Result<Files> {
    let (role, bytes) = role_with(&world.today, document)?;
    let version = role["version"].as_u64().context("no version")?;
    let mut files = take_in(
        world,
        &world.today,
        "motd",
        version,
        sign_raw(&role, signers)?,
    )?;
    files.0.insert(target_file(TARGET_PATH, &bytes), bytes);
    Ok(files)
}

/// The bytes with the honest words written over, and not one byte longer or shorter.
pub(crate) fn overwritten(bytes: &[u8], honest: &str, evil: &str) -> Result<Vec<u8>> {
    let text = std::str::from_utf8(bytes)?;
    anyhow::ensure!(
        text.contains(honest) && evil.len() <= honest.len(),
        "there is no place to write over"
    );
    Ok(text
        .replacen(honest, &format!("{evil:<width$}", width = honest.len()), 1)
        .into_bytes())
}
