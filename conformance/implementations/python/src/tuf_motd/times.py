"""Times of section 3.3: RFC 3339, UTC, whole seconds, one form."""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta

_FORM = re.compile(
    r"(19[7-9][0-9]|[2-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])Z"
)

_EPOCH = datetime(1970, 1, 1)

LONGEST_SPAN = 31_622_400
"""366 days in seconds (MOTD-TIME-3)."""


def seconds(text: str) -> int | None:
    """Read a time as seconds since 1970-01-01T00:00:00Z, or nothing when it has not the form."""
    found = _FORM.fullmatch(text)
    if not found:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups())
    if day > calendar.monthrange(year, month)[1]:
        return None
    return calendar.timegm((year, month, day, hour, minute, second))


def text(moment: int) -> str:
    """Write seconds since 1970-01-01T00:00:00Z in the form of section 3.3."""
    return (_EPOCH + timedelta(seconds=moment)).strftime("%Y-%m-%dT%H:%M:%SZ")
