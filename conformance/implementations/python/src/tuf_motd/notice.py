"""One notice: its members and the order in which they are judged (sections 2.4, 2.6 and 2.9)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tuf_motd import times
from tuf_motd.audience import Clause, clauses
from tuf_motd.errors import PublisherError
from tuf_motd.json_value import LARGEST_INTEGER, Json, integer
from tuf_motd.links import Link, links
from tuf_motd.text import Texts, texts
from tuf_motd.tokens import ids, is_id

# The registry of features for `requires` is empty in 1.0, so every name refuses the notice.
FEATURES: frozenset[str] = frozenset()
SEVERITIES = ("critical", "warning", "info")
"""The registered severities, the most severe one first."""


@dataclass(frozen=True)
class Notice:
    """A notice that was accepted."""

    id: str
    revision: int
    declared_severity: str
    topic: str | None
    begins: int
    ends: int
    declared_repeat: str | None
    resolves: tuple[str, ...]
    texts: Texts
    default_language: str
    links: tuple[Link, ...]
    audience: tuple[Clause, ...] | None

    @property
    def severity(self) -> str:
        """Give the effective severity (MOTD-FWD-2, section 6.9)."""
        if self.resolves or self.declared_severity not in SEVERITIES:
            return "info"
        return self.declared_severity

    @property
    def once(self) -> bool:
        """Whether one revision is shown once only (MOTD-REP-2; an unknown `repeat` is absent, MOTD-FWD-5)."""
        return self.severity == "info" or self.declared_repeat == "once"

    def plain(self) -> dict[str, Json]:
        """Give the verdict as JSON: what the reader of a conformance report compares."""
        return {
            "id": self.id,
            "revision": self.revision,
            "code": None,
            "severity": self.severity,
            "languages": list[Json](sorted(self.texts.accepted)),
            "refused_languages": dict[str, Json](sorted(self.texts.refused.items())),
        }


@dataclass(frozen=True)
class RefusedNotice:
    """A notice that was refused, and why. `id` is nothing when it is malformed."""

    id: str | None
    code: str

    def plain(self) -> dict[str, Json]:
        """Give the verdict as JSON."""
        return {"id": self.id, "revision": None, "code": self.code}


def judge_notice(value: Json, default_language: str, repeated: Collection[str]) -> Notice | RefusedNotice:
    """Judge one entry of `notices`; `repeated` are the ids that more than one entry has."""
    name = value.get("id") if isinstance(value, dict) else None
    try:
        if isinstance(name, str) and name in repeated:  # MOTD-DOC-9, first of all
            raise PublisherError("id-duplicate")
        if not isinstance(value, dict):  # MOTD-DOC-10
            raise PublisherError("notice-not-an-object")
        return _notice(value, default_language)
    except PublisherError as error:
        return RefusedNotice(name if is_id(name) else None, error.code)


def _notice(value: dict[str, Json], default_language: str) -> Notice:
    """Judge in the order of section 2.6; an undefined member is not looked at (MOTD-FWD-1)."""
    name = value.get("id")
    if not is_id(name):  # MOTD-DOC-11
        raise PublisherError("id-malformed")
    revision = integer(value.get("revision"))
    if revision is None or not 1 <= revision <= LARGEST_INTEGER:  # MOTD-DOC-12
        raise PublisherError("revision-malformed")
    severity = value.get("severity")
    if not is_id(severity):  # MOTD-DOC-13
        raise PublisherError("severity-malformed")
    topic = _optional_id(value, "topic", "topic-malformed")  # MOTD-DOC-14, MOTD-FWD-3
    begins, ends = _span(value)
    requires = _unique_ids(value, "requires", "requires-malformed")  # MOTD-DOC-15
    if not FEATURES.issuperset(requires):  # MOTD-FWD-4
        raise PublisherError("requires-unknown")
    repeat = _optional_id(value, "repeat", "repeat-malformed")  # MOTD-DOC-17
    resolves = _unique_ids(value, "resolves", "resolves-malformed")  # MOTD-DOC-16
    if name in resolves:  # MOTD-DOC-16
        raise PublisherError("resolves-malformed")
    return Notice(
        name,
        revision,
        severity,
        topic,
        begins,
        ends,
        repeat,
        resolves,
        # Arguments are evaluated from left to right: text, links, audience, as section 2.6 asks.
        texts(value.get("text"), default_language),
        default_language,
        links(value["links"]) if "links" in value else (),
        clauses(value["audience"]) if "audience" in value else None,
    )


def _span(value: dict[str, Json]) -> tuple[int, int]:
    begins, ends = (_time(value.get(name)) for name in ("begins", "ends"))
    if not begins < ends:  # MOTD-TIME-2
        raise PublisherError("time-order")
    if ends - begins > times.LONGEST_SPAN:  # MOTD-TIME-3
        raise PublisherError("time-span")
    return begins, ends


def _time(value: Json) -> int:
    found = times.seconds(value) if isinstance(value, str) else None
    if found is None:  # MOTD-TIME-1
        raise PublisherError("time-malformed")
    return found


def _optional_id(value: dict[str, Json], name: str, code: str) -> str | None:
    # MOTD-FWD-6: `null` is there and is of a wrong type.
    if name not in value:
        return None
    found = value[name]
    if not is_id(found):
        raise PublisherError(code)
    return found


def _unique_ids(value: dict[str, Json], name: str, code: str) -> tuple[str, ...]:
    if name not in value:
        return ()
    found = ids(value[name], 0, 32)
    if found is None or len(set(found)) != len(found):
        raise PublisherError(code)
    return found
