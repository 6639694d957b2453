//! The schemas of the messages, compiled once.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use jsonschema::Validator;
use serde_json::{Value, json};

/// `protocol/messages.schema.json`, as it is published.
const SCHEMA: &str = include_str!("../../protocol/messages.schema.json");

/// What every message is held against, in both directions.
#[derive(Debug)]
pub struct Messages(BTreeMap<String, Validator>);

impl Messages {
    /// Compiles the schema.
    ///
    /// # Errors
    /// When it is none.
    pub fn compile() -> Result<Self> {
        let schema: Value = serde_json::from_str(SCHEMA)?;
        let definitions = schema["$defs"].as_object().context("no $defs")?;
        let is_message = |name: &str| {
            name.ends_with(".request")
                || name.ends_with(".accepted")
                || ["rejected", "unsupported", "error"].contains(&name)
        };
        let compiled = definitions
            .keys()
            .filter(|name| is_message(name))
            .map(|name| {
                let whole = json!({
                    "$schema": schema["$schema"], "$defs": schema["$defs"],
                    "$ref": format!("#/$defs/{name}"),
                });
                let validator = jsonschema::validator_for(&whole)
                    .map_err(|error| anyhow::anyhow!("{name}: {error}"))?;
                Ok((name.clone(), validator))
            });
        Ok(Self(compiled.collect::<Result<_>>()?))
    }

    /// Those that every test shares, because the schema takes a while.
    #[cfg(test)]
    pub(crate) fn shared() -> &'static Self {
        static SHARED: std::sync::OnceLock<Messages> = std::sync::OnceLock::new();
        SHARED.get_or_init(|| Self::compile().unwrap())
    }

    /// What is wrong with a request, if anything.
    #[must_use]
    pub fn wrong_request(&self, request: &Value) -> Option<String> {
        self.fault(&format!("{}.request", operation(request)), request)
    }

    /// What is wrong with the answer to this request, if anything.
    #[must_use]
    pub fn wrong_answer(&self, request: &Value, answer: &Value) -> Option<String> {
        let id = |message: &Value| message.get("id").cloned().unwrap_or_default();
        if id(answer) != id(request) {
            return Some(format!(
                "the answer's id is {}, the request's is {}",
                id(answer),
                id(request)
            ));
        }
        match answer.get("status").and_then(Value::as_str) {
            Some("accepted") => self.fault(&format!("{}.accepted", operation(request)), answer),
            Some(status @ ("rejected" | "unsupported" | "error")) => self.fault(status, answer),
            Some(other) => Some(format!("there is no status {other:?}")),
            None => Some("there is no status".to_owned()),
        }
    }

    fn fault(&self, name: &str, message: &Value) -> Option<String> {
        const LONGEST: usize = 300;
        let Some(validator) = self.0.get(name) else {
            return Some(format!("there is no message {name}"));
        };
        let error = validator.iter_errors(message).next()?;
        let place = error.instance_path().to_string();
        let place = if place.is_empty() {
            "its top".to_owned()
        } else {
            place
        };
        let text = format!("at {place}: {error}");
        Some(text.chars().take(LONGEST).collect())
    }
}

fn operation(request: &Value) -> &str {
    request
        .get("operation")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
