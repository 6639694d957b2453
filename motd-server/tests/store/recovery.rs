//! MOTD-PUB-15, MOTD-PUB-16: a store into which an intruder without a key wrote, or in which a publication stopped half-way.
//! Every way to publish goes on from there.

use motd_core::Time;
use motd_server::publish::fixture::{TestRepository, assert_test_load, sign_raw};
use motd_server::publish::key::Signer;
use motd_server::publish::metadata::RoleFile;
use motd_server::publish::metadata::write::{meta_entry, set, set_version};
use motd_server::publish::{
    Floors, Proposal, PublishError, Published as _, Repository, RootChange, SigningRequest,
};
use motd_server::store::files::{Files, METADATA, Publication, TIMESTAMP, versioned};
use motd_server::store::{Objects, Store};
use serde_json::Value;

use super::reader::Reader;
use super::world::{DAY, HOUR, Kind, Team, at, key, keys, newest};

const LAST: u64 = (1 << 53) - 1;

/// A repository that was renewed, and the versions of its online roles.
struct Before {
    test: TestRepository,
    timestamp: u64,
    snapshot: u64,
}

impl Before {
    fn new() -> Self {
        let mut test = Team::repository();
        for day in 0..5 {
            test.renew(at(day * DAY)).unwrap();
        }
        let timestamp = test.repository.timestamp().version();
        let snapshot = test.repository.snapshot().version();
        Self {
            test,
            timestamp,
            snapshot,
        }
    }

    fn files(&self) -> &Files {
        self.test.repository.files()
    }

    fn newest(&self, role: &str) -> String {
        versioned(newest(self.files(), role), role)
    }

    /// What intruders write, each with its name.
    fn intrusions(&self) -> Vec<(&'static str, Files)> {
        let repository = &self.test.repository;
        let (timestamp, snapshot) = (repository.timestamp(), repository.snapshot());
        let next = self.snapshot + 1;
        let junk = b"{}".to_vec();
        let mut intrusions = Vec::new();
        let mut intrusion = |name, edit: &dyn Fn(&mut Files)| {
            let mut files = self.files().clone();
            edit(&mut files);
            assert!(assert_test_load(files.clone()).is_err(), "{name}");
            intrusions.push((name, files));
        };
        let put = |files: &mut Files, path: &str, bytes: &[u8]| {
            files.0.insert(path.to_owned(), bytes.to_vec());
        };
        intrusion("false timestamp", &|files| put(files, TIMESTAMP, &junk));
        intrusion("no timestamp", &|files| {
            files.0.remove(TIMESTAMP);
        });
        intrusion("last timestamp of a stranger", &|files| {
            put(files, TIMESTAMP, &forged(timestamp, LAST, |_| ()));
        });
        intrusion("false snapshot", &|files| {
            put(files, &self.newest("snapshot"), &junk);
        });
        intrusion("padded snapshot", &|files| {
            let mut bytes = snapshot.bytes().to_vec();
            bytes.extend([b' '; 100]);
            put(files, &self.newest("snapshot"), &bytes);
        });
        intrusion("no snapshot", &|files| {
            files.0.remove(&self.newest("snapshot"));
        });
        intrusion("last snapshot of a stranger", &|files| {
            let last = forged(snapshot, LAST, |_| ());
            let entry = meta_entry(LAST, &last);
            put(files, &versioned(LAST, "snapshot"), &last);
            let timestamp = forged(timestamp, self.timestamp + 1, |signed| {
                set(&mut signed["meta"], "snapshot.json", entry);
            });
            put(files, TIMESTAMP, &timestamp);
        });
        intrusion("neither timestamp nor snapshots", &|files| {
            files
                .0
                .retain(|path, _| path != TIMESTAMP && !path.ends_with(".snapshot.json"));
        });
        intrusion("false files of the next versions", &|files| {
            put(files, TIMESTAMP, &junk);
            for role in ["snapshot", "targets", "motd"] {
                for version in [newest(files, role) + 1, LAST] {
                    put(files, &versioned(version, role), &junk);
                }
            }
            put(files, &versioned(next + 1, "snapshot"), &junk);
        });
        intrusion("false timestamp and bundle", &|files| {
            put(files, TIMESTAMP, &junk);
            put(files, &format!("{METADATA}motd-bundle.json"), &junk);
        });
        intrusions
    }
}

/// A role as an intruder signs it, without a key of the repository.
fn forged(role: &RoleFile, version: u64, edit: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut signed = role.signed().clone();
    set_version(&mut signed, version, at(9_000 * DAY));
    edit(&mut signed);
    let stranger = key(66);
    sign_raw(&signed, &[&stranger as &dyn Signer]).unwrap()
}

/// A way to publish that `docs/operating.md` describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Recovery {
    Notices,
    Renewal,
    RootAndTargets,
    People,
    OnlineKeys,
    OnlineKeysWithFormer,
}

const RECOVERIES: [Recovery; 6] = [
    Recovery::Notices,
    Recovery::Renewal,
    Recovery::RootAndTargets,
    Recovery::People,
    Recovery::OnlineKeys,
    Recovery::OnlineKeysWithFormer,
];

impl Recovery {
    fn has_new_online_keys(self) -> bool {
        matches!(self, Self::OnlineKeys | Self::OnlineKeysWithFormer)
    }

    /// What people sign, over what was read.
    fn request(self, team: &Team, repository: &Repository, now: Time) -> SigningRequest {
        let people = team.people();
        let mut request = SigningRequest::default();
        let change = match self {
            Self::OnlineKeys | Self::OnlineKeysWithFormer => {
                let [snapshot, timestamp] = team.coming_keys();
                RootChange {
                    snapshot: Some(keys(&[snapshot], 1)),
                    timestamp: Some(keys(&[timestamp], 1)),
                    ..RootChange::default()
                }
            }
            _ => RootChange::default(),
        };
        let dora = key(30);
        let team_of_now = keys(&[&people[0], &people[1], &dora], 2);
        match self {
            Self::Notices | Self::Renewal => {}
            Self::People => {
                let change = RootChange {
                    root: Some(team_of_now.clone()),
                    targets: Some(team_of_now.clone()),
                    ..change
                };
                request.root = Some(repository.draft_root(&change, now, 365).unwrap());
                let targets = repository.draft_notice_keys(&team_of_now, now, 365);
                request.targets = Some(targets.unwrap());
            }
            _ => {
                request.root = Some(repository.draft_root(&change, now, 365).unwrap());
                if self == Self::RootAndTargets {
                    let targets = repository.draft_targets(now, 365, |_| ()).unwrap();
                    request.targets = Some(targets);
                }
            }
        }
        if matches!(self, Self::Notices | Self::People) {
            request.notices = proposal(repository, now);
        }
        for person in &people[..2] {
            if request.roles().next().is_some() {
                let accepted = ["/keys", "/roles", "/delegations"];
                repository
                    .sign(&mut request, person, now, &accepted)
                    .unwrap();
            }
        }
        request
    }

    /// Goes this way in a store, as `motd publish` does, to the end.
    async fn go(self, team: &Team, store: &Store, root: &[u8], now: Time) {
        let repository = recovered(store, root, now).await;
        let request = self.request(team, &repository, now);
        self.publish(team, store, root, &request, now)
            .await
            .unwrap();
    }

    async fn publish(
        self,
        team: &Team,
        store: &Store,
        root: &[u8],
        request: &SigningRequest,
        now: Time,
    ) -> Result<(), PublishError> {
        let mut repository = recovered(store, root, now).await;
        if self == Self::Renewal {
            let publication = repository.renew_both(&team.leaving(), now)?;
            return Ok(store.commit(&publication).await?);
        }
        let left = repository.left_to_publish(request);
        if let (Self::OnlineKeysWithFormer, Some(next)) = (self, &left.root) {
            let (leaving, coming) = (team.leaving(), team.coming());
            let publication = repository.bridge(next, &leaving, &coming, now)?;
            store.commit(&publication).await?;
            repository = recovered(store, root, now).await;
        }
        let online = if self.has_new_online_keys() {
            team.coming()
        } else {
            team.leaving()
        };
        let publication = repository.publish(request, &online, now)?;
        Ok(store.commit(&publication).await?)
    }
}

fn proposal(repository: &Repository, now: Time) -> Option<Proposal> {
    let document = repository.document(&super::world::id()).unwrap();
    let expires = motd_server::publish::metadata::write::after(now, 30);
    let request = repository.propose(&document, now, expires).unwrap();
    request.notices
}

async fn recovered(store: &Store, root: &[u8], now: Time) -> Repository {
    Repository::recover(store.load().await.unwrap(), root, now).unwrap()
}

/// Clients with and without state verify what the store holds, servers go on, and so does every tool.
async fn assert_whole(
    team: &Team,
    before: &Before,
    known: &Reader,
    (store, way): (&Store, &str),
    now: Time,
) {
    let files = store.load().await.unwrap();
    let after = assert_test_load(files.clone()).expect(way);
    let root = before.test.trusted_root();
    for reader in [known, &Reader::new(&root)] {
        let titles = reader.check(&files, now).await;
        assert_eq!(titles.expect(way), ["Before"], "{way}");
    }
    let mut floors = Floors::default();
    floors.raise(&before.test.repository).unwrap();
    floors.check(&after).expect(way);
    for (role, version) in [
        (after.timestamp(), before.timestamp),
        (after.snapshot(), before.snapshot),
    ] {
        let has_its_keys = role.version() > version && role.version() < 1 << 32;
        assert!(has_its_keys, "{way}: {} {}", role.name(), role.version());
    }
    let publication = team.publication(&after, "Later", now).unwrap();
    store.commit(&publication).await.unwrap();
    let files = store.load().await.unwrap();
    assert_eq!(known.check(&files, now).await.unwrap(), ["Later"], "{way}");
}

async fn every_recovery(kind: &Kind) {
    let (team, before) = (Team::new(), Before::new());
    let (now, root) = (at(4 * DAY + HOUR), before.test.trusted_root());
    for (name, files) in before.intrusions() {
        for recovery in RECOVERIES {
            let known = Reader::new(&root);
            known.check(before.files(), now).await.unwrap();
            let store = Store::on(kind.place_with(&files).await);
            recovery.go(&team, &store, &root, now).await;
            let way = format!("{}, {name}, {recovery:?}", kind.name());
            assert_whole(&team, &before, &known, (&store, &way), now).await;
        }
    }
}

#[tokio::test]
async fn every_recovery_begins_in_a_folder_that_an_intruder_wrote_into() {
    let [_, folder, _] = Kind::all();
    every_recovery(&folder).await;
}

#[tokio::test]
async fn every_recovery_begins_in_a_bucket_that_an_intruder_wrote_into() {
    let [_, _, s3] = Kind::all();
    every_recovery(&s3).await;
}

/// Writes what a publication creates up to a point, as a publisher that is killed there.
async fn stopped(place: &Objects, publication: &Publication, files: usize) {
    for (path, bytes) in &publication.create[..files] {
        let path = object_store::path::Path::parse(path).unwrap();
        let put = place.writes.put_opts(
            &path,
            bytes.clone().into(),
            object_store::PutOptions::default(),
        );
        put.await.unwrap();
    }
}

/// Root and the timestamp are two writes: without the former online keys, a client fails between them. Whoever publishes goes
/// on from there, with the same request.
#[tokio::test]
async fn new_online_keys_go_on_where_they_stopped() {
    let (team, before) = (Team::new(), Before::new());
    let (now, root) = (at(4 * DAY + HOUR), before.test.trusted_root());
    let ways = [
        Recovery::OnlineKeys,
        Recovery::OnlineKeysWithFormer,
        Recovery::RootAndTargets,
        Recovery::People,
    ];
    for kind in &Kind::all()[1..] {
        for first in ways {
            let request = first.request(&team, &before.test.repository, now);
            let online = if first.has_new_online_keys() {
                team.coming()
            } else {
                team.leaving()
            };
            let publication = before
                .test
                .repository
                .publish(&request, &online, now)
                .unwrap();
            for point in 0..=publication.create.len() {
                let known = Reader::new(&root);
                known.check(before.files(), now).await.unwrap();
                let place = kind.place_with(before.files()).await;
                stopped(&place, &publication, point).await;
                let store = Store::on(place);
                let way = format!("{}, {first:?} after {point} files", kind.name());
                let again = first.publish(&team, &store, &root, &request, now).await;
                again.expect(&way);
                assert_whole(&team, &before, &known, (&store, &way), now).await;
            }
        }
    }
}

/// MOTD-PUB-16: a snapshot that verifies says what clients have seen.
#[test]
fn nothing_goes_behind_what_verifies() {
    let (team, before) = (Team::new(), Before::new());
    let (now, root) = (at(4 * DAY + HOUR), before.test.trusted_root());
    let listed = before.test.repository.notices().version();
    assert!(listed > 1);
    let mut files = before.files().clone();
    files.0.remove(&versioned(listed, "motd"));
    let repository = Repository::recover(files, &root, now).unwrap();
    assert!(
        repository
            .damage()
            .unwrap()
            .contains(&format!("{listed}.motd.json"))
    );
    let behind = repository.renew_both(&team.leaving(), now).unwrap_err();
    assert_eq!(behind.code(), "publisher-version");
    assert!(behind.to_string().contains("have the people of motd sign"));
    // What people sign next is above it.
    let request = Recovery::Notices.request(&team, &repository, now);
    assert_eq!(request.role("motd").unwrap().version(), listed + 1);
    repository.publish(&request, &team.leaving(), now).unwrap();
    // New online keys void what clients have seen.
    let request = Recovery::OnlineKeys.request(&team, &repository, now);
    repository.publish(&request, &team.coming(), now).unwrap();
}

/// Without a role that people have signed there is nothing to publish.
#[test]
fn a_role_that_is_lost_is_named() {
    let before = Before::new();
    for role in ["targets", "motd"] {
        let mut files = before.files().clone();
        files
            .0
            .retain(|path, _| !path.ends_with(&format!(".{role}.json")));
        let lost = Repository::recover(files, &before.test.trusted_root(), at(HOUR)).unwrap_err();
        assert_eq!(lost.code(), "role-lost");
        assert!(lost.to_string().starts_with(role), "{lost}");
    }
}

/// Targets that people have signed and never published name people whose notices nobody has.
#[test]
fn targets_below_which_no_notices_verify_are_not_current() {
    let (team, before) = (Team::new(), Before::new());
    let repository = &before.test.repository;
    let others = keys(&[&key(41), &key(42)], 2);
    let mut targets = repository
        .draft_notice_keys(&others, at(HOUR), 365)
        .unwrap();
    for person in &team.people()[..2] {
        targets.add_signature(person).unwrap();
    }
    let mut files = before.files().clone();
    let path = versioned(targets.version(), "targets");
    files.0.insert(path, targets.bytes().to_vec());
    files.0.remove(TIMESTAMP);
    let found = Repository::recover(files, &before.test.trusted_root(), at(HOUR)).unwrap();
    assert_eq!(found.targets(), repository.targets());
}
