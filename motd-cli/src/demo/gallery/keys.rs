//! Attackers who hold keys: the server's, a package's, one person's, or a pile of their own.

use anyhow::{Context as _, Result};
use motd_server::publish::fixture::sign_raw;
use motd_server::publish::key::Signer;
use motd_server::store::files::Files;
use serde_json::{Value, json};

use super::{Aim, Attack, Expected, Trap, stopped_at};
use crate::demo::forge;
use crate::demo::site::Site;
use crate::demo::world::{SCARY, World};

pub(super) const ATTACKS: &[Attack] = &[
    Attack {
        name: "forged-signature",
        attacker: "the server, with its keys for snapshot and timestamp",
        deed: "publishes a notice with made-up signatures under the writers' key ids",
        requirement: "MOTD-GATE-7",
        prepare: forged_signature,
    },
    Attack {
        name: "unknown-key",
        attacker: "the server, with its keys for snapshot and timestamp",
        deed: "publishes a notice that two keys of his own have signed",
        requirement: "MOTD-GATE-7",
        prepare: |world| signed_by(world, &[&world.strangers[0], &world.strangers[1]]),
    },
    Attack {
        name: "threshold-not-met",
        attacker: "the server, and one of the three writers' keys",
        deed: "publishes a notice with one signature where two are asked for",
        requirement: "MOTD-GATE-7",
        prepare: |world| signed_by(world, &[&world.keys.people[0]]),
    },
    Attack {
        name: "one-person-as-two",
        attacker: "the server, one writer's key, and a delegation that lists this key under two ids",
        deed: "signs twice with one key",
        requirement: "MOTD-DEL-5",
        prepare: one_person_as_two,
    },
    Attack {
        name: "package-key",
        attacker: "the server, and the key that signs packages",
        deed: "publishes a notice that the package key has signed",
        requirement: "MOTD-GATE-7",
        prepare: |world| signed_by(world, &[&world.keys.package]),
    },
    Attack {
        name: "staging-replay",
        attacker: "the server, and nothing that was not published",
        deed: "serves the staging repository, signed with the same keys, as production",
        requirement: "MOTD-DOC-4",
        prepare: |world| Ok(staging_replay(world)),
    },
    Attack {
        name: "duplicate-member",
        attacker: "the server, with its keys for snapshot and timestamp",
        deed: "slips a second `motd` in before the real one; the signatures stay valid",
        requirement: "MOTD-CARRY-4",
        prepare: duplicate_member,
    },
];

fn trap(world: &World, files: &Files, document: &Value, expected: Expected) -> Trap {
    Trap {
        site: Site::new(files, document.to_string().as_bytes()),
        knows: true,
        now: world.now,
        expected,
        aim: Aim::Words(SCARY),
        company: Vec::new(),
    }
}

fn signed_by(world: &World, signers: &[&dyn Signer]) -> Result<Trap> {
    let evil = world.scary_document();
    let files = forge::publish(world, &evil, signers)?;
    Ok(trap(
        world,
        &files,
        &evil,
        stopped_at("delegation", "signature-threshold"),
    ))
}

fn forged_signature(world: &World) -> Result<Trap> {
    let evil = world.scary_document();
    let (role, _) = forge::role_with(&world.today, &evil)?;
    let version = role["version"].as_u64().context("no version")?;
    let signatures: Vec<_> = world
        .keys
        .people
        .iter()
        .map(|key| json!({ "keyid": key.key_id(), "sig": "5a".repeat(64) }))
        .collect();
    let bytes = json!({ "signed": role, "signatures": signatures })
        .to_string()
        .into_bytes();
    let files = forge::take_in(world, &world.today, "motd", version, bytes)?;
    Ok(trap(
        world,
        &files,
        &evil,
        stopped_at("delegation", "signature-threshold"),
    ))
}

/// The delegation itself is signed by the right people; that it lists one key twice is what they overlooked.
fn one_person_as_two(world: &World) -> Result<Trap> {
    let evil = world.scary_document();
    let mut top = forge::signed(&world.today, "targets")?;
    let version = forge::current(&world.today, "targets")?.1 + 1;
    top["version"] = version.into();
    let key = &world.keys.people[0];
    let alias = "0".repeat(64);
    top["delegations"]["keys"][&alias] = key.key_object();
    top["delegations"]["roles"][0]["keyids"] = json!([key.key_id(), alias]);
    let signers: Vec<_> = world
        .keys
        .people
        .iter()
        .map(|key| key as &dyn Signer)
        .collect();
    let files = forge::take_in(
        world,
        &world.today,
        "targets",
        version,
        sign_raw(&top, &signers)?,
    )?;
    let (role, _) = forge::role_with(&files, &evil)?;
    let version = role["version"].as_u64().context("no version")?;
    let mut file: Value = serde_json::from_slice(&sign_raw(&role, &[key])?)?;
    let mut second = file["signatures"][0].clone();
    second["keyid"] = alias.into();
    file["signatures"]
        .as_array_mut()
        .context("no signatures")?
        .push(second);
    let files = forge::take_in(
        world,
        &files,
        "motd",
        version,
        file.to_string().into_bytes(),
    )?;
    Ok(trap(
        world,
        &files,
        &evil,
        stopped_at("delegation", "signature-threshold"),
    ))
}

fn staging_replay(world: &World) -> Trap {
    let expected = Expected {
        state: "fresh",
        failure: Some(("document", "repository-mismatch")),
        notice: None,
    };
    let mut trap = trap(world, &world.staging, &world.staging_document, expected);
    trap.knows = false;
    trap
}

fn duplicate_member(world: &World) -> Result<Trap> {
    let evil = world.scary_document();
    let (path, version) = forge::current(&world.today, "motd")?;
    let text = std::str::from_utf8(world.today.bytes(&path).context("no role")?)?;
    let real = "\"custom\":{\"motd\":";
    let slipped = text.replacen(real, &format!("\"custom\":{{\"motd\":{evil},\"motd\":"), 1);
    anyhow::ensure!(slipped != text, "the role has no inline document");
    let files = forge::take_in(world, &world.today, "motd", version, slipped.into_bytes())?;
    Ok(trap(
        world,
        &files,
        &evil,
        Expected {
            state: "fresh",
            failure: None,
            notice: Some("new"),
        },
    ))
}
