//! Attackers who replay: everything they serve was once signed by the right people.

use anyhow::{Context as _, Result};
use motd_server::store::files::Files;

use super::attack::{Aim, Attack, ExpectedEnd, Trap, stopped_at};
use crate::demo::forge;
use crate::demo::hostile::HostileAnswer;
use crate::demo::site::DemoSite;
use crate::demo::world::{DemoWorld, WITHDRAWN};

pub(super) const ATTACKS: &[Attack] = &[
    Attack {
        name: "frozen-timestamp",
        attacker: "the link",
        deed: "serves last week's repository for ever, to somebody who never saw a newer one",
        requirement: "MOTD-GATE-7",
        prepare: |world| Ok(frozen_timestamp(world)),
    },
    Attack {
        name: "slow-mirror",
        attacker: "nothing, and is no attacker: a mirror some hours behind",
        deed: "serves this morning's repository, still valid, to somebody who saw the one of noon",
        requirement: "MOTD-GATE-9",
        prepare: |world| Ok(slow_mirror(world)),
    },
    Attack {
        name: "rolled-back-snapshot",
        attacker: "the server, with its key for timestamp",
        deed: "signs a new timestamp for last week's snapshot",
        requirement: "MOTD-FLOOR-1",
        prepare: rolled_back_snapshot,
    },
    Attack {
        name: "rolled-back-role",
        attacker: "the server, with its keys for snapshot and timestamp",
        deed: "signs a new snapshot that names last week's notices",
        requirement: "MOTD-FLOOR-1",
        prepare: rolled_back_role,
    },
    Attack {
        name: "mix-and-match",
        attacker: "a mirror",
        deed: "serves last week's notices under the name of today's",
        requirement: "MOTD-GATE-7",
        prepare: mix_and_match,
    },
];

fn trap(world: &DemoWorld, files: &Files, expected: ExpectedEnd) -> Trap {
    Trap {
        // The baseline has no notion of an old file; it gets what the replayed repository said.
        site: DemoSite::new(files, world.last_week_document.to_string().as_bytes()),
        knows: true,
        now: world.now,
        expected,
        aim: Aim::Words(WITHDRAWN),
        company: Vec::new(),
    }
}

fn frozen_timestamp(world: &DemoWorld) -> Trap {
    let mut trap = trap(world, &world.last_week, stopped_at("timestamp", "expired"));
    trap.knows = false;
    trap
}

fn slow_mirror(world: &DemoWorld) -> Trap {
    let expected = ExpectedEnd {
        state: "cached",
        failure: Some(("timestamp", "stale-mirror")),
        notice: Some("new"),
    };
    trap(world, &world.morning, expected)
}

fn rolled_back_snapshot(world: &DemoWorld) -> Result<Trap> {
    let (path, number) = forge::current(&world.last_week, "snapshot")?;
    let snapshot = world.last_week.bytes(&path).context("no snapshot")?;
    let mut files = world.last_week.clone();
    let timestamp = forge::timestamp_for(world, &world.today, number, snapshot)?;
    files
        .0
        .insert("metadata/timestamp.json".to_owned(), timestamp);
    Ok(trap(world, &files, stopped_at("timestamp", "rollback")))
}

fn rolled_back_role(world: &DemoWorld) -> Result<Trap> {
    let (path, version) = forge::current(&world.last_week, "motd")?;
    let role = world.last_week.bytes(&path).context("no role")?.to_vec();
    let files = forge::take_in(world, &world.today, "motd", version, role)?;
    Ok(trap(world, &files, stopped_at("snapshot", "rollback")))
}

fn mix_and_match(world: &DemoWorld) -> Result<Trap> {
    let (old, _) = forge::current(&world.last_week, "motd")?;
    let (new, _) = forge::current(&world.today, "motd")?;
    let role = world.last_week.bytes(&old).context("no role")?.to_vec();
    let mut trap = trap(
        world,
        &world.today,
        stopped_at("delegation", "length-mismatch"),
    );
    trap.site = trap
        .site
        .with(&format!("/{new}"), HostileAnswer::Body(role));
    trap.knows = false;
    Ok(trap)
}
