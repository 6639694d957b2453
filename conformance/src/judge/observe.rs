//! What the judge sees for itself, beside what the implementation says.

#![expect(
    clippy::indexing_slicing,
    reason = "a JSON value is null where it has no such member"
)]

use std::collections::BTreeSet;

use serde_json::Value;

use super::folder;
use super::scene::Scene;
use super::{comparison, invariants, publication};
use crate::case::{self, Observation};
use crate::world::Request;

/// Whether nothing may come any more once the answer is there, neither a request nor a file.
pub(super) fn is_over_with_the_answer(observation: &Observation) -> bool {
    let asks_nothing = observation.requests.as_ref().is_some_and(Vec::is_empty);
    asks_nothing || observation.folder_unchanged
}

/// What is not as the case says.
pub(super) fn differences(observation: &Observation, scene: &Scene<'_>) -> Vec<String> {
    let mut out = Vec::new();
    requests(observation, scene, &mut out);
    if observation.private {
        for request in scene.log {
            out.extend(not_private(request, &scene.request["installer"]));
        }
    }
    if let Some(limit) = observation.within_milliseconds
        && scene.milliseconds > limit
    {
        out.push(format!(
            "it took {} ms, at most {limit} ms are allowed",
            scene.milliseconds
        ));
    }
    if let Some(limit) = observation.taken_at_most
        && let Some(request) = scene.log.iter().find(|request| request.taken > limit)
    {
        out.push(format!(
            "{} bytes of {} were taken, at most {limit} are allowed",
            request.taken, request.path
        ));
    }
    for text in &observation.unheard {
        for part in ["stdout", "stderr", "report"] {
            if scene.answer["result"][part].to_string().contains(text) {
                out.push(format!("{part} has {text:?}, which nobody signed"));
            }
        }
    }
    for text in &observation.unnamed {
        for name in folder::names(scene.folder) {
            if name.contains(text) {
                out.push(format!("a file of the state is called {name:?}"));
            }
        }
    }
    if observation.folder_unchanged && folder::look(scene.folder) != *scene.look_before {
        out.push("the folder is not as it was before the request".to_owned());
    }
    out.extend(comparison::differences(
        observation,
        scene.answer,
        scene.answers_before,
    ));
    published(observation, scene, &mut out);
    out.extend(invariants::broken(scene));
    out
}

fn published(observation: &Observation, scene: &Scene<'_>, out: &mut Vec<String>) {
    if observation.publication.is_none() && !observation.each_took_effect {
        return;
    }
    let after = folder::copy(scene.folder);
    let now = scene.request["now"].as_str().unwrap_or_default();
    let facts = publication::facts(scene.folder_before, &after, now);
    if let Some(pattern) = &observation.publication {
        let wrong = case::differences(pattern, &facts);
        out.extend(
            wrong
                .into_iter()
                .map(|wrong| format!("the folder: {wrong}")),
        );
    }
    if observation.each_took_effect {
        let requests = std::iter::once(scene.request).chain(scene.beside);
        out.extend(publication::not_one_each(&facts, requests, scene.answer));
    }
}

fn requests(observation: &Observation, scene: &Scene<'_>, out: &mut Vec<String>) {
    let paths = |log: &[Request]| {
        let mut paths: Vec<String> = log.iter().map(|request| request.path.clone()).collect();
        paths.sort();
        paths
    };
    let asked = paths(scene.log);
    let once: BTreeSet<&str> = asked.iter().map(String::as_str).collect();
    if let Some(expected) = &observation.requests {
        let mut expected = expected.clone();
        expected.sort();
        if asked != expected {
            out.push(format!("requested {asked:?}, expected {expected:?}"));
        }
    }
    for path in &observation.requested {
        if !once.contains(path.as_str()) {
            out.push(format!("{path} was not requested, but {asked:?}"));
        }
    }
    for path in &observation.not_requested {
        if once.contains(path.as_str()) {
            out.push(format!("{path} was requested"));
        }
    }
    if observation.stayed_home && !scene.elsewhere.is_empty() {
        out.push(format!(
            "another origin was asked for {:?}",
            paths(scene.elsewhere)
        ));
    }
    if let Some(step) = observation.requests_as_in {
        let told = |log: &[Request]| {
            let mut told: Vec<_> = log
                .iter()
                .map(|request| {
                    (
                        request.method.clone(),
                        request.path.clone(),
                        request.headers.clone(),
                    )
                })
                .collect();
            told.sort();
            told
        };
        let before = scene.logs_before.get(step).map_or(&[][..], Vec::as_slice);
        if told(before) != told(scene.log) {
            out.push(format!(
                "the requests differ from those of step {step}: {asked:?}, {:?}",
                paths(before)
            ));
        }
    }
}

/// MOTD-PRIV-1.
fn not_private(request: &Request, installer: &Value) -> Vec<String> {
    const FORBIDDEN: [&str; 3] = ["cookie", "if-none-match", "if-modified-since"];
    let mut out = Vec::new();
    for (name, value) in &request.headers {
        if FORBIDDEN.contains(&name.as_str()) {
            out.push(format!(
                "{} was requested with {name}: {value}",
                request.path
            ));
        }
    }
    if request.path.contains('?') {
        out.push(format!("{} was requested, with a query", request.path));
    }
    let text = |member: &str| installer[member].as_str().unwrap_or_default().to_owned();
    let expected = format!("{}/{} tuf-motd/1.0", text("name"), text("version"));
    let agents: Vec<_> = request
        .headers
        .iter()
        .filter(|(name, _)| name == "user-agent")
        .map(|(_, value)| value.as_str())
        .collect();
    if agents != [expected.as_str()] {
        out.push(format!(
            "{} was requested by {agents:?}, expected {expected:?}",
            request.path
        ));
    }
    out
}

#[cfg(test)]
mod tests;
