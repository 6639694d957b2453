//! Awkward names: of roles, of targets, of keys. What a signer calls something chooses no file and no URL.

use serde_json::json;

use super::make::{beside, delegated, named};
use super::{GateCase, NEW, NONE, news};
use motd_simulator::repo::{RepositorySimulator, key};

/// SHA-256 of `motd/notices.json` begins so.
pub(super) const HASH: &str = "cb98";

pub(super) const CASES: &[GateCase] = &[
    // Roles.
    GateCase {
        name: "a role that climbs out of the folder",
        make: |world| named(world, "../../../evil"),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a role that is a folder",
        make: |world| named(world, "index/team/motd"),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a role that begins with a slash",
        make: |world| named(world, "//evil.invalid/motd"),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a role with a query string and a fragment",
        make: |world| named(world, "motd?you=42#x"),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a role that is percent-encoded already",
        make: |world| named(world, "%2e%2e%2fmotd"),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a role in another script",
        make: |world| named(world, "お知らせ Größe"),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a role with control characters",
        make: |world| named(world, "a\u{0}b\r\n\u{1b}[31m"),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a role that is one space",
        make: |world| named(world, " "),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a role that is two dots",
        make: |world| named(world, ".."),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a role with the name of a device",
        make: |world| named(world, "CON"),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a role with the name of a file of the top level",
        make: |world| named(world, "1.root"),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a role whose name is as long as is asked for",
        make: |world| named(world, &"x".repeat(512)),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a role whose name is longer than is asked for",
        make: |world| named(world, &"x".repeat(513)),
        expected: "none delegation:malformed",
        titles: NONE,
    },
    GateCase {
        name: "a role without a name",
        make: |world| delegated(world, json!({ "name": "" })),
        expected: "none targets:malformed",
        titles: NONE,
    },
    GateCase {
        name: "a delegated role that is called timestamp",
        make: |world| named(world, "Timestamp"),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a delegated role that is a top-level one",
        make: |world| delegated(world, json!({ "name": "snapshot" })),
        expected: "none targets:malformed",
        titles: NONE,
    },
    // Paths.
    GateCase {
        name: "a delegation of the path itself",
        make: |world| delegated(world, json!({ "paths": ["motd/notices.json"] })),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a delegation with a question mark",
        make: |world| delegated(world, json!({ "paths": ["x", "mo?d/*.json"] })),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a star does not cross a slash",
        make: |world| delegated(world, json!({ "paths": ["*"] })),
        expected: "fresh",
        titles: NONE,
    },
    GateCase {
        name: "nor do two",
        make: |world| delegated(world, json!({ "paths": ["**"] })),
        expected: "fresh",
        titles: NONE,
    },
    GateCase {
        name: "a delegation of a path with a slash before it",
        make: |world| delegated(world, json!({ "paths": ["/motd/*"] })),
        expected: "fresh",
        titles: NONE,
    },
    GateCase {
        name: "a delegation of a path with a slash after it",
        make: |world| delegated(world, json!({ "paths": ["motd/notices.json/"] })),
        expected: "fresh",
        titles: NONE,
    },
    GateCase {
        name: "a delegation in upper case",
        make: |world| delegated(world, json!({ "paths": ["MOTD/*"] })),
        expected: "fresh",
        titles: NONE,
    },
    GateCase {
        name: "a delegation of a path with dots in it",
        make: |world| delegated(world, json!({ "paths": ["x/../motd/*", "./motd/*"] })),
        expected: "fresh",
        titles: NONE,
    },
    GateCase {
        name: "a delegation of nothing",
        make: |world| delegated(world, json!({ "paths": [] })),
        expected: "fresh",
        titles: NONE,
    },
    GateCase {
        name: "a pattern with a bracket, which is itself",
        make: |world| delegated(world, json!({ "paths": ["motd/[n]otices.json", "motd/["] })),
        expected: "fresh",
        titles: NONE,
    },
    GateCase {
        name: "a delegation by a prefix of the path's hash",
        make: |world| {
            delegated(
                world,
                json!({ "paths": null, "path_hash_prefixes": ["0000", HASH] }),
            );
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a delegation by a prefix of another hash",
        make: |world| {
            delegated(
                world,
                json!({ "paths": null, "path_hash_prefixes": ["0000"] }),
            );
        },
        expected: "fresh",
        titles: NONE,
    },
    // Targets.
    GateCase {
        name: "a target that climbs out of the folder",
        make: |world| beside(world, "../../../etc/passwd"),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a target without a name",
        make: |world| beside(world, ""),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a target that is the path by another spelling",
        make: |world| beside(world, "motd//notices.json"),
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a target with control characters",
        make: |world| beside(world, "motd/\u{1b}]8;;\u{7}"),
        expected: "fresh",
        titles: NEW,
    },
    // Keys.
    GateCase {
        name: "key ids of a delegation that are no hashes",
        make: |world| {
            world.repo.publish(&news());
            world.repo.edit("targets", |signed| {
                signed["delegations"]["keys"] =
                    json!({ "Ada": key(1).key_object(), "../Bob": key(2).key_object() });
                signed["delegations"]["roles"][0]["keyids"] = json!(["Ada", "../Bob"]);
            });
            world.repo.edit("motd", |_| {});
            world.repo.rename_signer("motd", &key(1).key_id(), "Ada");
            world.repo.rename_signer("motd", &key(2).key_id(), "../Bob");
            world.repo.list();
            world.serve();
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "key ids of the root that are no hashes",
        make: |world| {
            world.repo.rotate(&[], |root| {
                for (role, numbers) in [("targets", [1, 2].as_slice()), ("timestamp", &[5])] {
                    RepositorySimulator::set_keys(
                        root,
                        role,
                        numbers,
                        numbers.len().try_into().unwrap(),
                    );
                    let mut ids = Vec::new();
                    for number in numbers {
                        let id = format!("{role} {number}");
                        root["keys"][&id] = key(*number).key_object();
                        ids.push(id);
                    }
                    root["roles"][role]["keyids"] = ids.into();
                }
            });
            world.repo.publish(&news());
            world.repo.edit("targets", |_| {});
            for number in [1, 2] {
                let id = format!("targets {number}");
                world
                    .repo
                    .rename_signer("targets", &key(number).key_id(), &id);
            }
            world.repo.list();
            world
                .repo
                .rename_signer("timestamp", &key(5).key_id(), "timestamp 5");
            world.serve();
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "the key id of a stranger who is called like a signer's key",
        make: |world| {
            world.repo.publish(&news());
            world.repo.edit_signed_by("motd", &[1, 10], |_| {});
            world
                .repo
                .rename_signer("motd", &key(10).key_id(), &key(2).key_id());
            world.repo.list();
            world.serve();
        },
        expected: "none delegation:signature-threshold",
        titles: NONE,
    },
];

#[tokio::test]
async fn every_name_has_its_outcome() {
    super::require_outcomes(CASES).await;
}
