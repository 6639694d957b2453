"""The adapter and requests that are none: each is an error, and the next one is answered."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from building import document, notice
from hypothesis import given, strategies
from protocol import (
    HELLO,
    ask,
    checking,
    machine,
    parse,
    parse_entry,
    rendering,
    selecting,
    validate,
)
from simulator import Server

from tuf_motd.adapter import answer as in_process


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
def test_a_check_that_is_malformed(lasting_server: Server, tmp_path: Path, members: dict[str, Any]) -> None:
    request = {**checking(lasting_server, tmp_path), **members}
    found = in_process(json.dumps({"id": "k", **request}).encode())
    validate("error", found)
    assert (lasting_server.paths(), list(tmp_path.iterdir())) == ([], [])


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


def test_the_last_line_can_lack_its_line_feed() -> None:
    found = subprocess.run(
        [sys.executable, "-m", "tuf_motd.adapter"],
        input=json.dumps({"id": "k", **HELLO}).encode(),
        capture_output=True,
        timeout=30,
    )
    assert json.loads(found.stdout)["status"] == "accepted"


json_values = strategies.recursive(
    strategies.none() | strategies.booleans() | strategies.integers() | strategies.text(max_size=5),
    lambda inner: (
        strategies.lists(inner, max_size=3)
        | strategies.dictionaries(strategies.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(strategies.data())
def test_whatever_a_member_is(data: strategies.DataObject) -> None:
    """Any member of a sound request replaced by anything: an answer that the schema knows."""
    base = data.draw(
        strategies.sampled_from([HELLO, parse(document(notice())), selecting(notice()), rendering(("a", []))])
    )
    name = data.draw(strategies.sampled_from(sorted(base)))
    request = {"id": "k", **base, name: data.draw(json_values)}
    found = in_process(json.dumps(request).encode())
    assert found["id"] == "k"
    if found["status"] == "accepted":
        validate(f"{request['operation']}.request", request)
        validate(f"{request['operation']}.answer", found)
    else:
        validate(str(found["status"]), found)


@given(strategies.binary(max_size=60))
def test_whatever_a_line_is(line: bytes) -> None:
    found = in_process(line)
    assert (found["id"], found["status"]) == ("unknown", "error")
