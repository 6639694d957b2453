"""Cases of requirements with a code: one change of a sound base each, accepted or refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from building import ABSENT, document, notice

from tuf_motd.canonical import document_bytes

OTHER = 9_007_199_254_740_991


@dataclass(frozen=True)
class Case:
    requirement: str
    value: Any
    code: str | None

    def __str__(self) -> str:
        return f"{self.requirement}-{'refused' if self.code else 'accepted'}"


def _of(requirement: str, code: str, good: list[Any], bad: list[Any]) -> Iterator[Case]:
    for value in good:
        yield Case(requirement, value, None)
    for value in bad:
        yield Case(requirement, value, code)


def several(*values: Any) -> list[Any]:
    return list(values)


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth - 1):
        value = [value]
    return value


def document_cases() -> Iterator[Case]:
    """Values of the custom carrier."""
    yield from _of("MOTD-BYTES-1", "document-too-large", [_padded(16_384)], [_padded(16_385)])
    yield from _of("MOTD-BYTES-4", "too-deep", [document(later=nested(7))], [document(later=nested(8))])
    names: list[Any] = ["", "é", "\x7f", "\n"]
    yield from _of(
        "MOTD-BYTES-6",
        "name-not-ascii",
        [document(**{" ~": 1})],
        [document(later=[{name: 1}]) for name in names],
    )
    yield from _of("MOTD-DOC-1", "not-an-object", [document()], [[], None, "x", 1, True])
    yield from _of(
        "MOTD-DOC-2",
        "schema-version",
        [document(schema_version=v) for v in several("1.0", "1.7", "1.184467440737095516160")],
        [
            document(schema_version=v)
            for v in several(
                ABSENT, None, 1.0, "1", "1.00", "01.0", "2.0", "0.9", "1.0 ", "1.-1", "1.0.0", "1.٣"
            )
        ],
    )
    yield from _of(
        "MOTD-DOC-3",
        "repository-malformed",
        [document()],
        [
            document(repository=v)
            for v in several(ABSENT, None, 1, "", "PyPI.org", "-x", "x/", "a" * 254, "pypi.org\n", "é")
        ],
    )
    yield from _of(
        "MOTD-DOC-4",
        "repository-mismatch",
        [document()],
        [document(repository=v) for v in several("staging.pypi.org", "a" * 253, "pypi.or")],
    )
    yield from _of(
        "MOTD-DOC-5",
        "default-language-malformed",
        [document(default_language=v) for v in several(ABSENT, "en", "pt-BR", "american")],
        [
            document(default_language=v)
            for v in several(None, 1, "", "EN", "pt-br", "x-own", "i-klingon", "en\n")
        ],
    )
    yield from _of(
        "MOTD-DOC-6",
        "notices-malformed",
        [document(notices=v) for v in several(ABSENT, [])],
        [document(notices=v) for v in several(None, {}, "", 0, False)],
    )
    yield from _of(
        "MOTD-DOC-7", "notices-too-many", [document(notices=[0] * 32)], [document(notices=[0] * 33)]
    )


def _padded(size: int) -> Any:
    return document(pad="x" * (size - len(document_bytes(document(pad="")))))


def notice_cases() -> Iterator[Case]:
    """Single notices."""
    yield from _of("MOTD-DOC-10", "notice-not-an-object", [notice()], [None, [], "base", 1, True])
    long = "a" * 64
    good_ids = several("a", "0", "a.b_c-d", long)
    bad_ids = several(None, 1, [], "", "A", "-a", "a-", "a b", long + "a", "a\n")
    for number, name, code in (
        (11, "id", "id-malformed"),
        (13, "severity", "severity-malformed"),
        (14, "topic", "topic-malformed"),
        (17, "repeat", "repeat-malformed"),
    ):
        required: list[Any] = [ABSENT] if name in ("id", "severity") else []
        yield from _of(
            f"MOTD-DOC-{number}",
            code,
            [notice(**{name: value}) for value in good_ids],
            [notice(**{name: value}) for value in [*bad_ids, *required]],
        )
    yield from _of(
        "MOTD-DOC-12",
        "revision-malformed",
        [notice(revision=v) for v in several(1, OTHER)],
        [notice(revision=v) for v in several(ABSENT, None, 0, -1, OTHER + 1, 1.5, "1", True, 1e300)],
    )
    many = [f"f{n}" for n in range(33)]
    lists: list[Any] = [None, "a", {}, ["a", "a"], ["A"], [None], many, [["a"]]]
    yield from _of(
        "MOTD-DOC-15", "requires-malformed", [notice(requires=[])], [notice(requires=v) for v in lists]
    )
    yield from _of("MOTD-FWD-4", "requires-unknown", [notice(requires=[])], [notice(requires=many[:32])])
    yield from _of(
        "MOTD-DOC-16",
        "resolves-malformed",
        [notice(resolves=v) for v in several([], ["a", "b"], many[:32])],
        [notice(resolves=v) for v in [*lists, ["base"], ["a", "base"]]],
    )
    yield from _time_cases()
    yield from _text_cases()
    yield from _link_cases()
    yield from _audience_cases()


def _time_cases() -> Iterator[Case]:
    bad: list[Any] = [ABSENT, None, 1, "", "2026-11-01", "2026-11-01T00:00:00z", "2026-11-01t00:00:00Z"]
    bad += [
        "2026-11-01T00:00:00+00:00",
        "2026-11-01T00:00:00.0Z",
        "2026-11-01T24:00:00Z",
        "1969-12-31T23:59:59Z",
    ]
    bad += ["2026-11-01T00:00:60Z", "2026-02-29T00:00:00Z", "2026-11-31T00:00:00Z", "2026-00-01T00:00:00Z"]
    bad += [
        "2100-02-29T00:00:00Z",
        "２026-11-01T00:00:00Z",
        "2026-11-01T00:00:00Z\n",
        "10000-01-01T00:00:00Z",
    ]
    yield from _of(
        "MOTD-TIME-1",
        "time-malformed",
        [
            notice(begins="2024-02-29T23:59:59Z", ends="2024-03-01T00:00:00Z"),
            notice(begins="1970-01-01T00:00:00Z", ends="1970-01-02T00:00:00Z"),
            notice(begins="9999-12-31T23:59:58Z", ends="9999-12-31T23:59:59Z"),
        ],
        [notice(**{name: value}) for name in ("begins", "ends") for value in bad],
    )
    yield from _of(
        "MOTD-TIME-2",
        "time-order",
        [notice(ends="2026-11-01T00:00:01Z")],
        [notice(ends="2026-11-01T00:00:00Z"), notice(ends="2026-10-31T23:59:59Z")],
    )
    yield from _of(
        "MOTD-TIME-3",
        "time-span",
        [notice(ends="2027-11-02T00:00:00Z")],
        [notice(ends="2027-11-02T00:00:01Z")],
    )


def entry(title: Any = "A title", body: Any = None) -> dict[str, Any]:
    return {"title": title, "body": [] if body is None else body}


def texts(**changes: Any) -> Any:
    return notice(text={"en": {**entry(), **changes}})


def _text_cases() -> Iterator[Case]:
    bad_points = [
        "\x1b",
        "\n",
        "\t",
        "\x7f",
        "\x85",
        "\xad",
        "\u034f",
        "\u061c",
        "\u115f",
        "\u17b4",
        "\u180e",
    ]
    bad_points += ["\u200b", "\u200d", "\u2028", "\u202e", "\u2066", "\u3164", "\ufe0f", "\ufeff", "\ufff9"]
    bad_points += [
        "\ue000",
        "\ufdd0",
        "\uffff",
        "\U0001d173",
        "\U000e0041",
        "\U000e0100",
        "\U0010ffff",
        "\u0378",
    ]
    yield from _of(
        "MOTD-TEXT-1",
        "text-code-point",
        [texts(title="Größe 漢字 עברית 🎉 \u00a0x")],
        [texts(title=f"a{p}b") for p in bad_points] + [texts(body=[f"a{p}"]) for p in bad_points],
    )
    # Assigned in Unicode 15.0 and 16.0: a newer runtime knows them.
    yield from _of(
        "MOTD-TEXT-7",
        "text-code-point",
        [texts(title="\U0001f600")],
        [texts(title="\U0001fae8"), texts(title="\U0001fae9")],
    )
    spaces = " \u00a0\u1680\u2000\u200a\u202f\u205f\u3000"
    yield from _of(
        "MOTD-TEXT-2",
        "title-malformed",
        [texts(title="x" * 120), texts(title=" x "), texts(title="\U0001f600" * 120)],
        [texts(title=v) for v in several(None, 1, [], "", " ", " \u0301", spaces, "x" * 121)]
        + [notice(text={"en": {"body": []}})]
        + [notice(text={"en": v}) for v in several(None, "x", [], 1)],
    )
    yield from _of(
        "MOTD-TEXT-3",
        "paragraph-malformed",
        [texts(body=["x" * 1000] * 8)],
        [texts(body=["fine", v]) for v in several(None, 1, [], "", " ", "\u1161", spaces, "x" * 1001)],
    )
    yield from _of(
        "MOTD-TEXT-4",
        "body-malformed",
        [texts(body=[]), texts(body=["x"] * 8)],
        [texts(body=v) for v in several(None, "x", {}, ["x"] * 9)] + [notice(text={"en": {"title": "x"}})],
    )
    yield from _of(
        "MOTD-TEXT-5",
        "text-marks",
        [texts(title="o" + "\u0301" * 4 + "o" + "\u0301" * 4)],
        [
            texts(title="\u0301o"),
            texts(body=["o" + "\u0301" * 5]),
            texts(title="a \u0301\u0302\u0303\u0304\u0305"),
        ],
    )
    yield from _of(
        "MOTD-TEXT-11",
        "text-command",
        [texts(title="# #[a]", body=["#", "#"])],
        [texts(title="##[a]"), texts(body=["a \u0301##vso[a]"])],
    )
    yield from _of(
        "MOTD-TEXT-9",
        "text-malformed",
        [notice()],
        [notice(text=v) for v in several(ABSENT, None, [], "x", 1)],
    )
    tags = ["en"] + [f"en-x-{n}" for n in range(63)]
    yield from _of(
        "MOTD-TEXT-10",
        "languages-too-many",
        [notice(text={tag: entry() for tag in tags})],
        [notice(text={tag: entry() for tag in [*tags, "BAD"]})],
    )
    yield from _of(
        "MOTD-LANG-3",
        "default-language-missing",
        [notice()],
        [notice(text={}), notice(text={"fr": entry()}), notice(text={"EN": entry()})],
    )


def links(*values: Any) -> Any:
    return notice(links=list(values))


def _link_cases() -> Iterator[Case]:
    good = {"rel": "details", "url": "https://example.org/"}
    yield from _of(
        "MOTD-LINK-1",
        "links-malformed",
        [links(), links(*[good] * 4)],
        [notice(links=v) for v in several(None, {}, "x", [good] * 5, [None], [good, "x"], [{"rel": 1}, []])],
    )
    yield from _of(
        "MOTD-LINK-2",
        "link-rel-malformed",
        [links({**good, "rel": "unheard-of"})],
        [links({**good, "rel": v}) for v in several(None, 1, "", "Details", "a b")] + [links({"url": "x"})],
    )
    host = ".".join(["a" * 63] * 3) + "."
    urls: list[Any] = [None, 1, "", "https://example.org/" + "a" * 2029, f"https://{host}{'a' * 62}/"]
    urls += ["https://example.1/", "https://example.0x/", "https://a..b/", "https://a.b/\n", "https://a.b/é"]
    yield from _of(
        "MOTD-LINK-3",
        "link-url-malformed",
        [
            links({**good, "url": v})
            for v in several(
                "https://example.org/" + "a" * 2028,
                f"https://{host}{'a' * 61}/",
                "https://a.b0x/",
                "https://1.a1",
            )
        ],
        [links({**good, "url": v}) for v in urls] + [links({"rel": "details"})],
    )


def clause(**members: Any) -> Any:
    return notice(audience=[members])


def component(**members: Any) -> Any:
    return clause(components=[members])


def versions(text: Any, purl: str = "pkg:generic/x") -> Any:
    return component(purl=purl, versions=text)


def _audience_cases() -> Iterator[Case]:
    yield from _of(
        "MOTD-AUD-1",
        "audience-malformed",
        [notice(audience=[{"os": ["linux"]}] * 16), clause(colour="red")],
        [
            notice(audience=v)
            for v in several(None, {}, "x", [], [{}], [None], [{"os": ["A"]}, {}], [{"os": ["linux"]}] * 17)
        ],
    )
    bad: list[Any] = [None, "linux", {}, [], ["Linux"], [1], ["a"] * 17]
    yield from _of(
        "MOTD-AUD-2",
        "clause-malformed",
        [clause(**{name: ["a"] * 16}) for name in ("os", "arch", "commands")],
        [clause(**{name: v}) for name in ("os", "arch", "commands") for v in bad],
    )
    pip = {"purl": "pkg:pypi/pip"}
    yield from _of(
        "MOTD-AUD-3",
        "components-malformed",
        [clause(components=[pip] * 32)],
        [clause(components=v) for v in several(None, {}, [], [{}], [None], [{"purl": 1}, {}], [pip] * 33)],
    )
    yield from _of(
        "MOTD-PURL-1",
        "purl-malformed",
        [component(purl="pkg:gem/" + "a" * 504)],
        [
            component(purl=v)
            for v in several(None, 1, "", "pkg:gem/" + "a" * 505, "pkg:gem/é", "pkg:gem/a%7F", "pkg:gem/%3A")
        ]
        + [component(versions="vers:pypi/1")],
    )
    yield from _of(
        "MOTD-PURL-2",
        "purl-malformed",
        [
            component(purl=v)
            for v in several("pkg:npm/%40a/b", "pkg:npm/" + "a" * 214, "pkg:cargo/" + "a" * 64, "pkg:deb/x")
        ],
        [
            component(purl=v)
            for v in several(
                "pkg:pypi/a_b",
                "pkg:cargo/1a",
                "pkg:cargo/" + "a" * 65,
                "pkg:cargo/a/b",
                "pkg:npm/.a",
                "pkg:npm/%40a/b/c",
                "pkg:npm/%40a/" + "a" * 212,
                "pkg:conda/A",
                "pkg:conda/main/a",
            )
        ],
    )
    long = "|".join(str(n) for n in range(1, 17))
    yield from _of(
        "MOTD-VERS-1",
        "versions-malformed",
        [versions(f"vers:intdot/{long}"), versions("vers:intdot/" + "1" * 128), versions("vers:pypi/*")],
        [versions(v) for v in several(None, 1, "", f"vers:intdot/{long}|17", "vers:intdot/" + "1" * 129)]
        + [
            versions(v)
            for v in several("vers:intdot/<", "vers:intdot/1 ", "vers:intdot/1\n", "vers:intdot/%31")
        ],
    )
    yield from _of(
        "MOTD-VERS-2",
        "versions-scheme",
        # `deb` is registered and not implemented here: it refuses nothing.
        [
            versions("vers:deb/1", "pkg:pypi/a"),
            versions("vers:gem/1", "pkg:gem/a"),
            versions("vers:semver/*"),
        ],
        [
            versions("vers:npm/*", "pkg:pypi/a"),
            versions("vers:pypi/x", "pkg:gem/a"),
            versions("vers:cargo/*", "pkg:conda/a"),
        ],
    )
    yield from _of(
        "MOTD-VERS-3",
        "versions-unparsable",
        [versions("vers:unheard-of/x|y|x")],
        [
            versions(v)
            for v in several("vers:semver/1.2", "vers:pypi/2|x|1", "vers:npm/v1.2.3", "vers:intdot/1..2")
        ],
    )
    yield from _of(
        "MOTD-VERS-4",
        "versions-order",
        [versions("vers:pypi/1|2|10")],
        [versions(v) for v in several("vers:pypi/10|2", "vers:pypi/1|1.0", "vers:pypi/<1|<3|<2")],
    )
    pairs = {
        (first, then)
        for first, thens in {
            "": (" ", ">", ">="),
            "!=": ("!=", "<", "<="),
            "<": (" ", ">", ">="),
            "<=": (" ", ">", ">="),
            ">": ("!=", "<", "<="),
            ">=": ("!=", "<", "<="),
        }.items()
        for then in (then.strip() for then in thens)
    }
    comparators = ("", "!=", "<", "<=", ">", ">=")
    yield from _of(
        "MOTD-VERS-5",
        "versions-redundant",
        [versions(f"vers:intdot/{a}1|{b}2") for a in comparators for b in comparators if (a, b) in pairs],
        [versions(f"vers:intdot/{a}1|{b}2") for a in comparators for b in comparators if (a, b) not in pairs],
    )
