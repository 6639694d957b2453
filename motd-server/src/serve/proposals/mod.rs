//! Proposals that wait for signatures, in a store of their own, and the log of what was accepted.
//!
//! ```text
//! proposals/20261123/<32 hexadecimal digits>/request.json   who opened it, when, and the files of the request
//! proposals/20261123/<...>/signature-<...>.json             one object for each signature that came later
//! proposals/20261123/<...>/discarded.json                   who took it back, and when
//! discarded/<64 hexadecimal digits>.json                    a signature that was taken back, by the hash of key id and role
//! log/000000000001.json                                     see [`ProposalLog`]
//! ```
//!
//! Every object is created once and never changed, so any number of servers work on one store without a lock, and what
//! two of them add at the same time is there. Nothing is deleted; what is too old is not looked at, and a rule of the
//! storage may remove it.
//!
//! This is not the repository's store: what waits here is not public. Whoever could write into it without a server
//! could still put nothing into the repository, since what is released is [admitted](crate::publish::Published::admit)
//! and checked once more.

mod id;
mod log;
mod quota;
mod record;
mod store;
mod stored;

pub use id::{OPEN_DAYS, ProposalId};
pub use log::{LogEntry, LogEvent, LogHead, LoggedRole, ProposalLog};
pub use quota::{OPEN_FOR_EACH_KEY, OPENED_BY_EACH_KEY};
pub use store::{Opening, Proposals, REQUEST_BYTES};
pub use stored::{Standing, StoredProposal};

#[cfg(test)]
mod tests;
