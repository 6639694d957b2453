//! Whether a store can do what a publication needs: create without overwriting, and replace one version and no other.
//!
//! A server that does not know `If-Match` ignores it, as HTTP has it, and answers as if all were well: of two
//! publishers one would overwrite the other, and both would be told that they won. So it is tried, on an object that
//! means nothing.

use object_store::{Error as Fault, PutMode, UpdateVersion};

use super::objects::{Objects, failure};
use crate::store::StoreError;

/// The object that it is tried on. It lies in neither tree, and stays: a store need not allow deleting.
pub(super) const PROBE: &str = ".motd-conditional-write";

/// Tries it, with requests that change nothing on a store that can do it.
pub(super) async fn probe(objects: &Objects) -> Result<(), StoreError> {
    // MOTD-PUB-11, MOTD-PUB-5. The second time it is there, whoever made it.
    if refused(objects, PutMode::Create, "If-None-Match").await? == ProbeOutcome::Written
        && refused(objects, PutMode::Create, "If-None-Match").await? == ProbeOutcome::Written
    {
        return Err(unconditional("If-None-Match"));
    }
    let never = UpdateVersion {
        e_tag: Some(format!("\"{}\"", "0".repeat(32))),
        version: None,
    };
    match refused(objects, PutMode::Update(never), "If-Match").await? {
        ProbeOutcome::Refused => Ok(()),
        ProbeOutcome::Written => Err(unconditional("If-Match")),
    }
}

#[derive(PartialEq, Eq)]
enum ProbeOutcome {
    Refused,
    Written,
}

async fn refused(
    objects: &Objects,
    mode: PutMode,
    condition: &'static str,
) -> Result<ProbeOutcome, StoreError> {
    match objects.put(PROBE, TEXT.as_bytes(), mode).await {
        Ok(()) => Ok(ProbeOutcome::Written),
        Err(Fault::AlreadyExists { .. } | Fault::Precondition { .. }) => Ok(ProbeOutcome::Refused),
        Err(Fault::NotSupported { .. } | Fault::NotImplemented { .. }) => {
            Err(unconditional(condition))
        }
        Err(error) => Err(failure(PROBE, error)),
    }
}

const fn unconditional(condition: &'static str) -> StoreError {
    StoreError::Unconditional { condition }
}

const TEXT: &str =
    "Written by motd, to see whether this store writes conditionally. It may be deleted.\n";
