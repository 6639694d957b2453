"""Checks beside a command, and the automatic display after it (steps 4 to 17 of a run).

A check is a thread of its own, of which nothing outlives the process. When the command is over, what is
done counts; for what is not, a command that used the network waits a little, any other not at all.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tuf_motd.installer.checking import NOT_ASKED, Checked, Outcome, Settings, ask, conclude
from tuf_motd.installer.displaying import Examined, Output, display, fresh_line
from tuf_motd.installer.fetching import Client
from tuf_motd.installer.source import Source
from tuf_motd.installer.state import State, open_state

COLLECTING = 0.12
"""Seconds to wait at most; the rest of the 200 milliseconds is for what comes after (MOTD-FAIL-4)."""
_WRITING = 0.03
"""Seconds to wait for a state file that is being written at that moment."""


class _Beside:
    """One source in one run."""

    def __init__(self, source: Source, folder: Path | None, now: int, settings: Settings) -> None:
        self.source = source
        self.state = open_state(folder, source.root, now)
        self._now = now
        self._settings = settings
        self._client = Client(source.installer, now, settings.monotonic, settings.deadline)
        self._outcome: Outcome | None = None
        self._thread: threading.Thread | None = None
        attempts = self.state.attempts
        attempts.at(now)
        if settings.offline or not attempts.is_due(now, settings.interval):
            return
        attempts.begin(now, settings.interval, settings.random)
        # MOTD-NET-4: where no attempt can be recorded, every command would start a check.
        if self.state.save():
            self._thread = threading.Thread(
                target=self._work, args=(self.state,), name="tuf-motd-check", daemon=True
            )
            self._thread.start()

    def _work(self, state: State) -> None:
        outcome = ask(self.source, state, self._client, self._now, self._settings)
        state.save()
        self._outcome = outcome  # only now: whoever finds it may use the state

    def collect(self, ends: float) -> Checked:
        """Take what has been verified by that moment, and end the check (step 12)."""
        outcome = NOT_ASKED
        if self._thread is not None:
            self._thread.join(max(0.0, ends - time.monotonic()))
            if self._outcome is None:
                outcome = Outcome(None, (self._client.stage, "timeout"))
                self.end()
            else:
                outcome = self._outcome
        if self.state.folder is None:
            # MOTD-STATE-4: a display that cannot be recorded would come back with every command.
            self.state.complete = None
        return conclude(self.source, self.state, self._client, outcome, self._now, self._settings)

    def end(self) -> None:
        """End the check if it is not done; its thread writes nothing from now on."""
        if self._thread is None or self._outcome is not None:
            return
        self._thread = None
        self._client.end()
        self.state = self.state.hand_over(_WRITING)
        self.state.attempts.at(self._now)


class Run:
    """One run beside a command, for all of its sources.

    Make it before the command's own work and call `finish` after it; `abandon` when the command is
    interrupted. None of them raises or writes to standard output, whatever happens (MOTD-FAIL-1).
    """

    def __init__(
        self, sources: Sequence[tuple[Source, Path | None]], now: int, settings: Settings, output: Output
    ) -> None:
        self._settings = settings
        self._output = output
        self._mode = output.mode(settings.environment)
        self._beside: list[_Beside] = []
        # MOTD-OFF-1; and where nothing could be shown nothing is asked either (section 6.10).
        if settings.is_off or self._mode == "none":
            return
        for source, folder in sources:
            with suppress(Exception):
                self._beside.append(_Beside(source, folder, now, settings))

    def finish(self, *, used_network: bool) -> list[Checked]:
        """Collect, and display what is due on standard error. Gives the answer for each source."""
        ends = time.monotonic() + (COLLECTING if used_network else 0)
        try:
            examined = [Examined(item.source, item.state, item.collect(ends)) for item in self._beside]
            begin = fresh_line(self._settings.environment)
            return display(examined, self._output, self._settings, self._mode, begin=begin)
        except Exception:  # MOTD-FAIL-1: a fault of the notice path is none of the command's
            return []
        finally:
            self.abandon()

    def abandon(self) -> None:
        """End what is under way, and release the state folders."""
        for item in self._beside:
            with suppress(Exception):
                item.end()
                item.state.close()
        self._beside = []
