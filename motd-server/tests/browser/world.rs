//! What the pages show: ordinary notices, and what an attacker or a far country would write.

use motd_core::{RepositoryId, Time};
use motd_server::publish::Published as _;
use motd_server::publish::fixture::{Shape, TestRepository};
use motd_server::serve::Renewal;
use motd_server::serve::page::{OpenProposal, OperatorsView, Page, operators_page, public_pages};
use motd_server::store::Lifetimes;
use serde_json::{Value, json};

/// Would run, if it were markup.
pub(crate) const MARKUP: &str = "</title></style></pre><script>window.executed = 1</script><img src=x onerror=window.executed=2>";
const QUOTES: &str = "\" onfocus=\"window.executed=3\" autofocus=\"";
const ARABIC: &str = "سيُطلب TLS 1.2 ابتداءً من 30 يونيو";
const CHINESE: &str = "自6月30日起必须使用TLS 1.2";

pub(crate) fn now() -> Time {
    "2018-04-20T12:00:00Z".parse().unwrap()
}

/// When every short signature is over.
pub(crate) fn long_after() -> Time {
    "2018-05-25T00:00:00Z".parse().unwrap()
}

/// Pictures show what people will see, not what is done to a page.
fn is_for_pictures() -> bool {
    std::env::var_os("MOTD_SCREENSHOTS").is_some()
}

fn long_word() -> String {
    "Donaudampfschifffahrtsgesellschaft".repeat(12)
}

/// What has to be seen as it was written.
pub(crate) fn hostile_texts() -> [&'static str; 4] {
    [MARKUP, QUOTES, ARABIC, CHINESE]
}

fn ordinary() -> Value {
    let mut notice = json!({
        "id": "tls-1.2-required", "revision": 2, "severity": "warning", "topic": "deprecation",
        "begins": "2018-04-12T00:00:00Z", "ends": "2018-06-30T00:00:00Z",
        "text": {
            "en": { "title": "TLS 1.2 will be required on 30 June 2018", "body": [
                "From that day the index refuses connections that use TLS 1.0 or 1.1.",
                "On macOS before 10.13, update pip to 9.0.3 before that day."] },
            "fr": { "title": "TLS 1.2 sera obligatoire à partir du 30 juin 2018", "body": [
                "À partir de cette date, l’index refusera les connexions en TLS 1.0 ou 1.1."] },
            "ar": { "title": ARABIC, "body": ["بعد ذلك التاريخ يرفض الفهرس الاتصالات التي تستخدم TLS 1.0 أو 1.1."] },
            "zh-Hant": { "title": CHINESE, "body": ["届時索引將拒絕使用TLS 1.0或1.1的連線。"] },
        },
        "links": [{ "rel": "details", "url": "https://status.example.org/tls?a=1&b=2" }],
        "audience": [
            { "components": [{ "purl": "pkg:pypi/pip", "versions": "vers:pypi/<9.0.3" }],
              "os": ["macos"], "commands": ["install"] },
            { "components": [{ "purl": "pkg:pypi/pip" }], "os": ["windows"] },
        ],
    });
    if is_for_pictures() {
        // Not every machine has letters for it.
        notice["text"].as_object_mut().unwrap().remove("zh-Hant");
    }
    notice
}

fn incident() -> Value {
    json!({
        "id": "upload-incident", "revision": 1, "severity": "critical", "topic": "incident",
        "begins": "2018-04-20T09:30:00Z", "ends": "2018-04-21T12:00:00Z",
        "text": { "en": { "title": "Uploads are paused while we look into an incident", "body": [
            "Installing is safe. Do not upload until we say more, at 16:00 UTC at the latest."] } },
        "links": [{ "rel": "status", "url": "https://status.example.org/" }],
    })
}

fn hostile() -> Vec<Value> {
    let notice = |id: &str, title: &str, body: Value| {
        json!({
            "id": id, "revision": 1, "severity": "info",
            "begins": "2018-04-12T00:00:00Z", "ends": "2018-06-30T00:00:00Z",
            "text": { "en": { "title": title, "body": body } },
            "links": [{ "rel": "details",
                "url": format!("https://example.org/{}", "a-very-long-path-".repeat(20)) }],
        })
    };
    vec![
        // The id is also that of a heading of the page.
        notice("signed", MARKUP, json!([MARKUP, QUOTES])),
        notice("long", "A long word", json!([long_word()])),
    ]
}

/// A repository with all of them.
pub(crate) fn published() -> TestRepository {
    let id: RepositoryId = "index.example.org".parse().unwrap();
    let mut test = TestRepository::assert_test_repository(&id, 5, Shape::Sidecar, now()).unwrap();
    let mut notices = vec![ordinary(), incident()];
    if !is_for_pictures() {
        notices.extend(hostile());
    }
    test.publish_notices(&notices, now()).unwrap();
    test
}

pub(crate) fn public(test: &TestRepository, now: Time) -> Vec<Page> {
    public_pages(&test.repository, &test.id, now)
}

/// The operators' page with a proposal that changes, adds and withdraws, one that cannot be published, and a late renewal.
pub(crate) fn operators(test: &TestRepository) -> Page {
    let mut changed = ordinary();
    changed["revision"] = 3.into();
    changed["text"]["en"]["title"] = "TLS 1.2 will be required on 15 July 2018".into();
    changed["ends"] = "2018-07-15T00:00:00Z".into();
    let mut notices = vec![changed];
    if !is_for_pictures() {
        let mut hostile = hostile();
        hostile[0]["revision"] = 2.into();
        hostile[0]["text"]["en"]["title"] = format!("{QUOTES}{MARKUP}")
            .chars()
            .take(120)
            .collect::<String>()
            .into();
        notices.extend(hostile);
    }
    let mut request = test.signed_proposal(&notices, now()).unwrap();
    request
        .sign_each(|role| {
            *role = unsigned_by_the_second(role);
            Ok(())
        })
        .unwrap();
    let proposals = [
        OpenProposal {
            id: "7f3a9c".to_owned(),
            opened: "2018-04-20T08:00:00Z".parse().unwrap(),
            closes: "2018-04-27T08:00:00Z".parse().unwrap(),
            review: test.repository.review(&request),
        },
        OpenProposal {
            id: "b01d44".to_owned(),
            opened: "2018-04-19T08:00:00Z".parse().unwrap(),
            closes: "2018-04-26T08:00:00Z".parse().unwrap(),
            review: Err(motd_server::publish::PublishError::Version {
                role: "motd".to_owned(),
                offered: 2,
                expected: 3,
            }),
        },
    ];
    operators_page(&OperatorsView {
        repository: &test.repository,
        id: &test.id,
        lifetimes: &Lifetimes::default(),
        now: "2018-04-21T05:00:00Z".parse().unwrap(),
        renewal: &Renewal::Overdue {
            expires: "2018-04-21T12:00:00Z".parse().unwrap(),
            code: "no-online-keys",
            fact: "this server has no online keys".to_owned(),
        },
        proposals: &proposals,
    })
}

fn unsigned_by_the_second(role: &motd_server::publish::RoleFile) -> motd_server::publish::RoleFile {
    let mut file: Value = serde_json::from_slice(role.bytes()).unwrap();
    file["signatures"].as_array_mut().unwrap().truncate(1);
    motd_server::publish::RoleFile::read(role.name(), file.to_string().as_bytes()).unwrap()
}
