//! What one machine's reader has seen of one repository.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::{EffectiveSeverity, Notice, NoticeId, Revision, Time, limits};

/// What was shown of one repository's notices: pure data, that the client stores beside nothing secret. Chapter 6,
/// "Seen-state".
///
/// It holds at most [`limits::SEEN_ENTRIES`] entries and a handful of display times (MOTD-REP-9), whatever a stored
/// form says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, from = "Stored", into = "Stored")]
pub struct SeenState {
    /// Sorted by id.
    entries: Vec<SeenEntry>,
    /// Times of the last displays below `critical`, ascending.
    displays: Vec<Time>,
    /// Times of the last displays of `critical`, ascending.
    critical_displays: Vec<Time>,
    /// What was verified here, shown or not, sorted by id.
    known: Vec<Known>,
}

/// A notice that applied here: what a reader can acknowledge who was told of it in another way than by a display.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    id: NoticeId,
    revision: Revision,
    ends: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    acknowledged: Option<Revision>,
}

/// What was shown of one notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenEntry {
    id: NoticeId,
    revision: Revision,
    shown: Time,
    ends: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    acknowledged: Option<Revision>,
    /// Whether its all-clear was shown, or it was one itself: no other notice is an all-clear for it.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    cleared: bool,
}

impl SeenEntry {
    /// The notice's id.
    #[must_use]
    pub const fn id(&self) -> &NoticeId {
        &self.id
    }

    /// The highest revision that was shown.
    #[must_use]
    pub const fn revision(&self) -> Revision {
        self.revision
    }

    /// When it was shown last.
    #[must_use]
    pub const fn shown(&self) -> Time {
        self.shown
    }

    /// When the notice ends. Where there are too many entries, those that end first go.
    #[must_use]
    pub const fn ends(&self) -> Time {
        self.ends
    }

    /// The highest revision that the reader acknowledged.
    #[must_use]
    pub const fn acknowledged(&self) -> Option<Revision> {
        self.acknowledged
    }
}

impl SeenState {
    /// Nothing seen.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            entries: Vec::new(),
            displays: Vec::new(),
            critical_displays: Vec::new(),
            known: Vec::new(),
        }
    }

    /// What was seen of this notice.
    #[must_use]
    pub fn entry(&self, id: &NoticeId) -> Option<&SeenEntry> {
        let index = self
            .entries
            .binary_search_by(|entry| entry.id.cmp(id))
            .ok()?;
        self.entries.get(index)
    }

    /// Whether this notice was shown and can have an all-clear: it had none, and was none. MOTD-REP-7.
    pub(crate) fn can_be_cleared(&self, id: &NoticeId) -> bool {
        self.entry(id).is_some_and(|entry| !entry.cleared)
    }

    /// All that was seen, sorted by id.
    #[must_use]
    pub fn entries(&self) -> &[SeenEntry] {
        &self.entries
    }

    /// Records displays of notices, of which `charged` are charged to a budget.
    pub(crate) fn record<'a>(
        &mut self,
        shown: impl Iterator<Item = &'a Notice>,
        charged: impl Iterator<Item = &'a Notice>,
        now: Time,
    ) {
        for notice in shown {
            let entry = SeenEntry {
                id: notice.id().clone(),
                revision: notice.revision(),
                shown: now,
                ends: notice.ends(),
                acknowledged: None,
                // MOTD-REP-7: an all-clear for an all-clear would be a chain without an end.
                cleared: !notice.resolves().is_empty(),
            };
            match self
                .entries
                .binary_search_by(|entry| entry.id.cmp(notice.id()))
            {
                Err(index) => self.entries.insert(index, entry),
                Ok(index) => {
                    if let Some(known) = self.entries.get_mut(index) {
                        // MOTD-REP-3: the highest revision; an older one is never new again.
                        *known = SeenEntry {
                            revision: known.revision.max(entry.revision),
                            ends: known.ends.max(entry.ends),
                            acknowledged: known.acknowledged,
                            cleared: known.cleared || entry.cleared,
                            ..entry
                        };
                    }
                }
            }
            // MOTD-REP-7: whatever notice says it, and at whatever revision, it is said once.
            for entry in &mut self.entries {
                entry.cleared |= notice.resolves().contains(&entry.id);
            }
        }
        // A display is a run that showed at least one notice of that class; an all-clear is outside the budget.
        let is_critical =
            |notice: &Notice| notice.effective_severity() == EffectiveSeverity::Critical;
        let (critical, others): (Vec<_>, Vec<_>) = charged.partition(|notice| is_critical(notice));
        if !others.is_empty() {
            self.displays.push(now);
        }
        if !critical.is_empty() {
            self.critical_displays.push(now);
        }
        self.keep_bounds(now);
    }

    /// Remembers notices that apply here, so that they can be acknowledged. It is no display, and charges nothing.
    pub fn note<'a>(&mut self, notices: impl IntoIterator<Item = &'a Notice>, now: Time) {
        for notice in notices {
            let known = Known {
                id: notice.id().clone(),
                revision: notice.revision(),
                ends: notice.ends(),
                acknowledged: None,
            };
            match self.known.binary_search_by(|other| other.id.cmp(&known.id)) {
                Err(index) => self.known.insert(index, known),
                Ok(index) => {
                    if let Some(before) = self.known.get_mut(index) {
                        before.revision = before.revision.max(known.revision);
                        before.ends = before.ends.max(known.ends);
                    }
                }
            }
        }
        self.keep_bounds(now);
    }

    /// Acknowledges the highest revision of this notice that was shown or applied here; `false` when none was.
    pub fn acknowledge(&mut self, id: &NoticeId) -> bool {
        let shown = self.entries.iter_mut().find(|entry| entry.id == *id);
        let known = self.known.iter_mut().find(|known| known.id == *id);
        let found = shown.is_some() || known.is_some();
        if let Some(shown) = shown {
            shown.acknowledged = shown.acknowledged.max(Some(shown.revision));
        }
        if let Some(known) = known {
            known.acknowledged = known.acknowledged.max(Some(known.revision));
        }
        found
    }

    /// The highest revision of this notice that the reader acknowledged.
    pub(crate) fn acknowledged(&self, id: &NoticeId) -> Option<Revision> {
        let shown = self.entry(id).and_then(SeenEntry::acknowledged);
        let known = self.known.iter().find(|known| known.id == *id);
        shown.max(known.and_then(|known| known.acknowledged))
    }

    /// Whether this class has had its displays. A time in the future counts as now.
    pub(crate) fn is_budget_used(&self, severity: EffectiveSeverity, now: Time) -> bool {
        let (displays, budget) = match severity {
            // MOTD-REP-5.
            EffectiveSeverity::Critical => (&self.critical_displays, CRITICAL_BUDGET),
            // MOTD-REP-4: whatever the ids, or a publisher would nag under new ones.
            EffectiveSeverity::Info | EffectiveSeverity::Warning => (&self.displays, BUDGET),
        };
        displays
            .iter()
            .filter(|shown| now.seconds_since(**shown) < budget.seconds)
            .count()
            >= budget.displays
    }

    fn keep_bounds(&mut self, now: Time) {
        // MOTD-REP-6: a clock that was wrong once must not silence a notice for years; nor does dropping the time do.
        for entry in &mut self.entries {
            entry.shown = entry.shown.min(now);
        }
        // MOTD-REP-9: what has ended stays while there is room. A clock that is ahead once would forget it.
        cap(&mut self.entries, |entry| (entry.ends, &entry.id));
        cap(&mut self.known, |known| (known.ends, &known.id));
        BUDGET.keep(&mut self.displays, now);
        CRITICAL_BUDGET.keep(&mut self.critical_displays, now);
    }
}

/// A number of displays in a sliding window.
#[derive(Clone, Copy)]
struct Budget {
    displays: usize,
    seconds: u64,
}

const BUDGET: Budget = Budget {
    displays: limits::BUDGET_DISPLAYS,
    seconds: limits::BUDGET_SECONDS,
};
const CRITICAL_BUDGET: Budget = Budget {
    displays: limits::CRITICAL_BUDGET_DISPLAYS,
    seconds: limits::CRITICAL_BUDGET_SECONDS,
};

impl Budget {
    /// Keeps as many times as can count, the last ones, and sets those in the future to `now`.
    fn keep(self, times: &mut Vec<Time>, now: Time) {
        for time in times.iter_mut() {
            *time = (*time).min(now);
        }
        times.sort_unstable();
        times.drain(..times.len().saturating_sub(self.displays));
    }
}

/// MOTD-REP-9: at most so many entries, those with the earliest `ends` going first; sorted by id.
fn cap<T>(entries: &mut Vec<T>, key: impl Fn(&T) -> (Time, &NoticeId)) {
    if entries.len() > limits::SEEN_ENTRIES {
        entries.sort_by_key(|entry| core::cmp::Reverse(key(entry).0));
        entries.truncate(limits::SEEN_ENTRIES);
        entries.sort_by(|left, right| key(left).1.cmp(key(right).1));
    }
}

/// The stored form, whose bounds nobody has checked.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Stored {
    entries: Vec<SeenEntry>,
    displays: Vec<Time>,
    critical_displays: Vec<Time>,
    known: Vec<Known>,
}

impl From<Stored> for SeenState {
    fn from(stored: Stored) -> Self {
        let Stored {
            mut entries,
            mut displays,
            mut critical_displays,
            mut known,
        } = stored;
        // Of two entries for one id the one with the higher revision stays.
        entries.sort_by(|left, right| {
            left.id
                .cmp(&right.id)
                .then(right.revision.cmp(&left.revision))
        });
        entries.dedup_by(|later, kept| later.id == kept.id);
        cap(&mut entries, |entry| (entry.ends, &entry.id));
        known.sort_by(|left, right| {
            let newest = right.revision.cmp(&left.revision);
            left.id.cmp(&right.id).then(newest)
        });
        known.dedup_by(|later, kept| later.id == kept.id);
        cap(&mut known, |known| (known.ends, &known.id));
        displays.sort_unstable();
        displays.drain(..displays.len().saturating_sub(limits::BUDGET_DISPLAYS));
        critical_displays.sort_unstable();
        critical_displays.drain(
            ..critical_displays
                .len()
                .saturating_sub(limits::CRITICAL_BUDGET_DISPLAYS),
        );
        Self {
            entries,
            displays,
            critical_displays,
            known,
        }
    }
}

impl From<SeenState> for Stored {
    fn from(state: SeenState) -> Self {
        Self {
            entries: state.entries,
            displays: state.displays,
            critical_displays: state.critical_displays,
            known: state.known,
        }
    }
}
