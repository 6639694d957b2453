//! The notice document of TUF-MOTD: parsed, judged, selected and rendered. No input, no output, no clock.
//!
//! # Architecture
//!
//! A chain of types leads from bytes to the screen; each is minted in one place and nothing skips a link:
//!
//! 1. bytes or a parsed value become a [`json::Value`] (`json`),
//! 2. a value becomes a [`Document`] with a verdict for each [`Entry`] (`judge`, which calls `text`, `time`, `link`,
//!    `language`, `audience` and `version` for the parts),
//! 3. a TUF client vouches for it: [`Verified`] (`verified`),
//! 4. [`select`] compares it with an [`Environment`]: [`Applicable`] or a reason (`select`),
//! 5. [`decide`] applies repeat rules and budgets from the [`SeenState`], [`limit_run`] the limit of a run:
//!    [`Shown`] or a reason (`repeat`, `seen`),
//! 6. [`render`] makes lines of a [`Shown`], and [`to_json`] JSON of a [`Decision`] (`render`, `report`).
//!
//! Every bound is in [`limits`], every reason in [`Code`], every place a [`Place`] that quotes nothing.
//!
//! *Invariants*: no clock, disk, network, environment, randomness or printing (the crate is `no_std`); nothing that is
//! refused, and nothing in an error, quotes the document; no work grows faster than the document does.

#![no_std]

extern crate alloc;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod audience;
mod code;
mod document;
mod environment;
mod identifier;
pub mod json;
mod judge;
mod language;
pub mod limits;
mod link;
mod notice;
mod place;
mod reason;
mod render;
mod repeat;
mod report;
#[cfg(feature = "schema")]
mod schema;
mod seen;
mod select;
mod tables;
mod text;
mod time;
mod verified;
mod version;
mod width;

pub use audience::{
    ARCHITECTURES, Audience, COMMANDS, Clause, Component, MalformedPurl, Mismatch,
    OPERATING_SYSTEMS, Purl, Rollout,
};
pub use code::{Code, Level, Stage};
pub use document::{Document, Entry, LanguageVerdict};
pub use environment::{ComponentVersions, Components, Environment};
pub use identifier::{MalformedName, NoticeId, RepositoryId, Revision, SourceName, Word};
pub use language::{LanguageRange, LanguageTag, posix_is_utf8, posix_language};
pub use link::{Link, LinkUrl};
pub use notice::{EffectiveSeverity, Notice, Repeat, Severity, Text};
pub use place::{Place, Refusal};
pub use reason::{ShowReason, SkipReason};
pub use render::{
    Frame, is_ambiguous_wide, more_lines, render, render_short, title_in_ascii, wrapped,
};
pub use repeat::{Decision, Mode, Run, Shown, Verdict, decide, limit_run, list_run};
pub use report::to_json;
#[cfg(feature = "schema")]
pub use schema::notices_schema;
pub use seen::{SeenEntry, SeenState};
pub use select::{Applicable, Selected, select};
pub use text::{escaped, is_permitted};
pub use time::{MalformedTime, Time};
pub use verified::{TargetEntry, Verified};
pub use version::{Comparator, Constraint, Scheme, Version, VersionRange, Versions};
