//! JSON, and the short forms in which a file of cases writes it.
//!
//! `{"$notice":"a critical","topic":"incident"}` is the notice `a` of that severity, by default `info`, with further members.
//! `{"$document":["a",NOTICE],"later":1}` is a document; a text in its list is a notice. In a line that asks for a document,
//! the list alone is one. Values that follow one another are merged, the later over the earlier.

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
        let mut stream = Deserializer::from_str(rest).into_iter::<Value>();
        let value = stream.next().context("no value")?;
        values.push(long(value.with_context(|| rest.to_owned())?));
        rest = rest
            .get(stream.byte_offset()..)
            .unwrap_or_default()
            .trim_start();
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

/// The bytes that a line names: a JSON string, `hex:` and digits, `json:` and a value, or a document.
pub(super) fn bytes(text: &str) -> Result<Vec<u8>> {
    if let Some(digits) = text.strip_prefix("hex:") {
        return Ok(hex::decode(digits)?);
    }
    if let Some(value) = text.strip_prefix("json:") {
        return Ok(canonical(&merged(value)?));
    }
    Ok(match serde_json::from_str(text)? {
        Value::String(text) => text.into_bytes(),
        _ => canonical(&with_document(text)?.0),
    })
}
