"""What a machine shows: audience, time, repeating and budgets."""

from __future__ import annotations

from typing import Any

import pytest
from building import judged, notice

from tuf_motd import Machine, Seen, record, select
from tuf_motd.seen import DAY, WEEK, Entry, from_plain
from tuf_motd.times import seconds

BEGINS = seconds("2026-11-01T00:00:00Z") or 0
ENDS = seconds("2026-12-01T00:00:00Z") or 0
NOW = BEGINS + 100
MACHINE = Machine(
    os="linux",
    arch="x86_64",
    command="install",
    components={
        "pkg:pypi/Zope.Interface": ("5.0", "6.0"),
        "pkg:generic/broken": ("not a version",),
        "pkg:generic/long": ("1" * 129,),
        "pkg:npm/%40Angular/CLI": ("1.0.0",),
        "not a purl": ("1",),
    },
)


def reasons(*notices: Any, seen: Seen | None = None, now: int = NOW, asked: bool = False) -> list[str]:
    found = select(judged(*notices), MACHINE, (), seen or Seen(), now, asked=asked)
    return [decision.reason for decision in found.decisions]


def after(*notices: Any, seen: Seen | None = None, now: int = NOW, asked: bool = False) -> Seen:
    """Display whatever is due, and give the state afterwards."""
    found = select(judged(*notices), MACHINE, (), seen or Seen(), now, asked=asked)
    shown = [(d.id, d.revision) for d in found.decisions if d.show and d.id and d.revision]
    return from_plain(record(found, shown).plain())


@pytest.mark.parametrize(
    ("now", "reason"), [(BEGINS - 1, "not-begun"), (BEGINS, "new"), (ENDS - 1, "new"), (ENDS, "ended")]
)
def test_motd_time_4(now: int, reason: str) -> None:
    assert reasons(notice(), now=now) == [reason]


def component(purl: str, *versions: str, **more: Any) -> dict[str, Any]:
    return {"components": [{"purl": purl, **({"versions": versions[0]} if versions else {}), **more}]}


ZOPE = "pkg:pypi/zope-interface"


@pytest.mark.parametrize(
    ("requirement", "clauses", "applies"),
    [
        ("MOTD-AUD-4", [{"os": ["linux"]}], True),
        ("MOTD-AUD-4", [{"os": ["windows"]}, {"os": ["linux"]}], True),
        ("MOTD-AUD-4", [{"os": ["windows"]}], False),
        ("MOTD-AUD-5", [{"os": ["windows", "linux"], "arch": ["x86_64"], "commands": ["install"]}], True),
        ("MOTD-AUD-5", [{"os": ["linux"], "arch": ["arm"]}], False),
        ("MOTD-AUD-5", [{"os": ["linux"], "commands": ["upload"]}], False),
        ("MOTD-AUD-5", [{"components": [{"purl": ZOPE}, {"purl": "pkg:generic/absent"}]}], False),
        ("MOTD-AUD-6", [{"os": ["linux"], "colour": "red"}], False),
        ("MOTD-AUD-6", [{"os": ["linux"], "rollout": {"percent": 100, "salt": "s"}}], False),
        ("MOTD-AUD-6", [component(ZOPE, colour=1)], False),
        ("MOTD-AUD-6", [component("pkg:generic/broken", "vers:deb/*")], False),
        ("MOTD-AUD-6", [component("pkg:gem/a", "vers:gem/1")], False),
        ("MOTD-AUD-7", [component("pkg:generic/broken", "vers:pypi/!=1")], False),
        ("MOTD-AUD-7", [component("pkg:generic/long", "vers:intdot/*")], False),
        ("MOTD-AUD-7", [{"os": ["plan9", "linux"]}], True),
        ("MOTD-AUD-8", [component(ZOPE, "vers:pypi/<5.5")], True),
        ("MOTD-AUD-8", [component(ZOPE, "vers:pypi/>=5.5")], True),
        ("MOTD-AUD-8", [component(ZOPE, "vers:pypi/>=7")], False),
        ("MOTD-PURL-3", [component(ZOPE)], True),
        ("MOTD-PURL-3", [component("pkg:npm/%40angular/cli")], True),
        ("MOTD-PURL-3", [component("pkg:npm/cli")], False),
        ("MOTD-VERS-10", [component("pkg:generic/broken")], True),
        ("MOTD-VERS-10", [component("pkg:generic/broken", "vers:pypi/*")], False),
        ("MOTD-VERS-10", [component(ZOPE, "vers:pypi/*")], True),
        ("MOTD-VERS-6", [component(ZOPE, "vers:pypi/>5.0|<6.0")], False),
    ],
)
def test_audience(requirement: str, clauses: Any, applies: bool) -> None:
    assert reasons(notice(audience=clauses)) == ["new" if applies else "audience"], requirement


def test_motd_aud_7_nothing_is_known() -> None:
    for clause in ({"os": ["linux"]}, {"arch": ["arm"]}, {"commands": ["install"]}, component(ZOPE)):
        found = select(judged(notice(audience=[clause])), Machine(), (), Seen(), NOW)
        assert [d.reason for d in found.decisions] == ["audience"]


def test_motd_rep_1() -> None:
    for severity, span in (("warning", WEEK), ("critical", DAY)):
        value = notice(severity=severity)
        seen = after(value)
        assert reasons(value, seen=seen, now=NOW + span - 1) == ["not-yet-due"]
        assert reasons(value, seen=seen, now=NOW + span) == ["due-again"]
        seen = seen.acknowledge("base", 1, ENDS)
        assert reasons(value, seen=seen, now=NOW + span) == ["acknowledged"]
    value = notice(severity="info")
    assert reasons(value, seen=after(value), now=ENDS - 1) == ["seen"]


def test_motd_rep_2() -> None:
    value = notice(severity="critical", repeat="once")
    assert reasons(value) == ["new"]
    assert reasons(value, seen=after(value), now=NOW + WEEK) == ["seen"]
    value = notice(severity="critical", repeat="hourly")
    assert reasons(value, seen=after(value), now=NOW + DAY) == ["due-again"]


def test_motd_rep_3() -> None:
    seen = after(notice(revision=2))
    assert reasons(notice(revision=3), seen=seen) == ["new-revision"]
    assert reasons(notice(revision=2, text={"en": {"title": "Other", "body": []}}), seen=seen) == [
        "not-yet-due"
    ]
    assert reasons(notice(revision=1), seen=seen) == ["not-yet-due"]
    acknowledged = seen.acknowledge("base", 3, ENDS)
    assert reasons(notice(revision=3), seen=acknowledged) == ["acknowledged"]
    assert reasons(notice(revision=4), seen=acknowledged) == ["new-revision"]


def test_motd_rep_4() -> None:
    seen = Seen()
    for number in range(2):
        seen = after(
            notice(id=f"n{number}"), notice(id=f"m{number}", severity="info"), seen=seen, now=NOW + number
        )
    assert reasons(notice(id="third"), seen=seen, now=NOW + 2) == ["budget"]
    assert reasons(notice(id="third", severity="critical"), seen=seen, now=NOW + 2) == ["new"]
    assert reasons(notice(id="third"), seen=seen, now=NOW + WEEK - 1) == ["budget"]
    assert reasons(notice(id="third"), seen=seen, now=NOW + WEEK) == ["new"]


def test_motd_rep_5() -> None:
    seen = Seen()
    for number in range(3):
        seen = after(notice(id=f"n{number}", severity="critical"), seen=seen, now=NOW + number)
    assert reasons(notice(id="fourth", severity="critical"), notice(id="w"), seen=seen, now=NOW + 9) == [
        "budget",
        "new",
    ]
    assert reasons(notice(id="fourth", severity="critical"), seen=seen, now=NOW + DAY) == ["new"]


def test_motd_rep_6() -> None:
    future = Seen({"base": Entry(ENDS, 1, NOW + 10 * WEEK)}, {"other": (NOW + 10 * WEEK,)})
    found = select(judged(notice()), MACHINE, (), future, NOW)
    assert [d.reason for d in found.decisions] == ["not-yet-due"]
    assert found.seen.entries["base"].displayed_at == NOW
    assert found.seen.charged["other"] == (NOW,)


def test_motd_rep_7() -> None:
    clear = notice(id="clear", severity="critical", resolves=["base", "other"])
    assert reasons(clear) == ["resolves-unseen"]
    assert reasons(clear, asked=True) == ["resolves-unseen"]
    seen = after(notice(severity="info"))
    used_up = Seen(seen.entries, {"other": (NOW, NOW), "critical": (NOW, NOW, NOW)})
    assert reasons(clear, seen=used_up) == ["all-clear"]
    seen = after(clear, seen=used_up)
    assert seen.charged == used_up.charged
    assert reasons(clear, seen=seen, now=NOW + WEEK) == ["seen"]
    assert reasons({**clear, "revision": 2}, seen=seen) == ["resolved"]
    assert reasons(notice(id="another", resolves=["base"]), seen=seen) == ["resolved"]
    assert reasons(notice(id="chain", resolves=["clear"]), seen=seen) == ["resolved"]
    found = select(judged(clear), MACHINE, (), used_up, NOW)
    assert found.decisions[0].applicable
    assert found.decisions[0].applicable.notice.severity == "info"


def test_motd_rep_7_of_one_run() -> None:
    seen = after(notice(id="a", severity="info"), notice(id="b", severity="info"))
    named = [["a"], ["a", "unseen"], ["a", "b"], ["b"]]
    clears = [notice(id=f"clear-{at}", resolves=names) for at, names in enumerate(named)]
    expected = ["all-clear", "resolved", "all-clear", "resolved"]
    assert reasons(*clears, seen=seen) == expected
    assert reasons(*reversed(clears), seen=seen) == expected[::-1]


def test_motd_rep_8_asked() -> None:
    seen = after(notice(), asked=True)
    assert seen.charged == {"critical": (), "other": ()}
    assert reasons(notice(), seen=seen) == ["not-yet-due"]
    assert reasons(notice(), seen=seen, asked=True) == ["asked"]


def test_motd_rep_9() -> None:
    entries = {f"n{number}": Entry(NOW + 10 + number, 1, NOW) for number in range(300)}
    kept = Seen(entries).at(NOW).entries
    assert len(kept) == 256
    assert "n43" not in kept
    assert "n44" in kept
    # A clock that is ahead removes nothing.
    assert Seen({"a": Entry(NOW, 1, 1)}).at(NOW + 1).entries.keys() == {"a"}


def test_an_extended_notice_is_not_forgotten() -> None:
    seen = after(notice(severity="info", ends="2026-11-02T00:00:00Z"))
    seen = select(judged(notice(severity="info")), MACHINE, (), seen, NOW).seen
    assert reasons(notice(severity="info"), seen=seen, now=NOW + 2 * DAY) == ["seen"]


def test_motd_lang_4() -> None:
    value = notice(text={"en": {"title": "One", "body": []}, "fr": {"title": "Un", "body": []}, "DE": {}})
    for languages, title in ((("fr-CA",), "Un"), (("de",), "One"), ((), "One")):
        decision = select(judged(value), MACHINE, languages, Seen(), NOW).decisions[0]
        assert decision.applicable
        assert decision.applicable.text.title == title


def test_the_report_of_a_refused_notice() -> None:
    found = select(judged(notice(revision=0), notice(id="-")), MACHINE, (), Seen(), NOW)
    assert found.plain()["notices"] == [
        {
            "id": "base",
            "revision": None,
            "decision": "skip",
            "reason": "refused",
            "code": "revision-malformed",
            "text": None,
        },
        {
            "id": None,
            "revision": None,
            "decision": "skip",
            "reason": "refused",
            "code": "id-malformed",
            "text": None,
        },
    ]
