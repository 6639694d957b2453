"""What the user asks for: the check, the list of all that applies, to acknowledge (sections 6.9, 6.12)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from tuf_motd import times
from tuf_motd.errors import StateError
from tuf_motd.installer.checking import OFF, Checked, Settings, examine
from tuf_motd.installer.displaying import Examined, Output, display, write
from tuf_motd.installer.source import Source
from tuf_motd.installer.state import open_state
from tuf_motd.seen import Seen, from_plain

IS_OFF = "notices are switched off by MOTD=off"


def explicit_check(
    source: Source, folder: Path | None, now: int, settings: Settings, output: Output
) -> Checked:
    """Ask the network now, show what is due, and say on standard output how the repository is.

    Notices go to standard error. In JSON the answer goes to standard output, and nothing is displayed.
    The surroundings of MOTD-SHOW-9 do not matter: nothing here is automatic.
    """
    if settings.is_off:  # MOTD-OFF-1
        write(output.err, [IS_OFF])
        return OFF
    state = open_state(folder, source.root, now)
    try:
        checked = examine(source, state, now, settings)
        is_json = output.form == "json"
        examined = [Examined(source, state, checked)]
        (checked,) = display(examined, output, settings, "full", writes=not is_json)
    finally:
        state.close()
    write(output.out, [json.dumps(checked.plain())] if is_json else _sentences(source, checked))
    return checked


def list_notices(
    source: Source, folder: Path | None, now: int, settings: Settings, output: Output
) -> Checked:
    """Show all that applies, without repetition, budgets and limit, because the user asked for it."""
    return explicit_check(source, folder, now, replace(settings, asked=True), output)


def acknowledge(folder: Path, now: int, ids: Iterable[str]) -> None:
    """Record that the user has read these notices, each at the highest revision that applied here.

    Raises `StateError` when the state folder cannot keep that.
    """
    state = open_state(folder)
    try:
        seen = (from_plain(state.seen) if state.seen is not None else Seen()).at(now)
        for notice_id in ids:
            seen = seen.acknowledge_applied(notice_id)
        state.seen = seen.plain()
        if not state.save():
            raise StateError("state-not-written")
    finally:
        state.close()


def _sentences(source: Source, checked: Checked) -> list[str]:
    """Say in fixed strings and codes what is not well (MOTD-FAIL-2); nothing when all is well."""
    lines: list[str] = []
    if checked.failure:
        lines.append(f"{source.name}: {checked.state} ({checked.failure[0]}: {checked.failure[1]})")
    elif checked.state != "fresh":
        lines.append(f"{source.name}: {checked.state}")
    if checked.retry_after is not None:
        lines.append(f"{source.name}: the server asks to wait until {times.text(checked.retry_after)}")
    return lines + [f"{source.name}: {warning}" for warning in checked.warnings]
