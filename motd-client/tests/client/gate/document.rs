//! Faults of a document that was verified.

use motd_server::publish::metadata::write;
use serde_json::json;

use super::{GateCase, NEW, NONE, news};
use motd_test_support::repo::{document, document_bytes, notice};

pub(super) const CASES: &[GateCase] = &[
    GateCase {
        name: "custom null decides",
        make: |world| {
            let bytes = document_bytes(&news());
            world.repo.publish_entry(
                &write::target_entry(&bytes, Some(json!({ "motd": null }))),
                &bytes,
            );
            world.serve();
        },
        expected: "fresh document:carrier-length",
        titles: NONE,
    },
    GateCase {
        name: "custom that differs from its target",
        make: |world| {
            let bytes = document_bytes(&news());
            let other = document(&[notice("news", "Nows")]);
            world.repo.publish_entry(
                &write::target_entry(&bytes, Some(json!({ "motd": other }))),
                &bytes,
            );
            world.serve();
        },
        expected: "fresh document:carrier-hash",
        titles: NONE,
    },
    GateCase {
        name: "custom without a known hash",
        make: |world| {
            let bytes = document_bytes(&news());
            let mut entry = write::target_entry(&bytes, Some(json!({ "motd": news() })));
            entry["hashes"] = json!({ "md5": "d41d8cd98f00b204e9800998ecf8427e" });
            world.repo.publish_entry(&entry, &bytes);
            world.serve();
        },
        expected: "fresh document:carrier-no-hash",
        titles: NONE,
    },
    GateCase {
        name: "a target that says it is larger than a document",
        make: |world| {
            let bytes = document_bytes(&news());
            let mut entry = write::target_entry(&bytes, None);
            entry["length"] = 65_537.into();
            world.repo.publish_entry(&entry, &bytes);
            world.serve();
        },
        expected: "fresh document:document-too-large",
        titles: NONE,
    },
    GateCase {
        name: "a target file with a line feed at its end",
        make: |world| {
            let mut bytes = document_bytes(&news());
            bytes.push(b'\n');
            world.repo.publish_file(&bytes);
            world.serve();
        },
        expected: "fresh document:not-document-bytes",
        titles: NONE,
    },
    GateCase {
        name: "the role of a staging repository",
        make: |world| {
            let mut staging = news();
            staging["repository"] = "staging.example.org".into();
            world.repo.publish(&staging);
            world.serve();
        },
        expected: "fresh document:repository-mismatch",
        titles: NONE,
    },
    GateCase {
        name: "a notice that clears the screen, beside a good one",
        make: |world| {
            let bad = notice("bad", "Evil\u{1b}[2J");
            world
                .repo
                .publish(&document(&[bad, notice("news", "News")]));
            world.serve();
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a notice that reads in another order than it was written, beside a good one",
        make: |world| {
            let bad = notice("bad", "Evil \u{202e}txt.exe");
            world
                .repo
                .publish(&document(&[bad, notice("news", "News")]));
            world.serve();
        },
        expected: "fresh",
        titles: NEW,
    },
];

#[tokio::test]
async fn every_fault_of_a_document_has_its_outcome() {
    super::require_outcomes(CASES).await;
}
