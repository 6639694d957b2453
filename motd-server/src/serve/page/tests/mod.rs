//! The pages of repositories in memory, and what must not stand on them.

use motd_core::{RepositoryId, Time};
use serde_json::{Value, json};

use super::*;
use crate::publish::Repository;
use crate::publish::fixture::{Shape, TestRepository};

mod feed;
mod gate;
mod operators;

const NOW: &str = "2018-04-20T12:00:00Z";

fn id() -> RepositoryId {
    "index.example.org".parse().unwrap()
}

fn time(text: &str) -> Time {
    text.parse().unwrap()
}

fn notice(id: &str, title: &str) -> Value {
    json!({
        "id": id, "revision": 1, "severity": "info",
        "begins": "2018-04-12T00:00:00Z", "ends": "2018-06-30T00:00:00Z",
        "text": { "en": { "title": title, "body": ["A paragraph."] } },
    })
}

fn published(notices: &[Value]) -> TestRepository {
    let mut test =
        TestRepository::assert_test_repository(&id(), 9, Shape::Sidecar, time(NOW)).unwrap();
    test.publish_notices(notices, time(NOW)).unwrap();
    test
}

/// The bodies of `/`, `/feed.atom` and `/notices.json`.
fn public(repository: &Repository, now: Time) -> [String; 3] {
    let pages = public_pages(repository, &id(), now);
    let bodies: Vec<_> = pages
        .into_iter()
        .map(|page| String::from_utf8(page.body).unwrap())
        .collect();
    bodies.try_into().unwrap()
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn what_is_current_stands_on_every_page_and_nothing_else_does() {
    let mut later = notice("later", "Upcoming");
    later["begins"] = "2018-04-20T12:00:01Z".into();
    let mut over = notice("over", "Ended");
    over["ends"] = NOW.into();
    let mut first = notice("first", "Just begun");
    first["begins"] = NOW.into();
    let test = published(&[later, over, first, notice("current", "Running")]);
    for body in public(&test.repository, time(NOW)) {
        assert!(
            body.contains("Just begun") && body.contains("Running"),
            "{body}"
        );
        assert!(
            !body.contains("Upcoming") && !body.contains("Ended"),
            "{body}"
        );
    }
}

#[test]
fn the_order_is_that_of_a_terminal() {
    let mut severe = notice("severe", "C");
    severe["severity"] = "critical".into();
    let mut younger = notice("younger", "B");
    younger["begins"] = "2018-04-13T00:00:00Z".into();
    let test = published(&[notice("older", "A"), younger, severe]);
    let [_, _, list] = public(&test.repository, time(NOW));
    let list = json_of(&list);
    let ids: Vec<_> = list["notices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|notice| &notice["id"])
        .collect();
    assert_eq!(ids, ["severe", "younger", "older"]);
}

#[test]
fn notices_in_json_are_those_of_the_document() {
    let test = published(&[notice("one", "One")]);
    let [_, _, list] = public(&test.repository, time(NOW));
    let list = json_of(&list);
    assert_eq!(list["state"], "current");
    assert_eq!(list["repository"], "index.example.org");
    assert_eq!(list["checked_at"], NOW);
    assert_eq!(list["notices"], json!([notice("one", "One")]));
    let names: Vec<_> = list["roles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|role| &role["role"])
        .collect();
    assert_eq!(names, ["root", "targets", "motd", "snapshot", "timestamp"]);
    let role = &list["roles"][2];
    assert_eq!(
        (&role["version"], &role["threshold"]),
        (&json!(2), &json!(2))
    );
    let key = |person: usize| {
        use crate::publish::key::Signer as _;
        test.people[person].public().id().to_owned()
    };
    let mut signers = [key(0), key(1)];
    signers.sort();
    assert_eq!(role["signers"], json!(signers));
}

#[test]
fn an_empty_list_is_a_statement() {
    let test = published(&[]);
    let [html, feed, list] = public(&test.repository, time(NOW));
    assert!(html.contains("There are no notices now."));
    assert!(feed.contains("<updated>2018-04-20T00:00:00Z</updated>"));
    assert_eq!(json_of(&list)["notices"], json!([]));
}

#[test]
fn hostile_text_stands_there_as_text() {
    let attack =
        "</title></style></pre><script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;";
    let mut hostile = notice("hostile", attack);
    hostile["text"]["en"]["body"] = json!([attack, "{{ style }} {% raw %} ]]> <!--"]);
    let test = published(std::slice::from_ref(&hostile));
    for body in &public(&test.repository, time(NOW))[..2] {
        assert!(
            !body.contains("<script") && !body.contains("<img"),
            "{body}"
        );
        assert!(
            body.contains("&#60;script&#62;") && body.contains("{{ style }}"),
            "{body}"
        );
    }
    let test = published(&[]);
    let proposal = operators::proposed(&test, &[hostile]);
    let page = operators::page(&test, time(NOW), &[proposal]);
    assert!(
        !page.contains("<script") && !page.contains("<img"),
        "{page}"
    );
}

#[test]
fn the_policy_names_the_style_that_stands_on_the_page() {
    use base64::Engine as _;
    use sha2::Digest as _;
    let test = published(&[notice("one", "One")]);
    let page = &public_pages(&test.repository, &id(), time(NOW))[0];
    let body = String::from_utf8(page.body.clone()).unwrap();
    let style = body
        .split("<style>")
        .nth(1)
        .unwrap()
        .split("</style>")
        .next()
        .unwrap();
    let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(style));
    assert_eq!(
        page.policy.as_deref().unwrap(),
        format!(
            "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
    );
    // What a browser would have to load or run.
    for part in [
        "<script",
        "<img",
        "<link rel=\"stylesheet\"",
        "style=\"",
        "@import",
        "url(",
        "<form",
        "<iframe",
    ] {
        assert!(!body.contains(part), "{part}");
    }
}

/// `docs/notices-page.schema.json` is a golden. `SNAPSHOTS=overwrite` writes it.
#[test]
fn the_published_schema_is_that_of_the_types() {
    let schema = schemars::schema_for!(list::NoticeList<'_>);
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../docs/notices-page.schema.json"
    );
    if std::env::var_os("SNAPSHOTS").is_some_and(|value| value == "overwrite") {
        std::fs::write(path, &text).unwrap();
    }
    assert_eq!(
        std::fs::read_to_string(path).unwrap_or_default(),
        text,
        "run again with SNAPSHOTS=overwrite"
    );
}
