"""Beside a command: when a check starts, what counts when the command is over, and what is displayed."""

from __future__ import annotations

import io
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from building import document, notice
from simulator import NOW, Repository, Server, answer, moment, serving
from verdicts import chain_of

from tuf_motd import Checked, Output, Run, Settings
from tuf_motd.installer import background
from tuf_motd.installer.attempts import FIRST_WAIT, INTERVAL, Attempts
from tuf_motd.installer.state import open_state

HOUR = 3_600
PROBE = "/metadata/2.root.json"


@pytest.fixture
def server() -> Iterator[Server]:
    repository = Repository(document(notice()))
    for role in (repository.timestamp, repository.snapshot, repository.targets, repository.motd):
        role.expires = moment(NOW + 9 * 86_400)
    repository.publish()
    with serving(repository) as found:
        yield found


def output(**members: Any) -> Output:
    return Output(out=io.StringIO(), err=io.StringIO(), **members)


def written(stream: Any) -> str:
    assert isinstance(stream, io.StringIO)
    return stream.getvalue()


def wait_for(run: Run) -> None:
    for item in run._beside:
        if item._thread is not None:
            item._thread.join(10)


def beside(
    server: Server, folder: Path | None, now: int = NOW, out: Output | None = None, **settings: Any
) -> Checked | None:
    """One run whose command lasts until the check is done."""
    settings.setdefault("random", lambda: 0.5)
    run = Run([(server.source(), folder)], now, Settings(**settings), out or output())
    wait_for(run)
    found = run.finish(used_network=False)
    return found[0] if found else None


def reasons(checked: Checked | None) -> list[str]:
    assert checked
    assert checked.selection
    return [decision.reason for decision in checked.selection.decisions]


def test_motd_show_7_and_rep_8(server: Server, tmp_path: Path) -> None:
    out = output(columns=80)
    found = beside(server, tmp_path, out=out)
    assert found
    assert (found.state, reasons(found), found.requests) == ("fresh", ["new"], 5)
    assert written(out.out) == ""
    assert written(out.err).startswith("\r\nnotice[src] WARNING: A title\n")
    out = output(columns=80)
    assert reasons(beside(server, tmp_path, NOW + 1, out)) == ["not-yet-due"]
    assert written(out.err) == ""


def test_motd_net_5(server: Server, tmp_path: Path) -> None:
    beside(server, tmp_path)
    server.paths()
    again = beside(server, tmp_path, NOW + INTERVAL - 1)
    assert again
    assert (again.state, again.requests, server.paths()) == ("cached", 0, [])
    assert beside(server, tmp_path, NOW + INTERVAL)
    assert PROBE in server.paths()


@pytest.mark.parametrize(("random", "span"), [(0.0, 4.5), (0.5, 6), (0.9999999, 7.5)])
def test_motd_net_5_at_random(random: float, span: float) -> None:
    attempts = Attempts()
    attempts.completed(NOW, lambda: random)
    assert not attempts.is_due(NOW + int(span * HOUR) - 2, INTERVAL)
    assert attempts.is_due(NOW + int(span * HOUR), INTERVAL)


@pytest.mark.parametrize("was", ["completed", "failed", "held"])
def test_motd_net_4_and_5_a_clock_that_was_ahead(server: Server, tmp_path: Path, was: str) -> None:
    if was != "completed":
        server.answers[PROBE] = answer(503, Retry_After="3600") if was == "held" else answer(503)
    ahead = beside(server, tmp_path, NOW + 23 * HOUR)
    assert ahead
    assert (ahead.failure is None) == (was == "completed")
    server.answers.clear()
    server.paths()
    found = beside(server, tmp_path)
    assert found
    assert (found.state, PROBE in server.paths()) == ("fresh", True)


def test_motd_net_4_recorded_before_the_first_request(server: Server, tmp_path: Path) -> None:
    stored: list[Any] = []

    def look(handler: Any) -> None:
        stored.append(json.loads((chain_of(tmp_path) / "attempts.json").read_text()))
        answer(404)(handler)

    server.answers[PROBE] = look
    beside(server, tmp_path)
    assert (stored[0]["failures"], stored[0]["failed_at"], stored[0]["wait"]) == (1, NOW, 1_012)


def test_motd_net_4_waits(server: Server, tmp_path: Path) -> None:
    server.answers[PROBE] = answer(500)
    now = NOW
    for wait in (900, 1_800, 3_600, 7_200, 14_400, 21_600, 21_600):
        found = beside(server, tmp_path, now, random=lambda: 0.0)
        assert found
        assert found.failure == ("root", "status")
        assert server.paths() == [PROBE]
        beside(server, tmp_path, now + wait - 1, random=lambda: 0.0)
        assert server.paths() == []
        now += wait


def test_motd_net_4_at_random_and_ended_by_a_completed_check() -> None:
    attempts = Attempts()
    attempts.begin(NOW, INTERVAL, lambda: 0.9999)
    assert FIRST_WAIT < attempts.wait <= FIRST_WAIT * 5 // 4
    for _ in range(2_000):
        attempts.begin(NOW, INTERVAL, lambda: 0.9999)
    assert attempts.wait == INTERVAL
    attempts.completed(NOW, lambda: 0.5)
    attempts.begin(NOW + INTERVAL, INTERVAL, lambda: 0.0)
    assert attempts.wait == FIRST_WAIT


def test_motd_net_4_a_check_that_was_killed(server: Server, tmp_path: Path) -> None:
    state = open_state(tmp_path, server.source().root, NOW)
    state.attempts.begin(NOW, INTERVAL, lambda: 0.0)
    assert state.save()
    state.close()
    beside(server, tmp_path, NOW + FIRST_WAIT - 1)
    assert server.paths() == []
    beside(server, tmp_path, NOW + FIRST_WAIT)
    assert PROBE in server.paths()


def test_motd_net_4_without_a_record(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = beside(server, None)
    assert found
    assert (found.state, found.failure) == ("none", None)

    def is_full(*_: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr("tuf_motd.installer.state._write", is_full)
    beside(server, tmp_path)
    assert server.paths() == []


def test_motd_net_3_in_the_background(server: Server, tmp_path: Path) -> None:
    server.answers[PROBE] = answer(503, Retry_After="3000")
    beside(server, tmp_path)
    server.answers.clear()
    server.paths()
    beside(server, tmp_path, NOW + 2_999)
    assert server.paths() == []
    beside(server, tmp_path, NOW + 3_000)
    assert PROBE in server.paths()


class Held:
    """An answer that is not given until the test is over."""

    def __init__(self) -> None:
        self.asked, self.goes_on = threading.Event(), threading.Event()

    def __call__(self, handler: Any) -> None:
        self.asked.set()
        self.goes_on.wait(10)


@pytest.fixture
def held() -> Iterator[Held]:
    found = Held()
    yield found
    found.goes_on.set()


@pytest.mark.parametrize("used_network", [True, False])
def test_motd_fail_4(server: Server, tmp_path: Path, held: Held, used_network: bool) -> None:
    beside(server, tmp_path)
    server.answers["/metadata/timestamp.json"] = held
    run = Run([(server.source(), tmp_path)], NOW + INTERVAL * 2, Settings(), output())
    assert held.asked.wait(10)
    thread = run._beside[0]._thread
    begun = time.monotonic()
    (found,) = run.finish(used_network=used_network)
    took = time.monotonic() - begun
    # Far below the deadline of the check; a loaded machine measures no milliseconds.
    assert took < 2
    assert took >= background.COLLECTING or not used_network
    assert (found.state, found.failure) == ("cached", ("timestamp", "timeout"))
    # What was cut ends at once, and what it does writes nothing: the folder is somebody else's now.
    assert thread
    thread.join(10)
    assert not thread.is_alive()
    other = open_state(tmp_path, server.source().root, NOW)
    assert other.warnings == []
    assert (other.attempts.failures, other.attempts.last_success) == (1, NOW)
    other.close()


def test_what_was_verified_before_the_end_is_stored(server: Server, tmp_path: Path, held: Held) -> None:
    server.answers["/metadata/2.motd.json"] = held
    run = Run([(server.source(), tmp_path)], NOW, Settings(), output())
    assert held.asked.wait(10)
    (found,) = run.finish(used_network=False)
    assert (found.state, found.failure) == ("none", ("delegation", "timeout"))
    state = open_state(tmp_path, server.source().root, NOW)
    assert sorted(state.staged) == ["snapshot", "targets", "timestamp"]
    state.close()


def test_an_interrupted_command(server: Server, tmp_path: Path, held: Held) -> None:
    server.answers[PROBE] = held
    run = Run([(server.source(), tmp_path)], NOW, Settings(), output())
    assert held.asked.wait(10)
    thread = run._beside[0]._thread
    run.abandon()
    assert thread
    thread.join(10)
    assert not thread.is_alive()
    state = open_state(tmp_path, server.source().root, NOW)
    assert (state.warnings, state.attempts.failures) == ([], 1)
    state.close()


SILENT: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({"form": "pipe"}, {}),
    ({"form": "json"}, {}),
    ({"quiet": True}, {}),
    ({}, {"CI": "true"}),
    ({}, {"MOTD": "off"}),
]


@pytest.mark.parametrize(("members", "environment"), SILENT)
def test_motd_show_9_and_off_1(
    server: Server, tmp_path: Path, members: dict[str, Any], environment: dict[str, str]
) -> None:
    out = output(**members)
    assert beside(server, tmp_path / "state", out=out, environment=environment) is None
    assert (server.paths(), written(out.err), written(out.out)) == ([], "", "")
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(("members", "environment"), SILENT[:4])
def test_motd_show_9_one_line(
    server: Server, tmp_path: Path, members: dict[str, Any], environment: dict[str, str]
) -> None:
    server.repository.value = document(
        notice(id="c", severity="critical", text={"en": {"title": "Größe", "body": ["More."]}}), notice()
    )
    server.repository.publish()
    for now in (NOW, NOW + 1):  # it does not count as seen
        out = output(**members)
        found = beside(server, tmp_path, now, out, environment={**environment, "MOTD": "critical"})
        begin = "\r\n" if out.is_terminal else ""  # MOTD-SHOW-11
        assert written(out.err) == begin + "notice[src] CRITICAL: Gr\\u{f6}\\u{df}e\n"
        assert reasons(found) == ["new", "no-terminal"]
    out = output(critical_lines=True, **members)
    beside(server, tmp_path, out=out, environment=environment)
    assert written(out.err).startswith(begin + "notice[src] CRITICAL")


class Broken(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError


@pytest.mark.parametrize("kind", ["pipe", "encoding"])
def test_motd_fail_1_and_rep_8_what_could_not_be_written(server: Server, tmp_path: Path, kind: str) -> None:
    server.repository.value = document(notice(text={"en": {"title": "漢字", "body": []}}))
    server.repository.publish()
    stream = Broken() if kind == "pipe" else io.TextIOWrapper(io.BytesIO(), "ascii")
    for now in (NOW, NOW + 1):
        found = beside(
            server,
            tmp_path,
            now,
            Output(out=io.StringIO(), err=stream),
            environment={"LANG": "C.UTF-8"},
        )
        assert reasons(found) == ["new"]


def test_motd_fail_1_a_fault_of_its_own(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("tuf_motd.installer.displaying.render", fail)
    assert beside(server, tmp_path) is None
    monkeypatch.undo()
    monkeypatch.setattr("tuf_motd.installer.background.open_state", fail)
    assert beside(server, tmp_path, NOW + INTERVAL) is None
    monkeypatch.undo()
    monkeypatch.setattr("tuf_motd.installer.checking._fresh", fail)
    found = beside(server, tmp_path, NOW + 9 * INTERVAL)
    assert found
    assert (found.state, found.failure) == ("none", ("root", "malformed"))
    state = open_state(tmp_path)
    assert state.warnings == []
    state.close()


def test_motd_show_5_over_all_sources(tmp_path: Path) -> None:
    first = Repository(document(*[notice(id=f"a{n}") for n in range(3)]))
    second = Repository(document(*[notice(id=f"b{n}", severity="critical") for n in range(2)]))
    with serving(first) as one, serving(second) as two:
        sources = [(one.source(name="one"), tmp_path / "1"), (two.source(name="two"), tmp_path / "2")]
        out = output(columns=100)
        run = Run(sources, NOW, Settings(), out)
        wait_for(run)
        found = run.finish(used_network=True)
    lines = written(out.err).splitlines()
    titles = [line.split(" ")[0] for line in lines if ": A title" in line]
    assert titles == ["notice[two]", "notice[two]", "notice[one]"]
    assert lines[-1].startswith("notice[one] 2 more: ")
    assert [reasons(item) for item in found] == [["new", "run-limit", "run-limit"], ["new", "new"]]
    again = Run(sources, NOW + 1, Settings(), output()).finish(used_network=False)
    assert reasons(again[0]) == ["not-yet-due", "new", "new"]
