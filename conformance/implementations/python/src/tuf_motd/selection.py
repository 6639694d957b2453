"""What a machine shows of a document: steps 14 and 15 of a run (sections 3.3, 3.4, 4.1 and 6.9)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from tuf_motd.audience import Machine, applies
from tuf_motd.document import Judged
from tuf_motd.errors import CallerError
from tuf_motd.json_value import Json
from tuf_motd.languages import lookup
from tuf_motd.notice import Notice, RefusedNotice
from tuf_motd.seen import DAY, WEEK, Seen, budget_class
from tuf_motd.text import Text

_REPEATS_AFTER = {"warning": WEEK, "critical": DAY}
_APPLY_NOT = frozenset(("refused", "not-begun", "ended", "audience"))


@dataclass(frozen=True)
class Applicable:
    """A notice that applies here, with the language that was chosen."""

    notice: Notice
    language: str
    text: Text

    def plain(self) -> dict[str, Json]:
        """Give the text as section 6.12 prints it."""
        return {
            "severity": self.notice.severity,
            "language": self.language,
            "title": self.text.title,
            "body": list[Json](self.text.body),
            "links": [link.plain() for link in self.notice.links],
        }


@dataclass(frozen=True)
class Decision:
    """The verdict on one notice. `applicable` is there for each notice that applies, shown or not."""

    id: str | None
    revision: int | None
    reason: str
    code: str | None
    applicable: Applicable | None
    show: bool

    def plain(self) -> dict[str, Json]:
        """Give the verdict as section 6.12 prints it."""
        return {
            "id": self.id,
            "revision": self.revision,
            "decision": "show" if self.show else "skip",
            "reason": self.reason,
            "code": self.code,
            "text": self.applicable.plain() if self.applicable else None,
        }


@dataclass(frozen=True)
class Selection:
    """The verdicts on the notices of one source, in the order of the document."""

    decisions: tuple[Decision, ...]
    seen: Seen
    """The seen-state, brought to the reference time. Nothing is recorded in it yet (MOTD-REP-8)."""
    now: int
    asked: bool

    def left_out(self, reasons: Mapping[str, str]) -> Selection:
        """Give the verdicts after the display left some notices out, by id (section 6.9)."""
        decisions = tuple(
            replace(found, show=False, reason=reasons[found.id])
            if found.show and found.id is not None and found.id in reasons
            else found
            for found in self.decisions
        )
        return replace(self, decisions=decisions)

    def plain(self) -> dict[str, Json]:
        """Give the verdicts as JSON."""
        return {
            "notices": [decision.plain() for decision in self.decisions],
            "seen": self.seen.plain(),
        }


def select(
    judged: Judged,
    machine: Machine,
    languages: Sequence[str],
    seen: Seen,
    now: int,
    *,
    asked: bool = False,
) -> Selection:
    """Decide on every notice at the reference time; `asked` when the user asked for the list of all.

    The verdict on one notice depends on no other notice of the document, but for all-clears for the same id.
    """
    accepted = [notice for notice in judged.notices if isinstance(notice, Notice)]
    current = seen.at(now, accepted)
    decisions = _without_repeated_all_clears(
        [_decide(notice, machine, languages, current, now, asked) for notice in judged.notices], current
    )
    applied = [found.applicable.notice for found in decisions if found.applicable]
    return Selection(decisions, current.with_applied(applied), now, asked)


def _without_repeated_all_clears(decisions: Sequence[Decision], seen: Seen) -> tuple[Decision, ...]:
    """Keep one all-clear for each id: none had before, and the first of this run (MOTD-REP-7)."""
    due = [found.applicable.notice for found in decisions if found.reason == "all-clear" and found.applicable]
    said: set[str] = set()
    repeated: set[str] = set()
    for notice in sorted(due, key=lambda notice: (-notice.begins, notice.id)):
        still_open = {name for name in notice.resolves if seen.can_be_cleared(name)} - said
        if not still_open:
            repeated.add(notice.id)
        said |= still_open
    return tuple(
        replace(found, show=False, reason="resolved") if found.id in repeated else found
        for found in decisions
    )


def _decide(
    notice: Notice | RefusedNotice,
    machine: Machine,
    languages: Sequence[str],
    seen: Seen,
    now: int,
    asked: bool,
) -> Decision:
    if isinstance(notice, RefusedNotice):
        return Decision(notice.id, None, "refused", notice.code, None, show=False)
    show, reason = _verdict(notice, machine, seen, now, asked)
    applicable: Applicable | None = None
    if reason not in _APPLY_NOT:
        # MOTD-LANG-4: only accepted languages are available.
        language = lookup(languages, notice.texts.accepted.keys(), notice.default_language)
        applicable = Applicable(notice, language, notice.texts.accepted[language])
    return Decision(notice.id, notice.revision, reason, None, applicable, show=show)


def _verdict(notice: Notice, machine: Machine, seen: Seen, now: int, asked: bool) -> tuple[bool, str]:
    """Go through the table of section 6.9; the first line that applies gives the verdict."""
    if now < notice.begins:  # MOTD-TIME-4
        return False, "not-begun"
    if now >= notice.ends:  # MOTD-TIME-4
        return False, "ended"
    if not applies(notice.audience, machine):  # MOTD-AUD-4
        return False, "audience"
    if notice.resolves and not any(seen.entry(name).displayed for name in notice.resolves):  # MOTD-REP-7
        return False, "resolves-unseen"
    if asked:
        return True, "asked"
    entry = seen.entry(notice.id)
    if entry.acknowledged >= notice.revision:  # MOTD-REP-1
        return False, "acknowledged"
    if entry.displayed >= notice.revision:
        if notice.once:  # MOTD-REP-1, MOTD-REP-2, MOTD-REP-7
            return False, "seen"
        if now - entry.displayed_at < _REPEATS_AFTER[notice.severity]:  # MOTD-REP-1
            return False, "not-yet-due"
    if not notice.resolves and seen.is_used_up(budget_class(notice), now):  # MOTD-REP-4, MOTD-REP-5
        return False, "budget"
    if notice.resolves:  # MOTD-REP-7
        return True, "all-clear"
    if not entry.displayed:  # MOTD-REP-3
        return True, "new"
    return True, "new-revision" if entry.displayed < notice.revision else "due-again"


def record(selection: Selection, displayed: Sequence[tuple[str, int]]) -> Seen:
    """Record what was written to a terminal, as ids with revisions (MOTD-REP-8)."""
    shown = {
        (decision.id, decision.revision): decision.applicable.notice
        for decision in selection.decisions
        if decision.show and decision.applicable
    }
    unknown = [key for key in displayed if key not in shown]
    if unknown:
        raise CallerError("displayed-unknown")
    return selection.seen.displayed([shown[key] for key in displayed], selection.now, asked=selection.asked)
