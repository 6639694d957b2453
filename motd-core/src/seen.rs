//! What one machine's reader has seen of one repository.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use crate::{EffectiveSeverity, Notice, NoticeId, Revision, Shown, Time, limits};

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
}

/// What was shown of one notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenEntry {
    id: NoticeId,
    revision: Revision,
    shown: Time,
    ends: Time,
    #[serde(default)]
    acknowledged: bool,
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

    /// When the notice ends, after which this entry is pruned.
    #[must_use]
    pub const fn ends(&self) -> Time {
        self.ends
    }

    /// Whether the reader acknowledged that revision.
    #[must_use]
    pub const fn acknowledged(&self) -> bool {
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

    /// All that was seen, sorted by id.
    #[must_use]
    pub fn entries(&self) -> &[SeenEntry] {
        &self.entries
    }

    /// Records the notices that were written to a terminal in one run (MOTD-REP-8), and prunes.
    pub fn record_shown(&mut self, shown: &[Shown<'_>], now: Time) {
        todo!()
    }

    /// Acknowledges the revision that was seen of this notice; `false` when none was.
    pub fn acknowledge(&mut self, id: &NoticeId) -> bool {
        todo!()
    }

    /// Forgets what ended before `now`, sets times in the future to `now` (MOTD-REP-6), and keeps the bounds
    /// (MOTD-REP-9). Returns whether anything changed, and so has to be stored.
    pub fn prune(&mut self, now: Time) -> bool {
        todo!()
    }

    /// How many displays of this class fall into its budget's window, one in the future counting as now.
    pub(crate) fn displays_in_window(&self, severity: EffectiveSeverity, now: Time) -> usize {
        todo!()
    }
}

/// The stored form, whose bounds nobody has checked.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Stored {
    entries: Vec<SeenEntry>,
    displays: Vec<Time>,
    critical_displays: Vec<Time>,
}

impl From<Stored> for SeenState {
    fn from(stored: Stored) -> Self {
        todo!()
    }
}

impl From<SeenState> for Stored {
    fn from(state: SeenState) -> Self {
        Self {
            entries: state.entries,
            displays: state.displays,
            critical_displays: state.critical_displays,
        }
    }
}
