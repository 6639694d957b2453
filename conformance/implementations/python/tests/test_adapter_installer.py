"""The adapter as an installer: check and acknowledge, against a repository on the loopback interface."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from building import notice
from protocol import (
    AT,
    Adapter,
    accepted,
    ask,
    base64_of,
    checking,
    rejected,
    selecting,
    source,
    time_of,
    work,
)
from simulator import NOW, Server, answer

DAY = 86_400


def test_check(adapter: Adapter, lasting_server: Server, tmp_path: Path) -> None:
    found = accepted(checking(lasting_server, tmp_path), adapter)
    assert found["exit_status"] == 0
    assert found["stdout"] == ""
    assert found["stderr"] == "notice[pypi] WARNING: A title\nnotice[pypi]   A paragraph.\n"
    report = found["report"]
    assert (report["state"], report["failure"], report["requests"]) == ("fresh", None, 5)
    assert (report["last_success"], report["warnings"]) == (AT, [])
    assert {headers["User-Agent"] for _, headers in lasting_server.seen} == {"judge/1 tuf-motd/1.0"}
    # What was displayed is in the folder, for another process too.
    again = accepted(checking(lasting_server, tmp_path, NOW + 1))
    assert (again["stderr"], again["report"]["notices"][0]["reason"]) == ("", "not-yet-due")


def test_check_in_json(adapter: Adapter, lasting_server: Server, tmp_path: Path) -> None:
    found = accepted(checking(lasting_server, tmp_path, output={"form": "json"}), adapter)
    assert json.loads(found["stdout"]) == found["report"]
    assert found["stderr"] == ""


def test_check_offline_and_cached(lasting_server: Server, tmp_path: Path) -> None:
    found = accepted(checking(lasting_server, tmp_path, offline=True))
    assert (found["exit_status"], found["report"]["state"]) == (4, "none")
    accepted(checking(lasting_server, tmp_path))
    found = accepted(checking(lasting_server, tmp_path, offline=True))
    assert (found["exit_status"], found["report"]["state"], found["report"]["failure"]) == (0, "cached", None)


def test_check_of_a_failure(lasting_server: Server, tmp_path: Path) -> None:
    lasting_server.repository.change("/metadata/timestamp.json", lambda value: value["signed"].update(x=1))
    found = accepted(checking(lasting_server, tmp_path))
    assert found["exit_status"] == 3
    assert found["report"]["failure"] == {"stage": "timestamp", "code": "signature-threshold"}
    assert "notice[" not in found["stderr"]


def test_check_switched_off(lasting_server: Server, tmp_path: Path) -> None:
    for kind in ("explicit", "automatic", "list"):
        off = {"environment": {"MOTD": "off"}}
        found = accepted(checking(lasting_server, tmp_path, kind=kind, machine=off, command=None))
        assert (found["exit_status"], found["stdout"], found["report"]) == (0, "", None)
        assert bool(found["stderr"]) == (kind != "automatic")
    assert (lasting_server.paths(), list(tmp_path.iterdir())) == ([], [])


def test_check_list(adapter: Adapter, lasting_server: Server, tmp_path: Path) -> None:
    for now in (NOW, NOW + 1):
        found = accepted(checking(lasting_server, tmp_path, now, kind="list"), adapter)
        assert found["stderr"].startswith("notice[pypi] WARNING: A title\n")
        assert found["report"]["notices"][0]["reason"] == "asked"


def test_check_automatic(adapter: Adapter, lasting_server: Server, tmp_path: Path) -> None:
    accepted(checking(lasting_server, tmp_path, output={"form": "pipe"}))
    lasting_server.paths()
    found = accepted(checking(lasting_server, tmp_path, NOW + 1, kind="automatic", command=work()), adapter)
    assert (found["stdout"], found["exit_status"]) == ("done\n", 7)
    assert found["stderr"].startswith("\r\nnotice[pypi] WARNING: A title\n")
    # Within the interval after a completed check nothing is requested; what is stored was verified again.
    assert (found["report"]["state"], lasting_server.paths()) == ("cached", [])


def test_check_automatic_asks(lasting_server: Server, tmp_path: Path) -> None:
    long = work(milliseconds=300, used_network=True)
    request = checking(lasting_server, tmp_path, kind="automatic", command=long)
    found = accepted(request)
    assert (found["report"]["state"], found["report"]["requests"]) == ("fresh", 5)


@pytest.mark.parametrize(
    ("output", "environment"),
    [({"form": "pipe"}, {}), ({"form": "json"}, {}), ({"quiet": True}, {}), ({}, {"GITHUB_ACTIONS": "true"})],
)
def test_check_automatic_where_nothing_is_shown(
    lasting_server: Server, tmp_path: Path, output: dict[str, Any], environment: dict[str, str]
) -> None:
    accepted(checking(lasting_server, tmp_path, output={"form": "json"}))
    lasting_server.paths()
    around = {"kind": "automatic", "output": output, "command": work()}
    later = NOW + DAY
    found = accepted(
        checking(lasting_server, tmp_path, later, machine={"environment": environment}, **around)
    )
    assert (found["stdout"], found["stderr"], found["exit_status"], lasting_server.paths()) == (
        "done\n",
        "",
        7,
        [],
    )


@pytest.mark.parametrize(
    "reply", [answer(200, b"<html>"), answer(503), answer(200, b"{", Content_Length="9")]
)
def test_check_automatic_of_a_broken_server(lasting_server: Server, tmp_path: Path, reply: Any) -> None:
    for path in lasting_server.repository.files:
        lasting_server.answers[path] = reply
    command = work(milliseconds=100, used_network=True)
    found = accepted(checking(lasting_server, tmp_path, kind="automatic", command=command))
    assert (found["stdout"], found["stderr"], found["exit_status"]) == ("done\n", "", 7)


def test_check_stateless(lasting_server: Server) -> None:
    for _ in range(2):
        found = accepted(checking(lasting_server, None))
        assert found["report"]["notices"][0]["reason"] == "new"


@pytest.mark.parametrize(
    "members",
    [
        {"name": "a b"},
        {"name": ""},
        {"root": ""},
        {"root": base64_of(b"{}")},
        {"repository": "UPPER"},
        {"metadata_url": "ftp://127.0.0.1/"},
    ],
)
def test_a_source_that_cannot_be_configured(
    lasting_server: Server, tmp_path: Path, members: dict[str, Any]
) -> None:
    wrong = source(lasting_server, **members)
    assert rejected(checking(lasting_server, tmp_path, source=wrong)) == ("configuration", "source")
    request = {"operation": "acknowledge", "state": str(tmp_path), "now": AT, "ids": [], "source": wrong}
    assert rejected(request) == ("configuration", "source")
    assert (lasting_server.paths(), list(tmp_path.iterdir())) == ([], [])


def test_acknowledge(adapter: Adapter, lasting_server: Server, tmp_path: Path) -> None:
    accepted(checking(lasting_server, tmp_path, output={"form": "json"}))
    request = {
        "operation": "acknowledge",
        "source": source(lasting_server),
        "state": str(tmp_path),
        "ids": ["base", "x"],
    }
    assert accepted({**request, "now": time_of(NOW + 1)}, adapter) == {}
    found = accepted(checking(lasting_server, tmp_path, NOW + 2))
    assert found["report"]["notices"][0]["reason"] == "acknowledged"


def test_acknowledge_in_a_folder_that_is_in_use(lasting_server: Server, tmp_path: Path) -> None:
    from tuf_motd.installer.state import open_state

    other = open_state(tmp_path)
    request = {
        "operation": "acknowledge",
        "source": source(lasting_server),
        "state": str(tmp_path),
        "now": AT,
        "ids": [],
    }
    assert ask(request)["status"] == "error"
    other.close()


def test_times_before_1970(lasting_server: Server, tmp_path: Path) -> None:
    found = accepted(checking(lasting_server, tmp_path, kind="automatic", command=work(), now=-1))
    assert found["stdout"] == "done\n"
    assert accepted(selecting(notice(), now="0001-01-01T00:00:00Z"))["notices"][0]["reason"] == "not-begun"


def test_one_process_for_each_request(lasting_server: Server, tmp_path: Path) -> None:
    for now, reason in ((NOW, "new"), (NOW + 1, "not-yet-due")):
        one = Adapter()
        found = accepted(checking(lasting_server, tmp_path, now), one)
        assert one.end() == (0, b"", b"")
        assert found["report"]["notices"][0]["reason"] == reason
