//! A server fails at every operation of its stores while it takes a proposal and a signature and publishes them. The people
//! try again at another one, and it is published, once; and the log holds together and says so.

use futures_util::{StreamExt as _, stream};
use motd_server::publish::document::NoticeDocument;
use motd_server::publish::metadata::write;
use motd_server::publish::{Published as _, SigningRequest};
use motd_server::serve::proposals::{LogEvent, LogHead, Opening, Proposals};
use motd_server::serve::{LoadKeys, OnlineKeys, ServeError, Upkeep};
use motd_server::store::{Objects, Store};

use super::faulty::{Fault, Faulty};
use super::reader::Reader;
use super::world::{HOUR, Kind, Team, at, id, key, notice};

/// One server over a place, as far as it concerns proposals.
struct Desk {
    proposals: Proposals,
    store: Store,
}

impl Desk {
    fn at(place: Objects) -> Self {
        Self {
            proposals: Proposals::on(place.clone()),
            store: Store::on(place),
        }
    }

    async fn upkeep(&self) -> Result<Upkeep, ServeError> {
        let keys: LoadKeys = Box::new(|| {
            Ok(Some(OnlineKeys {
                snapshot: Box::new(key(4)),
                timestamp: Box::new(key(5)),
            }))
        });
        Upkeep::begin(
            self.store.clone(),
            &Team::repository().trusted_root(),
            keys,
            0,
        )
        .await
    }

    /// The first person's proposal, the second one's signature, and what the server makes of them.
    async fn take(
        &self,
        request: &SigningRequest,
        second: &SigningRequest,
    ) -> Result<(), ServeError> {
        let now = at(HOUR);
        let mut upkeep = self.upkeep().await?;
        let repository = upkeep.repository().clone();
        if repository.notices().signed() == request.role("motd").unwrap().signed() {
            return Ok(());
        }
        let opening = self.proposals.open(request, None, &repository, now).await?;
        let (Opening::New(held) | Opening::Again(held)) = opening;
        let signed = second.role("motd").unwrap();
        let signature = signed.signatures().find(|(id, _)| *id == key(2).key_id());
        let signature = signature.unwrap();
        self.proposals
            .sign(&held.id, "motd", signature, &repository, now)
            .await?;
        for release in upkeep.release(&self.proposals, now).await? {
            release.end?;
        }
        Ok(())
    }
}

/// One point: false when everything is over before it.
async fn point(kind: &Kind, fault: Fault) -> bool {
    let what = format!("{}, {fault:?}", kind.name());
    let base = Team::repository();
    let place = kind.place_with(base.repository.files()).await;
    let warm = Reader::new(&base.trusted_root());
    warm.check(base.repository.files(), at(0))
        .await
        .expect(&what);
    let after = motd_core::json::Value::from_parsed(&notice("After")).unwrap();
    let document = NoticeDocument::compose(&id(), "en", &[after]).unwrap();
    let mut request = base
        .repository
        .propose(&document, at(HOUR), write::after(at(HOUR), 30))
        .unwrap();
    base.repository
        .sign(&mut request, &key(1), at(HOUR), &[])
        .unwrap();
    let mut second = request.clone();
    base.repository
        .sign(&mut second, &key(2), at(HOUR), &[])
        .unwrap();

    let (faulty, objects) = Faulty::new(place.clone(), Some(fault)).objects();
    let ended = Desk::at(objects).take(&request, &second).await;
    assert!(faulty.fired() || ended.is_ok(), "{what}: {ended:?}");
    let other = Desk::at(place);
    let files = other.store.load().await.expect(&what);
    let titles = warm.check(&files, at(HOUR)).await.expect(&what);
    assert!(
        titles == ["Before"] || titles == ["After"],
        "{what}: {titles:?}"
    );

    other.take(&request, &second).await.expect(&what);
    let mut upkeep = other.upkeep().await.expect(&what);
    let again = upkeep
        .release(&other.proposals, at(HOUR))
        .await
        .expect(&what);
    assert!(again.is_empty(), "{what}: {again:?}");
    let files = other.store.load().await.expect(&what);
    for reader in [&warm, &Reader::new(&base.trusted_root())] {
        let titles = reader.check(&files, at(HOUR)).await.expect(&what);
        assert_eq!(titles, ["After"], "{what}");
    }
    let log = other.proposals.log().since(&LogHead::none(), 100).await;
    let (entries, _) = log.expect(&what);
    let version = upkeep.repository().notices().version();
    assert_eq!(version, 3, "{what}");
    let says = |event| {
        let of = entries.iter().filter(|entry| entry.event == event);
        of.filter(|entry| entry.roles.get("motd").unwrap().version == version)
            .count()
    };
    // Once for what takes effect once; a person who tries again because nobody answered is written down again.
    assert_eq!(
        (says(LogEvent::Released), says(LogEvent::Observed)),
        (1, 0),
        "{what}: {entries:?}"
    );
    assert!((1..=2).contains(&says(LogEvent::Opened)), "{what}");
    assert!((1..=2).contains(&says(LogEvent::Signed)), "{what}");
    faulty.fired()
}

async fn every_point(kind: Kind, ways: &[(bool, bool)]) {
    let mut points = 0;
    for (after, crash) in ways.iter().copied() {
        let point = |at| point(&kind, Fault { at, after, crash });
        let mut over = stream::iter(0..).map(point).buffered(8);
        while over.next().await == Some(true) {
            points += 1;
        }
    }
    assert!(points > 20 * ways.len(), "{points}");
    eprintln!("{points} points of failure of proposals on {}", kind.name());
}

#[tokio::test]
async fn a_server_over_memory_fails_at_every_operation() {
    let ways = [(false, false), (false, true), (true, false), (true, true)];
    every_point(Kind::Memory, &ways).await;
}

#[tokio::test]
async fn a_server_over_a_folder_fails_at_every_operation() {
    let [_, folder, _] = Kind::all();
    every_point(folder, &[(false, true), (true, true)]).await;
}

#[tokio::test]
async fn a_server_over_s3_fails_at_every_operation() {
    let [_, _, s3] = Kind::all();
    every_point(s3, &[(false, true), (true, true)]).await;
}
