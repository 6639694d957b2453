"""Requests and answers, one a line. Nothing is kept from one to the next."""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from typing import IO, Any

from tuf_motd.adapter.answers import Rejected
from tuf_motd.adapter.installer_role import acknowledge_notices, check_source
from tuf_motd.adapter.members import Members, RequestError
from tuf_motd.adapter.without_network import parse_document, render_notices, select_notices
from tuf_motd.json_value import Json

UNKNOWN = "unknown"
"""The id of an answer to a line that has none."""
_LONGEST_ID = 64
_PROTOCOL = 1


def _hello(members: Members) -> dict[str, Json]:
    members.integer("protocol", _PROTOCOL, _PROTOCOL)
    members.text("specification")
    members.end()
    try:
        found = version("tuf-motd")
    except PackageNotFoundError:
        found = "0"
    roles: list[Json] = ["document", "installer"]
    return {"name": "tuf-motd-python", "version": found, "language": "Python", "roles": roles, "features": []}


_OPERATIONS: dict[str, Callable[[Members], dict[str, Json]]] = {
    "hello": _hello,
    "parse": parse_document,
    "select": select_notices,
    "render": render_notices,
    "check": check_source,
    "acknowledge": acknowledge_notices,
}


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer each line until there are no more."""
    for line in requests:
        # ASCII: half of a surrogate pair in an id goes out as it came in, as an escape.
        answers.write(json.dumps(answer(line)).encode("ascii") + b"\n")
        answers.flush()


def answer(line: bytes) -> dict[str, Json]:
    """Answer one request. It does not raise: what fails here is an `error`, and never a rejection."""
    request_id = UNKNOWN
    try:
        request = _object(line)
        found = request.pop("id", None)
        if not isinstance(found, str) or not 1 <= len(found) <= _LONGEST_ID:
            raise RequestError("request: id is not of its type")
        request_id = found
        name = request.pop("operation", None)
        if not isinstance(name, str):
            raise RequestError("request: operation is not of its type")
        operation = _OPERATIONS.get(name)
        if operation is None:
            return {"id": request_id, "status": "unsupported", "reason": "this operation is not there"}
        return {"id": request_id, "status": "accepted", "result": operation(Members(request))}
    except Rejected as error:
        return {"id": request_id, "status": "rejected", "stage": error.stage, "code": error.code}
    except RequestError as error:
        return {"id": request_id, "status": "error", "message": str(error)}
    except Exception as error:  # the adapter failed, and goes on with the next request
        return {"id": request_id, "status": "error", "message": type(error).__name__}


def _object(line: bytes) -> dict[str, Json]:
    try:
        value: Any = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise RequestError("request: no JSON object") from error
    if not isinstance(value, dict):
        raise RequestError("request: no JSON object")
    return value
