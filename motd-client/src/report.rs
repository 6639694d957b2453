//! What a check says.

use motd_core::{Code, Document, Level, Run, Stage, Time, Verified, to_json};
use serde_json::{Value, json};

use crate::state::Unusable;

/// From which state notices may be shown. Chapter 6, "The gate".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GateState {
    /// This run's TUF workflow completed.
    Fresh,
    /// The stored set was verified again, and nothing failed verification in this run.
    Cached,
    /// Neither: nothing is shown.
    None,
}

impl GateState {
    /// The state's name in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Cached => "cached",
            Self::None => "none",
        }
    }
}

/// The first thing that went wrong in a run: where, and a code from the closed registry. MOTD-FAIL-2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Failure {
    /// Where.
    pub stage: Stage,
    /// What.
    pub code: Code,
}

impl Failure {
    pub(crate) const fn new(stage: Stage, code: Code) -> Self {
        Self { stage, code }
    }

    /// Whether stored notices may still be shown: the repository could not be had, or is behind.
    #[must_use]
    pub const fn allows_cached(self) -> bool {
        // MOTD-GATE-5: a verification failure allows nothing.
        matches!(self.code.level(), Level::Unavailable | Level::Mirror)
    }
}

impl std::fmt::Display for Failure {
    /// One plain line of fixed words.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "{}: {} [{}]",
            self.stage.as_str(),
            self.code.fact(),
            self.code.as_str()
        )
    }
}

impl std::error::Error for Failure {}

/// Something to say once in an explicit check, and never in a background check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Warning {
    /// The state folder cannot be used; the run kept nothing. MOTD-STATE-7.
    Stateless(Unusable),
    /// A state file was corrupt and was set aside. MOTD-STATE-6.
    SetAside,
    /// Both places of the rollback floors were lost: an older repository would not be noticed. MOTD-FLOOR-3.
    FloorsLost,
}

impl Warning {
    /// One lower-case fact, a fixed string.
    #[must_use]
    pub const fn fact(self) -> &'static str {
        match self {
            Self::Stateless(why) => why.fact(),
            Self::SetAside => "a corrupt state file was set aside",
            Self::FloorsLost => {
                "the versions seen before are lost; an older repository would not be noticed this time"
            }
        }
    }
}

/// The outcome of one check. It never holds a byte that TUF has not verified (MOTD-GATE-12).
#[derive(Debug)]
#[non_exhaustive]
pub struct Report {
    /// From which state `document` comes.
    pub state: GateState,
    /// The first thing that went wrong, also when cached notices may be shown.
    pub failure: Option<Failure>,
    /// The document; `None` also when the repository has nothing to say.
    pub document: Option<Verified<Document>>,
    /// Requests sent.
    pub requests: u32,
    /// The longest chain of requests, each of which was sent after the one before was answered; connections apart.
    pub round_trips: u32,
    /// Bytes of bodies received, as they came over the wire.
    pub bytes: u64,
    /// No request was sent because the server asked to be left alone until then. MOTD-NET-3.
    pub held_until: Option<Time>,
    /// When a check of this repository last completed, this one included.
    pub last_success: Option<Time>,
    /// What went wrong since then, from the registry: a freeze is not invisible to who asks.
    pub last_failure: Option<Failure>,
    /// What an explicit check says beside it.
    pub warnings: Vec<Warning>,
}

impl Report {
    pub(crate) const fn nothing() -> Self {
        Self {
            state: GateState::None,
            failure: None,
            document: None,
            requests: 0,
            round_trips: 0,
            bytes: 0,
            held_until: None,
            last_success: None,
            last_failure: None,
            warnings: Vec::new(),
        }
    }

    /// MOTD-CHECK-1: the exit status of an explicit check.
    ///
    /// 3 for a verification failure; 4 when the repository could not be had, is behind, or was not asked, and nothing is
    /// cached; 5 when everything was verified and the document was refused; 0 for fresh and cached.
    #[must_use]
    pub fn exit_status(&self) -> u8 {
        match self.failure.map(|failure| failure.code.level()) {
            Some(Level::Verification) => 3,
            None | Some(Level::Unavailable | Level::Mirror) if self.state == GateState::None => 4,
            None | Some(Level::Unavailable | Level::Mirror) => 0,
            Some(_) => 5,
        }
    }

    /// What an explicit check answers a program, with what became of every notice in this run. Section 6.12.
    #[must_use]
    pub fn to_json<S>(&self, run: &Run<'_, S>) -> Value {
        let failure = self.failure.map(
            |failure| json!({ "stage": failure.stage.as_str(), "code": failure.code.as_str() }),
        );
        let notices: Vec<_> = run
            .decisions
            .iter()
            .map(|(_, decision)| to_json(decision))
            .collect();
        let warnings: Vec<_> = self.warnings.iter().map(|warning| warning.fact()).collect();
        json!({
            "state": self.state.as_str(),
            "failure": failure,
            "notices": notices,
            "requests": self.requests,
            "round_trips": self.round_trips,
            "bytes": self.bytes,
            "last_success": self.last_success.map(|time| time.to_string()),
            "warnings": warnings,
        })
    }
}
