//! Puts something that passes in the place of something that was refused, so that the judge goes on to the next fault.
//!
//! The judge stops at the first fault of a notice, because a client needs no more. An author with three mistakes
//! wants to hear of three. So a copy is repaired fault by fault and judged again; the repaired copy is thrown away.

use motd_core::{Code, Time};
use serde_json::{Map, Value, json};

/// Repairs the notice at a place that was refused. Items of arrays are replaced and never removed, so that the places
/// of later faults stay true. Returns whether anything changed.
pub(super) fn repair(notice: &mut Value, place: &str, code: Code, default_language: &str) -> bool {
    let before = notice.clone();
    let segments: Vec<&str> = place.split('/').skip(1).collect();
    match segments.as_slice() {
        ["id"] => set(notice, "id", json!("repaired")),
        ["revision"] => set(notice, "revision", json!(1)),
        ["severity"] => set(notice, "severity", json!("info")),
        [] | ["begins" | "ends", ..] => times(notice, &segments, code),
        ["text", rest @ ..] => text(notice, rest, code, default_language),
        ["links", rest @ ..] => links(notice, rest),
        ["audience", index, rest @ ..] => clause(notice, index, rest),
        [name, ..] => remove(notice, name),
    }
    *notice != before
}

fn set(value: &mut Value, name: &str, member: Value) {
    if let Some(members) = value.as_object_mut() {
        members.insert(name.to_owned(), member);
    }
}

fn remove(value: &mut Value, name: &str) {
    if let Some(members) = value.as_object_mut() {
        members.remove(name);
    }
}

/// A time that is malformed becomes one that fits the other; two that do not fit each other become two that do.
fn times(notice: &mut Value, segments: &[&str], code: Code) {
    let seconds = |notice: &Value, name: &str| {
        let time: Option<Time> = notice
            .get(name)
            .and_then(Value::as_str)
            .and_then(|text| text.parse().ok());
        time.map(Time::unix_seconds)
    };
    let text = |seconds: u64| {
        i64::try_from(seconds)
            .ok()
            .and_then(Time::from_unix_seconds)
            .map(|time| time.to_string())
    };
    // A time that is malformed too is repaired in its turn, and fits then.
    match (code, segments) {
        (Code::TimeMalformed, ["begins"]) => {
            let begins = seconds(notice, "ends").map_or(0, |ends| ends.saturating_sub(1));
            set(notice, "begins", json!(text(begins)));
        }
        (Code::TimeMalformed, _) => {
            let ends = seconds(notice, "begins").map_or(1, |begins| begins + 1);
            set(notice, "ends", json!(text(ends)));
        }
        _ => {
            set(notice, "begins", json!(text(0)));
            set(notice, "ends", json!(text(1)));
        }
    }
}

fn text(notice: &mut Value, rest: &[&str], code: Code, default_language: &str) {
    let good = json!({ "title": "x", "body": [] });
    if code == Code::DefaultLanguageMissing
        && let Some(languages) = notice.get_mut("text")
    {
        return set(languages, default_language, good);
    }
    let Some(languages) = notice.get_mut("text").filter(|text| text.is_object()) else {
        return set(notice, "text", json!({ default_language: good }));
    };
    match rest {
        [] => *languages = json!({ default_language: good }),
        [tag, inner @ ..] => {
            let tag = tag.replace("~1", "/").replace("~0", "~");
            let Some(entry) = languages.get_mut(&tag) else {
                return;
            };
            match inner {
                _ if !entry.is_object() => *entry = good,
                [] => *entry = good,
                ["title"] => set(entry, "title", json!("x")),
                ["body", index] => item(entry.get_mut("body"), index, json!("x")),
                _ => set(entry, "body", json!([])),
            }
        }
    }
}

fn links(notice: &mut Value, rest: &[&str]) {
    let good = json!({ "rel": "details", "url": "https://example.org/" });
    match rest {
        [] => remove(notice, "links"),
        [index, inner @ ..] => match (at(notice.get_mut("links"), index), inner) {
            (Some(link), ["rel" | "url", ..]) if link.is_object() => {
                let name = inner.first().copied().unwrap_or_default();
                let member = good.get(name).cloned().unwrap_or_default();
                set(link, name, member);
            }
            _ => item(notice.get_mut("links"), index, good),
        },
    }
}

fn clause(notice: &mut Value, index: &str, rest: &[&str]) {
    let good = json!({ "os": ["linux"] });
    let Some(clause) = at(notice.get_mut("audience"), index) else {
        return remove(notice, "audience");
    };
    match rest {
        ["os" | "arch" | "commands", ..] => {
            set(
                clause,
                rest.first().copied().unwrap_or_default(),
                json!(["linux"]),
            );
        }
        ["components", number, inner @ ..] => {
            let component = json!({ "purl": "pkg:generic/x" });
            match (at(clause.get_mut("components"), number), inner) {
                (Some(found), ["versions", ..]) => remove(found, "versions"),
                (Some(found), ["purl", ..]) if found.is_object() => {
                    set(found, "purl", json!("pkg:generic/x"));
                }
                _ => item(clause.get_mut("components"), number, component),
            }
        }
        ["components"] => set(clause, "components", json!([{ "purl": "pkg:generic/x" }])),
        [name, ..] => {
            remove(clause, name);
            if clause.as_object().is_some_and(Map::is_empty) {
                *clause = good;
            }
        }
        [] => *clause = good,
    }
}

fn at<'a>(items: Option<&'a mut Value>, index: &str) -> Option<&'a mut Value> {
    items?.as_array_mut()?.get_mut(index.parse::<usize>().ok()?)
}

fn item(items: Option<&mut Value>, index: &str, good: Value) {
    if let Some(found) = at(items, index) {
        *found = good;
    }
}
