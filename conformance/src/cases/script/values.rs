//! JSON, and the short forms in which a file of cases writes it.
//!
//! `{"$notice":"a critical","topic":"incident"}` is the notice `a` of that severity, by default `info`, with further
//! members. `{"$document":["a",NOTICE],"later":1}` is a document; a text in its list is a notice. In a line that asks
//! for a document, the list alone is one. Values that follow one another are merged, the later over the earlier.

use anyhow::{Context, Result, bail};
use serde_json::{Deserializer, Map, Value, json};

use crate::cases::document::{document, notice};
use crate::simulator::canonical;

/// The values of a text, without their short forms. `@` and a time is `{"now":TIME}`.
pub(super) fn all(text: &str) -> Result<Vec<Value>> {
    let mut values = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if let Some(time) = rest.strip_prefix('@') {
            let (time, after) = time.split_once(' ').unwrap_or((time, ""));
            values.push(json!({ "now": time }));
            rest = after.trim_start();
            continue;
        }
        let (value, after) = first(rest)?;
        values.push(long(value));
        rest = after;
    }
    Ok(values)
}

/// The values of a text, merged.
pub(super) fn merged(text: &str) -> Result<Value> {
    let mut values = all(text)?.into_iter();
    let mut value = values.next().unwrap_or_else(|| json!({}));
    for more in values {
        merge(&mut value, &more);
    }
    Ok(value)
}

/// A document, and the values after it.
pub(super) fn with_document(text: &str) -> Result<(Value, Value)> {
    let mut values = all(text)?.into_iter();
    let value = values.next().context("no document")?;
    let value = if let Value::Array(notices) = value {
        document(&notices.into_iter().map(of_text).collect::<Vec<_>>())
    } else {
        value
    };
    let mut more = json!({});
    values.for_each(|value| merge(&mut more, &value));
    Ok((value, more))
}

fn of_text(value: Value) -> Value {
    let Value::String(text) = value else {
        return value;
    };
    let (id, severity) = text.split_once(' ').unwrap_or((&text, "info"));
    notice(id, severity)
}

/// The value without short forms.
fn long(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(long).collect(),
        Value::Object(mut members) => {
            let short = ["$notice", "$document"]
                .into_iter()
                .find_map(|name| members.remove(name));
            let members: Map<_, _> = members
                .into_iter()
                .map(|(name, value)| (name, long(value)))
                .collect();
            let mut value = match short {
                Some(Value::Array(notices)) => {
                    let notices: Vec<_> =
                        notices.into_iter().map(|one| of_text(long(one))).collect();
                    document(&notices)
                }
                Some(text) => of_text(text),
                None => return Value::Object(members),
            };
            merge(&mut value, &Value::Object(members));
            value
        }
        other => other,
    }
}

/// Replaces members, at every depth at which both sides are objects.
pub(super) fn merge(value: &mut Value, more: &Value) {
    match (value, more) {
        (Value::Object(members), Value::Object(more)) => {
            for (name, more) in more {
                merge(members.entry(name.clone()).or_insert(Value::Null), more);
            }
        }
        (value, more) => *value = more.clone(),
    }
}

/// Replaces, adds or, without a new value, removes what is at this JSON pointer.
pub(in crate::cases) fn set(value: &mut Value, pointer: &str, new: Option<Value>) -> Result<()> {
    let (parent, name) = pointer.rsplit_once('/').context("no pointer")?;
    let name = name.replace("~1", "/");
    let parent = value.pointer_mut(parent).context("no such place")?;
    match (parent, new) {
        (Value::Object(members), None) => {
            members.remove(&name).context("nothing to remove")?;
        }
        (Value::Object(members), Some(new)) => {
            members.insert(name, new);
        }
        (Value::Array(items), Some(new)) => {
            *items
                .get_mut(name.parse::<usize>()?)
                .context("no such element")? = new;
        }
        _ => bail!("no container"),
    }
    Ok(())
}

/// The text, with `{{a*65}}` as 65 times `a`.
pub(in crate::cases) fn repeated(text: &str) -> Result<String> {
    let mut expanded = text.to_owned();
    while let Some((before, rest)) = expanded.split_once("{{") {
        let (repeat, after) = rest.split_once("}}").context("{{ without }}")?;
        let (part, count) = repeat.rsplit_once('*').context("{{ without *")?;
        expanded = [before, &part.repeat(count.parse()?), after].concat();
    }
    Ok(expanded)
}

/// The bytes that a line names: a JSON string, a document, or `json:` and a value, `hex:` and digits. After the first
/// two a change may stand.
pub(super) fn bytes(text: &str) -> Result<Vec<u8>> {
    if let Some(digits) = text.strip_prefix("hex:") {
        return Ok(hex::decode(digits)?);
    }
    if let Some(value) = text.strip_prefix("json:") {
        return Ok(canonical(&merged(value)?));
    }
    let (value, change) = first(text)?;
    let bytes = match value {
        Value::String(text) => text.into_bytes(),
        _ => canonical(&with_document(text.strip_suffix(change).unwrap_or(text))?.0),
    };
    changed(bytes, change)
}

/// The first value of a text, and the rest.
fn first(text: &str) -> Result<(Value, &str)> {
    let mut stream = Deserializer::from_str(text).into_iter::<Value>();
    let value = stream.next().context("no value")?;
    let value = value.with_context(|| text.to_owned())?;
    let rest = text.get(stream.byte_offset()..).unwrap_or_default();
    Ok((value, rest.trim_start()))
}

/// The bytes after a change, or several: `+ TEXT`, `cut COUNT` from the end, `padded LENGTH` with spaces, `replace
/// TEXT TEXT` once, `hex-before TEXT DIGITS`, `pretty` for JSON with white space, `signed-first` for metadata in
/// another order.
pub(super) fn changed(mut bytes: Vec<u8>, changes: &str) -> Result<Vec<u8>> {
    let mut rest = changes;
    while !rest.is_empty() {
        let (verb, after) = rest.split_once(' ').unwrap_or((rest, ""));
        rest = after;
        let mut next = || -> Result<Value> {
            let (value, after) = first(rest)?;
            rest = after;
            Ok(value)
        };
        let as_text = |value: &Value| value.as_str().map(str::to_owned).context("no text");
        let count = |value: &Value| {
            Ok::<_, anyhow::Error>(usize::try_from(value.as_u64().context("no count")?)?)
        };
        match verb {
            "+" => bytes.extend(as_text(&next()?)?.into_bytes()),
            "cut" => bytes.truncate(bytes.len().saturating_sub(count(&next()?)?)),
            "padded" => bytes.resize(count(&next()?)?, b' '),
            "replace" => {
                let (from, to) = (as_text(&next()?)?, as_text(&next()?)?);
                let text = String::from_utf8(bytes)?;
                bytes = text.replacen(&from, &to, 1).into_bytes();
            }
            "hex-before" => {
                let (before, digits) = (as_text(&next()?)?, as_text(&next()?)?);
                let text = String::from_utf8(bytes)?;
                let start = text.find(&before).context("no such text")?;
                bytes = text.into_bytes();
                bytes.splice(start..start, hex::decode(digits)?);
            }
            "pretty" => {
                bytes = serde_json::to_vec_pretty(&serde_json::from_slice::<Value>(&bytes)?)?;
            }
            "signed-first" => {
                let text = String::from_utf8(bytes)?;
                let (signatures, signed) = text
                    .strip_prefix(r#"{"signatures":"#)
                    .and_then(|text| text.strip_suffix('}'))
                    .and_then(|text| text.split_once(r#","signed":"#))
                    .context("no metadata")?;
                bytes = format!(r#"{{"signed":{signed},"signatures":{signatures}}}"#).into_bytes();
            }
            _ => bail!("no such change"),
        }
    }
    Ok(bytes)
}
