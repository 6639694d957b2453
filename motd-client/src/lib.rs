//! Fetches, verifies and keeps the notices of a TUF-MOTD repository, for installers.
//!
//! ```no_run
//! use std::time::SystemTime;
//!
//! use motd_client::{CheckConfig, Installer, check_blocking};
//! use motd_core::Time;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?;
//! let config = CheckConfig::new(
//!     std::fs::read("/usr/share/pip/notices/1.root.json")?,
//!     "pypi.org".parse()?,
//!     "https://notices.example.org/metadata/".parse()?,
//!     Installer::new("pip", "24.0")?,
//!     Time::from_unix_seconds(since_1970.as_secs().try_into()?).ok_or("the clock is wrong")?,
//! )?
//! .with_state_dir(motd_client::default_state_dir()?);
//!
//! let report = check_blocking(&config)?;
//! if let Some(document) = &report.document {
//!     println!("{} has {} notices", config.repository, document.verified().entries().len());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # Architecture
//!
//! A run goes from the outside to the document, and every step takes only what the one before has verified:
//!
//! 1. `transport`: bytes for a URL within a limit, or a code; `fetch`: the requests of one run under one deadline;
//!    `bundle`: the one file of a sidecar;
//! 2. `tuf`: the TUF client workflow, from offered roles to trusted ones, with `floors` that only rise;
//! 3. `carrier`: from the target's entry to a [`Verified`](motd_core::Verified) document;
//! 4. `gate`: Fresh, Cached or None, in a [`Report`];
//! 5. `surroundings` and `display`: which notices a terminal is shown now, by the rules of `motd_core`;
//! 6. `background` and `schedule`: all this beside an installer's own work, and not too often;
//! 7. `state`: what is kept between runs.
//!
//! An installer that ran a TUF client of its own enters between 2 and 3, by its word: `vouched`.
//!
//! *Invariants*: nothing that TUF has not verified is in a [`Report`] (MOTD-GATE-12); nothing here panics, waits past
//! the deadline or grows without bound, whatever a server or a disk does; the environment is read in one function,
//! [`Surroundings::of_this_process`]; nothing is printed.

mod background;
mod bundle;
mod carrier;
mod config;
#[cfg(test)]
mod crash;
mod deadline;
mod display;
mod error;
mod fetch;
mod floors;
mod gate;
mod installer;
pub mod limits;
mod off;
mod report;
mod schedule;
mod session;
pub mod state;
mod surroundings;
pub mod transport;
mod tuf;
mod vouched;

pub use background::{Background, BackgroundConfig, check_beside};
pub use config::{CheckConfig, SourceKind};
pub use display::{Source, Terminal, decisions, write_to_terminal};
pub use error::Error;
pub use gate::{check, check_blocking, check_offline};
pub use installer::Installer;
pub use off::Switch;
pub use report::{Failure, GateState, Report, Warning};
pub use session::{Session, TargetInfo};
pub use state::{
    HeldSeen, SeenStore, Unusable, default_state_dir, keep_versions, kept_versions,
    require_trusted_place, rollout_secret,
};
pub use surroundings::{Display, Surroundings};
pub use vouched::VouchedRole;
