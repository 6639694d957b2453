//! From the request of a case to the message that is sent: what every case has in common is filled in.

use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use crate::case::VectorFiles;

/// What only this run knows.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestContext<'a> {
    pub(super) files: &'a VectorFiles,
    /// Scheme, host and port of the web server.
    pub(super) origin: &'a str,
    /// The folder of the case.
    pub(super) folder: &'a Path,
    /// The first root that was in it, which publishers and servers hold.
    pub(super) root: &'a [u8],
}

/// Makes the message.
///
/// # Errors
/// When the case names a file that is not there.
pub(super) fn complete(request: &Value, context: RequestContext<'_>) -> Result<Value> {
    let mut request = with_files(request, context.files)?;
    let operation = request["operation"].as_str().unwrap_or_default().to_owned();
    let folder = context.folder.display().to_string();
    let defaults = match operation.as_str() {
        "select" => json!({ "machine": machine() }),
        "render" => json!({ "machine": machine(), "form": "terminal", "columns": 80 }),
        "check" => json!({
            "source": source(context.origin), "state": folder, "kind": "explicit",
            "machine": machine(), "installer": { "name": "judge", "version": "1" },
            "output": { "form": "terminal", "columns": 80, "plain": false, "quiet": false },
            "deadline_milliseconds": 10_000, "offline": false, "interval_seconds": 21_600,
            "command": null,
        }),
        "acknowledge" => json!({ "source": source(context.origin), "state": folder }),
        "parse" => json!({}),
        "fetch" => json!({ "method": "GET", "headers": {} }),
        "create" | "stop" => json!({ "folder": folder }),
        _ => json!({ "folder": folder, "root": STANDARD.encode(context.root) }),
    };
    fill(&mut request, &defaults);
    Ok(request)
}

/// A machine of which nothing is known.
pub(super) fn machine() -> Value {
    json!({
        "components": {}, "os": null, "arch": null, "command": null, "languages": null,
        "environment": {}, "rollout_secret": null,
    })
}

fn source(origin: &str) -> Value {
    json!({
        "name": "pypi", "repository": "pypi.org",
        "metadata_url": format!("{origin}/metadata/"), "targets_url": format!("{origin}/targets/"),
    })
}

/// Adds members that are absent, at every depth at which both sides are objects.
fn fill(value: &mut Value, defaults: &Value) {
    let (Value::Object(members), Value::Object(defaults)) = (value, defaults) else {
        return;
    };
    for (name, default) in defaults {
        match members.get_mut(name) {
            Some(member) => fill(member, default),
            None => {
                members.insert(name.clone(), default.clone());
            }
        }
    }
}

/// `{"$file": NAME}` becomes the file's bytes in base64.
fn with_files(value: &Value, files: &VectorFiles) -> Result<Value> {
    Ok(match value {
        Value::Object(members) => match members.get("$file").and_then(Value::as_str) {
            Some(name) => {
                let bytes = files
                    .bytes(name)
                    .with_context(|| format!("no file {name}"))?;
                STANDARD.encode(bytes).into()
            }
            None => Value::Object(
                members
                    .iter()
                    .map(|(name, value)| Ok((name.clone(), with_files(value, files)?)))
                    .collect::<Result<Map<_, _>>>()?,
            ),
        },
        Value::Array(items) => Value::Array(
            items
                .iter()
                .map(|item| with_files(item, files))
                .collect::<Result<_>>()?,
        ),
        other => other.clone(),
    })
}
