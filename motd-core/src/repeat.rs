//! Which applicable notices are shown in this run: repeat rules, budgets, and the limit of a run.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::cmp::Reverse;

use crate::{
    Applicable, EffectiveSeverity, Entry, Notice, NoticeId, Repeat, SeenState, Selected,
    ShowReason, SkipReason, Time, limits,
};

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
    /// Nobody: the installer shows them beside its own work. Also an explicit check, whose answer says what a terminal
    /// would show now: the same rules decide, and what it writes to a terminal is charged.
    Automatic,
    /// The reader asked for all that applies: neither repeat rules nor budgets.
    List,
}

/// A notice of a verified document, and what becomes of it. Made by [`decide`] only.
#[derive(Clone, Copy, Debug)]
pub struct Decision<'a> {
    entry: &'a Entry,
    applicable: Option<Applicable<'a>>,
    verdict: Verdict,
    mode: Mode,
}

/// A notice that is shown: the only thing that can be rendered. Taken from a [`Decision`] only.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    applicable: Applicable<'a>,
    reason: ShowReason,
    mode: Mode,
}

impl<'a> Decision<'a> {
    /// The entry.
    #[must_use]
    pub const fn entry(&self) -> &'a Entry {
        self.entry
    }

    /// The entry's id, when it is well-formed.
    #[must_use]
    pub const fn id(&self) -> Option<&'a NoticeId> {
        self.entry.id()
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
            (Verdict::Show(reason), Some(applicable)) => Some(Shown {
                applicable,
                reason,
                mode: self.mode,
            }),
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

    /// Whether this display is charged to a budget: an automatic one, and no all-clear.
    fn is_charged(&self) -> bool {
        self.mode == Mode::Automatic && self.reason != ShowReason::AllClear
    }

    /// Why it is shown.
    #[must_use]
    pub const fn reason(&self) -> ShowReason {
        self.reason
    }
}

/// Decides for every selected entry whether it is shown in this run. Each one is decided by itself, apart from several
/// all-clears for one notice. Chapter 6, section 6.9.
#[must_use]
pub fn decide<'a>(
    selected: Vec<Selected<'a>>,
    seen: &SeenState,
    now: Time,
    mode: Mode,
) -> Vec<Decision<'a>> {
    let mut decisions: Vec<_> = selected
        .into_iter()
        .map(|selected| {
            let (applicable, verdict) = match selected.applicable() {
                Err(reason) => (None, Verdict::Skip(reason)),
                Ok(applicable) => (
                    Some(applicable),
                    decide_one(applicable.notice(), seen, now, mode),
                ),
            };
            Decision {
                entry: selected.entry(),
                applicable,
                verdict,
                mode,
            }
        })
        .collect();
    withhold_repeated_all_clears(&mut decisions, seen);
    decisions
}

/// MOTD-REP-7: a notice that was shown has one all-clear, in this run and in all others. Of several the one that the
/// display shows first is kept.
fn withhold_repeated_all_clears(decisions: &mut [Decision<'_>], seen: &SeenState) {
    let mut all_clears: Vec<_> = decisions
        .iter_mut()
        .filter(|decision| decision.verdict == Verdict::Show(ShowReason::AllClear))
        .collect();
    all_clears.sort_by_key(|decision| (rank(decision), decision.id()));
    let mut resolved = BTreeSet::new();
    for decision in all_clears {
        let named = decision.applicable.into_iter();
        let named = named.flat_map(|applicable| applicable.notice().resolves());
        let open = named.filter(|id| seen.can_be_cleared(id));
        if open.filter(|id| resolved.insert(*id)).count() == 0 {
            *decision = decision.withheld(SkipReason::Resolved);
        }
    }
}

fn decide_one(notice: &Notice, seen: &SeenState, now: Time, mode: Mode) -> Verdict {
    let resolves = !notice.resolves().is_empty();
    // MOTD-REP-7: an all-clear for an alarm that nobody heard is an alarm.
    if resolves && !notice.resolves().iter().any(|id| seen.entry(id).is_some()) {
        return Verdict::Skip(SkipReason::ResolvesUnseen);
    }
    if mode == Mode::List {
        return Verdict::Show(ShowReason::Asked);
    }
    let known = seen.entry(notice.id());
    // MOTD-REP-1, MOTD-REP-3: not again once it is acknowledged, displayed or not.
    if seen.acknowledged(notice.id()) >= Some(notice.revision()) {
        return Verdict::Skip(SkipReason::Acknowledged);
    }
    // MOTD-REP-3: a revision that was seen, or a lower one, is not new, whatever its text says.
    if let Some(known) = known.filter(|known| known.revision() >= notice.revision()) {
        match pause(notice) {
            None => return Verdict::Skip(SkipReason::Seen),
            // MOTD-REP-6: a display in the future was no time ago.
            Some(pause) if now.seconds_since(known.shown()) < pause => {
                return Verdict::Skip(SkipReason::NotYetDue);
            }
            Some(_) => {}
        }
    }
    // MOTD-REP-7: outside the budget.
    if resolves {
        return Verdict::Show(ShowReason::AllClear);
    }
    // MOTD-REP-4, MOTD-REP-5.
    if seen.is_budget_used(notice.effective_severity(), now) {
        return Verdict::Skip(SkipReason::Budget);
    }
    Verdict::Show(match known {
        None => ShowReason::New,
        Some(known) if known.revision() < notice.revision() => ShowReason::NewRevision,
        Some(_) => ShowReason::DueAgain,
    })
}

impl SeenState {
    /// Records the notices of this repository that were written to a terminal in one run, and prunes.
    ///
    /// Only what was written to a terminal is recorded (MOTD-REP-8): the caller knows whether it was. Displays that
    /// the reader asked for count as seen, and are not charged to a budget.
    pub fn record_shown(&mut self, shown: &[Shown<'_>], now: Time) {
        let charged = shown.iter().filter(|shown| shown.is_charged());
        self.record(
            shown.iter().map(Shown::notice),
            charged.map(Shown::notice),
            now,
        );
    }
}

/// The seconds after which a notice that was seen is due again; `None` for one that is shown once.
fn pause(notice: &Notice) -> Option<u64> {
    // MOTD-REP-2: `once` can only lower; an unregistered repeat has no effect (MOTD-FWD-5).
    if notice.repeat() == Some(&Repeat::Once) {
        return None;
    }
    // MOTD-REP-1.
    match notice.effective_severity() {
        EffectiveSeverity::Info => None,
        EffectiveSeverity::Warning => Some(limits::WARNING_SECONDS),
        EffectiveSeverity::Critical => Some(limits::CRITICAL_SECONDS),
    }
}

/// The decisions of one run over all its sources, after [`limit_run`] or [`list_run`].
#[derive(Clone, Debug)]
pub struct Run<'a, S> {
    /// First those that are shown, in the order of showing; then the others, in the order they came in.
    pub decisions: Vec<(S, Decision<'a>)>,
    /// How many are left out because of the limit.
    pub more: usize,
}

/// Keeps the first three of all that a run would show; the others become `run-limit` (MOTD-SHOW-5). `S` is the source
/// that a decision belongs to.
///
/// The order is that of [`list_run`].
#[must_use]
pub fn limit_run<S: Ord + Clone>(decisions: Vec<(S, Decision<'_>)>) -> Run<'_, S> {
    let (mut shown, mut others) = in_order(decisions);
    // MOTD-SHOW-5: a flood would hide the notice that matters.
    let beyond = shown.split_off(shown.len().min(limits::NOTICES_A_RUN));
    let more = beyond.len();
    others.extend(
        beyond
            .into_iter()
            .map(|(source, decision)| (source, decision.withheld(SkipReason::RunLimit))),
    );
    shown.append(&mut others);
    Run {
        decisions: shown,
        more,
    }
}

/// Keeps all that a list shows, which the reader asked for: the limit is on what shows itself.
///
/// The order is: most severe first, then by turns of the sources, then the later `begins`, then the source, then the id.
#[must_use]
pub fn list_run<S: Ord + Clone>(decisions: Vec<(S, Decision<'_>)>) -> Run<'_, S> {
    let (mut shown, mut others) = in_order(decisions);
    shown.append(&mut others);
    Run {
        decisions: shown,
        more: 0,
    }
}

/// Decisions with their sources.
type Decided<'a, S> = Vec<(S, Decision<'a>)>;

/// Those that are shown, in the order of showing, and the others.
fn in_order<S: Ord + Clone>(decisions: Decided<'_, S>) -> (Decided<'_, S>, Decided<'_, S>) {
    let (mut shown, others): (Vec<_>, Vec<_>) = decisions
        .into_iter()
        .partition(|(_, decision)| decision.shown().is_some());
    shown.sort_by(|(left_source, left), (right_source, right)| {
        rank(left)
            .cmp(&rank(right))
            .then_with(|| left_source.cmp(right_source))
            .then_with(|| left.id().cmp(&right.id()))
    });
    // MOTD-SHOW-5: sources take turns, or the notices of one would keep another's critical one out of every run.
    let mut before = BTreeMap::new();
    let mut turns: Vec<_> = shown
        .into_iter()
        .map(|(source, decision)| {
            let severity = rank(&decision).map(|(severity, _)| severity);
            let turn: &mut usize = before.entry((source.clone(), severity)).or_default();
            *turn += 1;
            ((severity, *turn), (source, decision))
        })
        .collect();
    turns.sort_by_key(|(place, _)| *place);
    let shown = turns.into_iter().map(|(_, decided)| decided).collect();
    (shown, others)
}

/// What is shown first is least.
fn rank(decision: &Decision<'_>) -> Option<(Reverse<EffectiveSeverity>, Reverse<Time>)> {
    let notice = decision.applicable()?.notice();
    Some((
        Reverse(notice.effective_severity()),
        Reverse(notice.begins()),
    ))
}
