//! The page for operators.

use super::*;
use crate::publish::Published as _;
use crate::serve::Renewal;
use crate::store::{Lifetimes, StoreError};

pub(super) fn page(test: &TestRepository, now: Time, proposals: &[OpenProposal]) -> String {
    let page = operators_page(&OperatorsView {
        repository: &test.repository,
        id: &test.id,
        lifetimes: &Lifetimes::default(),
        now,
        renewal: &Renewal::Current,
        proposals,
    });
    String::from_utf8(page.body).unwrap()
}

pub(super) fn proposed(test: &TestRepository, notices: &[Value]) -> OpenProposal {
    let request = test.signed_proposal(notices, time(NOW)).unwrap();
    OpenProposal {
        id: "p1".to_owned(),
        opened: time(NOW),
        closes: time("2018-04-27T12:00:00Z"),
        review: test.repository.review(&request),
    }
}

#[test]
fn operators_see_who_signed_and_what_changes() {
    let test = published(&[notice("kept", "Kept"), notice("gone", "Gone")]);
    let mut proposal = proposed(
        &test,
        &[notice("kept", "Kept"), notice("new", "A new title")],
    );
    let shown = page(&test, time(NOW), std::slice::from_ref(&proposal));
    for part in [
        "Proposal <code>p1</code>",
        "motd: version 2 to 3",
        "2 of 2",
        "<code>new</code>: added",
        "<code>gone</code>: withdrawn",
        "1 notice stays as they are",
        "<ins>+ INFO: A new title</ins>",
        "notice[index.example.org] INFO: A new title",
    ] {
        assert!(shown.contains(part), "{part}\n{shown}");
    }
    proposal.review = Err(StoreError::Conflict.into());
    let shown = page(&test, time(NOW), &[proposal]);
    assert!(
        shown.contains("another publication came first") && shown.contains("publisher-conflict"),
        "{shown}"
    );
}

/// An unknown member is of any name and value.
#[test]
fn what_turns_text_around_is_written_as_its_number() {
    let test = published(&[]);
    let mut turned = notice("new", "A title");
    turned["note"] = "\u{202e}ni gol\u{200b}".into();
    let shown = page(&test, time(NOW), &[proposed(&test, &[turned])]);
    assert!(shown.contains("\\u202eni gol\\u200b"), "{shown}");
    assert!(!shown.contains(['\u{202e}', '\u{200b}']), "{shown}");
}

#[test]
fn operators_see_what_is_little() {
    let test = published(&[]);
    let states = |now: &str| {
        let shown = page(&test, time(now), &[]);
        let count = |state: &str| shown.matches(&format!("class=\"word {state}\"")).count();
        [count("well"), count("low"), count("expired")]
    };
    assert_eq!(states(NOW), [5, 0, 0]);
    // Two thirds of the timestamp's day are over, and one second.
    assert_eq!(states("2018-04-21T04:00:01Z"), [4, 1, 0]);
    assert_eq!(states("2018-04-21T12:00:00Z"), [4, 0, 1]);
    assert_eq!(states("2019-04-20T12:00:00Z"), [0, 0, 5]);
}
