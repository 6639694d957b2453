//! What the client keeps between runs: verified metadata, floors, what was seen, when to ask again. Chapter 6, "State".
//!
//! One folder for each repository, named by a hash of its identifier, so that mirrors of one repository share floors
//! and what was seen, and no identifier becomes a file name (MOTD-STATE-5). In it one for each chain of roots, named by
//! the value of the configured root that began it (MOTD-STATE-8):
//!
//! ```text
//! <state folder>/secret               the machine's rollout secret, and secret.lock, held while it is made
//! <state folder>/versions.json        what programs said their versions are, and versions.lock, held while it is written
//! <state folder>/<sha256>/lock        held during a check, by trying
//! <state folder>/<sha256>/seen.json   and seen.lock, held while it is changed
//! <state folder>/<sha256>/<sha256>/index.json   which files are the complete and the staged set
//! <state folder>/<sha256>/<sha256>/files/       metadata, each under the SHA-256 of its bytes
//! <state folder>/<sha256>/<sha256>/floors.json  rollback floors, a second time
//! <state folder>/<sha256>/<sha256>/schedule.json
//! ```
//!
//! State is never a reason to trust more: what is read from it is verified again, and a file that is lost or corrupt
//! lowers no floor.

pub(crate) mod chains;
pub(crate) mod disk;
mod folder;
#[cfg(unix)]
mod owner;
mod secret;
mod seen;
pub(crate) mod sets;
pub(crate) mod stamped;
mod unusable;
mod versions;

pub use self::folder::require_trusted_place;
pub(crate) use self::folder::{Access, StateFolder};
pub use self::secret::rollout_secret;
pub use self::seen::{HeldSeen, SeenStore};
pub use self::unusable::Unusable;
pub use self::versions::{keep_versions, kept_versions};

use std::path::PathBuf;

use etcetera::BaseStrategy as _;

use crate::Error;

/// The platform's folder for the state of this client: `motd` in the state folder, or in the data folder where the
/// platform has none for state.
///
/// # Errors
///
/// [`Error::NoStateFolder`] when the platform names none, as without a home folder or when `HOME` is not absolute.
pub fn default_state_dir() -> Result<PathBuf, Error> {
    let strategy = etcetera::choose_base_strategy().map_err(|_| Error::NoStateFolder)?;
    let folder = strategy.state_dir().unwrap_or_else(|| strategy.data_dir());
    // A relative one is of the working directory, which others can have written.
    if !folder.is_absolute() {
        return Err(Error::NoStateFolder);
    }
    Ok(folder.join("motd"))
}
