"""Properties: parse and print are inverse, and no input makes the library raise anything of its own."""

from __future__ import annotations

import json
import re
import string
from typing import Any

from building import REPOSITORY, document, judged, notice
from hypothesis import given, settings
from hypothesis import strategies as st

from tuf_motd import Judged, Machine, Refused, Seen, Terminal, judge, render, select
from tuf_motd import purl as purls
from tuf_motd.canonical import NoDocumentBytes, document_bytes
from tuf_motd.document import TargetEntry
from tuf_motd.errors import PublisherError
from tuf_motd.json_text import read
from tuf_motd.languages import from_environment, is_language_tag, lookup
from tuf_motd.ranges import parse_range
from tuf_motd.schemes import parse
from tuf_motd.seen import from_plain
from tuf_motd.tables import MARKS, PERMITTED
from tuf_motd.wrapping import width, wrap

settings.register_profile("here", deadline=None, max_examples=60)
settings.load_profile("here")

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(categories=None))
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=15
)
SOUND = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=15,
)
PERMITTED_TEXT = st.text(st.characters().filter(lambda c: c in PERMITTED), min_size=1, max_size=300)
EDGY_TEXT = st.text(st.sampled_from("ab  \u0301\u0302漢＠α…"), min_size=1, max_size=200)


@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    assert isinstance(judge(data, REPOSITORY), Judged | Refused)


@given(VALUES, st.integers(), st.dictionaries(st.sampled_from(["sha256", "sha512", "x"]), st.text()))
def test_any_value(value: Any, length: int, hashes: dict[str, str]) -> None:
    assert isinstance(judge(value, REPOSITORY), Judged | Refused)
    assert isinstance(judge(value, REPOSITORY, TargetEntry(length, hashes)), Judged | Refused)


MEMBERS = "id revision severity topic begins ends requires repeat resolves text links audience".split()


@given(st.dictionaries(st.sampled_from(MEMBERS), VALUES))
def test_any_member_of_a_notice(changes: dict[str, Any]) -> None:
    found = judge(document(notice(**changes), notice(id="other")), REPOSITORY)
    if isinstance(found, Judged):
        assert json.dumps(found.plain())
        render({"s": select(found, Machine(), ("fr",), Seen(), 1_794_000_000)}, Terminal())


@given(SOUND)
def test_print_then_parse(value: Any) -> None:
    data = document_bytes(value)
    assert document_bytes(read(data.decode()).value) == data
    # An independent parser reads the same value: members, strings, and numbers as doubles.
    assert document_bytes(json.loads(data)) == data
    assert json.loads(data, parse_int=float) == json.loads(json.dumps(value), parse_int=float)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_printed_as_ecmascript_does(value: float) -> None:
    text = document_bytes(value).decode()
    assert float(text) == value
    assert re.fullmatch(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]+)?|-?[1-9](\.[0-9]+)?e[+-][1-9][0-9]*", text)
    magnitude = abs(value)
    assert ("e" in text) == (magnitude != 0 and not 1e-6 <= magnitude < 1e21)


def test_numbers_of_rfc_8785() -> None:
    rows = {
        "0": 0.0, "-0": -0.0, "5e-324": 5e-324, "1.7976931348623157e+308": 1.7976931348623157e308,
        "9007199254740992": 9007199254740992, "295147905179352830000": 295147905179352825856.0,
        "1e+23": 1e23, "9.999999999999997e+22": 9.999999999999997e22, "1e+21": 1e21, "333333333.3333332": 333333333.3333332,
        "0.000001": 0.000001, "1e-7": 1e-7, "-0.0000033333333333333333": -0.0000033333333333333333, "100": 100.0, "1.5": 1.5,
    }  # fmt: skip
    for text, value in rows.items():
        assert document_bytes(value).decode() == ("0" if text == "-0" else text)


def test_names_are_sorted_by_utf_16_units() -> None:
    assert (
        document_bytes({"\ufb33": 1, "\U0001f600": 2, "\r": 3, "1": 4}).decode()
        == '{"\\r":3,"1":4,"\U0001f600":2,"\ufb33":1}'
    )


@given(st.text())
def test_reading_json_agrees_with_the_standard_library(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        expected = PublisherError
    try:
        found: Any = read(text).value
    except PublisherError:
        assert expected is PublisherError or re.search("NaN|Infinity|\\\\u", text)
    else:
        assert found == expected


@given(st.text(string.printable), st.text(string.printable))
def test_any_range_and_version(text: str, version: str) -> None:
    for candidate in (text, f"vers:pypi/{text}", f"vers:semver/<{text}"):
        try:
            found = parse_range(candidate, purls.Purl("generic", (), "x"))
        except PublisherError:
            continue
        assert found.contains(version) in (True, False)


# Appendix B of PEP 440, and the order of section 4.6, written out: `packaging` is measured by them.

APPENDIX_B = re.compile(
    r"v?(?:(?:(?P<epoch>[0-9]+)!)?(?P<release>[0-9]+(?:\.[0-9]+)*)"
    r"(?P<pre>[-_.]?(?P<pre_l>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?P<pre_n>[0-9]+)?)?"
    r"(?P<post>(?:-(?P<post_n1>[0-9]+))|(?:[-_.]?(?P<post_l>post|rev|r)[-_.]?(?P<post_n2>[0-9]+)?))?"
    r"(?P<dev>[-_.]?(?P<dev_l>dev)[-_.]?(?P<dev_n>[0-9]+)?)?)(?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?",
    re.IGNORECASE | re.ASCII,
)
LETTERS = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}


def by_the_text(text: str) -> Any:
    found = APPENDIX_B.fullmatch(text)
    if not found:
        return None
    release = [int(part) for part in found["release"].split(".")]
    while release and release[-1] == 0:
        release.pop()
    dev = (0, int(found["dev_n"] or 0)) if found["dev"] else (1, 0)
    post = (1, int(found["post_n1"] or found["post_n2"] or 0)) if found["post"] else (0, 0)
    pre: tuple[int, str, int] = (2, "", 0)
    if found["pre"]:
        letter = found["pre_l"].lower()
        pre = (1, LETTERS.get(letter, letter), int(found["pre_n"] or 0))
    elif not found["post"] and found["dev"]:
        pre = (0, "", 0)
    return int(found["epoch"] or 0), release, pre, post, dev


PIECES = st.sampled_from(
    [
        "0",
        "1",
        "2",
        "10",
        ".",
        ".",
        "-",
        "_",
        "!",
        "+",
        "a",
        "b",
        "rc",
        "c",
        "pre",
        "alpha",
        "post",
        "rev",
        "r",
        "dev",
        "v",
        "A",
        "RC",
        "x",
    ]
)
VERSIONS = st.lists(PIECES, max_size=9).map("".join)


@given(VERSIONS, VERSIONS)
@settings(max_examples=500)
def test_motd_vers_7_as_written(one: str, two: str) -> None:
    for text in (one, two):
        assert (parse("pypi", text) is None) == (by_the_text(text) is None), text
    first, second = parse("pypi", one), parse("pypi", two)
    if first is not None and second is not None:
        assert (first < second) == (by_the_text(one) < by_the_text(two))
        assert (first == second) == (by_the_text(one) == by_the_text(two))


@given(PERMITTED_TEXT | EDGY_TEXT, st.integers(20, 99), st.booleans())
@settings(max_examples=150)
def test_motd_show_2(text: str, columns: int, wide_reader: bool) -> None:
    lines = wrap(text, columns, columns - 2, wide_reader)
    assert width(lines[0], wide_reader) <= columns
    assert all(width(line, wide_reader) <= columns - 2 for line in lines[1:])
    # Nothing is taken away but the spaces at which a line is broken, and nothing is put in.
    at = 0
    for line in lines:
        while not text.startswith(line, at):
            assert text[at] == " "
            at += 1
        at += len(line)
    assert text[at:].strip(" ") == ""


@given(
    st.lists(st.text(st.sampled_from("ab \u0301"), min_size=1, max_size=60), min_size=1), st.integers(20, 30)
)
def test_a_mark_stays_with_its_base(parts: list[str], columns: int) -> None:
    text = re.sub("\u0301{5,}", "\u0301", "a" + "".join(parts))
    assert not any(line and line[0] in MARKS for line in wrap(text, columns, columns - 2, False))


@given(st.dictionaries(st.sampled_from(["LC_ALL", "LC_MESSAGES", "LANG"]), st.text()))
def test_any_environment(environment: dict[str, str]) -> None:
    found = from_environment(environment)
    assert all(is_language_tag(tag) for tag in found)
    assert lookup(found, ["en"], "en") == "en"


@given(st.lists(st.text()), st.lists(st.sampled_from(["fr", "zh-Hant", "de-CH", "en-x-a"])))
def test_lookup_ends_and_gives_what_there_is(ranges: list[str], available: list[str]) -> None:
    assert lookup(ranges, ["en", *available], "en") in ["en", *available]


@given(VALUES)
def test_any_stored_state(value: Any) -> None:
    seen = from_plain(value)
    assert from_plain(json.loads(json.dumps(seen.plain()))) == from_plain(seen.plain())


@given(st.permutations(["a", "b", "c", "d"]))
def test_a_verdict_does_not_depend_on_the_order(order: list[str]) -> None:
    severities = {"a": "critical", "b": "warning", "c": "info", "d": "unheard-of"}
    found = judged(*[notice(id=name, severity=severities[name]) for name in order])
    selection = select(found, Machine(), (), Seen(), 1_794_000_000)
    assert {d.id: d.reason for d in selection.decisions} == dict.fromkeys("abcd", "new")
    rendered = render({"s": selection}, Terminal())
    assert [row[1] for row in rendered.displayed] == ["a", "b", "c"]


def test_what_has_no_document_bytes() -> None:
    for value in (10**400, float("nan"), "\udc00"):
        try:
            document_bytes(value)
        except NoDocumentBytes:
            continue
        raise AssertionError(value)
