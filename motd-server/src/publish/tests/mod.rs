mod admission;
mod bundle;
mod carriers;
mod distance;
mod history;
mod request;
mod rotation;

use motd_core::{RepositoryId, Time};
use serde_json::{Value, json};

use super::fixture::{Shape, TestRepository};
use super::metadata::write;
use super::*;
use crate::publish::PublishError;
use crate::publish::document::NoticeDocument;
use crate::publish::key::{Signer, SigningKey};
use crate::store::files::{Files, versioned};

fn now() -> Time {
    "2018-04-12T00:00:00Z".parse().unwrap()
}

fn id() -> RepositoryId {
    "packages.example.org".parse().unwrap()
}

fn test_repository() -> TestRepository {
    TestRepository::assert_test_repository(&id(), 7, Shape::InBand, now()).unwrap()
}

fn notice(id: &str, revision: u64, title: &str) -> Value {
    json!({ "id": id, "revision": revision, "severity": "warning",
        "begins": "2018-04-12T00:00:00Z", "ends": "2018-04-30T00:00:00Z",
        "text": { "en": { "title": title, "body": ["A paragraph."] } } })
}

fn document(notices: &[Value]) -> Result<NoticeDocument, PublishError> {
    let notices: Vec<_> = notices
        .iter()
        .map(|notice| motd_core::json::Value::from_parsed(notice).unwrap())
        .collect();
    NoticeDocument::compose(&id(), "en", &notices)
}

/// When a role expires that is proposed now.
fn expires() -> Time {
    write::after(now(), 30)
}

/// The notice role of a request, and its document.
fn proposal(request: &SigningRequest) -> &Proposal {
    request.notices.as_ref().unwrap()
}

/// A request for a notice role that the first two people have signed, whatever it says.
fn forged(
    test: &TestRepository,
    signed: &Value,
    document: &NoticeDocument,
) -> Result<SigningRequest, PublishError> {
    let bytes = fixture::sign_raw(signed, &[&test.people[0], &test.people[1]]).unwrap();
    let role = RoleFile::read(NOTICE_ROLE, &bytes)?;
    Proposal::new(role, document.clone()).map(SigningRequest::from)
}

/// A document of many notices, too large to be inline.
fn large() -> Vec<Value> {
    let notice = |number| {
        json!({ "id": format!("n{number}"), "revision": 1, "severity": "info",
            "begins": "2018-04-12T00:00:00Z", "ends": "2018-04-30T00:00:00Z",
            "text": { "en": { "title": "Long", "body": ["word ".repeat(190).trim_end()] } } })
    };
    (0..20).map(notice).collect()
}
