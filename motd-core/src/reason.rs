//! Why a notice is shown or not. Chapter 6, "Reasons".

/// Why a notice is shown. Chapter 6, "Reasons".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ShowReason {
    /// `new`: its id was not seen before.
    New,
    /// `new-revision`: a lower revision was seen before.
    NewRevision,
    /// `due-again`: it was seen long enough ago and not acknowledged.
    DueAgain,
    /// `all-clear`: it resolves a notice that was seen.
    AllClear,
    /// `asked`: the reader asked for the list.
    Asked,
}

/// Why a notice is not shown. Chapter 6, "Reasons".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SkipReason {
    /// `refused`: a check refused it.
    Refused,
    /// `not-begun`: its time has not come.
    NotBegun,
    /// `ended`: its time is over.
    Ended,
    /// `audience`: no clause of its audience matches.
    Audience,
    /// `seen`: this revision was shown.
    Seen,
    /// `acknowledged`: the reader acknowledged this revision.
    Acknowledged,
    /// `not-yet-due`: it was shown too short a time ago.
    NotYetDue,
    /// `budget`: the repository had its displays.
    Budget,
    /// `run-limit`: three more severe or more recent notices are shown in this run.
    RunLimit,
    /// `resolves-unseen`: an all-clear for what was never shown.
    ResolvesUnseen,
    /// `resolved`: each of the shown notices that it resolves has had its all-clear.
    Resolved,
    /// `too-narrow`: the terminal is too narrow for the prefix and a text.
    TooNarrow,
    /// `no-terminal`: there is no terminal to show it on.
    NoTerminal,
}

impl ShowReason {
    /// The reason's name in the registry.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::NewRevision => "new-revision",
            Self::DueAgain => "due-again",
            Self::AllClear => "all-clear",
            Self::Asked => "asked",
        }
    }
}

impl SkipReason {
    /// The reason's name in the registry.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::NotBegun => "not-begun",
            Self::Ended => "ended",
            Self::Audience => "audience",
            Self::Seen => "seen",
            Self::Acknowledged => "acknowledged",
            Self::NotYetDue => "not-yet-due",
            Self::Budget => "budget",
            Self::RunLimit => "run-limit",
            Self::ResolvesUnseen => "resolves-unseen",
            Self::Resolved => "resolved",
            Self::TooNarrow => "too-narrow",
            Self::NoTerminal => "no-terminal",
        }
    }
}
