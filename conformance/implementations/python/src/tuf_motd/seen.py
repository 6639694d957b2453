"""The seen-state of one repository: what was displayed, when, and what is acknowledged (section 6.9).

It is a value. Whoever calls this library keeps it, as the JSON that `plain` gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tuf_motd.json_value import Json, integer
from tuf_motd.notice import Notice

MOST_ENTRIES = 256
"""Entries for each repository (MOTD-REP-9)."""
DAY = 86_400
WEEK = 604_800

# How many charged runs fit into which sliding span, by class (MOTD-REP-4, MOTD-REP-5).
_BUDGETS = {"critical": (3, DAY), "other": (2, WEEK)}


@dataclass(frozen=True)
class Entry:
    """What is known of one id. A revision of 0 is none."""

    ends: int
    displayed: int = 0
    displayed_at: int = 0
    acknowledged: int = 0
    cleared: bool = False
    """Whether its all-clear was displayed, or it was one itself (MOTD-REP-7)."""

    def plain(self) -> dict[str, Json]:
        """Give it as JSON."""
        return {
            "ends": self.ends,
            "displayed": self.displayed,
            "displayed_at": self.displayed_at,
            "acknowledged": self.acknowledged,
            "cleared": self.cleared,
        }


@dataclass(frozen=True)
class Seen:
    """The seen-state of one repository."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    charged: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """The times of charged runs for each class, `critical` and `other`."""
    applied: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Revision and `ends` of each notice that applied in the last run, displayed or not, so that it can be
    acknowledged. It is no part of `entries`: a publisher could push displayed notices out of these."""

    def plain(self) -> dict[str, Json]:
        """Give it as JSON."""
        return {
            "entries": {name: entry.plain() for name, entry in sorted(self.entries.items())},
            "charged": {name: list[Json](self.charged.get(name, ())) for name in _BUDGETS},
            "applied": {name: list[Json](pair) for name, pair in sorted(self.applied.items())},
        }

    def entry(self, notice_id: str) -> Entry:
        """Give what is known of an id."""
        return self.entries.get(notice_id, Entry(ends=0))

    def can_be_cleared(self, notice_id: str) -> bool:
        """Whether an id was displayed and has had no all-clear."""
        entry = self.entry(notice_id)
        return bool(entry.displayed) and not entry.cleared

    def is_used_up(self, name: str, now: int) -> bool:
        """Whether earlier runs used up the budget of a class."""
        most, span = _BUDGETS[name]
        return sum(1 for time in self.charged.get(name, ()) if now - time < span) >= most

    def at(self, now: int, notices: Iterable[Notice] = ()) -> Seen:
        """Bring the state to the reference time, with the accepted notices of the document.

        What has ended stays while there is room: a clock that is ahead once would forget it (MOTD-REP-9).
        `ends` is the latest word on it, so that what is extended does not go first.
        """
        ends = {notice.id: notice.ends for notice in notices}
        entries = {
            name: replace(
                entry,
                # MOTD-REP-6: a time in the future is now, or it would silence a notice for years.
                displayed_at=min(entry.displayed_at, now),
                ends=max(entry.ends, ends.get(name, 0)),
            )
            for name, entry in self.entries.items()
        }
        charged = {
            name: tuple(min(time, now) for time in times)
            for name, times in self.charged.items()
            if name in _BUDGETS
        }
        return Seen(_bounded(entries), charged, self.applied)

    def with_applied(self, notices: Iterable[Notice]) -> Seen:
        """Remember what applies in this run, at the highest revision that applied."""
        applied: dict[str, tuple[int, int]] = {}
        for notice in notices:
            revision, ends = self.applied.get(notice.id, (0, 0))
            applied[notice.id] = max(revision, notice.revision), max(ends, notice.ends)
        return replace(self, applied=applied)

    def displayed(self, notices: Iterable[Notice], now: int, *, asked: bool = False) -> Seen:
        """Record notices that were written to a terminal, and charge the run (MOTD-REP-8).

        What the user asked for as a list counts as seen and is charged to no budget; so is an all-clear.
        """
        entries = dict(self.entries)
        classes: set[str] = set()
        for notice in notices:
            old = entries.get(notice.id, Entry(ends=0))
            entries[notice.id] = replace(
                old,
                ends=max(old.ends, notice.ends),
                displayed=max(old.displayed, notice.revision),
                displayed_at=now,
                # MOTD-REP-7: an all-clear has no all-clear, or there would be no last one.
                cleared=old.cleared or bool(notice.resolves),
            )
            for name in entries.keys() & set(notice.resolves):
                entries[name] = replace(entries[name], cleared=True)
            if not asked and not notice.resolves:
                classes.add(budget_class(notice))
        charged = {
            name: tuple(sorted((*self.charged.get(name, ()), *((now,) if name in classes else ())))[-most:])
            for name, (most, _) in _BUDGETS.items()
        }
        return Seen(_bounded(entries), charged, self.applied)

    def acknowledge_applied(self, notice_id: str) -> Seen:
        """Acknowledge a notice at the highest revision that applied here; without one there is nothing."""
        old = self.entry(notice_id)
        revision, ends = self.applied.get(notice_id, (0, 0))
        highest = max(old.displayed, revision)
        return self.acknowledge(notice_id, highest, ends) if highest else self

    def acknowledge(self, notice_id: str, revision: int, ends: int) -> Seen:
        """Record that the user has read a notice; it is not shown again at this revision."""
        old = self.entry(notice_id)
        new = replace(old, ends=max(old.ends, ends), acknowledged=max(old.acknowledged, revision))
        return replace(self, entries=_bounded({**self.entries, notice_id: new}))


def budget_class(notice: Notice) -> str:
    """Give the class of a notice for the budgets."""
    return "critical" if notice.severity == "critical" else "other"


def from_plain(value: Json) -> Seen:
    """Read what `plain` gave. What is unreadable is left out: a damaged file costs a repetition, no more."""
    if not isinstance(value, dict):
        return Seen()
    entries: dict[str, Entry] = {}
    stored = value.get("entries")
    for name, member in stored.items() if isinstance(stored, dict) else ():
        if isinstance(member, dict):
            numbers = [
                integer(member.get(key)) for key in ("ends", "displayed", "displayed_at", "acknowledged")
            ]
            found = [number for number in numbers if number is not None]
            if len(found) == len(numbers):
                cleared = member.get("cleared") is True
                ends, displayed, displayed_at, acknowledged = found
                entries[name] = Entry(ends, displayed, displayed_at, acknowledged, cleared)
    charged: dict[str, tuple[int, ...]] = {}
    stored = value.get("charged")
    for name, times in stored.items() if isinstance(stored, dict) else ():
        if isinstance(times, list):
            numbers = [integer(time) for time in times]
            charged[name] = tuple(number for number in numbers if number is not None)
    return Seen(_bounded(entries), charged, _applied(value.get("applied")))


def _applied(stored: Json) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for name, pair in stored.items() if isinstance(stored, dict) else ():
        numbers = [integer(number) for number in pair] if isinstance(pair, list) else []
        whole = [number for number in numbers if number is not None]
        if len(whole) == len(numbers) == 2:
            found[name] = whole[0], whole[1]
    return found


def _bounded(entries: dict[str, Entry]) -> dict[str, Entry]:
    """Keep 256 entries; those with the earliest `ends` go first (MOTD-REP-9)."""
    if len(entries) <= MOST_ENTRIES:
        return entries
    latest = sorted(entries.items(), key=lambda item: (item[1].ends, item[0]), reverse=True)
    return dict(latest[:MOST_ENTRIES])
