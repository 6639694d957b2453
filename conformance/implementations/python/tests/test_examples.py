"""Every example of the specification has the verdict that it bears."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from building import REPOSITORY, document, judged
from spec import SPEC, Example, examples, registry, rows

from tuf_motd import Judged, Machine, Refused, Seen, Terminal, judge, render, select
from tuf_motd import purl as purls
from tuf_motd.canonical import document_bytes
from tuf_motd.errors import PublisherError
from tuf_motd.languages import from_environment, is_language_tag, lookup
from tuf_motd.links import is_url
from tuf_motd.notice import FEATURES, SEVERITIES, Notice, RefusedNotice
from tuf_motd.ranges import parse_range
from tuf_motd.schemes import SCHEMES

EXAMPLES = list(examples())
GENERIC = purls.Purl("generic", (), "x")


def named(example: Example) -> str:
    return f"{example.chapter}-{example.verdict}"


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.verdict.startswith("document ")], ids=named)
def test_document_example(example: Example) -> None:
    expected = example.verdict.removeprefix("document ")
    found = judge(json.loads(example.body), REPOSITORY)
    if expected == "ok":
        assert isinstance(found, Judged)
        assert all(isinstance(notice, Notice) for notice in found.notices)
    else:
        assert isinstance(found, Refused)
        assert found.code == expected


@pytest.mark.parametrize("example", [e for e in EXAMPLES if e.verdict.startswith("notice ")], ids=named)
def test_notice_example(example: Example) -> None:
    expected, _, language = example.verdict.removeprefix("notice ").partition(", language ")
    found = judged(json.loads(example.body)).notices[0]
    if expected == "ok":
        assert isinstance(found, Notice)
        assert sorted(set(found.texts.refused.values())) == ([language] if language else [])
    else:
        assert isinstance(found, RefusedNotice)
        assert found.code == expected


def test_display_example() -> None:
    [expected] = [example.body for example in EXAMPLES if example.verdict == "display"]
    value = json.loads(EXAMPLES[0].body) if EXAMPLES[0].chapter == "2-document.md" else None
    found = judge(value, REPOSITORY)
    assert isinstance(found, Judged)
    machine = Machine(os="macos", command="install", components={"pkg:pypi/pip": ("9.0.1",)})
    notices = select(found, machine, (), Seen(), 1_524_000_000)
    lines = render({"pypi": notices}, Terminal(80)).lines
    assert "".join(line + "\n" for line in lines) == expected


def test_custom_example() -> None:
    [body] = [e.body for e in EXAMPLES if e.chapter == "5-carriers.md" and e.verdict == "other"]
    entry = json.loads(body)["motd/notices.json"]
    assert len(document_bytes(entry["custom"]["motd"])) == entry["length"] == 61


@pytest.mark.parametrize("row", rows("3-text.md", "lookup"), ids="|".join)
def test_lookup_line(row: list[str]) -> None:
    ranges, available, expected = (part.split(", ") for part in row)
    assert lookup(ranges, available, available[0]) == expected[0]


@pytest.mark.parametrize("row", rows("3-text.md", "link"), ids="|".join)
def test_link_line(row: list[str]) -> None:
    assert is_url(row[0]) == (row[1] == "ok")


@pytest.mark.parametrize("row", rows("4-audience.md", "purl"), ids="|".join)
def test_purl_line(row: list[str]) -> None:
    assert (purls.parse_of_notice(row[0]) is not None) == (row[1] == "ok")


@pytest.mark.parametrize("row", rows("4-audience.md", "vers"), ids="|".join)
def test_vers_line(row: list[str]) -> None:
    scheme = row[0].partition("vers:")[2].partition("/")[0]
    if scheme in ("deb", "rpm"):
        # The feature is not here: the range is sound, and its clause is false.
        assert not parse_range(row[0], GENERIC).is_implemented
    elif row[1] == "refused":
        with pytest.raises(PublisherError) as error:
            parse_range(row[0], GENERIC)
        assert error.value.code == row[2]
    else:
        assert parse_range(row[0], GENERIC).contains(row[1]) == (row[2] == "in")


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"LANG": "pt_BR.UTF-8"}, ("pt-BR",)),
        ({"LC_ALL": "", "LANG": "de_DE@euro"}, ("de-DE",)),
        ({"LC_ALL": "C.UTF-8", "LANG": "fr_FR.UTF-8"}, ()),
        ({"LC_MESSAGES": "sr_RS.UTF-8@latin"}, ("sr-Latn-RS",)),
        ({"LANGUAGE": "ja", "LANG": "en_GB.UTF-8"}, ("en-GB",)),
        ({"LANG": "american"}, ("american",)),
        ({"LANG": "../../etc"}, ()),
        ({}, ()),
        ({"LANG": "uz_Cyrl_UZ@latin"}, ("uz-Cyrl-UZ",)),
        ({"LANG": "DE_de_1996"}, ("de-DE-1996",)),
        ({"LANG": "de_u_co_phonebk"}, ("de-u-co-phonebk",)),
    ],
)
def test_motd_lang_6(environment: dict[str, str], expected: tuple[str, ...]) -> None:
    assert from_environment(environment) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("en pt-BR zh-Hant-TW sr-Latn-RS es-419 sl-rozaj-biske-1994 de-DE-u-co-phonebk en-x-us", True),
        ("EN pt-br zh-hant sr-latn-RS de-DE-U-co-phonebk", False),
        ("i-klingon x-private zh_TW e en-", False),
    ],
)
def test_motd_lang_1_table(tags: str, expected: bool) -> None:
    assert all(is_language_tag(tag) == expected for tag in tags.split())
    assert not is_language_tag("")


@pytest.mark.parametrize("name", ["permitted", "marks", "wide", "ambiguous"])
def test_tables_are_those_of_the_specification(name: str) -> None:
    copy = files("tuf_motd").joinpath("data", f"{name}.json")
    assert copy.read_bytes() == (SPEC / "tables" / f"{name}.json").read_bytes()


def test_registries_are_those_of_the_specification() -> None:
    from tuf_motd import tables

    assert set(SEVERITIES) == {entry["name"] for entry in registry("severities")}
    assert set(FEATURES) == {entry["name"] for entry in registry("features")}
    assert set(SCHEMES) == {
        entry["name"] for entry in registry("version-schemes") if entry["level"] == "core"
    }
    assert tuple(purls.REGISTERED_SCHEMES) == tuple(entry["name"] for entry in registry("version-schemes"))
    for name in ("ci-variables", "os", "architectures", "commands"):
        copy = SPEC.parent / "conformance/implementations/python/src/tuf_motd/data" / f"{name}.json"
        assert copy.read_bytes() == (SPEC / "registries" / f"{name}.json").read_bytes()
        assert tables.registry(name) == tuple(entry["name"] for entry in registry(name))
    for entry in registry("purl-types"):
        if entry["level"] == "core":
            allowed = [s for s in purls.REGISTERED_SCHEMES if purls.Purl(entry["name"], (), "x").allows(s)]
            assert set(allowed) == set(entry["schemes"])


def test_every_example_is_judged() -> None:
    kinds = {example.verdict.split()[0] for example in EXAMPLES}
    assert kinds == {"document", "notice", "display", "other"}
    assert document()["notices"] == []
