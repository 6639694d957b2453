//! `select` and `render`.

use serde_json::{Value, json};

use crate::common::{NOW, REPOSITORY, Session, bytes, document, machine, notice};

fn select(notices: &[Value], machine: &Value) -> Value {
    json!({
        "repository": REPOSITORY,
        "document": bytes(document(notices).to_string()),
        "now": NOW,
        "machine": machine,
    })
}

fn reasons(notices: &Value) -> Vec<&str> {
    let notices = notices.as_array().unwrap().iter();
    notices
        .map(|notice| notice["reason"].as_str().unwrap())
        .collect()
}

#[test]
fn the_list_of_all_that_apply_has_the_order_of_the_document() {
    let mut session = Session::start();
    let mut ended = notice("ended", "info", "Ended");
    ended["begins"] = "2026-09-01T00:00:00Z".into();
    ended["ends"] = NOW.into();
    let mut other = notice("other", "info", "Other");
    other["audience"] = json!([{ "os": ["windows"] }]);
    let mut pip = notice("pip", "critical", "pip");
    pip["audience"] =
        json!([{ "components": [{ "purl": "pkg:pypi/pip", "versions": "vers:pypi/<9.0.3" }] }]);
    let mut clear = notice("clear", "info", "Clear");
    clear["resolves"] = json!(["pip"]);
    let notices = [notice("news", "info", "News"), ended, other, pip, clear];
    let mut machine = machine();
    machine["components"] = json!({ "pkg:pypi/pip": ["9.0.1"] });
    let result = session.result("select", select(&notices, &machine));
    assert_eq!(
        reasons(&result["notices"]),
        ["asked", "ended", "audience", "asked", "resolves-unseen"]
    );
    machine["components"] = json!({ "pkg:pypi/pip": ["10"] });
    let result = session.result("select", select(&notices, &machine));
    assert_eq!(result["notices"][3]["reason"], "audience");
    let refused = json!({
        "repository": "example.org",
        "document": bytes(document(&[]).to_string()),
        "now": NOW,
        "machine": machine,
    });
    assert_eq!(
        session.rejection("select", refused),
        "document repository-mismatch"
    );
    session.end();
}

#[test]
fn the_language_comes_from_the_request_and_nothing_else() {
    let mut session = Session::start();
    let mut news = notice("news", "info", "News");
    news["text"]["fr"] = json!({ "title": "Nouvelles", "body": [] });
    let mut machine = machine();
    for (languages, environment, expected) in [
        (json!(["de", "fr-CA"]), json!({}), "fr"),
        (Value::Null, json!({ "LANG": "fr_FR.UTF-8" }), "fr"),
        (Value::Null, json!({ "LC_ALL": "C", "LANG": "fr_FR" }), "en"),
        (Value::Null, json!({}), "en"),
    ] {
        machine["languages"] = languages;
        machine["environment"] = environment;
        let result = session.result("select", select(std::slice::from_ref(&news), &machine));
        assert_eq!(result["notices"][0]["text"]["language"], expected);
    }
    session.end();
}

#[test]
fn a_rollout_takes_the_secret_of_the_request() {
    let mut session = Session::start();
    let mut part = notice("part", "info", "Part");
    part["audience"] = json!([{ "rollout": { "percent": 99, "salt": "s" } }]);
    let mut machine = machine();
    let result = session.result("select", select(std::slice::from_ref(&part), &machine));
    assert_eq!(reasons(&result["notices"]), ["audience"]);
    machine["rollout_secret"] = "00".repeat(32).into();
    let result = session.result("select", select(&[part], &machine));
    assert_eq!(reasons(&result["notices"]), ["asked"]);
    session.end();
}

fn render(form: &str, columns: Option<u16>) -> Value {
    let one = document(&[
        notice("a", "info", "Caf\u{e9} au lait for all who waited for it"),
        notice("b", "critical", "Caf\u{e9} is on fire"),
    ]);
    let two = document(&[notice("c", "warning", "C"), notice("d", "info", "D")]);
    json!({
        "sources": [
            { "name": "pypi", "repository": REPOSITORY, "document": bytes(one.to_string()) },
            { "name": "npm", "repository": REPOSITORY, "document": bytes(two.to_string()) },
        ],
        "now": NOW,
        "machine": machine(),
        "form": form,
        "columns": columns,
    })
}

#[test]
fn three_notices_of_all_sources_are_shown_and_the_rest_is_counted() {
    let mut session = Session::start();
    let result = session.result("render", render("terminal", Some(38)));
    assert_eq!(
        result["lines"],
        json!([
            "notice[pypi] CRITICAL: Caf\u{e9} is on",
            "notice[pypi]   fire",
            "notice[npm] WARNING: C",
            "notice[npm] INFO: D",
            "notice[npm] 1 more: motd list",
        ])
    );
    assert_eq!(reasons(&result["notices"][0]), ["run-limit", "new"]);
    assert_eq!(reasons(&result["notices"][1]), ["new", "new"]);
    session.end();
}

#[test]
fn the_other_forms() {
    let mut session = Session::start();
    let result = session.result("render", render("plain", None));
    assert_eq!(result["lines"][0], "notice from pypi");
    assert_eq!(result["lines"][1], "CRITICAL: Caf\u{e9} is on fire");
    // Not wrapped, however narrow the terminal is.
    let result = session.result("render", render("ascii", Some(10)));
    assert_eq!(
        result["lines"],
        json!(["notice[pypi] CRITICAL: Caf\\u{e9} is on fire"])
    );
    let result = session.result("render", render("terminal", Some(20)));
    assert_eq!(result["lines"], json!([]));
    assert_eq!(reasons(&result["notices"][0]), ["too-narrow", "too-narrow"]);
    session.end();
}

#[test]
fn a_name_that_could_be_mistaken_is_no_source() {
    let mut session = Session::start();
    let mut request = render("terminal", None);
    request["sources"][0]["name"] = "pypi]".into();
    assert_eq!(session.rejection("render", request), "configuration source");
    session.end();
}
