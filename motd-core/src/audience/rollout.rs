//! A share of all machines, chosen by a secret that never leaves them (extended feature `rollout`).

use alloc::string::String;

use sha2::{Digest, Sha256};

use crate::limits;

/// A rollout: a percentage and a salt. Chapter 4, MOTD-ROLL-1.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rollout {
    pub(crate) percent: u8,
    pub(crate) salt: String,
    pub(crate) has_unknown: bool,
}

impl Rollout {
    /// The percentage, 0 to 100.
    #[must_use]
    pub const fn percent(&self) -> u8 {
        self.percent
    }

    /// The salt, 1 to [`limits::SALT_BYTES`] bytes.
    #[must_use]
    pub fn salt(&self) -> &str {
        &self.salt
    }

    /// Whether a machine with this secret is in.
    #[must_use]
    pub fn includes(&self, secret: Option<&[u8; limits::ROLLOUT_SECRET_BYTES]>) -> bool {
        // MOTD-AUD-6: a condition that is not understood is not fulfilled.
        if self.has_unknown {
            return false;
        }
        let Some(secret) = secret else {
            // MOTD-ROLL-4: without a stored secret each run would draw anew, and everybody be in sooner or later.
            return self.percent == 100;
        };
        let mut hash = Sha256::new();
        hash.update(b"tuf-motd-rollout-v1\0");
        hash.update(self.salt.as_bytes());
        hash.update([0]);
        hash.update(secret);
        let [a, b, c, d, ..] = <[u8; 32]>::from(hash.finalize());
        // MOTD-ROLL-3: exact in integers, so that 0 is nobody and 100 everybody.
        u64::from(u32::from_be_bytes([a, b, c, d])) * 100 < u64::from(self.percent) << 32
    }
}
