"""What a user asks for: the check on a terminal and in JSON, the list, acknowledging; state folders."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from building import document, notice
from simulator import NOW, Repository, Server, answer, serving

from tuf_motd import Checked, Output, Settings, acknowledge, explicit_check, list_notices
from tuf_motd.errors import CallerError, StateError
from tuf_motd.installer.state import open_state

DAY = 86_400
WEEK = 604_800
PROBE = "/metadata/2.root.json"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Repository(document(notice()))) as found:
        yield found


def ask(
    server: Server,
    folder: Path | None,
    now: int = NOW,
    *,
    lists: bool = False,
    form: str = "terminal",
    **settings: Any,
) -> tuple[Checked, str, str]:
    out, err = io.StringIO(), io.StringIO()
    function = list_notices if lists else explicit_check
    found = function(server.source(), folder, now, Settings(**settings), Output(form, 80, out=out, err=err))
    return found, out.getvalue(), err.getvalue()


def reasons(found: tuple[Checked, str, str]) -> list[str]:
    assert found[0].selection
    return [decision.reason for decision in found[0].selection.decisions]


def test_a_check_on_a_terminal_displays_and_is_charged(server: Server, tmp_path: Path) -> None:
    server.repository.expires = server.repository.expires.replace(year=2027)
    found = ask(server, tmp_path)
    assert found[1:] == ("", "notice[src] WARNING: A title\nnotice[src]   A paragraph.\n")
    assert ask(server, tmp_path, NOW + 1)[1:] == ("", "")
    stored = json.loads((tmp_path / "seen.json").read_text())
    assert stored["charged"] == {"critical": [], "other": [NOW]}


@pytest.mark.parametrize("form", ["pipe", "json"])
def test_motd_rep_8_elsewhere(server: Server, tmp_path: Path, form: str) -> None:
    for now in (NOW, NOW + 1):
        checked, out, err = found = ask(server, tmp_path, now, form=form, environment={"CI": "1"})
        assert reasons(found) == ["new"]
        if form == "json":
            assert (json.loads(out), err) == (checked.plain(), "")
        else:
            assert (out, err[:11]) == ("", "notice[src]")


def test_motd_check_1_says_why(server: Server, tmp_path: Path) -> None:
    server.answers[PROBE] = answer(503, Retry_After="120")
    checked, out, err = ask(server, tmp_path)
    assert (checked.exit_status, err) == (4, "")
    assert out == "src: none (root: status)\nsrc: the server asks to wait until 2026-11-06T21:22:00Z\n"
    assert ask(server, tmp_path, NOW + 119)[0].plain()["retry_after"] == "2026-11-06T21:22:00Z"
    server.answers.clear()
    checked, out, _ = ask(server, tmp_path, NOW + 120)
    assert (checked.exit_status, out) == (0, "")
    assert "retry_after" not in checked.plain()


def test_motd_off_1(server: Server, tmp_path: Path) -> None:
    checked, out, err = ask(server, tmp_path / "state", environment={"MOTD": "off"})
    assert (checked.exit_status, out, err) == (0, "", "notices are switched off by MOTD=off\n")
    assert (server.paths(), list(tmp_path.iterdir())) == ([], [])


def test_a_list_shows_all_and_is_not_charged(server: Server, tmp_path: Path) -> None:
    server.repository.value = document(*[notice(id=f"n{number}") for number in range(5)])
    server.repository.publish()
    found = ask(server, tmp_path, lists=True)
    assert reasons(found) == ["asked"] * 5
    assert found[2].count(": A title") == 5
    stored = json.loads((tmp_path / "seen.json").read_text())
    assert stored["charged"] == {"critical": [], "other": []}
    assert reasons(ask(server, tmp_path)) == ["not-yet-due"] * 5
    assert reasons(ask(server, tmp_path, lists=True)) == ["asked"] * 5


def test_the_run_limit_holds_for_a_check(server: Server, tmp_path: Path) -> None:
    server.repository.value = document(*[notice(id=f"n{number}") for number in range(5)])
    server.repository.publish()
    found = ask(server, tmp_path)
    assert reasons(found) == ["new"] * 3 + ["run-limit"] * 2
    assert "notice[src] 2 more: " in found[2]
    assert reasons(ask(server, tmp_path)) == ["not-yet-due"] * 3 + ["new"] * 2


@pytest.mark.parametrize("form", ["terminal", "json"])
def test_acknowledge_at_the_highest_revision_that_applied(server: Server, tmp_path: Path, form: str) -> None:
    server.repository.value = document(notice(revision=3, severity="critical"), notice(id="other"))
    server.repository.publish()
    ask(server, tmp_path, form=form)
    acknowledge(tmp_path, NOW, ["base", "never-heard-of"])
    assert reasons(ask(server, tmp_path, NOW + DAY - 1))[0] == "acknowledged"
    server.repository.value["notices"][0]["revision"] = 4
    server.repository.publish()
    assert reasons(ask(server, tmp_path, NOW + DAY - 1))[0] in ("new", "new-revision")


def test_acknowledge_of_a_notice_that_was_left_out(server: Server, tmp_path: Path) -> None:
    server.repository.value = document(*[notice(id=f"n{number}") for number in range(4)])
    server.repository.publish()
    ask(server, tmp_path)
    acknowledge(tmp_path, NOW, ["n3"])
    assert reasons(ask(server, tmp_path))[3] == "acknowledged"


def test_acknowledge_needs_a_folder(tmp_path: Path) -> None:
    other = open_state(tmp_path)
    with pytest.raises(StateError):
        acknowledge(tmp_path, NOW, ["base"])
    other.close()


def test_motd_state_4_the_seen_state_is_read(server: Server, tmp_path: Path) -> None:
    ask(server, tmp_path)
    other = open_state(tmp_path)
    before = (tmp_path / "seen.json").read_bytes()
    found = ask(server, tmp_path, NOW + 1)
    assert (found[0].state, reasons(found)) == ("fresh", ["not-yet-due"])
    assert found[1] == "src: state folder in use\n"
    assert (tmp_path / "seen.json").read_bytes() == before
    other.close()


def test_motd_state_7(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    user = os.geteuid()
    monkeypatch.setattr("os.geteuid", lambda: user + 1)
    found = ask(server, tmp_path)
    assert (found[0].state, found[1]) == ("fresh", "src: state folder of another user\n")
    assert list(tmp_path.iterdir()) == []


def test_motd_state_7_read_only(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)
    found = ask(server, tmp_path)
    assert (found[0].state, found[1]) == ("fresh", "src: state folder not writable\n")
    assert list(tmp_path.iterdir()) == []


def test_a_root_that_is_none(server: Server) -> None:
    for root in (b"", b"{}", b"[]", server.repository.files["/metadata/timestamp.json"]):
        with pytest.raises(CallerError):
            server.source(root=root)
