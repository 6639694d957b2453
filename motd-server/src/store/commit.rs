//! One publication: one step as seen from outside.
//!
//! Every file but `timestamp.json` and the bundle is created under its final name and never written again.
//! `timestamp.json` is replaced last, and only if it is still the one that the publication was made from. Until then
//! nothing that was written can be reached, so a crash anywhere leaves the old repository whole; and of two publishers
//! who began with one state, the store lets one through. The bundle follows: it never has what was not committed, and
//! a crash in between leaves one of an earlier state, which the next publication, renewal or server replaces. Superseded
//! files are kept: a client that holds the previous timestamp still finds everything.

use std::time::Duration;

use super::objects::{Objects, WriteOutcome};
use crate::store::StoreError;
use crate::store::files::{BUNDLE, Publication, TIMESTAMP};

pub(super) async fn commit(
    objects: &Objects,
    limit: u64,
    publication: &Publication,
) -> Result<(), StoreError> {
    let there = objects.read(TIMESTAMP, limit).await?;
    // MOTD-PUB-11: of two publications that start from one state, one wins and the other is told.
    if there.as_ref().map(|there| &there.bytes[..]) != publication.base.as_deref() {
        return Err(StoreError::Conflict);
    }
    // MOTD-SRV-6: files are added and none is taken away, so a client with the previous timestamp, or the first root,
    // finds all that it leads to.
    if publication.timestamp.is_none() {
        // A root can take a key away that signed the timestamp in an old bundle.
        write_bundle(objects, limit, publication).await?;
    }
    for (path, bytes) in &publication.create {
        // MOTD-PUB-5: other bytes stay where they are. They were not there when the publication was made, or it would
        // have skipped them: somebody else is publishing, and all publishers create in one order, so that one of them
        // gets on.
        if objects.create(path, bytes).await? == WriteOutcome::Taken {
            return Err(StoreError::Conflict);
        }
    }
    // MOTD-PUB-4: the last write, conditional on the first read; before it nothing new can be reached, after it
    // everything is there.
    if let Some(bytes) = &publication.timestamp {
        let version = there.map(|there| there.version);
        if objects.swap(TIMESTAMP, version, bytes).await? == WriteOutcome::Taken {
            return Err(StoreError::Conflict);
        }
        write_bundle(objects, limit, publication).await?;
    }
    Ok(())
}

/// Writes the bundle of a state that was committed, unless another one has been committed since. MOTD-BUNDLE-2.
pub(super) async fn write_bundle(
    objects: &Objects,
    limit: u64,
    committed: &Publication,
) -> Result<(), StoreError> {
    let timestamp = committed.timestamp.as_ref().or(committed.base.as_ref());
    let (Some(timestamp), Some(bundle)) = (timestamp, &committed.bundle) else {
        return Ok(());
    };
    let mut pauses = tokio::time::interval(BUNDLE_PAUSE);
    for _ in 0..BUNDLE_TRIES {
        // Another writer has the lock of the folder, or wrote a bundle.
        pauses.tick().await;
        // The bundle first: one that is written after this makes the conditional write fail, and one that was written
        // before is of no later state than the timestamp that is read now. So a slow writer never goes back.
        let there = objects.read(BUNDLE, limit).await?;
        if there.as_ref().is_some_and(|there| there.bytes == *bundle) {
            return Ok(());
        }
        let current = objects.read(TIMESTAMP, limit).await?;
        if current.is_none_or(|current| current.bytes != *timestamp) {
            // Its publisher writes its bundle.
            return Ok(());
        }
        let version = there.map(|there| there.version);
        if objects.swap(BUNDLE, version, bundle).await? == WriteOutcome::Stored {
            return Ok(());
        }
    }
    Err(StoreError::Storage {
        path: BUNDLE.to_owned(),
        what: "other writers did not let it be written; the publication is done, and its renewal writes this file",
    })
}

const BUNDLE_TRIES: u32 = 100;
const BUNDLE_PAUSE: Duration = Duration::from_millis(10);
