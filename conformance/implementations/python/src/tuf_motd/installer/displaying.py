"""Step 17: what is written, where to, and the record of it (sections 6.9, 6.10 and MOTD-REP-8)."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TextIO

from tuf_motd.installer.checking import Checked, Settings
from tuf_motd.installer.source import Source
from tuf_motd.installer.state import State
from tuf_motd.languages import is_utf8
from tuf_motd.rendering import Rendered, Terminal, display_mode, is_integration, render
from tuf_motd.selection import record


@dataclass(frozen=True)
class Output:
    """Where the installer writes. `form` says what standard error is: `terminal` or `pipe`.

    `json` is a machine-readable mode: the answer of an explicit check goes to standard output. `plain` is
    the user's mode without prefixes, and `critical_lines` the installer's setting beside `MOTD=critical`.
    """

    form: str = "terminal"
    columns: int | None = None
    plain: bool = False
    quiet: bool = False
    critical_lines: bool = False
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)

    @property
    def is_terminal(self) -> bool:
        """Whether what is written to standard error is displayed to a person."""
        return self.form == "terminal"

    def mode(self, environment: Mapping[str, str]) -> str:
        """Give the mode of an automatic display (MOTD-SHOW-9)."""
        return display_mode(
            environment,
            is_terminal=self.is_terminal,
            quiet=self.quiet or self.form == "json",
            critical_lines=self.critical_lines,
        )


@dataclass
class Examined:
    """A source with its state, which is still locked, and the answer of its check."""

    source: Source
    state: State
    checked: Checked


def display(
    examined: Sequence[Examined],
    output: Output,
    settings: Settings,
    mode: str,
    *,
    writes: bool = True,
    begin: str = "",
) -> list[Checked]:
    """Write the due notices of all sources to standard error, record them, and give the answers after it.

    `begin` stands before the first line on a terminal.
    With `writes` false it only decides what a terminal would show, for the answer in JSON.
    """
    utf8 = is_utf8(settings.environment)
    plain = output.plain and not is_integration(settings.environment)
    terminal = Terminal(output.columns, settings.languages, plain, mode, utf8)
    selections = {item.source.name: item.checked.selection for item in examined if item.checked.selection}
    rendered = render(selections, terminal)
    is_written = writes and write(output.err, rendered.lines, begin if mode in ("full", "title") else "")
    answers: list[Checked] = []
    for item in examined:
        # MOTD-REP-8: only what was written to a terminal was displayed.
        if is_written and output.is_terminal and mode == "full":
            _record(item, rendered)
        answers.append(_left_out(item, rendered))
    return answers


def _record(item: Examined, rendered: Rendered) -> None:
    shown = [(name, revision) for source, name, revision in rendered.displayed if source == item.source.name]
    if item.checked.selection is not None and shown:
        item.state.seen = record(item.checked.selection, shown).plain()
        item.state.save()


def _left_out(item: Examined, rendered: Rendered) -> Checked:
    if item.checked.selection is None:
        return item.checked
    reasons = {name: reason for source, name, reason in rendered.skipped if source == item.source.name}
    return replace(
        item.checked,
        selection=item.checked.selection.left_out(reasons),
        warnings=tuple(item.state.warnings),
    )


def fresh_line(environment: Mapping[str, str]) -> str:
    """End a line, and modes that the command's output left switched on (MOTD-SHOW-11)."""
    if environment.get("TERM", "") in ("", "dumb"):
        return "\r\n"
    return "\x1b\\\x1b%G\x1b[0m\x0f\x1b(B\x1b]8;;\x1b\\\x1b[?69l\r\n\x1b[J\x1b[999M"


def write(stream: TextIO, lines: Sequence[str], begin: str = "") -> bool:
    """Write lines, and say whether that was possible: a pipe breaks, an encoding lacks a character.

    All lines are one text, so that an encoding that lacks a character writes none of them.
    """
    if not lines:
        return True
    try:
        stream.write(begin + "".join(f"{line}\n" for line in lines))
        stream.flush()
    except (OSError, ValueError):  # MOTD-FAIL-1; the error of an encoding is a `ValueError`
        return False
    return True
