//! What the host's people add to top-level targets.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::super::NOTICE_ROLE;
use super::super::metadata::malformed;
use super::super::plan::{self, RoleKeys};
use super::super::shadow::NOTICE_PATTERN;
use crate::publish::PublishError;

/// The `delegations` of a role that delegates to the notice role alone: its keys and its entry. Both are added to those
/// of top-level targets, the entry before all others.
///
/// # Errors
///
/// [`PublishError::DuplicateKey`], [`PublishError::Metadata`] when the threshold cannot be met.
pub fn delegation(keys: &RoleKeys) -> Result<Value, PublishError> {
    let mut seen = BTreeSet::new();
    for key in &keys.keys {
        // MOTD-DEL-4: one person is one key.
        if !seen.insert(key.value()) {
            let id = key.id().to_owned();
            return Err(PublishError::DuplicateKey {
                role: NOTICE_ROLE.to_owned(),
                first: id.clone(),
                second: id,
            });
        }
    }
    let people = u64::try_from(seen.len()).unwrap_or(u64::MAX);
    if keys.threshold == 0 || keys.threshold > people {
        return Err(malformed(NOTICE_ROLE, "the threshold cannot be met"));
    }
    // MOTD-DEL-1
    let entry = plan::delegation(NOTICE_ROLE, &[NOTICE_PATTERN.to_owned()], true, keys);
    Ok(json!({ "keys": plan::key_map(core::iter::once(keys)), "roles": [entry] }))
}
