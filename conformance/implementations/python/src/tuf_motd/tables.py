"""Tables 1 to 4 of section 3.2, and registries of names.

The properties of the runtime's Unicode are never asked (MOTD-TEXT-7).
"""

from __future__ import annotations

import json
from bisect import bisect_right
from functools import cache
from importlib.resources import files


class Table:
    """Inclusive ranges of code points, ascending."""

    def __init__(self, ranges: list[tuple[int, int]]) -> None:
        self._firsts = [first for first, _ in ranges]
        self._lasts = [last for _, last in ranges]

    def __contains__(self, character: str) -> bool:
        point = ord(character)
        position = bisect_right(self._firsts, point) - 1
        return position >= 0 and point <= self._lasts[position]


@cache
def table(name: str) -> Table:
    """Load one table; it is a copy of `spec/tables`, byte for byte, and a test says so."""
    text = files("tuf_motd").joinpath("data", f"{name}.json").read_text("ascii")
    return Table([(first, last) for first, last in json.loads(text)["ranges"]])


@cache
def registry(name: str) -> tuple[str, ...]:
    """Give the names of one registry; it is a copy of `spec/registries`, and a test says so."""
    text = files("tuf_motd").joinpath("data", f"{name}.json").read_text("utf-8")
    return tuple(entry["name"] for entry in json.loads(text)["entries"])


PERMITTED = table("permitted")
MARKS = table("marks")
WIDE = table("wide")
AMBIGUOUS = table("ambiguous")
