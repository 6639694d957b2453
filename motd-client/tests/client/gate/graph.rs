//! Delegations that go in circles, meet, shadow and end.

use serde_json::{Value, json};

use super::{GateCase, NEW, NONE, OLD, news};
use motd_server::publish::metadata::write;
use motd_simulator::Simulation;
use motd_simulator::repo::{document, document_bytes, key, notice};

/// A document that must not be the one.
fn other() -> Value {
    document(&[notice("other", "Hello")])
}

/// Publishes news in the notice role, and `other` in a role of another name.
fn with_other_role(world: &mut Simulation, name: &str) {
    world.repo.publish(&other());
    let bytes = world.repo.roles["motd"].clone();
    world.repo.replace_role(name, bytes);
    world.repo.publish(&news());
}

fn publish(world: &mut Simulation, delegations: &[Value]) {
    world.repo.delegate(delegations);
    world.repo.list();
    world.serve();
}

pub(super) const CASES: &[GateCase] = &[
    GateCase {
        name: "a role that delegates to itself",
        make: |world| {
            world.repo.publish(&news());
            let itself = world.repo.delegation("circle", Value::Null);
            world
                .repo
                .add_delegator("circle", std::slice::from_ref(&itself));
            let notices = world.repo.delegation("motd", Value::Null);
            publish(world, &[itself, notices]);
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "roles that delegate in a circle",
        make: |world| {
            world.repo.publish(&news());
            let roles = ["a", "b"].map(|name| world.repo.delegation(name, Value::Null));
            for (number, name) in ["a", "b"].iter().enumerate() {
                let next = roles[(number + 1) % 2].clone();
                world.repo.add_delegator(name, &[next]);
            }
            let notices = world.repo.delegation("motd", Value::Null);
            publish(world, &[roles[0].clone(), notices]);
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a circle through the top-level role",
        make: |world| {
            world.repo.publish(&news());
            let top = world.repo.delegation("targets", Value::Null);
            world.repo.add_delegator("a", &[top]);
            let first = world.repo.delegation("a", Value::Null);
            let notices = world.repo.delegation("motd", Value::Null);
            publish(world, &[first, notices]);
        },
        expected: "none delegation:malformed",
        titles: NONE,
    },
    GateCase {
        name: "a circle that ends the search",
        make: |world| {
            world.repo.publish(&news());
            let itself = world
                .repo
                .delegation("circle", json!({ "terminating": true }));
            world
                .repo
                .add_delegator("circle", std::slice::from_ref(&itself));
            let notices = world.repo.delegation("motd", Value::Null);
            publish(world, &[itself, notices]);
        },
        expected: "fresh",
        titles: NONE,
    },
    GateCase {
        name: "a role that two others delegate to, each with other keys",
        make: |world| {
            world.repo.publish(&news());
            world.repo.edit("targets", |signed| {
                signed["delegations"]["keys"][key(10).key_id()] = key(10).key_object();
            });
            let honest = world.repo.delegation("motd", Value::Null);
            let strangers = json!({ "keyids": [key(10).key_id()], "threshold": 1 });
            let stranger = world.repo.delegation("motd", strangers);
            world.repo.add_delegator("first", &[honest]);
            world.repo.add_delegator("second", &[stranger]);
            let list = ["first", "second"].map(|name| world.repo.delegation(name, Value::Null));
            publish(world, &list);
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "the same, the stranger's first",
        make: |world| {
            world.repo.publish(&news());
            world.repo.edit("targets", |signed| {
                signed["delegations"]["keys"][key(10).key_id()] = key(10).key_object();
            });
            let honest = world.repo.delegation("motd", Value::Null);
            let strangers = json!({ "keyids": [key(10).key_id()], "threshold": 1 });
            let stranger = world.repo.delegation("motd", strangers);
            world.repo.add_delegator("first", &[honest]);
            world.repo.add_delegator("second", &[stranger]);
            let list = ["second", "first"].map(|name| world.repo.delegation(name, Value::Null));
            publish(world, &list);
        },
        // The keys are the ones of the delegation that was followed, and nothing is skipped.
        expected: "none delegation:signature-threshold",
        titles: NONE,
    },
    GateCase {
        name: "a role before the notice role that has the path",
        make: |world| {
            with_other_role(world, "aaa");
            let list = ["aaa", "motd"].map(|name| world.repo.delegation(name, Value::Null));
            publish(world, &list);
        },
        // Shadowing is the publisher's duty; a client follows the order that was signed.
        expected: "fresh",
        titles: OLD,
    },
    GateCase {
        name: "a role after the notice role that has the path",
        make: |world| {
            with_other_role(world, "aaa");
            let list = ["motd", "aaa"].map(|name| world.repo.delegation(name, Value::Null));
            publish(world, &list);
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a role that ends the search before the notice role",
        make: |world| {
            world.repo.publish(&news());
            world.repo.add_delegator("end", &[]);
            let end = world.repo.delegation("end", json!({ "terminating": true }));
            let notices = world.repo.delegation("motd", Value::Null);
            publish(world, &[end, notices]);
        },
        expected: "fresh",
        titles: NONE,
    },
    GateCase {
        name: "a role for other paths that ends nothing",
        make: |world| {
            world.repo.publish(&news());
            world.repo.add_delegator("end", &[]);
            let members = json!({ "terminating": true, "paths": ["packages/*"] });
            let end = world.repo.delegation("end", members);
            let notices = world.repo.delegation("motd", Value::Null);
            publish(world, &[end, notices]);
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a role that signs a path which it was not given",
        make: |world| {
            with_other_role(world, "packages");
            let members = json!({ "paths": ["packages/*"] });
            let packages = world.repo.delegation("packages", members);
            let notices = world.repo.delegation("motd", Value::Null);
            publish(world, &[packages, notices]);
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "the same, one role further down",
        make: |world| {
            with_other_role(world, "packages");
            // The middle role was not given the path, whatever it gives away.
            let packages = world.repo.delegation("packages", Value::Null);
            world.repo.add_delegator("middle", &[packages]);
            let members = json!({ "paths": ["packages/*"] });
            let middle = world.repo.delegation("middle", members);
            let notices = world.repo.delegation("motd", Value::Null);
            publish(world, &[middle, notices]);
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "the top-level role has the path itself",
        make: |world| {
            world.repo.publish(&other());
            let bytes = document_bytes(&news());
            let entry = write::target_entry(&bytes, Some(json!({ "motd": news() })));
            world.repo.edit("targets", |signed| {
                signed["targets"] = json!({ "motd/notices.json": entry });
            });
            world.repo.list();
            world.serve();
        },
        expected: "fresh",
        titles: NEW,
    },
    GateCase {
        name: "a role whose keys stand in another role",
        make: |world| {
            world.repo.publish(&news());
            let notices = world.repo.delegation("motd", Value::Null);
            world.repo.add_delegator("middle", &[notices]);
            world.repo.edit("middle", |signed| {
                signed["delegations"]["keys"] = json!({});
            });
            let middle = world.repo.delegation("middle", Value::Null);
            publish(world, &[middle]);
        },
        expected: "none delegation:signature-threshold",
        titles: NONE,
    },
];

#[tokio::test]
async fn every_graph_has_its_outcome() {
    super::require_outcomes(CASES).await;
}
