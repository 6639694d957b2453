//! Faults of the target file. TUF 5.7.

use motd_server::publish::metadata::write;
use serde_json::json;

use super::{GateCase, NONE, news};
use motd_test_support::repo::{document, document_bytes, notice};

pub(super) const CASES: &[GateCase] = &[
    GateCase {
        name: "a target whose hash is none",
        make: |world| {
            let bytes = document_bytes(&news());
            let mut entry = write::target_entry(&bytes, None);
            entry["hashes"] = json!({ "sha256": "../../../../elsewhere" });
            world.repo.publish_entry(&entry, &bytes);
            world.serve();
        },
        expected: "none target:hash-mismatch",
        titles: NONE,
    },
    GateCase {
        name: "a target file without a known hash",
        make: |world| {
            let bytes = document_bytes(&news());
            let mut entry = write::target_entry(&bytes, None);
            entry["hashes"] = json!({ "md5": "d41d8cd98f00b204e9800998ecf8427e" });
            world.repo.publish_entry(&entry, &bytes);
            world.serve();
        },
        expected: "fresh document:carrier-no-hash",
        titles: NONE,
    },
    GateCase {
        name: "a target file with its hash in capitals",
        make: |world| {
            let bytes = document_bytes(&news());
            let mut entry = write::target_entry(&bytes, None);
            let hash = entry["hashes"]["sha256"].as_str().unwrap().to_uppercase();
            entry["hashes"]["sha256"] = hash.into();
            world.repo.publish_entry(&entry, &bytes);
            world.serve();
        },
        expected: "none target:hash-mismatch",
        titles: NONE,
    },
    GateCase {
        name: "a target file with another hash",
        make: |world| {
            let bytes = document_bytes(&news());
            world.repo.publish_file(&bytes);
            world.serve();
            let other = document_bytes(&document(&[notice("news", "Nows")]));
            assert_eq!(other.len(), bytes.len());
            world
                .network
                .replace_file(&write::target_file("motd/notices.json", &bytes), other);
        },
        expected: "none target:hash-mismatch",
        titles: NONE,
    },
    GateCase {
        name: "a target file that is too short",
        make: |world| {
            let bytes = document_bytes(&news());
            world.repo.publish_file(&bytes);
            world.serve();
            world.network.replace_file(
                &write::target_file("motd/notices.json", &bytes),
                &bytes[..20],
            );
        },
        expected: "none target:length-mismatch",
        titles: NONE,
    },
];

#[tokio::test]
async fn every_fault_of_a_target_file_has_its_outcome() {
    super::require_outcomes(CASES).await;
}
