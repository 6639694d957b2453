"""The operations without a network: `parse`, `select` and `render`."""

from __future__ import annotations

from dataclasses import dataclass

from tuf_motd import times
from tuf_motd.adapter.answers import Rejected
from tuf_motd.adapter.members import Members, RequestError
from tuf_motd.audience import Machine
from tuf_motd.document import Judged, Refused, judge
from tuf_motd.errors import CallerError
from tuf_motd.json_value import Json
from tuf_motd.languages import from_environment, is_utf8
from tuf_motd.notice import Notice, RefusedNotice
from tuf_motd.rendering import Terminal, check_source_name, render
from tuf_motd.seen import Seen
from tuf_motd.selection import Selection, select
from tuf_motd.target_entry import read_entry


@dataclass(frozen=True)
class Surroundings:
    """A machine of the protocol: what this library takes apart."""

    machine: Machine
    languages: tuple[str, ...]
    environment: dict[str, str]


def surroundings(members: Members) -> Surroundings:
    """Read the member `machine` of a request."""
    environment = members.text_map("environment")
    languages = members.texts_or_null("languages")
    machine = Machine(
        members.text_or_null("os"),
        members.text_or_null("arch"),
        members.text_or_null("command"),
        members.texts_map("components"),
    )
    members.seed_or_null("rollout_secret")  # of a feature that this implementation does not have
    members.end()
    if languages is None:  # MOTD-LANG-6
        languages = from_environment(environment)
    return Surroundings(machine, languages, environment)


def parse_document(members: Members) -> dict[str, Json]:
    """Answer `parse`."""
    repository = members.text("repository")
    if members.has("target"):
        verdict = judge(members.bytes("target"), repository)
    else:
        try:
            entry, value = read_entry(members.text("entry"))
        except CallerError as error:
            raise RequestError("request: entry is no target entry") from error
        verdict = judge(value, repository, entry)
    members.end()
    return {"notices": [_judged(notice) for notice in _accepted(verdict).notices]}


def select_notices(members: Members) -> dict[str, Json]:
    """Answer `select`: as if the user had asked for the list of all that applies."""
    verdict = judge(members.bytes("document"), members.text("repository"))
    now, around = members.time("now"), surroundings(members.object("machine"))
    members.end()
    selection = select(_accepted(verdict), around.machine, around.languages, Seen(), now, asked=True)
    return {"notices": _decisions(selection)}


def render_notices(members: Members) -> dict[str, Json]:
    """Answer `render`: the end of a run of a user who has seen nothing yet."""
    sources, now = members.objects("sources"), members.time("now")
    around, form = (
        surroundings(members.object("machine")),
        members.one_of("form", "terminal", "plain", "ascii"),
    )
    columns = members.integer_or_null("columns", 0)
    members.end()
    selections: dict[str, Selection] = {}
    for source in sources:
        name = source.text("name")
        verdict = judge(source.bytes("document"), source.text("repository"))
        source.end()
        try:
            check_source_name(name)
        except CallerError as error:
            raise Rejected("configuration", "source") from error
        if name in selections:
            raise RequestError("sources: two of one name")
        selections[name] = select(_accepted(verdict), around.machine, around.languages, Seen(), now)
    mode = "critical" if form == "ascii" else "full"
    utf8 = is_utf8(around.environment)
    terminal = Terminal(columns, around.languages, form == "plain", mode, utf8)
    rendered = render(selections, terminal)
    notices: list[Json] = []
    for name, selection in selections.items():
        left_out = {id_: reason for source_name, id_, reason in rendered.skipped if source_name == name}
        notices.append(_decisions(selection.left_out(left_out)))
    return {"lines": list[Json](rendered.lines), "notices": notices}


def _accepted(verdict: Judged | Refused) -> Judged:
    if isinstance(verdict, Refused):
        raise Rejected("document", verdict.code)
    return verdict


def _decisions(selection: Selection) -> list[Json]:
    return [decision.plain() for decision in selection.decisions]


def _judged(notice: Notice | RefusedNotice) -> Json:
    if isinstance(notice, RefusedNotice):
        return {"id": notice.id, "code": notice.code, "refused_languages": {}, "notice": None}
    refused = dict[str, Json](notice.texts.refused)
    return {"id": notice.id, "code": None, "refused_languages": refused, "notice": _understood(notice)}


def _understood(notice: Notice) -> Json:
    texts: dict[str, Json] = {}
    for tag, text in notice.texts.accepted.items():
        texts[tag] = {"title": text.title, "body": list[Json](text.body)}
    return {
        "revision": notice.revision,
        "severity": notice.severity,
        "topic": notice.topic,
        "begins": times.text(notice.begins),
        "ends": times.text(notice.ends),
        "repeat": "once" if notice.declared_repeat == "once" else None,
        "resolves": list[Json](notice.resolves),
        "text": texts,
        "links": [link.plain() for link in notice.links],
    }
