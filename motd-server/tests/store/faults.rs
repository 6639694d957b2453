//! Every operation of every kind of publication fails, before and after it took effect, alone and as a crash.

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, stream};
use motd_client::SourceKind;
use motd_core::Time;
use motd_server::publish::PublishError;
use motd_server::publish::{RootChange, SigningRequest, fixture};
use motd_server::store::Store;
use motd_server::store::StoreError;
use motd_server::store::files::{BUNDLE, Files, Publication, TIMESTAMP};

use super::faulty::{Fault, Faulty};
use super::reader::Reader;
use super::world::{DAY, HOUR, Kind, Team, at, config, keys};

/// What is being published when it happens.
#[derive(Clone, Copy, Debug)]
enum Act {
    FirstCreation,
    Notice,
    Timestamp,
    SnapshotAndTimestamp,
    /// Root and targets with the same people, as once a year.
    RootAndTargets,
    /// A root with another person.
    People,
    /// New keys for snapshot and timestamp.
    OnlineKeys,
}

const ACTS: [Act; 7] = [
    Act::FirstCreation,
    Act::Notice,
    Act::Timestamp,
    Act::SnapshotAndTimestamp,
    Act::RootAndTargets,
    Act::People,
    Act::OnlineKeys,
];

/// A state of the repository, and when something is done to it.
struct Base {
    files: Files,
    root: Vec<u8>,
    first: Publication,
    since: Time,
    now: Time,
}

impl Base {
    fn new(act: Act) -> Self {
        let mut test = Team::repository();
        let first = Publication {
            base: None,
            create: test
                .repository
                .files()
                .0
                .iter()
                .filter(|(path, _)| ![TIMESTAMP, BUNDLE].contains(&path.as_str()))
                .map(|(path, bytes)| (path.clone(), bytes.clone()))
                .collect(),
            bundle: test.repository.files().bytes(BUNDLE).map(<[u8]>::to_vec),
            timestamp: Some(test.repository.timestamp().bytes().to_vec()),
        };
        let (mut since, mut now) = (at(0), at(HOUR));
        if matches!(act, Act::SnapshotAndTimestamp) {
            // Half of the snapshot's week is over, and the timestamp is of today.
            for day in 1..=3 {
                test.renew(at(day * DAY)).unwrap();
            }
            (since, now) = (at(3 * DAY), at(3 * DAY + 17 * HOUR));
        }
        let files = match act {
            Act::FirstCreation => Files::default(),
            _ => test.repository.files().clone(),
        };
        Self {
            files,
            root: test.trusted_root(),
            first,
            since,
            now,
        }
    }
}

async fn carry_out(act: Act, team: &Team, base: &Base, store: &Store) -> Result<(), PublishError> {
    let now = base.now;
    if matches!(act, Act::FirstCreation) {
        return Ok(store.commit(&base.first).await?);
    }
    if matches!(act, Act::Notice) {
        return team.publish(store, "After", now).await;
    }
    let repository = fixture::assert_test_load(store.load().await?)?;
    let online = team.online(&repository);
    let [first, second, third] = team.people();
    let mut root_change = RootChange::default();
    match act {
        Act::People => root_change.root = Some(keys(&[first, second, &super::world::key(9)], 2)),
        Act::OnlineKeys => {
            let [snapshot, timestamp] = team.coming_keys();
            root_change.snapshot = Some(keys(&[snapshot], 1));
            root_change.timestamp = Some(keys(&[timestamp], 1));
        }
        Act::RootAndTargets => {}
        _ => return Ok(store.commit(&repository.renew(&online, now)?).await?),
    }
    let mut root = repository.draft_root(&root_change, now, 365)?;
    root.add_signature(first)?;
    root.add_signature(second)?;
    if matches!(act, Act::OnlineKeys) {
        let bridge = repository.bridge(&root, &online, &team.coming(), now)?;
        store.commit(&bridge).await?;
        let repository = fixture::assert_test_load(store.load().await?)?;
        let change = SigningRequest {
            root: Some(root.clone()),
            ..SigningRequest::default()
        };
        let publication = repository.publish(&change, &team.coming(), now)?;
        assert_eq!(publication.timestamp, None, "the root alone");
        return Ok(store.commit(&publication).await?);
    }
    let mut targets = repository.draft_targets(now, 365, |_| {})?;
    targets.add_signature(second)?;
    targets.add_signature(third)?;
    let change = SigningRequest {
        root: Some(root),
        targets: matches!(act, Act::RootAndTargets).then_some(targets),
        notices: None,
    };
    let publication = repository.publish(&change, &online, now)?;
    Ok(store.commit(&publication).await?)
}

/// One point: what fails, where, and everything that has to hold afterwards. False when the act is over before it.
async fn point(kind: &Kind, act: Act, team: &Team, base: &Base, fault: Fault) -> bool {
    let what = format!("{act:?} on {}, {fault:?}", kind.name());
    let place = kind.place_with(&base.files).await;
    let store = Store::on(place.clone());
    let warm = Reader::new(&base.root);
    let existed = base.files.bytes(TIMESTAMP).is_some();
    if existed {
        warm.check(&base.files, base.since).await.expect(&what);
    }
    let (faulty, objects) = Faulty::new(place, Some(fault)).objects();
    let result = carry_out(act, team, base, &Store::on(objects)).await;
    let failed = result.is_err();
    assert!(faulty.fired() || !failed, "{what}: {result:?}");

    let files = store.load().await.expect(&what);
    let visible = files.bytes(TIMESTAMP).is_some();
    assert!(visible || (!existed && failed), "{what}");
    // MOTD-BUNDLE-2: of a state that was committed, or not there yet; and a sidecar reads it as well.
    let sidecar = Reader::new(&base.root);
    if let Some(bundled) = bundled(&files) {
        let committed = [&base.files, &files].map(|files| files.bytes(TIMESTAMP));
        let bridge = matches!(act, Act::OnlineKeys);
        assert!(
            bridge || committed.contains(&Some(bundled.as_bytes())),
            "{what}"
        );
        let titles = sidecar.check_as(SourceKind::Sidecar, &files, base.now);
        let titles = titles.await.expect(&what);
        assert!(
            titles == ["Before"] || titles == ["After"],
            "{what}: {titles:?}"
        );
    }
    assert!(failed || bundled(&files).is_some(), "{what}");
    if visible {
        for reader in [&Reader::new(&base.root), &warm] {
            let titles = reader.check(&files, base.now).await.expect(&what);
            assert!(
                titles == ["Before"] || titles == ["After"],
                "{what}: {titles:?}"
            );
        }
    } else {
        store.commit(&base.first).await.expect(&what);
    }
    // The next publication begins with what is there.
    team.publish(&store, "Next", base.now).await.expect(&what);
    let files = store.load().await.expect(&what);
    let titles = warm.check(&files, base.now).await;
    assert_eq!(titles.as_deref(), Ok(&["Next".to_owned()][..]), "{what}");
    let titles = sidecar.check_as(SourceKind::Sidecar, &files, base.now);
    assert_eq!(
        titles.await.as_deref(),
        Ok(&["Next".to_owned()][..]),
        "{what}"
    );
    faulty.fired()
}

/// The timestamp in the bundle.
fn bundled(files: &Files) -> Option<String> {
    let bundle: serde_json::Value = serde_json::from_slice(files.bytes(BUNDLE)?).unwrap();
    Some(bundle["timestamp.json"].as_str().unwrap().to_owned())
}

/// Before it took effect and after it, alone and as the end of the process.
const WAYS: [(bool, bool); 4] = [(false, false), (false, true), (true, false), (true, true)];

/// How many points are tried side by side: each has a place of its own.
const AT_ONCE: usize = 8;

async fn every_point(kind: Kind, ways: &[(bool, bool)]) {
    let team = Team::new();
    let mut points = 0;
    let mut of_acts = Vec::new();
    for act in ACTS {
        let base = Base::new(act);
        let mut lengths = BTreeSet::new();
        for (after, crash) in ways.iter().copied() {
            let point = |at| point(&kind, act, &team, &base, Fault { at, after, crash });
            let mut over = stream::iter(0..).map(point).buffered(AT_ONCE);
            let mut at = 0;
            while over.next().await == Some(true) {
                at += 1;
            }
            points += at;
            lengths.insert(at);
        }
        // A failure that is survived costs one more reading; never fewer operations than without it.
        of_acts.push(format!("{act:?} {}", lengths.last().unwrap()));
        assert!(lengths.first().unwrap() > &4, "{act:?}: {lengths:?}");
    }
    eprintln!(
        "{points} points of failure on {}: operations of {}",
        kind.name(),
        of_acts.join(", ")
    );
}

#[tokio::test]
async fn memory_fails_at_every_operation() {
    every_point(Kind::Memory, &WAYS).await;
}

#[tokio::test]
async fn a_folder_fails_at_every_operation() {
    let [_, folder, _] = Kind::all();
    every_point(folder, &WAYS).await;
}

#[tokio::test]
async fn s3_fails_at_every_operation() {
    let [_, _, s3] = Kind::all();
    // A failure that is no crash is the wrapper's, and the same over every store; a crash leaves requests half done.
    every_point(s3, &[(false, true), (true, true)]).await;
}

#[tokio::test]
async fn a_setting_up_that_failed_can_be_done_again_or_is_there() {
    let mut points = 0;
    for kind in Kind::all() {
        for after in [false, true] {
            for at in 0.. {
                let place = kind.place();
                let fault = Fault {
                    at,
                    after,
                    crash: true,
                };
                let (faulty, objects) = Faulty::new(place.clone(), Some(fault)).objects();
                let made = Store::on(objects).create(&config()).await;
                if !faulty.fired() {
                    made.unwrap();
                    break;
                }
                points += 1;
                let store = Store::on(place);
                match store.create(&config()).await {
                    Ok(()) | Err(StoreError::Exists { .. }) => {}
                    Err(error) => panic!("{error}"),
                }
                assert_eq!(store.config().await.unwrap(), config());
            }
        }
    }
    eprintln!("{points} points of failure of setting up");
}

/// As a bucket does that answers each page with the name of a next one, and no objects.
#[tokio::test(start_paused = true)]
async fn a_listing_that_never_ends_is_given_up() {
    let mut faulty = Faulty::new(Kind::Memory.place(), None);
    faulty.endless = true;
    let (_, objects) = faulty.objects();
    let refused = Store::on(objects).load().await;
    assert!(matches!(refused, Err(StoreError::Storage { what, .. }) if what.ends_with("in time")));
}
