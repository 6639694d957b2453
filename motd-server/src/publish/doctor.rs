//! What an operator should see to before it hurts.

use motd_core::Time;

use super::bundle::EMPTY;
use super::metadata::write::DAY;
use super::repository::Repository;
use super::steps::Published as _;
use super::{NOTICE_ROLE, shadow};
use crate::publish::PublishError;
use crate::store::Lifetimes;
use crate::store::files::BUNDLE;

/// How many people should be able to be away at once.
const SPARE_PEOPLE: u64 = 2;

/// Something that works today.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Advice {
    /// Too few people can be missing before nobody can sign any more.
    FewPeople {
        /// The role.
        role: String,
        /// How many distinct people there are.
        keys: u64,
        /// How many have to sign.
        threshold: u64,
    },
    /// Less than a third of the role's life is left, or nothing.
    Expires {
        /// The role.
        role: String,
        /// When it expires.
        expires: Time,
    },
    /// Something else than the notice role answers for the reserved path (MOTD-DEL-2).
    Shadowed {
        /// The role or entry.
        by: String,
    },
    /// The bundle that was read is not the one of the publication, or a bundle would be too long (MOTD-BUNDLE-2): clients
    /// of a sidecar do not see the publication.
    Bundle,
}

impl Repository {
    /// Looks at people, lives and delegations.
    ///
    /// # Errors
    ///
    /// [`PublishError::Metadata`] when the repository is not whole.
    pub fn doctor(&self, lifetimes: &Lifetimes, now: Time) -> Result<Vec<Advice>, PublishError> {
        let mut advice = Vec::new();
        let people = [
            self.root().authority("root")?,
            self.root().authority("targets")?,
            self.targets().authority(NOTICE_ROLE)?,
        ];
        for authority in people {
            let keys = authority.distinct_keys();
            if keys < authority.threshold().saturating_add(SPARE_PEOPLE) {
                let role = authority.role().to_owned();
                advice.push(Advice::FewPeople {
                    role,
                    keys,
                    threshold: authority.threshold(),
                });
            }
        }
        let mut lives = vec![
            (self.root(), lifetimes.root),
            (self.targets(), lifetimes.targets),
            (self.notices(), lifetimes.notices),
        ];
        if self.damage().is_none() {
            lives.push((self.snapshot(), lifetimes.snapshot));
            lives.push((self.timestamp(), lifetimes.timestamp));
        }
        for (role, days) in lives {
            let expires = role.expires();
            if expires.seconds_since(now).saturating_mul(3) < days.saturating_mul(DAY) {
                advice.push(Advice::Expires {
                    role: role.name().to_owned(),
                    expires,
                });
            }
        }
        match shadow::check(self.targets()) {
            Err(PublishError::Shadowed { by }) => advice.push(Advice::Shadowed { by }),
            other => other?,
        }
        if self.bundle_lags() || self.files().bytes(BUNDLE) == Some(EMPTY) {
            advice.push(Advice::Bundle);
        }
        Ok(advice)
    }
}
