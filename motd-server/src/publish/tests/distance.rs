//! A repository read from where it is served: what a reader with an old root accepts, and what a server can make them
//! do.

use super::*;
use crate::store::StoreError;

/// A server that answers from these files, and counts.
struct Served {
    files: Files,
    asked: Vec<String>,
}

impl Served {
    fn of(repository: &Repository) -> Self {
        Self {
            files: repository.files().clone(),
            asked: Vec::new(),
        }
    }

    fn put(&mut self, path: &str, bytes: Vec<u8>) {
        self.files.0.insert(path.to_owned(), bytes);
    }

    /// The file with another value in it, and the signatures of before.
    fn edit(&mut self, path: &str, edit: impl FnOnce(&mut Value)) {
        let mut file: Value = serde_json::from_slice(self.files.bytes(path).unwrap()).unwrap();
        edit(&mut file);
        self.put(path, file.to_string().into_bytes());
    }

    /// The same, signed again by this key.
    fn forge(&mut self, path: &str, key: &SigningKey, edit: impl FnOnce(&mut Value)) {
        let mut signed = fixture::signed_of(self.files.bytes(path).unwrap()).unwrap();
        edit(&mut signed);
        self.put(path, fixture::sign_raw(&signed, &[key]).unwrap());
    }

    async fn read(&mut self, root: &[u8], now: Time) -> Result<Repository, PublishError> {
        let Self { files, asked } = self;
        let get = async |path: &str, limit: u64| -> Result<Option<Vec<u8>>, PublishError> {
            asked.push(path.to_owned());
            let bytes = files.bytes(path).map(<[u8]>::to_vec);
            assert!(
                bytes
                    .as_ref()
                    .is_none_or(|bytes| bytes.len() as u64 <= limit)
            );
            Ok(bytes)
        };
        Repository::from_distance(root, now, get).await
    }
}

fn person(seed: u8) -> SigningKey {
    SigningKey::assert_test_seed([seed; 32])
}

/// Notices at version 2, and a root at version 3.
fn rotated() -> TestRepository {
    let mut test = test_repository();
    test.publish_notices(&[notice("a", 1, "Hello")], now())
        .unwrap();
    for seed in [60, 70] {
        test.rotate_root(person(seed), person(seed + 1), now())
            .unwrap();
    }
    test
}

#[tokio::test]
async fn from_a_distance_it_is_the_same_repository() {
    let test = rotated();
    let mut served = Served::of(&test.repository);
    for root in 1..=3 {
        let trusted = served
            .files
            .bytes(&versioned(root, "root"))
            .unwrap()
            .to_vec();
        let found = served.read(&trusted, now()).await.unwrap();
        assert_eq!(found.root(), test.repository.root());
        assert_eq!(found.timestamp(), test.repository.timestamp());
        assert_eq!(found.snapshot(), test.repository.snapshot());
        for role in ["targets", NOTICE_ROLE, "packages"] {
            assert_eq!(
                found.role(role).unwrap(),
                test.repository.role(role).unwrap()
            );
        }
        let published = test.repository.document(&id()).unwrap();
        assert_eq!(found.document(&id()).unwrap().bytes(), published.bytes());
    }
}

#[tokio::test]
async fn a_root_that_is_forged_skipped_or_an_older_one_ends_the_chain() {
    let test = rotated();
    let root = test.trusted_root();
    let mut forged = Served::of(&test.repository);
    forged.forge("metadata/2.root.json", &person(9), |_| {});
    let refused = forged.read(&root, now()).await;
    assert!(matches!(
        refused,
        Err(PublishError::Threshold { valid: 0, .. })
    ));

    let mut one_of_two = Served::of(&test.repository);
    one_of_two.forge("metadata/2.root.json", &test.people[0], |_| {});
    let refused = one_of_two.read(&root, now()).await;
    assert!(matches!(
        refused,
        Err(PublishError::Threshold { valid: 1, .. })
    ));

    let mut skipped = Served::of(&test.repository);
    let third = skipped
        .files
        .bytes("metadata/3.root.json")
        .unwrap()
        .to_vec();
    skipped.put("metadata/2.root.json", third);
    let refused = skipped.read(&root, now()).await;
    assert!(
        matches!(
            &refused,
            Err(PublishError::Version {
                offered: 3,
                expected: 2,
                ..
            })
        ),
        "{refused:?}"
    );

    let mut replayed = Served::of(&test.repository);
    replayed.put("metadata/2.root.json", root.clone());
    let refused = replayed.read(&root, now()).await;
    assert!(matches!(
        refused,
        Err(PublishError::Version { offered: 1, .. })
    ));

    // A server that keeps the next root back shows a timestamp that nobody under the old one has signed.
    let mut frozen = Served::of(&test.repository);
    frozen.files.0.remove("metadata/2.root.json");
    let refused = frozen.read(&root, now()).await;
    assert!(
        matches!(refused, Err(PublishError::Threshold { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn what_has_expired_is_not_read() {
    let test = rotated();
    let mut served = Served::of(&test.repository);
    let root = test.trusted_root();
    let expires = |role: &RoleFile| role.expires();
    for role in [
        test.repository.timestamp(),
        test.repository.snapshot(),
        test.repository.root(),
    ] {
        let name = role.name();
        let mut rest = Served::of(&test.repository);
        if name != "timestamp" {
            rest.forge("metadata/timestamp.json", &test.timestamp, |signed| {
                signed["expires"] = "2030-01-01T00:00:00Z".into();
            });
        }
        if name == "root" {
            let path = versioned(test.repository.snapshot().version(), "snapshot");
            rest.forge(&path, &test.snapshot, |signed| {
                signed["expires"] = "2030-01-01T00:00:00Z".into();
            });
        }
        let refused = rest.read(&root, expires(role)).await;
        assert!(
            matches!(&refused, Err(PublishError::Expired { role, .. }) if role == name),
            "{name}: {refused:?}"
        );
    }
    // A second before the first of them it is.
    let first = expires(test.repository.timestamp()).unix_seconds() - 1;
    let first = Time::from_unix_seconds(first.try_into().unwrap()).unwrap();
    served.read(&root, first).await.unwrap();
}

#[tokio::test]
async fn an_older_state_is_read_and_nothing_on_top_of_it_gets_in() {
    let mut test = test_repository();
    let mut old = Served::of(&test.repository);
    test.publish_notices(&[notice("a", 1, "Hello")], now())
        .unwrap();
    let read = old.read(&test.trusted_root(), now()).await.unwrap();
    assert_eq!(read.notices().version(), 1);
    let document = document(&[notice("b", 1, "Stale")]).unwrap();
    let mut request = read.propose(&document, now(), expires()).unwrap();
    for person in &test.people {
        read.sign(&mut request, person, now(), &[]).unwrap();
    }
    let refused = test.repository.admit(&request, now());
    assert!(
        matches!(
            refused,
            Err(PublishError::Version {
                offered: 2,
                expected: 3,
                ..
            })
        ),
        "{refused:?}"
    );
}

#[tokio::test]
async fn every_tampered_file_is_seen() {
    let test = rotated();
    let root = test.trusted_root();
    let snapshot = versioned(test.repository.snapshot().version(), "snapshot");
    let paths = [
        "metadata/timestamp.json",
        &snapshot,
        "metadata/1.targets.json",
        "metadata/2.motd.json",
        "metadata/1.packages.json",
    ];
    for path in paths {
        let mut tampered = Served::of(&test.repository);
        tampered.edit(path, |file| file["signed"]["x-more"] = 1.into());
        let refused = tampered.read(&root, now()).await;
        assert!(
            matches!(
                &refused,
                Err(PublishError::Threshold { .. } | PublishError::Metadata { .. })
            ),
            "{path}: {refused:?}"
        );
        let mut absent = Served::of(&test.repository);
        absent.files.0.remove(path);
        let refused = absent.read(&root, now()).await;
        assert!(
            matches!(&refused, Err(PublishError::Store(StoreError::Missing { path: there })) if there == path)
        );
    }
    let current = test.repository.document(&id()).unwrap();
    let path = write::target_file(TARGET_PATH, current.bytes());
    let mut tampered = Served::of(&test.repository);
    tampered.put(&path, b"{}".to_vec());
    let found = tampered.read(&root, now()).await.unwrap();
    assert!(matches!(
        found.document(&id()),
        Err(PublishError::Document(_))
    ));
}

#[tokio::test]
async fn who_has_no_key_cannot_say_what_else_to_fetch() {
    let test = rotated();
    let root = test.trusted_root();
    let many = |signed: &mut Value| {
        for number in 0..200 {
            signed["meta"][format!("s{number}.json")] = json!({ "version": 1 });
        }
    };
    // Nobody's timestamp, a thief's with more snapshots than one, and nobody's snapshot.
    let mut nobodys = Served::of(&test.repository);
    nobodys.forge("metadata/timestamp.json", &person(9), many);
    let refused = nobodys.read(&root, now()).await;
    assert!(matches!(
        refused,
        Err(PublishError::Threshold { valid: 0, .. })
    ));
    assert_eq!(nobodys.asked.last().unwrap(), "metadata/timestamp.json");

    let mut stolen = Served::of(&test.repository);
    stolen.forge("metadata/timestamp.json", &test.timestamp, many);
    stolen.read(&root, now()).await.unwrap();
    assert!(!stolen.asked.iter().any(|path| path.contains(".s0.")));

    let mut nobodys = Served::of(&test.repository);
    let snapshot = versioned(test.repository.snapshot().version(), "snapshot");
    nobodys.forge(&snapshot, &person(9), |signed| {
        signed["meta"]["other.json"] = json!({ "version": 1 });
    });
    let refused = nobodys.read(&root, now()).await;
    assert!(matches!(
        refused,
        Err(PublishError::Threshold { valid: 0, .. })
    ));
    assert_eq!(*nobodys.asked.last().unwrap(), snapshot);
}

#[tokio::test]
async fn sixty_four_roles_are_read_and_not_one_more() {
    let test = test_repository();
    let listing = |count: usize| {
        let mut served = Served::of(&test.repository);
        let role = served.files.bytes("metadata/1.packages.json").unwrap();
        let role = role.to_vec();
        // Targets, motd and packages are there.
        for number in 3..count {
            served.put(&format!("metadata/1.r{number}.json"), role.clone());
        }
        served.forge("metadata/1.snapshot.json", &test.snapshot, |signed| {
            for number in 3..count {
                signed["meta"][format!("r{number}.json")] = json!({ "version": 1 });
            }
        });
        let bytes = served.files.bytes("metadata/1.snapshot.json").unwrap();
        let entry = write::meta_entry(1, bytes);
        served.forge("metadata/timestamp.json", &test.timestamp, |signed| {
            signed["meta"]["snapshot.json"] = entry;
        });
        served
    };
    let root = test.trusted_root();
    listing(64).read(&root, now()).await.unwrap();
    let mut more = listing(65);
    let refused = more.read(&root, now()).await;
    assert!(
        matches!(refused, Err(PublishError::Store(StoreError::Bounds { .. }))),
        "{refused:?}"
    );
    assert_eq!(more.asked.last().unwrap(), "metadata/1.snapshot.json");
}

#[tokio::test]
async fn a_role_whose_name_is_a_path_is_not_fetched() {
    let test = test_repository();
    for name in ["../../admin", "a/b", ""] {
        let mut served = Served::of(&test.repository);
        served.forge("metadata/1.snapshot.json", &test.snapshot, |signed| {
            signed["meta"][format!("{name}.json")] = json!({ "version": 1 });
        });
        let bytes = served.files.bytes("metadata/1.snapshot.json").unwrap();
        let entry = write::meta_entry(1, bytes);
        served.forge("metadata/timestamp.json", &test.timestamp, |signed| {
            signed["meta"]["snapshot.json"] = entry;
        });
        let refused = served.read(&test.trusted_root(), now()).await;
        assert!(
            matches!(refused, Err(PublishError::Metadata { .. })),
            "{name}"
        );
        assert_eq!(served.asked.last().unwrap(), "metadata/1.snapshot.json");
    }
}

#[tokio::test]
async fn versions_that_are_burned_are_skipped_by_the_next_proposal() {
    let test = test_repository();
    let root = test.trusted_root();
    let mut served = Served::of(&test.repository);
    let request = test
        .signed_proposal(&[notice("a", 1, "Left")], now())
        .unwrap();
    let left = proposal(&request).role();
    for version in [2, 3, 5] {
        served.put(&versioned(version, NOTICE_ROLE), left.bytes().to_vec());
    }
    let read = served.read(&root, now()).await.unwrap();
    let next = read
        .propose(&document(&[]).unwrap(), now(), expires())
        .unwrap();
    assert_eq!(proposal(&next).role().version(), 4);
    // A server that has all of them is not followed for ever.
    for version in 2..100 {
        served.put(&versioned(version, NOTICE_ROLE), left.bytes().to_vec());
    }
    served.asked.clear();
    let read = served.read(&root, now()).await.unwrap();
    let next = read
        .propose(&document(&[]).unwrap(), now(), expires())
        .unwrap();
    assert_eq!(proposal(&next).role().version(), 18);
    assert!(served.asked.len() < 32, "{:?}", served.asked);
}
