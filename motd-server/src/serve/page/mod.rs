//! What a person sees in a browser or a feed reader: made from verified role bytes only, and labelled as information.
//!
//! Nothing here is what installers read; they verify the metadata themselves.
//!
//! - [`public_pages`] makes `/`, `/feed.atom` and `/notices.json`: what is current, who signed it, and until when.
//! - [`operators_page`] makes `/operators`, for a private listener: expiries, renewal, and open proposals.
//!
//! What may be shown is decided in one place (`gate`): what a client without state would show at that time, and nothing
//! when it would refuse. *Invariants*: no clock, no input and no output; every text reaches a page through a template that
//! escapes it; no page loads, runs or sends anything.

mod audience;
mod feed;
mod gate;
mod list;
mod notice;
mod operators;
mod proposal;
mod public;
mod resource;
mod roles;
mod terminal;
mod time;
mod versions;

use motd_core::{RepositoryId, Time};

pub use operators::{OperatorsView, operators_page};
pub use proposal::OpenProposal;
pub use resource::Page;

use crate::publish::Repository;

/// The pages for everybody: `/`, `/feed.atom` and `/notices.json`, as they are at `now`.
///
/// They have to be made again when something is published, and as time goes by: notices begin and end, and roles expire.
#[must_use]
pub fn public_pages(repository: &Repository, id: &RepositoryId, now: Time) -> Vec<Page> {
    let roles = roles::standings(repository);
    let sight = gate::decide(repository, id, now);
    vec![
        public::page(id, &roles, &sight, now),
        feed::page(id, &sight, now),
        list::page(id, &roles, &sight, now),
    ]
}

#[cfg(test)]
mod tests;
