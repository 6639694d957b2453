//! How long what is served will be believed.

use motd_core::Time;
use serde_json::{Value, json};

/// Whether snapshot and timestamp are renewed, by whomever.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Renewal {
    /// They are as young as they have to be.
    Current,
    /// Nobody has renewed them in time, and nobody may before `expires`, when every client begins to refuse the
    /// repository.
    Overdue {
        /// When the first of them expires.
        expires: Time,
        /// The code of why this server did not: `no-online-keys`, or that of the error.
        code: &'static str,
        /// The same in words.
        fact: String,
    },
}

/// Whether clients believe what is served, and will go on to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum FreshnessState {
    /// Yes.
    Ok,
    /// Yes, but somebody should have signed anew by now.
    Late,
    /// No: clients refuse it.
    Expired,
}

impl FreshnessState {
    /// It in one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Late => "late",
            Self::Expired => "expired",
        }
    }
}

/// One role as it is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleLife {
    /// The role.
    pub role: String,
    /// Its version.
    pub version: u64,
    /// When it expires.
    pub expires: Time,
    /// How many seconds before that it is late.
    pub late_seconds: u64,
}

impl RoleLife {
    /// Where it stands.
    #[must_use]
    pub fn state(&self, now: Time) -> FreshnessState {
        match self.expires.seconds_since(now) {
            // TUF 5.3.10 and its like: it has expired in the second that it names.
            0 => FreshnessState::Expired,
            left if left < self.late_seconds => FreshnessState::Late,
            _ => FreshnessState::Ok,
        }
    }
}

/// All roles as they are served; see [`Upkeep::freshness`](super::Upkeep::freshness).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freshness {
    /// Timestamp, snapshot, notices, targets and root.
    pub roles: Vec<RoleLife>,
    /// Whether somebody renews, as of the last look at the store.
    pub renewal: Renewal,
}

impl Freshness {
    /// The worst of all roles.
    #[must_use]
    pub fn state(&self, now: Time) -> FreshnessState {
        let worst = self.roles.iter().map(|role| role.state(now)).max();
        // Nothing that could be believed is there.
        let worst = worst.unwrap_or(FreshnessState::Expired);
        match self.renewal {
            Renewal::Current => worst,
            Renewal::Overdue { .. } => worst.max(FreshnessState::Late),
        }
    }

    /// For programs: versions, times and codes, and no text.
    #[must_use]
    pub fn json(&self, now: Time) -> Value {
        let roles = self.roles.iter().map(|role| {
            json!({
                "role": role.role,
                "version": role.version,
                "expires": role.expires.to_string(),
                "seconds_left": role.expires.seconds_since(now),
                "state": role.state(now).as_str(),
            })
        });
        let renewal = match &self.renewal {
            Renewal::Current => json!({ "state": "current" }),
            Renewal::Overdue { code, .. } => json!({ "state": "overdue", "code": code }),
        };
        let left = self
            .roles
            .iter()
            .map(|role| role.expires.seconds_since(now));
        json!({
            "state": self.state(now).as_str(),
            "now": now.to_string(),
            "seconds_left": left.min().unwrap_or_default(),
            "roles": roles.collect::<Vec<_>>(),
            "renewal": renewal,
        })
    }
}
