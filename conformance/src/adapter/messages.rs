//! The schemas of the messages, compiled once.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use jsonschema::Validator;
use serde_json::{Value, json};

/// `protocol/messages.schema.json`, as it is published.
const SCHEMA: &str = include_str!("../../protocol/messages.schema.json");

/// What every message is held against, in both directions.
#[derive(Debug)]
pub struct Messages {
    requests: BTreeMap<String, Validator>,
    answers: BTreeMap<String, Validator>,
}

impl Messages {
    /// Compiles the schema.
    ///
    /// # Errors
    /// When it is none.
    pub fn compile() -> Result<Self> {
        let schema: Value = serde_json::from_str(SCHEMA)?;
        let definitions = schema["$defs"].as_object().context("no $defs")?;
        let mut requests = BTreeMap::new();
        let mut answers = BTreeMap::new();
        for name in definitions.keys() {
            let Some((operation, kind)) = name.split_once('.') else {
                continue;
            };
            let whole = json!({
                "$schema": schema["$schema"], "$defs": schema["$defs"],
                "$ref": format!("#/$defs/{name}"),
            });
            let compiled = match kind {
                "request" => &mut requests,
                "answer" => &mut answers,
                _ => continue,
            };
            let validator = jsonschema::validator_for(&whole)
                .map_err(|error| anyhow::anyhow!("{name}: {error}"))?;
            compiled.insert(operation.to_owned(), validator);
        }
        Ok(Self { requests, answers })
    }

    /// What is wrong with a request, if anything.
    #[must_use]
    pub fn wrong_request(&self, request: &Value) -> Option<String> {
        fault(self.requests.get(operation(request)), request)
    }

    /// What is wrong with the answer to this request, if anything.
    #[must_use]
    pub fn wrong_answer(&self, request: &Value, answer: &Value) -> Option<String> {
        if answer.get("id") != request.get("id") {
            return Some(format!(
                "the answer's id is {}, the request's is {}",
                answer.get("id").unwrap_or(&Value::Null),
                request.get("id").unwrap_or(&Value::Null)
            ));
        }
        // The schema of the status alone says more about what is wrong than that none of four fits.
        match answer.get("status").and_then(Value::as_str) {
            Some("accepted") => {}
            Some("rejected" | "unsupported" | "error") => {}
            other => return Some(format!("the answer's status is {other:?}")),
        }
        fault(self.answers.get(operation(request)), answer)
    }
}

fn operation(request: &Value) -> &str {
    request
        .get("operation")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn fault(validator: Option<&Validator>, message: &Value) -> Option<String> {
    let Some(validator) = validator else {
        return Some("there is no such operation".to_owned());
    };
    let error = validator.iter_errors(message).next()?;
    let place = error.instance_path().to_string();
    let text = innermost(&error);
    Some(format!("{place}: {text}"))
}

/// Of "none of these fits" the reason why the one for this status does not.
fn innermost(error: &jsonschema::ValidationError<'_>) -> String {
    const LONGEST: usize = 300;
    let text = match error.kind() {
        jsonschema::error::ValidationErrorKind::AnyOf { context } => context
            .iter()
            .flatten()
            .filter(|error| !error.instance_path().to_string().ends_with("/status"))
            .max_by_key(|error| error.instance_path().to_string().len())
            .map_or_else(|| error.to_string(), |error| {
                format!("{}: {error}", error.instance_path())
            }),
        _ => error.to_string(),
    };
    text.chars().take(LONGEST).collect()
}
