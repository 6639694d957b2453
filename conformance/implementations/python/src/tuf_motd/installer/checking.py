"""One check of one source: the workflow, the gate, the document, and its answer (sections 6.3, 6.4, 6.12)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tuf.api.metadata import TargetFile

from tuf_motd import times
from tuf_motd.audience import Machine
from tuf_motd.document import TARGET_LIMIT, Judged, Refused, TargetEntry, judge
from tuf_motd.errors import NetworkError, RepositoryError
from tuf_motd.installer.attempts import INTERVAL
from tuf_motd.installer.fetching import DEADLINE, Client, StatusError
from tuf_motd.installer.loading import Fault
from tuf_motd.installer.source import Source
from tuf_motd.installer.state import State, open_state
from tuf_motd.installer.workflow import Workflow
from tuf_motd.json_value import Json
from tuf_motd.seen import Seen, from_plain
from tuf_motd.selection import Selection, record, select

_NAMED = ("snapshot", "targets", "delegation")


@dataclass(frozen=True)
class Checked:
    """The answer of a check. `exit_status` is that of MOTD-CHECK-1."""

    state: str
    failure: tuple[str, str] | None
    selection: Selection | None
    requests: int = 0
    round_trips: int = 0
    bytes: int = 0
    last_success: int | None = None
    retry_after: int | None = None
    warnings: tuple[str, ...] = ()
    is_verification_failure: bool = False
    is_off: bool = False

    @property
    def exit_status(self) -> int:
        """Give the exit status (MOTD-CHECK-1)."""
        if self.is_off:
            return 0
        if self.is_verification_failure:
            return 3
        if self.state == "none":
            return 4
        return 5 if self.state == "fresh" and self.failure else 0

    def plain(self) -> dict[str, Json]:
        """Give the answer as section 6.12 prints it; `retry_after` is there while it holds checks back."""
        failure = self.failure
        decisions = self.selection.decisions if self.selection else ()
        answer: dict[str, Json] = {
            "state": self.state,
            "failure": {"stage": failure[0], "code": failure[1]} if failure else None,
            "notices": [decision.plain() for decision in decisions],
            "requests": self.requests,
            "round_trips": self.round_trips,
            "bytes": self.bytes,
            "last_success": None if self.last_success is None else times.text(self.last_success),
            "warnings": list[Json](self.warnings),
        }
        if self.retry_after is not None:
            answer["retry_after"] = times.text(self.retry_after)
        return answer


@dataclass(frozen=True)
class Settings:
    """What a check needs of the user and of the process."""

    machine: Machine = field(default_factory=Machine)
    languages: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    offline: bool = False
    asked: bool = False
    deadline: float = DEADLINE
    interval: int = INTERVAL
    monotonic: Callable[[], float] = time.monotonic
    random: Callable[[], float] = secrets.SystemRandom().random

    @property
    def is_off(self) -> bool:
        """Whether the user switched notices off (section 6.13)."""
        return self.environment.get("MOTD") == "off"


OFF = Checked("none", None, None, is_off=True)
"""The answer when the notices are switched off: nothing was checked (MOTD-OFF-1)."""


@dataclass(frozen=True)
class Outcome:
    """What the network part of a run came to: a verdict on the document, or a failure."""

    verdict: Judged | Refused | None
    failure: tuple[str, str] | None = None
    is_verification_failure: bool = False


NOT_ASKED = Outcome(None)
"""No request was due, or the installer is offline."""


def check(source: Source, folder: Path | None, now: int, settings: Settings | None = None) -> Checked:
    """Check one source at the reference time `now`; without a folder the run is stateless.

    It never raises because of what a server, a repository, a document or a state folder holds.
    """
    settings = settings or Settings()
    if settings.is_off:  # MOTD-OFF-1: no request, no file
        return OFF
    state = open_state(folder, source.root, now)
    try:
        return examine(source, state, now, settings)
    finally:
        state.close()


def displayed(folder: Path | None, checked: Checked, notices: list[tuple[str, int]]) -> None:
    """Record what was written to a terminal after a check, as ids with revisions (MOTD-REP-8)."""
    if folder is None or checked.selection is None or not notices:
        return
    state = open_state(folder)
    try:
        state.seen = record(checked.selection, notices).plain()
        state.save()
    finally:
        state.close()


def examine(source: Source, state: State, now: int, settings: Settings) -> Checked:
    """Check now, whatever the interval and the waits after failures; only `Retry-After` holds it back."""
    client = Client(source.installer, now, settings.monotonic, settings.deadline)
    state.attempts.at(now)
    if settings.offline:
        outcome = NOT_ASKED
    elif state.attempts.is_held(now):  # MOTD-NET-3
        outcome = Outcome(None, ("root", "status"))
    else:
        state.attempts.begin(now, settings.interval, settings.random)
        state.save()
        outcome = ask(source, state, client, now, settings)
    return conclude(source, state, client, outcome, now, settings)


def ask(source: Source, state: State, client: Client, now: int, settings: Settings) -> Outcome:
    """Carry out steps 6 to 11. It raises nothing, whatever is answered (MOTD-FAIL-1)."""
    try:
        verdict = _fresh(source, state, client, now)
    except NetworkError as error:
        return Outcome(None, (error.stage, error.code))
    except RepositoryError as error:  # MOTD-GATE-5
        return Outcome(None, (error.stage, error.code), is_verification_failure=True)
    except Exception:  # a parser that met what nobody foresaw: nothing is shown, no command breaks
        return Outcome(None, (client.stage, "malformed"), is_verification_failure=True)
    state.attempts.completed(now, settings.random)
    return Outcome(verdict)


def conclude(
    source: Source, state: State, client: Client, outcome: Outcome, now: int, settings: Settings
) -> Checked:
    """Carry out the gate, the selection and the repetition (steps 13 to 15), and keep what they change."""
    if client.retry_after is not None and outcome.failure:
        state.attempts.retry_after = client.retry_after
    name, found, failure = "fresh", outcome.verdict, outcome.failure
    if found is None and not outcome.is_verification_failure:
        found = _cached(source, state, now, settings)  # MOTD-GATE-4, MOTD-GATE-9, MOTD-GATE-16
        name = "cached"
    if found is None:
        name = "none"
    if isinstance(found, Refused) and failure is None:
        failure = "document", found.code
    selection: Selection | None = None
    if isinstance(found, Judged):  # MOTD-GATE-2
        seen = from_plain(state.seen) if state.seen is not None else Seen()
        selection = select(found, settings.machine, settings.languages, seen, now, asked=settings.asked)
        state.seen = selection.seen.plain()
    state.save()
    attempts = state.attempts
    return Checked(
        name,
        failure,
        selection,
        client.requests,
        client.answers,
        client.bytes,
        attempts.last_success,
        attempts.retry_after if attempts.is_held(now) else None,
        tuple(state.warnings),
        is_verification_failure=outcome.is_verification_failure,
    )


def _fresh(source: Source, state: State, client: Client, now: int) -> Judged | Refused:
    """Carry out steps 6 to 11, with one restart (MOTD-GATE-11). Raises `NetworkError`, `RepositoryError`."""
    try:
        workflow = Workflow(source, state, client, now)
        try:
            entry = workflow.run()
        except StatusError as error:
            if error.status != 404 or error.stage not in _NAMED:
                raise
            workflow = Workflow(source, state, client, now, probe=False)
            entry = workflow.run()
        verdict, data = _document(workflow, entry, source.repository)
        workflow.complete(data)
        return verdict
    except Fault as fault:
        if fault.code == "stale-mirror":
            raise NetworkError(fault.stage, fault.code) from fault
        raise RepositoryError(fault.stage, fault.code) from fault


def _cached(source: Source, state: State, now: int, settings: Settings) -> Judged | Refused | None:
    """Verify the complete set again from the store, without any request (MOTD-GATE-4)."""
    if state.complete is None:
        return None
    try:
        # The run's own time may be over: what a slow mirror used up is not taken from the store.
        ends = settings.monotonic() + settings.deadline / 4
        workflow = Workflow(source, state, None, now, is_over=lambda: settings.monotonic() >= ends)
        return _document(workflow, workflow.run(), source.repository)[0]
    except Exception:  # whatever a folder holds, it is no reason to break a command (MOTD-FAIL-1)
        return None


def _document(
    workflow: Workflow, target: TargetFile | None, repository: str
) -> tuple[Judged | Refused, bytes | None]:
    """Judge the document of a target entry (step 11); the bytes are those of the target file, if fetched."""
    if target is None:  # MOTD-CARRY-5
        return Judged(repository, "en", ()), None
    entry = TargetEntry(target.length, dict(target.hashes))
    custom: Any = target.custom
    # MOTD-CARRY-2: whatever the value is, and from the value that was verified (MOTD-CARRY-4).
    if isinstance(custom, dict) and "motd" in custom:
        return judge(custom["motd"], repository, entry), None
    if entry.length > TARGET_LIMIT:  # MOTD-BYTES-1, before a request
        return Refused("document-too-large"), None
    if not entry.known_hashes():
        return Refused("carrier-no-hash"), None
    data = workflow.fetch_target(entry)
    return judge(data, repository), data
