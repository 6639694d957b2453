//! Decisions as JSON, for tools.

use crate::Decision;

/// A decision as `motd check --json` writes it: `id`, `revision`, `decision`, `reason`, `text`.
#[must_use]
pub fn to_json(decision: &Decision<'_>) -> serde_json::Value {
    todo!()
}
