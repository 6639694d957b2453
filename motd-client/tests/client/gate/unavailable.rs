//! What cannot be had, and is no attack: the complete set may speak.

use motd_client::transport::FileResponse;
use motd_core::Code;

use super::{GateCase, OLD, edited, news};
use motd_test_support::repo::document_bytes;

pub(super) const CASES: &[GateCase] = &[
    GateCase {
        name: "a target file that is not there",
        make: |world| {
            world.repo.publish_file(&document_bytes(&news()));
            world.serve();
            world
                .network
                .answer("notices.json", 9, Ok(FileResponse::NotFound));
        },
        expected: "cached target:status",
        titles: OLD,
    },
    GateCase {
        name: "a server that is gone",
        make: |world| world.network.fail("", Code::Connect),
        expected: "cached root:connect",
        titles: OLD,
    },
    GateCase {
        name: "an error for the next root",
        make: |world| world.network.fail("root.json", Code::Status),
        expected: "cached root:status",
        titles: OLD,
    },
    GateCase {
        name: "403 for the timestamp",
        make: |world| {
            world
                .network
                .answer("timestamp.json", 9, Ok(FileResponse::Forbidden));
        },
        expected: "cached timestamp:status",
        titles: OLD,
    },
    GateCase {
        name: "a time-out at the snapshot",
        make: |world| {
            edited(world, "motd", &[1, 2], |_| {});
            world.network.fail("snapshot.json", Code::Timeout);
        },
        expected: "cached snapshot:timeout",
        titles: OLD,
    },
    GateCase {
        name: "notices that are cut short",
        make: |world| {
            edited(world, "motd", &[1, 2], |_| {});
            world.network.fail("motd.json", Code::Truncated);
        },
        expected: "cached delegation:truncated",
        titles: OLD,
    },
    GateCase {
        name: "notices that are not there, twice",
        make: |world| {
            edited(world, "motd", &[1, 2], |_| {});
            world
                .network
                .answer("motd.json", 2, Ok(FileResponse::NotFound));
        },
        expected: "cached delegation:status",
        titles: OLD,
    },
    GateCase {
        name: "a captive portal",
        make: |world| {
            world.network.answer(
                "",
                9,
                Ok(FileResponse::Body(b"<html>Please sign in</html>".to_vec())),
            );
        },
        expected: "cached root:not-metadata",
        titles: OLD,
    },
    GateCase {
        name: "a captive portal from the snapshot on",
        make: |world| {
            edited(world, "motd", &[1, 2], |_| {});
            world.network.answer(
                "snapshot.json",
                9,
                Ok(FileResponse::Body(b"{\"login\":\"please\"}".to_vec())),
            );
        },
        expected: "cached snapshot:not-metadata",
        titles: OLD,
    },
];

#[tokio::test]
async fn what_cannot_be_had_leaves_the_complete_set() {
    super::require_outcomes(CASES).await;
}
