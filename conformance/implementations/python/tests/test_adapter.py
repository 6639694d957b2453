"""The adapter without a network, over a real process: hello, parse, select, render."""

from __future__ import annotations

from typing import Any

import pytest
from building import document, notice
from protocol import (
    AT,
    HELLO,
    Adapter,
    accepted,
    ask,
    base64_of,
    entry,
    machine,
    parse,
    parse_entry,
    rejected,
    rendering,
    selecting,
)


def test_hello(adapter: Adapter) -> None:
    found = accepted(HELLO, adapter)
    assert (found["roles"], found["features"]) == (["document", "installer"], [])
    assert found["language"] == "Python"


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("start", {"folder": "/tmp", "root": ""}),
        ("stop", {"folder": "/tmp"}),
        ("renew", {"folder": "/tmp", "root": "", "now": AT, "repository": "pypi.org", "keys": {}}),
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


def test_parse_rejects_a_document() -> None:
    assert rejected(parse([])) == ("document", "not-an-object")
    assert rejected(parse(document(), repository="other.org")) == ("document", "repository-mismatch")
    assert rejected({**parse([]), "target": base64_of(b"\xff")}) == ("document", "not-utf-8")


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


def test_render(adapter: Adapter) -> None:
    sources = ("b", [notice(id=f"b{n}", severity="info") for n in range(3)]), ("a", [notice()])
    found = accepted(rendering(*sources), adapter)
    assert found["lines"][:2] == ["notice[a] WARNING: A title", "notice[a]   A paragraph."]
    assert found["lines"][-1].startswith("notice[b] 1 more: ")
    assert [[item["reason"] for item in items] for items in found["notices"]] == [
        ["new", "new", "run-limit"],
        ["new"],
    ]


def test_render_in_other_forms() -> None:
    critical = notice(severity="critical", text={"en": {"title": "Größe", "body": ["B"]}})
    sources = [("a", [critical, notice(id="w")])]
    request = rendering(*sources, form="plain")
    assert accepted(request)["lines"][1] == "CRITICAL: Gr\\u{f6}\\u{df}e"  # MOTD-SHOW-12
    plain = accepted({**request, "machine": machine(environment={"LANG": "C.UTF-8"})})["lines"]
    assert plain == [
        "notice from a",
        "CRITICAL: Größe",
        "  B",
        "notice from a",
        "WARNING: A title",
        "  A paragraph.",
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
