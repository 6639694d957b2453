"""Lines on a terminal: frame, order, limits, plain mode, the one-line form."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from building import judged, notice
from test_select import NOW

from tuf_motd import Machine, Rendered, Seen, Selection, Terminal, display_mode, is_utf8, render, select
from tuf_motd.errors import CallerError
from tuf_motd.wrapping import width, wrap


def selection(*notices: Any) -> Selection:
    return select(judged(*notices), Machine(), (), Seen(), NOW)


def shown(*notices: Any, **terminal: Any) -> Rendered:
    return render({"src": selection(*notices)}, Terminal(**terminal))


def text(title: str, *body: str) -> dict[str, Any]:
    return {"en": {"title": title, "body": list(body)}}


def test_motd_show_1_and_4() -> None:
    url = "https://example.org/" + "a" * 100
    value = notice(text=text("T", "one " * 20, "two"), links=[{"rel": "details", "url": url}])
    lines = shown(value, columns=60).lines
    assert all(line.startswith("notice[src]") for line in lines)
    assert "notice[src]" in lines
    assert "".join(line.removeprefix("notice[src] ").removeprefix("  ") for line in lines).endswith(
        "details:" + url
    )


@pytest.mark.parametrize(
    ("columns", "expected"), [(None, 78), (80, 78), (200, 98), (100, 98), (101, 98), (34, 32)]
)
def test_motd_show_2_line_width(columns: int | None, expected: int) -> None:
    lines = shown(notice(text=text("漢字 " * 39)), columns=columns, utf8=True).lines
    assert max(width(line, False) for line in lines) <= expected
    assert Terminal(columns).line_width == expected


def test_motd_show_2_too_narrow() -> None:
    assert shown(notice(), columns=34).displayed
    found = shown(notice(), columns=33)
    assert (found.lines, found.displayed, found.skipped) == ((), (), (("src", "base", "too-narrow"),))


def test_wrapping_steps() -> None:
    assert wrap("a" * 20 + " b", 20, 20, False) == ["a" * 20, "b"]
    assert wrap("a" * 10 + "   " + "b" * 20, 20, 20, False) == ["a" * 10, "b" * 20]
    assert wrap("a" * 45, 20, 20, False) == ["a" * 20, "a" * 20, "a" * 5]
    assert wrap("  " + "a" * 30, 20, 20, False) == ["  " + "a" * 18, "a" * 12]
    # A mark stays with its base, and a space that bears a mark is no break.
    assert wrap("a" * 20 + "\u0301b", 20, 20, False) == ["a" * 19, "a\u0301b"]
    assert wrap("a" * 10 + " \u0301" + "b" * 20, 20, 20, False)[0] == "a" * 10 + " \u0301" + "b" * 8
    assert wrap("a" * 10 + "  \u0301" + "b" * 20, 20, 20, False)[:2] == ["a" * 10, " \u0301" + "b" * 18]
    # Only U+0020 is a break, and spaces that end the text go with the break.
    assert wrap("a" * 19 + "\u00a0b", 20, 20, False) == ["a" * 19 + "\u00a0", "b"]
    assert wrap("a" * 20 + "     ", 20, 20, False) == ["a" * 20]


def test_widths() -> None:
    assert width("a漢e\u0301α", False) == 1 + 2 + 2 + 1
    assert width("a漢e\u0301α", True) == 1 + 2 + 2 + 2
    value = notice(text=text("α" * 100))
    for languages, most in ((("ja",), 32), (("en", "de"), 32), (("*",), 32), (("de", "ja"), 64), ((), 32)):
        lines = shown(value, languages=languages, utf8=True).lines
        assert max(line.count("α") for line in lines) == most


@pytest.mark.parametrize(
    ("severity", "word"), [("info", "INFO"), ("critical", "CRITICAL"), ("notable", "INFO")]
)
def test_motd_show_3(severity: str, word: str) -> None:
    assert shown(notice(severity=severity)).lines[0] == f"notice[src] {word}: A title"


def test_motd_show_5() -> None:
    others = {name: selection(*[notice(id=f"{name}{n}") for n in range(3)]) for name in ("b", "a")}
    found = render(others, Terminal(), "see the list")
    assert [row[:2] for row in found.displayed] == [("a", "a0"), ("b", "b0"), ("a", "a1")]
    assert found.lines[-1] == "notice[a] 3 more: see the list"
    assert {row[2] for row in found.skipped} == {"run-limit"}
    critical = {name: selection(*[notice(id=f"{n}", severity="critical") for n in range(3)]) for name in "ba"}
    assert render(critical, Terminal(), "see the list").lines[-1] == (
        "notice[a] 3 more, 3 critical (a, b): see the list"
    )
    assert "more" not in "".join(shown(*[notice(id=f"n{n}") for n in range(3)]).lines)


def test_the_order_of_notices() -> None:
    found = shown(
        notice(id="z", severity="info"),
        notice(id="y", begins="2026-10-01T00:00:00Z"),
        notice(id="x"),
        notice(id="w"),
        notice(id="c", severity="critical", begins="2026-10-01T00:00:00Z"),
    )
    assert [row[1] for row in found.displayed] == ["c", "w", "x"]


@pytest.mark.parametrize("name", ["", "a b", "é", "a" * 33, "a]", "a\n"])
def test_motd_show_8(name: str) -> None:
    with pytest.raises(CallerError):
        render({name: selection()}, Terminal())
    render({"A.b_c-9" + "a" * 25: selection()}, Terminal())


def test_motd_show_6() -> None:
    value = notice(text=text("Tab?", "x" * 500))
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for line in shown(value).lines for c in line)


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LC_ALL": "C.UTF-8", "LANG": "C"}, True),
        ({"LC_CTYPE": "UTF-8"}, True),
        ({"LC_ALL": "", "LANG": "en_US.utf8"}, True),
        ({"LANG": "de_DE.UTF-8@euro"}, True),
        ({}, False),
        ({"LC_MESSAGES": "C.UTF-8"}, False),
        ({"LC_ALL": "C", "LANG": "C.UTF-8"}, False),
        ({"LANG": "pl_PL"}, False),
        ({"LANG": "de_DE@UTF-8"}, False),
        ({"LC_CTYPE": "pl_PL.ISO-8859-2", "LANG": "C.UTF-8"}, False),
    ],
)
def test_motd_show_12(environment: dict[str, str], expected: bool) -> None:
    assert is_utf8(environment) == (expected or sys.platform == "win32")
    value = notice(text=text("ś2J \\"))
    assert shown(value, utf8=expected).lines[0].isascii() != expected
    assert shown(value).lines == ("notice[src] WARNING: \\u{15b}2J \\u{5c}",)


def test_motd_show_9() -> None:
    assert display_mode({}, is_terminal=True) == "full"
    assert display_mode({"CI": "false", "BUILD_ID": "0", "TF_BUILD": ""}, is_terminal=True) == "full"
    for environment in ({"CI": "true"}, {"GITHUB_ACTIONS": "1"}, {"TF_BUILD": "no"}):
        assert display_mode(environment, is_terminal=True) == "none"
    assert display_mode({}, is_terminal=False) == "none"
    assert display_mode({}, is_terminal=True, quiet=True) == "none"
    assert display_mode({"CI": "1", "MOTD": "critical"}, is_terminal=True) == "title"
    assert display_mode({}, is_terminal=False, critical_lines=True) == "critical"


def test_motd_show_9_one_line() -> None:
    critical = notice(severity="critical", text=text("Größe \\ " + "x" * 90))
    found = shown(critical, notice(id="w"), mode="critical")
    assert found.lines == ("notice[src] CRITICAL: Gr\\u{f6}\\u{df}e \\u{5c} " + "x" * 90,)
    assert found.displayed == ()
    assert shown(critical, mode="none").lines == ()
    framed = shown(critical, mode="title", columns=60).lines
    assert framed[0] == "notice[src] CRITICAL: Gr\\u{f6}\\u{df}e \\u{5c}"
    assert [len(line) for line in framed[1:]] == [58, 58, 16]
    assert {row[2] for row in found.skipped} == {"no-terminal"}


def test_plain_mode() -> None:
    lines = shown(notice(text=text("T", "one", "two")), plain_mode=True, columns=40).lines
    assert lines == ("notice from src", "WARNING: T", "  one", "", "  two")
