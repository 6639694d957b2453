"""Every requirement of the document role at level core, accepted and refused where it refuses."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from building import REPOSITORY, accepted, document, document_code, judged, notice, notice_code
from cases import Case, clause, document_cases, entry, notice_cases, versions
from spec import requirements

from tuf_motd import Judged, Refused, TargetEntry, judge
from tuf_motd.canonical import document_bytes
from tuf_motd.notice import Notice, RefusedNotice

DOCUMENTS = list(document_cases())
NOTICES = list(notice_cases())


@pytest.mark.parametrize("case", DOCUMENTS, ids=str)
def test_document(case: Case) -> None:
    assert document_code(case.value) == case.code


@pytest.mark.parametrize("case", NOTICES, ids=str)
def test_notice(case: Case) -> None:
    assert notice_code(case.value) == case.code


def test_every_requirement_of_the_role_has_both_directions() -> None:
    verdicts = {(case.requirement, case.code is None) for case in (*DOCUMENTS, *NOTICES)}
    here = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    named = set(re.findall(r"test_motd_([a-z]+_[0-9]+)", here))
    for requirement in requirements():
        if (requirement["role"], requirement["level"]) != ("document", "core"):
            continue
        name = requirement["id"]
        both = {(name, True), (name, False)} <= verdicts
        assert both or name.removeprefix("MOTD-").replace("-", "_").lower() in named, name


# Bytes


def code_of(data: bytes) -> str | None:
    return document_code(data)


SOUND = document_bytes(document())


def test_motd_bytes_1_target() -> None:
    pad = 65_536 - len(document_bytes(document(pad="")))
    assert code_of(document_bytes(document(pad="x" * pad))) is None
    assert code_of(document_bytes(document(pad="x" * (pad + 1)))) == "document-too-large"
    # First of all: nothing else is looked at.
    assert code_of(b"\xff" * 65_537) == "document-too-large"


@pytest.mark.parametrize(
    "data", [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b'{"a":"\xe2\x82"}']
)
def test_motd_bytes_2(data: bytes) -> None:
    assert code_of(SOUND) is None
    assert code_of(data) == "not-utf-8"


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\ufeff{}", "{} {}", "{}x", "{", "[", "[" * 60_000, "{'a':1}", '{"a":1,}', "[1,]", "[,1]", "nul",
        "NaN", "Infinity", "-", "01", "1.", ".5", "+1", "1e", '"\\x"', '"\t"', '"', '{"a"}', '{"a" 1}', "{1:2}",
        '"\\ud800"', '"\\udc00\\ud800"', '"\\ud800x"', '"\\u00e"', "[1 2]", "truefalse", "\x00", "/**/{}", "{}\v",
    ],
)  # fmt: skip
def test_motd_bytes_3_refused(text: str) -> None:
    assert code_of(text.encode()) == "not-json"


@pytest.mark.parametrize("text", ["1e400", "-0", "1.0", " {}\n", '"\\ud83d\\ude00"', "[" * 8 + "]" * 8])
def test_motd_bytes_3_accepted(text: str) -> None:
    assert code_of(text.encode()) in ("not-document-bytes", "not-an-object")


def test_motd_bytes_4_target() -> None:
    assert code_of(b"[" * 8 + b"]" * 8) == "not-an-object"
    assert code_of(b"[" * 9 + b"]" * 9) == "too-deep"
    assert code_of(b"[" * 32_768 + b"]" * 32_768) == "too-deep"
    assert code_of(b'{"a":' * 9 + b"1" + b"}" * 9) == "too-deep"


def test_motd_bytes_5() -> None:
    assert code_of(b'{"a":1,"b":1}') == "not-document-bytes" or code_of(b'{"a":1,"b":1}') == "schema-version"
    assert code_of(b'{"a":1,"a":1}') == "duplicate-name"
    assert code_of(b'[{"a":1,"\\u0061":2}]') == "duplicate-name"
    assert code_of(b'{"":1,"":2}') == "duplicate-name"


def test_motd_bytes_6_target() -> None:
    assert code_of('{"é":1}'.encode()) == "name-not-ascii"
    assert code_of(b'[[{"":1}]]') == "name-not-ascii"


@pytest.mark.parametrize("change", [b"%b\n", b" %b", b"%b "])
def test_motd_bytes_7_white_space(change: bytes) -> None:
    assert code_of(change % SOUND) == "not-document-bytes"


@pytest.mark.parametrize(
    "later", ["1.0", "-0", "1e2", "9007199254740993", "1e400", "9" * 5000, '"\\u0061"', '"\\/"', '"\\u000A"']
)
def test_motd_bytes_7_values(later: str) -> None:
    data = f'{{"later":{later},"repository":"pypi.org","schema_version":"1.0"}}'
    assert code_of(data.encode()) == "not-document-bytes"


def test_motd_bytes_7_accepted() -> None:
    assert code_of(SOUND) is None
    assert (
        code_of(b'{"later":[1e+21,0.5,"\\n",true,null],"repository":"pypi.org","schema_version":"1.0"}')
        is None
    )


# The custom carrier (MOTD-CARRY-3 belongs to the installer, and is judged here)


def carried(value: Any, **changes: Any) -> str | None:
    data = document_bytes(value)
    members = {"length": len(data), "hashes": {"sha256": hashlib.sha256(data).hexdigest()}, **changes}
    found = judge(value, REPOSITORY, TargetEntry(**members))
    return found.code if isinstance(found, Refused) else None


def test_motd_carry_3() -> None:
    value = document()
    sound = hashlib.sha256(document_bytes(value)).hexdigest()
    assert carried(value) is None
    assert carried(value, hashes={}) == "carrier-no-hash"
    assert carried(value, hashes={"md5": "x"}, length=0) == "carrier-no-hash"
    assert carried(value, length=1) == "carrier-length"
    assert carried(value, hashes={"sha256": "0" * 64}) == "carrier-hash"
    assert carried(value, hashes={"sha256": sound, "sha512": "0" * 128}) == "carrier-hash"
    assert carried(value, hashes={"sha256": sound, "unheard-of": "x"}) is None


def test_motd_carry_3_without_document_bytes() -> None:
    for later in (float("inf"), float("nan"), 10**400, "\ud800"):
        found = judge(document(later=later), REPOSITORY, TargetEntry(1, {"sha256": "0"}))
        assert isinstance(found, Refused)
        assert found.code == "carrier-hash"


def test_an_integer_is_one_by_its_value() -> None:
    found = judge(document(notice(revision=2.0)), REPOSITORY)
    assert isinstance(found, Judged)
    assert isinstance(found.notices[0], Notice)
    assert found.notices[0].revision == 2


# Notices beside each other


def codes(*notices: Any) -> list[str | None]:
    return [n.code if isinstance(n, RefusedNotice) else None for n in judged(*notices).notices]


def test_motd_doc_8() -> None:
    assert codes(notice(id="a"), notice(id="b", revision=0), 7, notice(id="c")) == [
        None,
        "revision-malformed",
        "notice-not-an-object",
        None,
    ]


def test_motd_doc_9() -> None:
    assert codes(notice(id="a"), notice(id="b")) == [None, None]
    assert codes(notice(id="a"), {"id": "a"}, notice(id="b")) == ["id-duplicate", "id-duplicate", None]
    # Also when the string follows no grammar; and a number is no id.
    assert codes(notice(id="-"), notice(id="-")) == ["id-duplicate"] * 2
    assert codes(notice(id=1), notice(id=1)) == ["id-malformed"] * 2
    refused = judged(notice(id="-"), notice(id="-"), notice(id="a"), notice(id="a")).notices
    assert [n.id for n in refused] == [None, None, "a", "a"]


def test_motd_doc_9_one_entry_has_no_twin() -> None:
    assert codes(notice(id="a"), "a", notice(id="A")) == [None, "notice-not-an-object", "id-malformed"]


def test_the_order_of_checks_gives_the_code() -> None:
    faults: list[tuple[str, Any]] = [
        ("id", "-"), ("revision", 0), ("severity", "-"), ("topic", "-"), ("begins", "x"), ("ends", "x"),
        ("requires", 1), ("repeat", "-"), ("resolves", 1), ("text", 1), ("links", 1), ("audience", 1),
    ]  # fmt: skip
    found = []
    while faults:
        found.append(notice_code(notice(**dict(faults))))
        faults.pop(0)
    assert found == [
        "id-malformed", "revision-malformed", "severity-malformed", "topic-malformed", "time-malformed",
        "time-malformed", "requires-malformed", "repeat-malformed", "resolves-malformed", "text-malformed",
        "links-malformed", "audience-malformed",
    ]  # fmt: skip


def test_the_order_of_checks_inside() -> None:
    assert notice_code(notice(links=[{"rel": "-", "url": 1}, 1])) == "links-malformed"
    assert notice_code(notice(links=[{"rel": "a", "url": 1}, {"rel": "-"}])) == "link-url-malformed"
    assert notice_code(clause(components=[{"purl": "x"}], os=1)) == "purl-malformed"
    assert notice_code(clause(components=[{"purl": "x"}, {}])) == "components-malformed"
    assert notice_code(notice(text={"en": {"title": "\x1b" * 121, "body": 1}})) == "title-malformed"
    assert notice_code(notice(text={"en": {"title": "\u0301\x1b", "body": 1}})) == "text-code-point"
    assert notice_code(notice(text={"en": entry("x", ["\x1b"] * 9)})) == "body-malformed"
    assert notice_code(notice(text={"en": entry("x", ["\x1b", 1])})) == "text-code-point"
    assert notice_code(versions("vers:npm/x|y|x", "pkg:pypi/a")) == "versions-scheme"
    assert notice_code(versions("vers:pypi/<2|<1|x")) == "versions-unparsable"
    assert notice_code(versions("vers:pypi/<1|<3|<2")) == "versions-order"
    assert document_code({"schema_version": "2.0"}) == "schema-version"
    assert document_code(document(repository="-", default_language="-")) == "repository-malformed"
    assert document_code(document(default_language="-", notices=1)) == "default-language-malformed"


# Tomorrow's documents


def test_motd_fwd_1() -> None:
    later = {"later": None}
    text = {"en": {**entry(), **later}}
    value = notice(**later, text=text, links=[{"rel": "a", "url": "https://a.b", **later}])
    found = judge(document(value, **later), REPOSITORY)
    assert isinstance(found, Judged)
    assert isinstance(found.notices[0], Notice)


def test_motd_fwd_2() -> None:
    assert accepted(severity="notable").severity == "info"
    assert accepted(severity="critical").severity == "critical"


def test_motd_fwd_3() -> None:
    assert accepted(topic="moving-house").topic == "moving-house"


def test_motd_fwd_5() -> None:
    assert not accepted(repeat="hourly").once
    assert accepted(repeat="once").once


@pytest.mark.parametrize(
    "name",
    [
        "id",
        "revision",
        "severity",
        "topic",
        "begins",
        "ends",
        "requires",
        "repeat",
        "resolves",
        "text",
        "links",
        "audience",
    ],
)
def test_motd_fwd_6(name: str) -> None:
    assert notice_code(notice(**{name: None})) is not None
    assert notice_code(notice()) is None
    for member in ("schema_version", "repository", "default_language", "notices"):
        assert document_code(document(**{member: None})) is not None


def test_motd_fwd_7() -> None:
    assert accepted(links=[{"rel": "timetable", "url": "https://a.b"}]).links[0].rel == "timetable"


# Languages and text


@pytest.mark.parametrize("tag", ["FR", "fr_FR", "x-a", "f"])
def test_motd_lang_1(tag: str) -> None:
    found = accepted(text={"en": entry(), tag: entry()})
    assert found.texts.refused == {tag: "language-tag-malformed"}
    assert sorted(found.texts.accepted) == ["en"]


def test_motd_lang_2() -> None:
    bad = {
        "fr": entry(""),
        "de": entry("x", 1),
        "es": entry("x", [""]),
        "it": entry("\x1b"),
        "pt": entry("\u0301a"),
    }
    found = accepted(text={"en": entry(), **bad})
    assert found.texts.refused == {
        "fr": "title-malformed",
        "de": "body-malformed",
        "es": "paragraph-malformed",
        "it": "text-code-point",
        "pt": "text-marks",
    }
    assert notice_code(notice(text={"en": entry(""), "fr": entry()})) == "title-malformed"


def test_motd_text_8() -> None:
    title = "  e\u0301 \u00e9 \ufb01 \u212b  x  "
    assert accepted(text={"en": entry(title, [title])}).texts.accepted["en"].title == title
    assert accepted(text={"en": entry(title, [title])}).texts.accepted["en"].body == (title,)


# Versions


def ordered(scheme: str, *rising: str) -> None:
    from tuf_motd.schemes import parse

    keys: list[Any] = [parse(scheme, version) for version in rising]
    assert None not in keys
    for position, key in enumerate(keys):
        assert all(key < other and not other < key for other in keys[position + 1 :])


def equal(scheme: str, *same: str) -> None:
    from tuf_motd.schemes import parse

    keys = [parse(scheme, version) for version in same]
    assert None not in keys
    assert all(key == keys[0] for key in keys)


def none(scheme: str, *texts: str) -> None:
    from tuf_motd.schemes import parse

    assert [text for text in texts if parse(scheme, text) is not None] == []


def test_motd_vers_7() -> None:
    ordered(
        "pypi", "1.0.dev1", "1.0a1.dev1", "1.0a1", "1.0b1", "1.0rc1", "1.0", "1.0.post1.dev1",
        "1.0.post1", "1.1.dev1", "1.1", "18446744073709551616", "18446744073709551617", "1!0",
    )  # fmt: skip
    equal("pypi", "1.0", "1", "v1.0.0", "0!1", "\t1.0\n ", "01.0")
    equal("pypi", "1.0rc1", "1.0-c.1", "1.0PREVIEW_1", "1.0.pre1")
    equal("pypi", "1.0.post1", "1.0-1", "1.0r1", "1.0_rev.1")
    equal("pypi", "1.0", "1.0+A.b", "1.0+a-1", "1.0+5")
    none(
        "pypi",
        "",
        "1.0.",
        "1..0",
        "1.0 rc1",
        "\u00a01.0",
        "1.0\x1c",
        "1.0+",
        "\u0661.0",
        "1.0-",
        "==1",
        "1.0\u017f",
    )


def test_motd_vers_8() -> None:
    for scheme in ("semver", "cargo", "npm"):
        ordered(
            scheme, "1.0.0-0", "1.0.0-2", "1.0.0-10", "1.0.0--", "1.0.0-0a", "1.0.0-A", "1.0.0-alpha",
            "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1",
            "1.0.0", "1.0.18446744073709551616", "1.0.18446744073709551617",
        )  # fmt: skip
        equal(scheme, "1.0.0", "1.0.0+a", "1.0.0+001.b-")
        none(
            scheme,
            "1",
            "1.0",
            "v1.0.0",
            "1.0.0-01",
            "01.0.0",
            "1.0.0-",
            "1.0.0+",
            "1.0.0-a..b",
            "1.0.0 ",
            "1.0.0.0",
        )


def test_motd_vers_9() -> None:
    ordered(
        "intdot",
        "0",
        "0.0.1",
        "1",
        "1.0.1",
        "1.2",
        "1.10",
        "2",
        "18446744073709551616",
        "18446744073709551617",
    )
    equal("intdot", "10.04", "10.4.0", "010.4")
    none("intdot", "", ".", "1.", ".1", "1..2", "1a", "-1", " 1", "\u0661", "1" * 129)
