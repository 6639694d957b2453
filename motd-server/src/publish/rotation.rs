//! New online keys without a moment in which readers fail.
//!
//! A root is visible as soon as it is there, and a timestamp as soon as it is replaced: they are two files, and no store
//! changes two in one step. So a root with other online keys is published after a snapshot and a timestamp that hold under
//! both roots. Each of the two publications is one step, and between them, however long that lasts, everything verifies.

use motd_core::Time;

use super::check;
use super::publish::{Online, bundled};
use super::repository::Repository;
use super::role_file::RoleFile;
use crate::error::Error;
use crate::store::files::Publication;

impl Repository {
    /// A snapshot and a timestamp, signed with the online keys of the published root and with those of the next one: to be
    /// published before `next`, which is then a publication of its own, [`Repository::publish_change`].
    ///
    /// Between the two, whoever renews does so with this too; [`Repository::renew`] with one half of the keys would take
    /// the other signature away.
    ///
    /// # Errors
    ///
    /// [`Error::Threshold`] when the keys are not those of the roots or `next` is not signed, [`Error::Version`],
    /// [`Error::Signer`].
    pub fn bridge(
        &self,
        next: &RoleFile,
        leaving: &Online<'_>,
        coming: &Online<'_>,
        now: Time,
    ) -> Result<Publication, Error> {
        check::next_root(&self.root, next)?;
        check::root_signatures(&self.root, next)?;
        let signers = [(&self.root, leaving), (next, coming)];
        let publication = self.seal(&signers, &[], Vec::new(), now)?;
        Ok(bundled(publication, &self.files, coming))
    }
}
