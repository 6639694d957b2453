//! Markers in metadata: that does not parse, at every depth; that is signed by a stranger; that is signed by the right
//! keys and wrong in one place.

use serde_json::{Value, json};

use super::{CANARY, ears, kept, require_silence};
use motd_test_support::repo::{RepositorySimulator, document, key, notice};
use motd_test_support::{HOUR, Simulation};

const ROLES: [&str; 5] = ["root", "timestamp", "snapshot", "targets", "motd"];

/// A client that is warm, and a repository of which every role has changed since.
async fn behind() -> Simulation {
    let mut world = Simulation::warm().await;
    world.repo.rotate(&[], |_| {});
    world.repo.edit("targets", |_| {});
    world.repo.publish(&document(&[notice("news", "News")]));
    world.serve();
    world
}

fn path(repo: &RepositorySimulator, role: &str) -> String {
    match role {
        "timestamp" => "metadata/timestamp.json".to_owned(),
        _ => format!("metadata/{}.{role}.json", repo.version(role)),
    }
}

/// Every pointer below a value.
fn pointers(value: &Value, at: &str, all: &mut Vec<String>) {
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| (name.replace('~', "~0").replace('/', "~1"), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(number, value)| (number.to_string(), value))
            .collect(),
        _ => Vec::new(),
    };
    for (name, value) in members {
        let pointer = format!("{at}/{name}");
        pointers(value, &pointer, all);
        all.push(pointer);
    }
}

#[tokio::test]
async fn json_that_ends_in_the_marker_at_every_depth() {
    ears::open();
    for role in ROLES {
        let world = behind().await;
        let path = path(&world.repo, role);
        let text = String::from_utf8(world.repo.files[&path].clone()).unwrap();
        for (position, _) in text.match_indices(['{', '[', ':']) {
            for tail in [CANARY.to_owned(), format!("\"{CANARY}\": {CANARY}")] {
                let cut = format!("{}{tail}", &text[..=position]);
                world.network.replace_file(&path, cut);
                let report = world.check(HOUR).await;
                require_silence(&report, &format!("{role} at {position}"));
            }
        }
        assert!(!kept(world.state.path()).contains(CANARY), "{role}");
    }
}

#[tokio::test]
async fn the_marker_in_the_place_of_every_value_signed_by_a_stranger() {
    ears::open();
    for role in ROLES {
        let world = behind().await;
        let path = path(&world.repo, role);
        let signed = world.repo.signed(role);
        let mut all = Vec::new();
        pointers(&signed, "", &mut all);
        for pointer in all {
            let mut wrong = signed.clone();
            *wrong.pointer_mut(&pointer).unwrap() = CANARY.into();
            world
                .network
                .replace_file(&path, RepositorySimulator::sign(&wrong, &[10]));
            let report = world.check(HOUR).await;
            assert!(report.failure.is_some(), "{role} {pointer}");
            require_silence(&report, &format!("{role} {pointer}"));
        }
        assert!(!kept(world.state.path()).contains(CANARY), "{role}");
    }
}

/// Key ids, signatures and members that nobody knows.
#[tokio::test]
async fn the_marker_around_what_is_signed() {
    ears::open();
    for role in ROLES {
        let world = behind().await;
        let path = path(&world.repo, role);
        let honest: Value = serde_json::from_slice(&world.repo.files[&path]).unwrap();
        let with = |edit: &dyn Fn(&mut Value)| {
            let mut file = honest.clone();
            edit(&mut file);
            serde_json::to_vec(&file).unwrap()
        };
        for (number, bytes) in [
            with(&|file| file["signatures"][0]["keyid"] = CANARY.into()),
            with(&|file| file["signatures"][0]["sig"] = CANARY.into()),
            with(&|file| file["signatures"] = CANARY.into()),
            with(&|file| file["signatures"] = json!({ CANARY: CANARY })),
            with(&|file| file["signatures"] = json!([CANARY, [CANARY], { CANARY: 1 }])),
            with(&|file| file["signed"] = CANARY.into()),
            with(&|file| file["signed"][CANARY] = CANARY.into()),
            with(&|file| file["signed"]["_type"] = CANARY.into()),
        ]
        .into_iter()
        .enumerate()
        {
            world.network.replace_file(&path, bytes);
            let report = world.check(HOUR).await;
            assert!(report.failure.is_some(), "{role} {number}");
            require_silence(&report, &format!("{role} {number}"));
        }
        assert!(!kept(world.state.path()).contains(CANARY), "{role}");
    }
}

/// A thief of keys signs something malformed: what is signed and refused is no more than a failure.
#[tokio::test]
async fn the_marker_in_the_place_of_every_value_signed_by_the_right_keys() {
    ears::open();
    for (role, keys) in [
        ("root", [1, 2].as_slice()),
        ("timestamp", &[5]),
        ("snapshot", &[4]),
        ("targets", &[1, 2]),
    ] {
        let base = behind().await;
        let signed = base.repo.signed(role);
        let mut all = Vec::new();
        pointers(&signed, "", &mut all);
        for pointer in all {
            let mut world = Simulation::warm().await;
            world.repo = base.repo.clone();
            let mut wrong = signed.clone();
            *wrong.pointer_mut(&pointer).unwrap() = CANARY.into();
            let bytes = RepositorySimulator::sign(&wrong, keys);
            world
                .repo
                .files
                .insert(path(&base.repo, role), bytes.clone());
            world.repo.roles.insert(role.to_owned(), bytes);
            match role {
                // What lists it lists it correctly, where it has a version.
                "snapshot" if wrong["version"].is_u64() => world.repo.stamp_with(|_| {}),
                "targets" if wrong["version"].is_u64() => world.repo.list(),
                _ => {}
            }
            world.serve();
            let report = world.check(HOUR).await;
            require_silence(&report, &format!("{role} {pointer}"));
        }
    }
}

#[tokio::test]
async fn the_marker_as_the_name_of_a_key_and_of_a_role() {
    ears::open();
    let mut world = Simulation::warm().await;
    world.repo.publish(&document(&[notice("news", "News")]));
    world.repo.edit("targets", |signed| {
        signed["delegations"]["keys"][CANARY] = key(10).key_object();
        let mut other = signed["delegations"]["roles"][0].clone();
        other["name"] = CANARY.into();
        other["keyids"] = json!([CANARY]);
        other["terminating"] = false.into();
        let roles = signed["delegations"]["roles"].as_array_mut().unwrap();
        roles.insert(0, other);
    });
    world.repo.add_delegator(CANARY, &[]);
    world.repo.list();
    world.serve();
    let report = world.check(HOUR).await;
    assert!(report.failure.is_some());
    require_silence(&report, "names");
}
