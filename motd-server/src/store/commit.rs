//! One publication: one step as seen from outside.
//!
//! Every file but `timestamp.json` and the bundle is created under its final name and never written again.
//! `timestamp.json` is replaced last, and only if it is still the one that the publication was made from. Until then
//! nothing that was written can be reached, so a crash anywhere leaves the old repository whole; and of two publishers
//! who began with one state, the store lets one through. Superseded files are kept: a client that holds the previous
//! timestamp still finds everything.

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
    for (path, bytes) in &publication.create {
        // MOTD-PUB-5: other bytes stay where they are. They were not there when the publication was made, or it would
        // have skipped them: somebody else is publishing, and all publishers create in one order, so that one of them
        // gets on.
        if objects.create(path, bytes).await? == WriteOutcome::Taken {
            return Err(StoreError::Conflict);
        }
    }
    // MOTD-BUNDLE-2: before the timestamp, so that who finds that finds this too. Nothing depends on it; what it holds
    // was created above or before, so that it is true whoever wins.
    if let Some(bytes) = &publication.bundle {
        objects.replace(BUNDLE, bytes).await?;
    }
    // MOTD-PUB-4: the last write, conditional on the first read; before it nothing new can be reached, after it
    // everything is there.
    if let Some(bytes) = &publication.timestamp {
        let version = there.map(|there| there.version);
        if objects.swap(TIMESTAMP, version, bytes).await? == WriteOutcome::Taken {
            return Err(StoreError::Conflict);
        }
    }
    Ok(())
}
