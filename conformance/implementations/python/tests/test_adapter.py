"""The adapter: each operation over a real process, each answer by the schema, and hostile requests."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from building import document, notice
from protocol import (
    Adapter,
    accepted,
    ask,
    base64_of,
    checking,
    document_of,
    machine,
    source,
    time_of,
    validate,
    work,
)
from simulator import NOW, Repository, Server, answer, moment, serving

from tuf_motd.adapter import answer as in_process
from tuf_motd.canonical import document_bytes

DAY = 86_400
HELLO = {"operation": "hello", "protocol": 1, "specification": "1.0"}
AT = "2026-11-06T21:20:00Z"


@pytest.fixture(scope="module")
def adapter() -> Iterator[Adapter]:
    found = Adapter()
    yield found
    assert found.end() == (0, b"", b"")


@pytest.fixture
def server() -> Iterator[Server]:
    repository = Repository(document(notice()))
    for role in (repository.timestamp, repository.snapshot, repository.targets, repository.motd):
        role.expires = moment(NOW + 9 * DAY)
    repository.publish()
    with serving(repository) as found:
        yield found


def parse(value: Any, **members: Any) -> dict[str, Any]:
    return {"operation": "parse", "repository": "pypi.org", "target": document_of(value), **members}


def entry(value: Any, **changes: Any) -> str:
    import hashlib

    data = document_bytes(value)
    members = {"length": len(data), "hashes": {"sha256": hashlib.sha256(data).hexdigest()}}
    return json.dumps({**members, "custom": {"motd": value}, **changes})


def parse_entry(text: str) -> dict[str, Any]:
    return {"operation": "parse", "repository": "pypi.org", "entry": text}


def rejected(request: dict[str, Any]) -> tuple[str, str]:
    found = ask(request)
    assert found["status"] == "rejected", found
    return found["stage"], found["code"]


def test_hello(adapter: Adapter) -> None:
    found = accepted(HELLO, adapter)
    assert (found["roles"], found["features"]) == (["document", "installer"], [])
    assert found["language"] == "Python"


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("start", {"folder": "/tmp"}),
        ("stop", {"folder": "/tmp"}),
        ("renew", {"folder": "/tmp", "now": AT, "repository": "pypi.org", "keys": {}}),
    ],
)
def test_operations_of_other_roles(adapter: Adapter, operation: str, members: dict[str, Any]) -> None:
    assert ask({"operation": operation, **members}, adapter)["status"] == "unsupported"


def test_parse(adapter: Adapter) -> None:
    value = document(
        notice(
            severity="notable",
            topic="security",
            repeat="often",
            text={"en": {"title": "T", "body": ["B"]}, "de": {"title": "T", "body": 1}},
            links=[{"rel": "details", "url": "https://example.org/x"}],
        ),
        notice(id="once", repeat="once", severity="critical", resolves=["base"]),
        notice(id="x" * 65),
        notice(id="refused", revision=0),
    )
    found = accepted(parse(value), adapter)["notices"]
    assert found[0] == {
        "id": "base",
        "code": None,
        "refused_languages": {"de": "body-malformed"},
        "notice": {
            "revision": 1,
            "severity": "info",
            "topic": "security",
            "begins": "2026-11-01T00:00:00Z",
            "ends": "2026-12-01T00:00:00Z",
            "repeat": None,
            "resolves": [],
            "text": {"en": {"title": "T", "body": ["B"]}},
            "links": [{"rel": "details", "url": "https://example.org/x"}],
        },
    }
    assert found[1]["notice"]["repeat"] == "once"
    assert (found[1]["notice"]["severity"], found[1]["notice"]["resolves"]) == ("info", ["base"])
    refused: dict[str, Any] = {"refused_languages": {}, "notice": None}
    assert found[2:] == [
        {"id": None, "code": "id-malformed", **refused},
        {"id": "refused", "code": "revision-malformed", **refused},
    ]


def test_parse_of_an_entry(adapter: Adapter) -> None:
    value = document(notice())
    assert accepted(parse_entry(entry(value)), adapter) == accepted(parse(value))
    assert rejected(parse_entry(entry(value, hashes={}))) == ("document", "carrier-no-hash")
    assert rejected(parse_entry(entry(value, length=1))) == ("document", "carrier-length")
    assert rejected(parse_entry(entry(value, hashes={"sha256": "0" * 64}))) == ("document", "carrier-hash")
    assert rejected(parse_entry(entry(1))) == ("document", "not-an-object")


def test_parse_of_a_deep_entry() -> None:
    for depth in (9, 5_000):  # the second one is deeper than the standard library reads
        text = entry(None).replace("null", "[" * depth + "]" * depth)
        assert rejected(parse_entry(text)) == ("document", "too-deep")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"length":1,"hashes":{}}',
        '{"length":1,"hashes":{},"custom":{}}',
        '{"length":-1,"hashes":{},"custom":{"motd":1}}',
        '{"length":1,"hashes":{"sha256":1},"custom":{"motd":1}}',
    ],
)
def test_an_entry_that_is_none_is_an_error(text: str) -> None:
    assert ask(parse_entry(text))["status"] == "error"


def test_parse_rejects_a_document() -> None:
    assert rejected(parse([])) == ("document", "not-an-object")
    assert rejected(parse(document(), repository="other.org")) == ("document", "repository-mismatch")
    assert rejected({**parse([]), "target": base64_of(b"\xff")}) == ("document", "not-utf-8")


def selecting(*notices: Any, **members: Any) -> dict[str, Any]:
    base = {"operation": "select", "repository": "pypi.org", "now": AT, "machine": machine()}
    return {**base, "document": document_of(document(*notices)), **members}


def test_select(adapter: Adapter) -> None:
    text = {"en": {"title": "T", "body": []}, "fr": {"title": "F", "body": ["B"]}}
    component = [{"components": [{"purl": "pkg:pypi/pip", "versions": "vers:pypi/<10"}]}]
    request = selecting(
        notice(text=text, audience=component),
        notice(id="linux", audience=[{"os": ["linux"]}]),
        notice(id="clear", resolves=["base"]),
        notice(id="bad", revision=0),
        machine=machine(components={"pkg:pypi/pip": ["9.0.1"]}, languages=["fr-CA"], os="macos"),
    )
    found = accepted(request, adapter)["notices"]
    shown = {"severity": "warning", "language": "fr", "title": "F", "body": ["B"], "links": []}
    assert found[0] == {
        "id": "base",
        "revision": 1,
        "decision": "show",
        "reason": "asked",
        "code": None,
        "text": shown,
    }
    rest = [
        (item["id"], item["revision"], item["decision"], item["reason"], item["code"]) for item in found[1:]
    ]
    assert rest == [
        ("linux", 1, "skip", "audience", None),
        ("clear", 1, "skip", "resolves-unseen", None),
        ("bad", None, "skip", "refused", "revision-malformed"),
    ]
    from_environment = machine(environment={"LANG": "fr_FR.UTF-8"})
    found = accepted(selecting(notice(text=text), machine=from_environment))["notices"]
    assert found[0]["text"]["language"] == "fr"


def rendering(*sources: tuple[str, list[Any]], **members: Any) -> dict[str, Any]:
    listed = [
        {"name": name, "repository": "pypi.org", "document": document_of(document(*notices))}
        for name, notices in sources
    ]
    base = {"operation": "render", "now": AT, "machine": machine(), "form": "terminal", "columns": 80}
    return {**base, "sources": listed, **members}


def test_render(adapter: Adapter) -> None:
    sources = ("b", [notice(id=f"b{n}", severity="info") for n in range(3)]), ("a", [notice()])
    found = accepted(rendering(*sources), adapter)
    assert found["lines"][:2] == ["notice[a] WARNING: A title", "notice[a] A paragraph."]
    assert found["lines"][-1].startswith("notice[b] 1 more: ")
    assert [[item["reason"] for item in items] for items in found["notices"]] == [
        ["new", "new", "run-limit"],
        ["new"],
    ]


def test_render_in_other_forms() -> None:
    critical = notice(severity="critical", text={"en": {"title": "Größe", "body": ["B"]}})
    sources = [("a", [critical, notice(id="w")])]
    plain = accepted(rendering(*sources, form="plain"))["lines"]
    assert plain == [
        "notice from a",
        "CRITICAL: Größe",
        "B",
        "notice from a",
        "WARNING: A title",
        "A paragraph.",
    ]
    found = accepted(rendering(*sources, form="ascii"))
    assert found["lines"] == ["notice[a] CRITICAL: Gr\\u{f6}\\u{df}e"]
    reasons = [(item["decision"], item["reason"]) for item in found["notices"][0]]
    assert reasons == [("show", "new"), ("skip", "no-terminal")]


def test_render_of_a_narrow_terminal() -> None:
    """A notice that does not fit takes no place of the three that others fill."""
    wide = ("a", [notice(id=f"a{n}", severity="info") for n in range(3)])
    narrow = ("a-long-name", [notice(severity="critical")])
    found = accepted(rendering(narrow, wide, columns=32))
    assert [[item["reason"] for item in items] for items in found["notices"]] == [["too-narrow"], ["new"] * 3]
    assert accepted(rendering(wide, columns=0))["lines"] == []


def test_render_refuses_a_name() -> None:
    assert rejected(rendering(("a b", []))) == ("configuration", "source")


def test_check(adapter: Adapter, server: Server, tmp_path: Path) -> None:
    found = accepted(checking(server, tmp_path), adapter)
    assert found["exit_status"] == 0
    assert found["stdout"] == ""
    assert found["stderr"] == "notice[pypi] WARNING: A title\nnotice[pypi] A paragraph.\n"
    report = found["report"]
    assert (report["state"], report["failure"], report["requests"]) == ("fresh", None, 5)
    assert (report["last_success"], report["warnings"]) == (AT, [])
    assert {headers["User-Agent"] for _, headers in server.seen} == {"judge/1 tuf-motd/1.0"}
    # What was displayed is in the folder, for another process too.
    again = accepted(checking(server, tmp_path, NOW + 1))
    assert (again["stderr"], again["report"]["notices"][0]["reason"]) == ("", "not-yet-due")


def test_check_in_json(adapter: Adapter, server: Server, tmp_path: Path) -> None:
    found = accepted(checking(server, tmp_path, output={"form": "json"}), adapter)
    assert json.loads(found["stdout"]) == found["report"]
    assert found["stderr"] == ""


def test_check_offline_and_cached(server: Server, tmp_path: Path) -> None:
    found = accepted(checking(server, tmp_path, offline=True))
    assert (found["exit_status"], found["report"]["state"]) == (4, "none")
    accepted(checking(server, tmp_path))
    found = accepted(checking(server, tmp_path, offline=True))
    assert (found["exit_status"], found["report"]["state"], found["report"]["failure"]) == (0, "cached", None)


def test_check_of_a_failure(server: Server, tmp_path: Path) -> None:
    server.repository.change("/metadata/timestamp.json", lambda value: value["signed"].update(x=1))
    found = accepted(checking(server, tmp_path))
    assert found["exit_status"] == 3
    assert found["report"]["failure"] == {"stage": "timestamp", "code": "signature-threshold"}
    assert "notice[" not in found["stderr"]


def test_check_switched_off(server: Server, tmp_path: Path) -> None:
    for kind in ("explicit", "automatic", "list"):
        off = {"environment": {"MOTD": "off"}}
        found = accepted(checking(server, tmp_path, kind=kind, machine=off, command=None))
        assert (found["exit_status"], found["stdout"], found["report"]) == (0, "", None)
        assert bool(found["stderr"]) == (kind != "automatic")
    assert (server.paths(), list(tmp_path.iterdir())) == ([], [])


def test_check_list(adapter: Adapter, server: Server, tmp_path: Path) -> None:
    for now in (NOW, NOW + 1):
        found = accepted(checking(server, tmp_path, now, kind="list"), adapter)
        assert found["stderr"].startswith("notice[pypi] WARNING: A title\n")
        assert found["report"]["notices"][0]["reason"] == "asked"


def test_check_automatic(adapter: Adapter, server: Server, tmp_path: Path) -> None:
    accepted(checking(server, tmp_path, output={"form": "pipe"}))
    server.paths()
    found = accepted(checking(server, tmp_path, NOW + 1, kind="automatic", command=work()), adapter)
    assert (found["stdout"], found["exit_status"]) == ("done\n", 7)
    assert found["stderr"].startswith("notice[pypi] WARNING: A title\n")
    # Within the interval after a completed check nothing is requested; what is stored was verified again.
    assert (found["report"]["state"], server.paths()) == ("cached", [])


def test_check_automatic_asks(server: Server, tmp_path: Path) -> None:
    long = work(milliseconds=300, used_network=True)
    request = checking(server, tmp_path, kind="automatic", command=long)
    found = accepted(request)
    assert (found["report"]["state"], found["report"]["requests"]) == ("fresh", 5)


@pytest.mark.parametrize(
    ("output", "environment"),
    [({"form": "pipe"}, {}), ({"form": "json"}, {}), ({"quiet": True}, {}), ({}, {"GITHUB_ACTIONS": "true"})],
)
def test_check_automatic_where_nothing_is_shown(
    server: Server, tmp_path: Path, output: dict[str, Any], environment: dict[str, str]
) -> None:
    accepted(checking(server, tmp_path, output={"form": "json"}))
    server.paths()
    around = {"kind": "automatic", "output": output, "command": work()}
    later = NOW + DAY
    found = accepted(checking(server, tmp_path, later, machine={"environment": environment}, **around))
    assert (found["stdout"], found["stderr"], found["exit_status"], server.paths()) == ("done\n", "", 7, [])


@pytest.mark.parametrize(
    "reply", [answer(200, b"<html>"), answer(503), answer(200, b"{", Content_Length="9")]
)
def test_check_automatic_of_a_broken_server(server: Server, tmp_path: Path, reply: Any) -> None:
    for path in server.repository.files:
        server.answers[path] = reply
    command = work(milliseconds=100, used_network=True)
    found = accepted(checking(server, tmp_path, kind="automatic", command=command))
    assert (found["stdout"], found["stderr"], found["exit_status"]) == ("done\n", "", 7)


def test_check_stateless(server: Server) -> None:
    for _ in range(2):
        found = accepted(checking(server, None))
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
def test_a_source_that_cannot_be_configured(server: Server, tmp_path: Path, members: dict[str, Any]) -> None:
    wrong = source(server, **members)
    assert rejected(checking(server, tmp_path, source=wrong)) == ("configuration", "source")
    request = {"operation": "acknowledge", "state": str(tmp_path), "now": AT, "ids": [], "source": wrong}
    assert rejected(request) == ("configuration", "source")
    assert (server.paths(), list(tmp_path.iterdir())) == ([], [])


def test_acknowledge(adapter: Adapter, server: Server, tmp_path: Path) -> None:
    accepted(checking(server, tmp_path, output={"form": "json"}))
    request = {
        "operation": "acknowledge",
        "source": source(server),
        "state": str(tmp_path),
        "ids": ["base", "x"],
    }
    assert accepted({**request, "now": time_of(NOW + 1)}, adapter) == {}
    found = accepted(checking(server, tmp_path, NOW + 2))
    assert found["report"]["notices"][0]["reason"] == "acknowledged"


def test_acknowledge_in_a_folder_that_is_in_use(server: Server, tmp_path: Path) -> None:
    from tuf_motd.installer.state import open_state

    other = open_state(tmp_path)
    request = {
        "operation": "acknowledge",
        "source": source(server),
        "state": str(tmp_path),
        "now": AT,
        "ids": [],
    }
    assert ask(request)["status"] == "error"
    other.close()


def test_times_before_1970(server: Server, tmp_path: Path) -> None:
    found = accepted(checking(server, tmp_path, kind="automatic", command=work(), now=-1))
    assert found["stdout"] == "done\n"
    assert accepted(selecting(notice(), now="0001-01-01T00:00:00Z"))["notices"][0]["reason"] == "not-begun"


HOSTILE: list[bytes] = [
    b"",
    b"x",
    b"null",
    b"[]",
    b'"text"',
    b"\xff\xfe",
    b"[" * 100_000,
    b'{"id":1,"operation":"hello"}',
    b'{"id":"","operation":"hello"}',
    b'{"id":"' + b"k" * 65 + b'","operation":"hello"}',
    b'{"operation":"hello","protocol":1,"specification":"1.0"}',
]
MALFORMED: list[dict[str, Any]] = [
    {"operation": 5},
    {"operation": "hello", "protocol": 2, "specification": "1.0"},
    {"operation": "hello", "protocol": True, "specification": "1.0"},
    {**HELLO, "more": 1},
    {"operation": "parse", "repository": "pypi.org"},
    {"operation": "parse", "repository": "pypi.org", "target": "e30"},
    {"operation": "parse", "repository": "pypi.org", "target": "e30=\n"},
    {"operation": "parse", "repository": 1, "target": "e30="},
    {"operation": "parse", "repository": "pypi.org", "target": "e30=", "entry": "{}"},
    selecting(notice(), now="2026-02-30T00:00:00Z"),
    selecting(notice(), now="2026-02-03T00:00:00z"),
    selecting(notice(), machine={}),
    selecting(notice(), machine=machine(components={"pkg:pypi/pip": "1"})),
    selecting(notice(), machine=machine(languages=[1])),
    selecting(notice(), machine=machine(environment={"A": 1})),
    selecting(notice(), machine=machine(rollout_secret="secret")),
    rendering(),
    rendering(("a", []), columns=-1),
    rendering(("a", []), form="html"),
    rendering(("a", []), ("a", [])),
]


@pytest.mark.parametrize("line", HOSTILE, ids=range(len(HOSTILE)))
def test_a_line_that_is_no_request(line: bytes) -> None:
    found = in_process(line + b"\n")
    validate("error", found)
    assert found["id"] == "unknown"


@pytest.mark.parametrize("request_", MALFORMED, ids=range(len(MALFORMED)))
def test_a_request_that_is_malformed(request_: dict[str, Any]) -> None:
    found = in_process(json.dumps({"id": "k", **request_}).encode())
    validate("error", found)
    assert found["id"] == "k"


@pytest.mark.parametrize(
    "members",
    [
        {"state": "relative"},
        {"state": "/tmp/\0"},
        {"kind": "sometimes"},
        {"now": None},
        {"installer": {"name": "a b", "version": "1"}},
        {"installer": {"name": "judge", "version": "1\r\nCookie: x"}},
        {"deadline_milliseconds": 0},
        {"deadline_milliseconds": 1.5},
        {"interval_seconds": 3_599},
        {"offline": 1},
        {"command": {"milliseconds": 1}},
        {"output": {"form": "fax", "columns": 80, "plain": False, "quiet": False}},
    ],
)
def test_a_check_that_is_malformed(server: Server, tmp_path: Path, members: dict[str, Any]) -> None:
    request = {**checking(server, tmp_path), **members}
    found = in_process(json.dumps({"id": "k", **request}).encode())
    validate("error", found)
    assert (server.paths(), list(tmp_path.iterdir())) == ([], [])


def test_a_session_goes_on_after_garbage() -> None:
    """One process: every hostile line is answered, in order, and the next sound request is too."""
    lines = [*HOSTILE, json.dumps({"id": "last", **HELLO}).encode()]
    found = subprocess.run(
        [sys.executable, "-m", "tuf_motd.adapter"],
        input=b"".join(line + b"\n" for line in lines),
        capture_output=True,
        timeout=30,
    )
    answers = [json.loads(line) for line in found.stdout.splitlines()]
    assert [item["status"] for item in answers] == ["error"] * len(HOSTILE) + ["accepted"]
    assert (found.returncode, found.stderr) == (0, b"")


def test_one_process_for_each_request(server: Server, tmp_path: Path) -> None:
    for now, reason in ((NOW, "new"), (NOW + 1, "not-yet-due")):
        one = Adapter()
        found = accepted(checking(server, tmp_path, now), one)
        assert one.end() == (0, b"", b"")
        assert found["report"]["notices"][0]["reason"] == reason


def test_the_last_line_can_lack_its_line_feed() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "tuf_motd.adapter"],
        input=json.dumps({"id": "k", **HELLO}).encode(),
        capture_output=True,
        timeout=30,
    )
    assert json.loads(found.stdout)["status"] == "accepted"
