"""The operations of an installer: `check` and `acknowledge`."""

from __future__ import annotations

import io
import threading
from pathlib import Path

from tuf_motd.adapter.answers import Rejected
from tuf_motd.adapter.members import Members, RequestError
from tuf_motd.adapter.without_network import surroundings
from tuf_motd.errors import CallerError, StateError
from tuf_motd.installer.background import Run
from tuf_motd.installer.checking import Checked, Settings
from tuf_motd.installer.displaying import Output
from tuf_motd.installer.explicit import acknowledge, explicit_check, list_notices
from tuf_motd.installer.source import Source
from tuf_motd.json_value import Json


def check_source(members: Members) -> dict[str, Json]:
    """Answer `check`: one run for one source."""
    kind = members.one_of("kind", "explicit", "automatic", "list")
    source = _source(members.object("source"), _installer(members.object("installer")))
    folder, now = members.folder_or_null("state"), members.time("now")
    around = surroundings(members.object("machine"))
    settings = Settings(
        around.machine,
        around.languages,
        around.environment,
        offline=members.boolean("offline"),
        deadline=members.integer("deadline_milliseconds", 1) / 1000,
        interval=members.integer("interval_seconds", 3600, 86_400),
    )
    output = _output(members.object("output"))
    command = members.object_or_null("command")
    state = None if folder is None else Path(folder)
    work = _Work(command)
    members.end()
    if kind == "automatic":
        return _automatic(source, state, now, settings, output, work)
    ask = list_notices if kind == "list" else explicit_check
    checked = ask(source, state, now, settings, output)
    return _result(checked.exit_status, output, checked)


def acknowledge_notices(members: Members) -> dict[str, Json]:
    """Answer `acknowledge`."""
    _source(members.object("source"), "adapter/1")
    folder, now, ids = members.folder("state"), members.time("now"), members.texts("ids")
    members.end()
    try:
        acknowledge(Path(folder), now, ids)
    except StateError as error:
        raise RequestError("state: not writable, or in use") from error
    return {}


class _Work:
    """The work of a command, which is described and not real."""

    def __init__(self, members: Members | None) -> None:
        self.seconds, self.used_network, self.stdout, self.exit_status = 0.0, False, "", 0
        if members is not None:
            self.seconds = members.integer("milliseconds", 0) / 1000
            self.used_network = members.boolean("used_network")
            self.stdout = members.text("stdout")
            self.exit_status = members.integer("exit_status", 0, 255)
            members.end()


def _automatic(
    source: Source, state: Path | None, now: int, settings: Settings, output: Output, work: _Work
) -> dict[str, Json]:
    run = Run([(source, state)], now, settings, output)
    try:
        threading.Event().wait(work.seconds)  # the work itself: so long, says the request
        output.out.write(work.stdout)
        checked = run.finish(used_network=work.used_network)
    finally:
        run.abandon()
    return _result(work.exit_status, output, checked[0] if checked else None)


def _result(exit_status: int, output: Output, checked: Checked | None) -> dict[str, Json]:
    is_silent = checked is None or checked.is_off
    return {
        "exit_status": exit_status,
        "stdout": _written(output.out),
        "stderr": _written(output.err),
        "report": None if is_silent or checked is None else checked.plain(),
    }


def _written(stream: object) -> str:
    return stream.getvalue() if isinstance(stream, io.StringIO) else ""


def _output(members: Members) -> Output:
    """Read `output`; what would be written is kept instead."""
    output = Output(
        members.one_of("form", "terminal", "pipe", "json"),
        members.integer_or_null("columns", 0),
        members.boolean("plain"),
        members.boolean("quiet"),
        out=io.StringIO(),
        err=io.StringIO(),
    )
    members.end()
    return output


def _installer(members: Members) -> str:
    found = f"{members.text('name')}/{members.text('version')}"
    members.end()
    return found


def _source(members: Members, installer: str) -> Source:
    texts = {name: members.text(name) for name in ("name", "repository", "metadata_url", "targets_url")}
    root = members.bytes("root")
    kind = members.one_of("kind", "sidecar", "in-band") if members.has("kind") else "in-band"
    members.end()
    try:
        return Source(root=root, installer=installer, allow_http=True, kind=kind, **texts)
    except CallerError as error:
        if error.code == "installer-name":
            raise RequestError("installer: no product of a User-Agent") from error
        raise Rejected("configuration", "source") from error
