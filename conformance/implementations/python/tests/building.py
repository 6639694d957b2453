"""Documents to judge: a small sound base, and changes of it."""

from __future__ import annotations

import copy
from typing import Any

from tuf_motd import Judged, Refused, judge
from tuf_motd.canonical import document_bytes
from tuf_motd.notice import Notice, RefusedNotice

REPOSITORY = "pypi.org"
BASE_NOTICE: dict[str, Any] = {
    "id": "base",
    "revision": 1,
    "severity": "warning",
    "begins": "2026-11-01T00:00:00Z",
    "ends": "2026-12-01T00:00:00Z",
    "text": {"en": {"title": "A title", "body": ["A paragraph."]}},
}
ABSENT = object()


def changed(base: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Give a copy with some members replaced, or taken out by `ABSENT`."""
    out = copy.deepcopy(base)
    for name, value in changes.items():
        if value is ABSENT:
            out.pop(name, None)
        else:
            out[name] = value
    return out


def notice(**changes: Any) -> dict[str, Any]:
    """Give the base notice, changed."""
    return changed(BASE_NOTICE, changes)


def document(*notices: Any, **changes: Any) -> dict[str, Any]:
    """Give a document of these notices, changed."""
    base = {"schema_version": "1.0", "repository": REPOSITORY, "notices": list(notices)}
    return changed(base, changes)


def judged(*notices: Any, **changes: Any) -> Judged:
    """Judge a document that is accepted, through its bytes."""
    found = judge(document_bytes(document(*notices, **changes)), REPOSITORY)
    assert isinstance(found, Judged), found
    return found


def accepted(**changes: Any) -> Notice:
    """Judge one notice that is accepted."""
    found = judged(notice(**changes)).notices[0]
    assert isinstance(found, Notice), found
    return found


def notice_code(value: Any) -> str | None:
    """Give the code with which a notice is refused, or nothing."""
    found = judged(value).notices[0]
    return found.code if isinstance(found, RefusedNotice) else None


def document_code(document: Any) -> str | None:
    """Give the code with which a document is refused, or nothing."""
    found = judge(document, REPOSITORY)
    return found.code if isinstance(found, Refused) else None
