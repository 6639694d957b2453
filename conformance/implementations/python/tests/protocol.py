"""The other side of the plug-in protocol: requests, and answers validated against the schema."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from building import document
from jsonschema import Draft202012Validator
from simulator import NOW, Server
from spec import SPEC

from tuf_motd import times
from tuf_motd.adapter import answer as in_process
from tuf_motd.canonical import document_bytes

Message = dict[str, Any]
_SCHEMA = SPEC.parent / "conformance" / "protocol" / "messages.schema.json"
_NUMBERS = itertools.count()


@cache
def _validator(name: str) -> Draft202012Validator:
    definitions = json.loads(_SCHEMA.read_text("utf-8"))["$defs"]
    return Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": definitions})


def validate(name: str, message: Message) -> None:
    _validator(name).validate(message)


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def document_of(value: Any) -> str:
    return base64_of(document_bytes(value))


def time_of(now: int) -> str:
    return times.text(now)


def machine(**members: Any) -> Message:
    base: Message = {"components": {}, "os": None, "arch": None, "command": None, "languages": None}
    return {**base, "environment": {}, "rollout_secret": None, **members}


def source(server: Server, **members: Any) -> Message:
    base = {"name": "pypi", "repository": "pypi.org", "root": base64_of(server.repository.first_root)}
    urls = {"metadata_url": f"{server.url}/metadata/", "targets_url": f"{server.url}/targets/"}
    return {**base, **urls, **members}


def checking(server: Server, state: Path | None, now: int = NOW, **members: Any) -> Message:
    """Give a request of `check`, changed; members of `output` and `machine` replace those of the base."""
    output = {"form": "terminal", "columns": 80, "plain": False, "quiet": False, **members.pop("output", {})}
    return {
        "operation": "check",
        "source": source(server),
        "state": None if state is None else str(state),
        "now": time_of(now),
        "kind": "explicit",
        "machine": machine(**members.pop("machine", {})),
        "output": output,
        "installer": {"name": "judge", "version": "1"},
        "deadline_milliseconds": 10_000,
        "offline": False,
        "interval_seconds": 21_600,
        "command": None,
        **members,
    }


def work(**members: Any) -> Message:
    return {"milliseconds": 0, "used_network": False, "stdout": "done\n", "exit_status": 7, **members}


def ask(request: Message, send: Callable[[bytes], Message] = in_process) -> Message:
    """Send one sound request, and give its answer, both validated."""
    whole = {"id": f"k{next(_NUMBERS)}", **request}
    validate(f"{whole['operation']}.request", whole)
    found = send(json.dumps(whole).encode() + b"\n")
    assert found["id"] == whole["id"]
    validate(f"{whole['operation']}.answer", json.loads(json.dumps(found)))
    return found


def accepted(request: Message, send: Callable[[bytes], Message] = in_process) -> Any:
    found = ask(request, send)
    assert found["status"] == "accepted", found
    return found["result"]


class Adapter:
    """The adapter as a process of its own."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tuf_motd.adapter"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def __call__(self, line: bytes) -> Message:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(line)
        self.process.stdin.flush()
        found: Message = json.loads(self.process.stdout.readline())
        return found

    def end(self) -> tuple[int, bytes, bytes]:
        """End its standard input; give its status and what else it wrote."""
        out, err = self.process.communicate(timeout=10)
        return self.process.returncode, out, err


HELLO = {"operation": "hello", "protocol": 1, "specification": "1.0"}


AT = "2026-11-06T21:20:00Z"


def parse(value: Any, **members: Any) -> dict[str, Any]:
    return {"operation": "parse", "repository": "pypi.org", "target": document_of(value), **members}


def entry(value: Any, **changes: Any) -> str:
    data = document_bytes(value)
    members = {"length": len(data), "hashes": {"sha256": hashlib.sha256(data).hexdigest()}}
    return json.dumps({**members, "custom": {"motd": value}, **changes})


def parse_entry(text: str) -> dict[str, Any]:
    return {"operation": "parse", "repository": "pypi.org", "entry": text}


def rejected(request: dict[str, Any]) -> tuple[str, str]:
    found = ask(request)
    assert found["status"] == "rejected", found
    return found["stage"], found["code"]


def selecting(*notices: Any, **members: Any) -> dict[str, Any]:
    base = {"operation": "select", "repository": "pypi.org", "now": AT, "machine": machine()}
    return {**base, "document": document_of(document(*notices)), **members}


def rendering(*sources: tuple[str, list[Any]], **members: Any) -> dict[str, Any]:
    listed = [
        {"name": name, "repository": "pypi.org", "document": document_of(document(*notices))}
        for name, notices in sources
    ]
    base = {"operation": "render", "now": AT, "machine": machine(), "form": "terminal", "columns": 80}
    return {**base, "sources": listed, **members}
