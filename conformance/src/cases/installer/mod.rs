//! Cases of the role installer. `selection` and `display` need no network; the others are timelines: a repository through
//! versions, clock steps and restarts, seen by one installer with one state folder.

use anyhow::Result;
use hex::ToHex as _;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::Writer;
use super::document::{document, notice};
use super::script::CaseScript;
use crate::simulator::{Key, NOTICES, SimulatedDelegation, SimulatedRepository};

pub(super) fn write(writer: &mut Writer) -> Result<()> {
    for text in [
        include_str!("display.txt"),
        include_str!("network.txt"),
        include_str!("state.txt"),
        include_str!("carriers.txt"),
        include_str!("bundle.txt"),
    ] {
        CaseScript::new(writer, "installer").read(text)?;
    }
    selection(writer)?;
    gate(writer)?;
    repeat(writer)?;
    surroundings(writer)
}

fn selection(writer: &mut Writer) -> Result<()> {
    let machines = [("resolver-2026", 0), ("a", 1), ("é", 7), ("tls", 255)];
    let rows = machines.into_iter().zip(1..);
    let rows = rows.map(|((salt, byte), number)| {
        let secret = [byte; 32];
        // The smallest percentage that takes this machine in.
        let least = share(salt, secret) * 100 / (1 << 32) + 1;
        vec![
            format!("{number:02}"),
            salt.to_owned(),
            secret.encode_hex(),
            least.to_string(),
            (least - 1).to_string(),
        ]
    });
    let columns = ["number", "salt", "secret", "least", "less"];
    CaseScript::new(writer, "installer")
        .with_rows("shares", &columns, rows.collect())
        .read(include_str!("selection.txt"))?;
    Ok(())
}

/// The number of section 4.9, worked out here.
fn share(salt: &str, secret: [u8; 32]) -> u64 {
    let parts = [
        &b"tuf-motd-rollout-v1\0"[..],
        salt.as_bytes(),
        &[0],
        &secret,
    ];
    let digest: [u8; 32] = Sha256::digest(parts.concat()).into();
    let [a, b, c, d, ..] = digest;
    u64::from(u32::from_be_bytes([a, b, c, d]))
}

fn gate(writer: &mut Writer) -> Result<()> {
    let mut roots = stated();
    for _ in 0..256 {
        roots.rotate(&[]);
    }
    let mut more_roots = roots.clone();
    more_roots.rotate(&[]);
    let mut script = CaseScript::new(writer, "installer")
        .with("256-roots", roots)
        .with("257-roots", more_roots)
        .with("3-roles", chain(3))
        .with("4-roles", chain(4));
    for (name, most, make) in LIMITS {
        script = script
            .with(&format!("{name}-full"), make(*most))
            .with(&format!("{name}-over"), make(most + 1));
    }
    script.read(include_str!("gate.txt"))?;
    Ok(())
}

/// A repository with so many of something.
type Make = fn(usize) -> SimulatedRepository;

/// The limits of section 6.5 on what a role holds.
const LIMITS: &[(&str, usize, Make)] = &[
    ("signatures", 128, |most| {
        let mut repository = stated();
        sign_for_nobody(&mut repository, NOTICES, most - 1);
        repository
    }),
    ("run-signatures", 4_096, |most| {
        let mut repository = stated();
        sign_for_nobody(&mut repository, "root", 127);
        for _ in 0..31 {
            repository.rotate(&[]);
        }
        // One each of timestamp, snapshot, targets and the role for notices.
        sign_for_nobody(&mut repository, NOTICES, most - 31 * 128 - 4);
        repository
    }),
    ("key-ids", 64, |most| {
        targets("/delegations/roles/0/keyids", move |ids| {
            extend(ids, (1..most).map(|number| json!(number.to_string())));
        })
    }),
    ("root-key-ids", 64, |most| {
        let mut repository = stated();
        repository.edit("root", move |signed| {
            let ids = &mut signed["roles"]["timestamp"]["keyids"];
            extend(ids, (1..most).map(|number| json!(number.to_string())));
        });
        repository.rotate(&[]);
        repository
    }),
    ("keys", 4_096, |most| {
        targets("/delegations/keys", move |keys| {
            for number in 1..most {
                let public = json!({ "public": "00" });
                keys[number.to_string()] =
                    json!({ "keytype": "ed25519", "scheme": "ed25519", "keyval": public });
            }
        })
    }),
    ("delegated-roles", 20_000, |most| {
        targets("/delegations/roles", move |roles| {
            let role = |number: usize| {
                json!({ "name": number.to_string(), "keyids": [], "threshold": 1,
                    "terminating": false, "paths": [] })
            };
            extend(roles, (1..most).map(role));
        })
    }),
    ("delegated-texts", 100_000, |most| {
        targets("/delegations/roles/0/paths", move |paths| {
            // With the key id and the path that is there.
            extend(paths, (2..most).map(|_| json!("a")));
        })
    }),
];

/// A repository after a change of what targets says.
fn targets(
    pointer: &'static str,
    change: impl Fn(&mut Value) + Send + Sync + 'static,
) -> SimulatedRepository {
    let mut repository = stated();
    repository.edit("targets", move |signed| {
        if let Some(value) = signed.pointer_mut(pointer) {
            change(value);
        }
    });
    repository
}

fn extend(list: &mut Value, more: impl Iterator<Item = Value>) {
    if let Some(list) = list.as_array_mut() {
        list.extend(more);
    }
}

/// Adds so many signatures by keys that nobody has.
fn sign_for_nobody(repository: &mut SimulatedRepository, role: &str, count: usize) {
    repository.mangle(role, move |bytes| {
        let mut file: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let nobody = |number: usize| json!({ "keyid": number.to_string(), "sig": "" });
        extend(&mut file["signatures"], (0..count).map(nobody));
        file.to_string().into_bytes()
    });
}

/// One notice; every length and hash stated.
fn stated() -> SimulatedRepository {
    let mut repository = SimulatedRepository::new();
    repository.set_document(&document(&[notice("a", "info")]));
    repository.states_hashes = true;
    repository
}

/// A chain of delegations of `motd/*`, of which the last lists the document.
fn chain(length: usize) -> SimulatedRepository {
    let mut repository = stated();
    let entries = repository.entries.remove(NOTICES).unwrap_or_default();
    let mut delegator = NOTICES.to_owned();
    for number in 2..=length {
        let role = format!("motd-{number}");
        repository
            .keys
            .insert(role.clone(), vec![Key::named(&role)]);
        repository.versions.insert(role.clone(), 1);
        repository
            .expires
            .insert(role.clone(), "2026-11-25T00:00:00Z".to_owned());
        let delegation = SimulatedDelegation {
            role: role.clone(),
            paths: vec!["motd/*".to_owned()],
            terminating: true,
        };
        repository.delegations.insert(delegator, vec![delegation]);
        delegator = role;
    }
    repository.entries.insert(delegator, entries);
    repository
}

/// With nine publications of 32 notices each.
fn repeat(writer: &mut Writer) -> Result<()> {
    let mut script = CaseScript::new(writer, "installer");
    let mut repository = SimulatedRepository::new();
    for (role, expires) in &mut repository.expires {
        if role != "root" {
            "2027-06-01T00:00:00Z".clone_into(expires);
        }
    }
    for number in 0..9 {
        let notices: Vec<Value> = (0..32)
            .map(|index| {
                let mut one = notice(&format!("n{number}-{index:02}"), "info");
                one["ends"] = json!(format!("2026-12-{:02}T00:00:00Z", 10 + number));
                one
            })
            .collect();
        if number > 0 {
            repository.publish(&[NOTICES]);
        }
        repository.set_document(&document(&notices));
        script = script.with(&format!("list-{number}"), repository.clone());
    }
    script.read(include_str!("repeat.txt"))?;
    Ok(())
}

/// With the variables that mean CI.
fn surroundings(writer: &mut Writer) -> Result<()> {
    let variables = writer.ci_variables.iter().map(|name| {
        let id = name.to_lowercase().replace('_', "-");
        vec![id, name.clone()]
    });
    let variables = variables.collect();
    CaseScript::new(writer, "installer")
        .with_rows("ci-variables", &["id", "variable"], variables)
        .read(include_str!("surroundings.txt"))?;
    Ok(())
}
