"""Lines for a terminal: order, run limit, frame, plain mode and the one-line form (section 6.10).

The lines hold no control character (MOTD-SHOW-6); whoever writes them ends each with a line feed, on
standard error (MOTD-SHOW-7).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from tuf_motd.errors import CallerError
from tuf_motd.json_value import Json
from tuf_motd.languages import is_wide_reader
from tuf_motd.notice import SEVERITIES
from tuf_motd.selection import Applicable, Selection
from tuf_motd.tables import registry
from tuf_motd.wrapping import width, wrap

MOST_NOTICES = 3
"""Notices in one run, over all sources (MOTD-SHOW-5)."""
LEAST_COLUMNS = 20
MOST_LINES = 5
"""Lines of paragraphs, and lines of links, of one notice in an automatic display (MOTD-SHOW-13)."""
MOST_NAMED = 3
"""Sources that the line about what is left out names."""
_INDENTATION = "  "
HOW_TO_READ = "ask for the list of notices to read them"

_SOURCE = re.compile(r"[A-Za-z0-9._-]{1,32}")
_NOT_ASCII = re.compile(r"[^ -\[\]-~]")


@dataclass(frozen=True)
class Terminal:
    """Where notices are shown.

    `mode` is `full`, `critical` (titles of critical notices in ASCII, one line each), `title` (the same on a
    terminal, where they are wrapped) or `none`.
    """

    columns: int | None = 80
    languages: tuple[str, ...] = ()
    plain_mode: bool = False
    mode: str = "full"
    utf8: bool = False
    """Whether it is known to be in UTF-8: see `is_utf8`."""

    @property
    def line_width(self) -> int:
        """Give the line width: two columns less than there are, 98 at the most."""
        return min(80 if self.columns is None else self.columns, 100) - 2


@dataclass(frozen=True)
class Rendered:
    """The lines, and what became of each notice that was due."""

    lines: tuple[str, ...]
    displayed: tuple[tuple[str, str, int], ...]
    """Source, id and revision of each notice that counts as displayed once the lines are written."""
    skipped: tuple[tuple[str, str, str], ...]
    """Source, id and reason of each notice that the display left out."""

    def plain(self) -> dict[str, Json]:
        """Give it as JSON."""
        return {
            "lines": list[Json](self.lines),
            "displayed": [list[Json](row) for row in self.displayed],
            "skipped": [list[Json](row) for row in self.skipped],
        }


def display_mode(
    environment: Mapping[str, str],
    *,
    is_terminal: bool,
    quiet: bool = False,
    critical_lines: bool = False,
) -> str:
    """Decide how an automatic display looks (MOTD-SHOW-9): a mode of `Terminal`."""
    if is_terminal and not quiet and not is_integration(environment):
        return "full"
    if not (critical_lines or environment.get("MOTD") == "critical"):
        return "none"
    return "title" if is_terminal else "critical"


def is_integration(environment: Mapping[str, str]) -> bool:
    """Whether a CI variable of the registry is set. Then there is no plain mode."""
    return any(_is_set(environment.get(name, "")) for name in registry("ci-variables"))


def _is_set(value: str) -> bool:
    return value not in ("", "0", "false")


def check_source_name(name: str) -> None:
    """Refuse a source name that could look like something else (MOTD-SHOW-8)."""
    if not _SOURCE.fullmatch(name):
        raise CallerError("source-name")


def render(
    selections: Mapping[str, Selection], terminal: Terminal, how_to_read: str = HOW_TO_READ
) -> Rendered:
    """Render the due notices of all sources, by source name.

    `how_to_read` is the installer's own fixed text behind the number of notices or lines left out.
    """
    due: list[tuple[str, Applicable]] = []
    for source, selection in selections.items():
        check_source_name(source)
        due += [
            (source, found.applicable) for found in selection.decisions if found.show and found.applicable
        ]
    due = _in_turns(due)
    if terminal.mode == "full":
        # A list that the user asked for is no automatic display, and has no limit.
        limit = None if any(selection.asked for selection in selections.values()) else MOST_NOTICES
        return _full(due, terminal, limit, how_to_read)
    return _titles_alone(due, terminal)


def _titles_alone(due: Sequence[tuple[str, Applicable]], terminal: Terminal) -> Rendered:
    """Write the titles of critical notices in ASCII, or nothing. They do not count as seen (MOTD-SHOW-9)."""
    speaks = terminal.mode != "none"
    critical = [(source, item) for source, item in due if speaks and item.notice.severity == "critical"]
    fits = [(s, i) for s, i in critical if terminal.mode != "title" or _Frame(s, terminal).is_wide]
    lines: list[str] = []
    for source, item in fits[:MOST_NOTICES]:
        title = f"CRITICAL: {_ascii(item.text.title)}"
        frame = _Frame(source, replace(terminal, utf8=True, plain_mode=False))
        lines += frame.item(title) if terminal.mode == "title" else [_prefix(source) + title]
    skipped = [(source, item.notice.id, "run-limit") for source, item in fits[MOST_NOTICES:]]
    skipped += [(s, item.notice.id, "too-narrow") for s, item in critical if (s, item) not in fits]
    skipped += [(s, item.notice.id, "no-terminal") for s, item in due if (s, item) not in critical]
    return Rendered(tuple(lines), (), tuple(skipped))


def _in_turns(due: Sequence[tuple[str, Applicable]]) -> list[tuple[str, Applicable]]:
    """Give the order of section 6.10, in which the sources take turns within a severity."""
    before: Counter[tuple[str, str]] = Counter()
    turns: list[tuple[int, int, tuple[str, Applicable]]] = []
    for source, item in sorted(due, key=_order):
        severity = item.notice.severity
        turns.append((SEVERITIES.index(severity), before[severity, source], (source, item)))
        before[severity, source] += 1
    return [item for _, _, item in sorted(turns, key=lambda turn: turn[:2])]


def _more(left_out: Sequence[tuple[str, Applicable]], how_to_read: str) -> str:
    """Say how many are left out, how many of them are critical, and of which sources (MOTD-SHOW-5)."""
    critical = [source for source, item in left_out if item.notice.severity == "critical"]
    names = sorted(set(critical))
    named = f" ({', '.join(names)})" if len(names) <= MOST_NAMED else ""
    others = f", {len(critical)} critical{named}" if critical else ""
    return f"{len(left_out)} more{others}: {how_to_read}"


def _order(item: tuple[str, Applicable]) -> tuple[int, int, bytes, bytes]:
    source, found = item
    notice = found.notice
    return SEVERITIES.index(notice.severity), -notice.begins, source.encode(), notice.id.encode()


def _full(
    due: Sequence[tuple[str, Applicable]], terminal: Terminal, limit: int | None, how_to_read: str
) -> Rendered:
    lines: list[str] = []
    displayed: list[tuple[str, str, int]] = []
    # A notice that does not fit takes no other notice's place.
    wide = [(s, item) for s, item in due if _Frame(s, terminal).is_wide]
    first = wide if limit is None else wide[:limit]
    left_out = wide[len(first) :]
    skipped = [(source, item.notice.id, "run-limit") for source, item in left_out]
    skipped += [(s, item.notice.id, "too-narrow") for s, item in due if (s, item) not in wide]
    for source, item in first:
        lines += _Frame(source, terminal).notice(item, None if limit is None else how_to_read)
        displayed.append((source, item.notice.id, item.notice.revision))
    if left_out:  # MOTD-SHOW-5
        lines += _Frame(displayed[-1][0], terminal).item(_more(left_out, how_to_read))
    return Rendered(tuple(lines), tuple(displayed), tuple(skipped))


def _prefix(source: str) -> str:
    return f"notice[{source}] "


def _ascii(text: str) -> str:
    return _NOT_ASCII.sub(lambda found: f"\\u{{{ord(found.group()):x}}}", text)


class _Frame:
    """The lines of one source on one terminal."""

    def __init__(self, source: str, terminal: Terminal) -> None:
        self.source = source
        self.plain_mode = terminal.plain_mode
        self.prefix = "" if terminal.plain_mode else _prefix(source)
        self.utf8 = terminal.utf8
        self.wide_reader = is_wide_reader(terminal.languages)
        self.columns = terminal.line_width - width(self.prefix, self.wide_reader)

    @property
    def is_wide(self) -> bool:
        """Whether enough columns are left for a text."""
        return self.columns >= LEAST_COLUMNS

    def notice(self, item: Applicable, how_to_read: str | None) -> list[str]:
        """Write a notice: severity and title, paragraphs, links.

        With `how_to_read` it is cut, and these words tell where the rest is (MOTD-SHOW-13).
        """
        lines = self.item(f"notice from {self.source}") if self.plain_mode else []
        # MOTD-SHOW-3: a fixed word, whatever the document calls the severity.
        lines += self.item(f"{item.notice.severity.upper()}: {item.text.title}")
        text: list[str] = []
        for position, paragraph in enumerate(item.text.body):
            if position:
                text.append(self.prefix.rstrip(" "))
            text += self.item(paragraph, _INDENTATION)
        links = [self.item(f"{link.rel}: {link.url}") for link in item.notice.links]  # MOTD-SHOW-4
        if how_to_read is None:
            return [*lines, *text, *chain(*links)]
        lines += text[:MOST_LINES]
        left_out = len(text[MOST_LINES:])
        room = MOST_LINES
        for link in links:
            if len(link) <= room:
                room -= len(link)
                lines += link
            else:
                left_out += len(link)
        if left_out:
            lines += self.item(f"{left_out} more {'line' if left_out == 1 else 'lines'}: {how_to_read}")
        return lines

    def item(self, text: str, indentation: str = "") -> list[str]:
        """Wrap one item; every line has the prefix (MOTD-SHOW-1), and all but a first one are indented."""
        narrow = self.columns - len(_INDENTATION)
        text = text if self.utf8 else _ascii(text)  # MOTD-SHOW-12
        first, *others = wrap(text, self.columns - len(indentation), narrow, self.wide_reader)
        # MOTD-SHOW-10
        return [self.prefix + indentation + first, *(self.prefix + _INDENTATION + line for line in others)]
