"""The id grammar of section 2.4, of which severities, topics and tokens are made too."""

from __future__ import annotations

import re
from typing import TypeGuard

from tuf_motd.json_value import Json

_ID = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")


def is_id(value: Json) -> TypeGuard[str]:
    """Whether the value is a string of the id grammar: 1 to 64 bytes."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def ids(value: Json, least: int, most: int) -> tuple[str, ...] | None:
    """Read an array of strings of the id grammar, or nothing when it is not one."""
    if not isinstance(value, list) or not least <= len(value) <= most:
        return None
    found = tuple(member for member in value if is_id(member))
    return found if len(found) == len(value) else None
