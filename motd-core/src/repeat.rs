//! Which applicable notices are shown in this run: repeat rules, budgets, and the limit of a run.

use alloc::vec::Vec;

use crate::{Applicable, Entry, Notice, SeenState, Selected, Time};

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
    /// `too-narrow`: the terminal is too narrow for the prefix and a text.
    TooNarrow,
    /// `no-terminal`: there is no terminal to show it on.
    NoTerminal,
}

/// What becomes of a notice in this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is shown.
    Show(ShowReason),
    /// It is not shown, an expected outcome.
    Skip(SkipReason),
}

/// Who asked for the notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mode {
    /// Nobody: the installer shows them beside its own work.
    Automatic,
    /// The reader asked for a check; the same rules apply, so that the answer says what a terminal would show now.
    Explicit,
    /// The reader asked for all that applies: neither repeat rules nor budgets.
    List,
}

/// A notice of a verified document, and what becomes of it. Made by [`decide`] only.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    entry: &'a Entry,
    applicable: Option<Applicable<'a>>,
    verdict: Verdict,
}

/// A notice that is shown: the only thing that can be rendered. Taken from a [`Decision`] only.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    applicable: Applicable<'a>,
    reason: ShowReason,
}

impl<'a> Decision<'a> {
    /// The entry.
    #[must_use]
    pub const fn entry(&self) -> &'a Entry {
        self.entry
    }

    /// The notice with its text, when it applies here and now, shown or not.
    #[must_use]
    pub const fn applicable(&self) -> Option<Applicable<'a>> {
        self.applicable
    }

    /// What becomes of it.
    #[must_use]
    pub const fn verdict(&self) -> Verdict {
        self.verdict
    }

    /// The notice as [`render`](crate::render) takes it, when it is shown.
    #[must_use]
    pub const fn shown(&self) -> Option<Shown<'a>> {
        match (self.verdict, self.applicable) {
            (Verdict::Show(reason), Some(applicable)) => Some(Shown { applicable, reason }),
            _ => None,
        }
    }

    /// The same, not shown for this reason; one that is not shown already keeps its own.
    #[must_use]
    pub const fn withheld(mut self, reason: SkipReason) -> Self {
        if let Verdict::Show(_) = self.verdict {
            self.verdict = Verdict::Skip(reason);
        }
        self
    }
}

impl<'a> Shown<'a> {
    /// The notice.
    #[must_use]
    pub const fn notice(&self) -> &'a Notice {
        self.applicable.notice()
    }

    /// The notice with its text.
    #[must_use]
    pub const fn applicable(&self) -> Applicable<'a> {
        self.applicable
    }

    /// Why it is shown.
    #[must_use]
    pub const fn reason(&self) -> ShowReason {
        self.reason
    }
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
            Self::TooNarrow => "too-narrow",
            Self::NoTerminal => "no-terminal",
        }
    }
}

/// Decides for every selected entry whether it is shown in this run.
#[must_use]
pub fn decide<'a>(
    selected: Vec<Selected<'a>>,
    seen: &SeenState,
    now: Time,
    mode: Mode,
) -> Vec<Decision<'a>> {
    todo!()
}

/// The decisions of one run over all its sources, after [`limit_run`].
#[derive(Clone, Debug)]
pub struct Run<'a, S> {
    /// First those that are shown, in the order of showing; then the others, in the order they came in.
    pub decisions: Vec<(S, Decision<'a>)>,
    /// How many would be shown but for the limit.
    pub more: usize,
}

/// Keeps the three most severe of all that a run would show; the others become `run-limit`. `S` says which source a
/// decision belongs to.
#[must_use]
pub fn limit_run<'a, S>(decisions: Vec<(S, Decision<'a>)>) -> Run<'a, S> {
    todo!()
}
