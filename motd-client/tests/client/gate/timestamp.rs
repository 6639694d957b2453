//! Faults of the timestamp. TUF 5.4.

use motd_server::author::raw;
use serde_json::json;

use super::{Case, NONE, OLD, edited, expired};

pub(super) const CASES: &[Case] = &[
    Case {
        name: "timestamp signed by a stranger",
        make: |world| edited(world, "timestamp", &[10], |_| {}),
        expected: "none timestamp:signature-threshold",
        titles: NONE,
    },
    Case {
        name: "an expired timestamp",
        make: |world| edited(world, "timestamp", &[5], expired),
        expected: "none timestamp:expired",
        titles: NONE,
    },
    Case {
        name: "an older timestamp",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["version"] = 1.into();
            });
        },
        expected: "cached timestamp:stale-mirror",
        titles: OLD,
    },
    Case {
        name: "an older timestamp that has expired too",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["version"] = 1.into();
                expired(signed);
            });
        },
        expected: "cached timestamp:stale-mirror",
        titles: OLD,
    },
    Case {
        name: "a newer timestamp of an older snapshot",
        make: |world| {
            let bytes = world.repo.files["metadata/1.snapshot.json"].clone();
            edited(world, "timestamp", &[5], |signed| {
                signed["meta"]["snapshot.json"] = raw::meta_entry(1, &bytes);
            });
        },
        expected: "none timestamp:rollback",
        titles: NONE,
    },
    Case {
        name: "the specification's next major version",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["spec_version"] = "2.0.0".into();
            });
        },
        expected: "none timestamp:spec-version",
        titles: NONE,
    },
    Case {
        name: "a timestamp without a snapshot",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["meta"] = json!({});
            });
        },
        expected: "none timestamp:malformed",
        titles: NONE,
    },
    Case {
        name: "a timestamp with a version that is a text",
        make: |world| {
            edited(world, "timestamp", &[5], |signed| {
                signed["version"] = "7".into();
            });
        },
        expected: "none timestamp:malformed",
        titles: NONE,
    },
];
