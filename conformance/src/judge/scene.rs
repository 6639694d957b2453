//! What there is to look at after a step.

use std::path::Path;

use serde_json::Value;

use super::folder::{Copy, Look};
use crate::world::Request;

/// What there is to look at after a step.
#[derive(Debug)]
pub(super) struct Scene<'a> {
    /// The request as it was sent, the one beside it, and the answer.
    pub(super) request: &'a Value,
    pub(super) beside: Option<&'a Value>,
    pub(super) answer: &'a Value,
    /// The answers of the steps before.
    pub(super) answers_before: &'a [Value],
    /// What the web server was asked, in this step and in those before.
    pub(super) log: &'a [Request],
    pub(super) logs_before: &'a [Vec<Request>],
    /// What another origin was asked.
    pub(super) elsewhere: &'a [Request],
    pub(super) milliseconds: u64,
    pub(super) folder: &'a Path,
    pub(super) folder_before: &'a Copy,
    /// With what a copy does not have: folders, permissions, times; empty where nothing has to be unchanged.
    pub(super) look_before: &'a Look,
}
