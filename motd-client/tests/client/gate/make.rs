//! Shapes of repositories that several cases have.

use serde_json::{Value, json};

use super::news;
use motd_test_support::Simulation;

/// Publishes news behind so many other roles, one behind the other.
pub(super) fn chain(world: &mut Simulation, others: usize) {
    world.repo.publish(&news());
    let mut names: Vec<String> = (0..others).map(|number| format!("link{number}")).collect();
    names.push("motd".to_owned());
    for pair in names.windows(2) {
        let next = world.repo.delegation(&pair[1], Value::Null);
        world.repo.add_delegator(&pair[0], &[next]);
    }
    let first = world.repo.delegation(&names[0], Value::Null);
    world.repo.delegate(&[first]);
    world.repo.list();
    world.serve();
}

/// Publishes news after so many other roles that stand before it in one list.
pub(super) fn row(world: &mut Simulation, others: usize) {
    world.repo.publish(&news());
    let mut delegations = Vec::new();
    for number in 0..others {
        let name = format!("other{number}");
        world.repo.add_delegator(&name, &[]);
        delegations.push(world.repo.delegation(&name, Value::Null));
    }
    delegations.push(world.repo.delegation("motd", Value::Null));
    world.repo.delegate(&delegations);
    world.repo.list();
    world.serve();
}

/// Publishes news behind a delegation with these members.
pub(super) fn delegated(world: &mut Simulation, members: Value) {
    world.repo.publish(&news());
    let delegation = world.repo.delegation("motd", members);
    world.repo.delegate(&[delegation]);
    world.repo.list();
    world.serve();
}

/// Publishes news in a role of another name. The old one stays listed, as a snapshot has to.
pub(super) fn named(world: &mut Simulation, name: &str) {
    world.repo.publish(&news());
    let delegation = world.repo.delegation(name, Value::Null);
    world.repo.delegate(&[delegation]);
    let bytes = world.repo.roles["motd"].clone();
    world.repo.replace_role(name, bytes);
    world.repo.list();
    world.serve();
}

/// Publishes news after this edit of the targets that the notice role has beside it.
pub(super) fn beside(world: &mut Simulation, path: &str) {
    world.repo.publish(&news());
    world.repo.edit("motd", |signed| {
        let entry = json!({ "length": 3, "hashes": { "sha256": "00" } });
        signed["targets"][path] = entry;
    });
    world.repo.list();
    world.serve();
}
