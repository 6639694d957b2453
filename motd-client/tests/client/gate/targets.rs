//! Faults of the top-level targets role. TUF 5.6.

use super::{GateCase, NONE, edited, expired, news};
use motd_test_support::repo::key;

pub(super) const CASES: &[GateCase] = &[
    GateCase {
        name: "targets signed by one of two",
        make: |world| edited(world, "targets", &[1], |_| {}),
        expected: "none targets:signature-threshold",
        titles: NONE,
    },
    GateCase {
        name: "one key under two ids of the root's targets role",
        make: |world| {
            world.repo.publish(&news());
            world.repo.rotate(&[], |root| {
                root["keys"]["again"] = key(1).key_object();
                root["roles"]["targets"]["keyids"]
                    .as_array_mut()
                    .unwrap()
                    .push("again".into());
            });
            world.repo.edit_signed_by("targets", &[1], |_| {});
            world.repo.sign_again_under("targets", "again");
            world.repo.list();
            world.serve();
        },
        expected: "none targets:signature-threshold",
        titles: NONE,
    },
    GateCase {
        name: "expired targets",
        make: |world| edited(world, "targets", &[1, 2], expired),
        expected: "none targets:expired",
        titles: NONE,
    },
    GateCase {
        name: "a role listed twice",
        make: |world| {
            edited(world, "targets", &[1, 2], |signed| {
                let again = signed["delegations"]["roles"][0].clone();
                signed["delegations"]["roles"]
                    .as_array_mut()
                    .unwrap()
                    .push(again);
            });
        },
        expected: "none targets:malformed",
        titles: NONE,
    },
];

#[tokio::test]
async fn every_fault_of_targets_has_its_outcome() {
    super::require_outcomes(CASES).await;
}
