//! What a processor understands of a document that it accepts, worked out from the value and not by the core.

use serde_json::{Map, Value, json};

/// The whole document is refused.
pub(in crate::cases) fn refused_document(code: &str) -> Value {
    json!({ "status": "rejected", "stage": "document", "code": code })
}

/// The document is accepted, and its entries are these.
pub(super) fn entries(entries: &[Value]) -> Value {
    json!({ "status": "accepted", "result": { "notices": entries } })
}

/// Every entry that is an object is understood, and every other one is none.
pub(in crate::cases) fn accepted(document: &Value) -> Value {
    let notices = document["notices"].as_array().cloned().unwrap_or_default();
    entries(
        &notices
            .iter()
            .map(|notice| match notice {
                Value::Object(_) => understood(notice, &[]),
                _ => refused(&Value::Null, "notice-not-an-object"),
            })
            .collect::<Vec<_>>(),
    )
}

/// An accepted notice, but for these languages, each with its code.
pub(in crate::cases) fn understood(notice: &Value, refused_languages: &[(&str, &str)]) -> Value {
    let resolves = notice.get("resolves").cloned().unwrap_or_else(|| json!([]));
    let registered = ["info", "warning", "critical"];
    let severity = notice["severity"].as_str().unwrap_or_default();
    let is_all_clear = resolves.as_array().is_some_and(|ids| !ids.is_empty());
    let severity = if registered.contains(&severity) && !is_all_clear {
        severity
    } else {
        "info"
    };
    let is_refused = |tag: &str| refused_languages.iter().any(|(refused, _)| *refused == tag);
    let text: Map<String, Value> = notice["text"]
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(tag, _)| !is_refused(tag))
        .map(|(tag, text)| {
            (
                tag.clone(),
                json!({ "title": text["title"], "body": text["body"] }),
            )
        })
        .collect();
    let links: Vec<Value> = notice["links"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|link| json!({ "rel": link["rel"], "url": link["url"] }))
        .collect();
    let repeat = notice.get("repeat").filter(|repeat| *repeat == "once");
    // The number of languages is compared as well: an object of a pattern does not forbid further members.
    json!({
        "id": notice["id"], "code": null,
        "refused_languages": exactly(&refused_languages.iter().map(|(tag, code)| ((*tag).to_owned(), json!(code))).collect()),
        "notice": {
            "revision": notice["revision"], "severity": severity,
            "topic": notice.get("topic"), "begins": notice["begins"], "ends": notice["ends"],
            "repeat": repeat, "resolves": resolves, "text": exactly(&text), "links": links,
        },
    })
}

/// A refused notice.
pub(super) fn refused(id: &Value, code: &str) -> Value {
    json!({ "id": id, "code": code, "refused_languages": exactly(&Map::new()), "notice": null })
}

/// An object with these members and no others.
pub(in crate::cases) fn exactly(members: &Map<String, Value>) -> Value {
    json!({ "$exactly": members })
}
