"""Version ranges in the notation of VERS, with the grammar and meaning of sections 4.5 to 4.8.

The draft of VERS, and so the libraries for it, give other answers for some ranges. This follows the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import unquote

from tuf_motd.errors import PublisherError
from tuf_motd.purl import Purl
from tuf_motd.schemes import LONGEST, SCHEMES, Key, parse

MOST_CONSTRAINTS = 16

_RANGE = re.compile(r"vers:(?P<scheme>[a-z][a-z0-9.-]*)/(?P<constraints>.+)")
_CONSTRAINT = re.compile(
    r"(?P<comparator><=|>=|!=|<|>)?"
    r"(?P<version>(?:[\x22-\x24\x26-\x29\x2b-\x3b\x3f-\x7b\x7d-\x7e]|%(?:21|25|2A|3C|3D|3E|7C))+)"
)


@dataclass(frozen=True)
class _Sides:
    """What holds just below a constraint's point, at it, and just above it (section 4.7)."""

    below: bool
    at: bool
    above: bool


_COMPARATORS = {
    "": _Sides(below=False, at=True, above=False),
    "!=": _Sides(below=True, at=False, above=True),
    "<": _Sides(below=True, at=False, above=False),
    "<=": _Sides(below=True, at=True, above=False),
    ">": _Sides(below=False, at=False, above=True),
    ">=": _Sides(below=False, at=True, above=True),
}


@dataclass(frozen=True)
class Range:
    """A sound range. It contains nothing when its scheme is not implemented here."""

    scheme: str
    everything: bool
    constraints: tuple[tuple[_Sides, Key], ...]

    @property
    def is_implemented(self) -> bool:
        """Whether this library reads the scheme; otherwise the clause is false (MOTD-AUD-6)."""
        return self.scheme in SCHEMES

    def contains(self, version: str) -> bool:
        """Whether a version of the machine is inside, by the five steps of section 4.8 (MOTD-VERS-6)."""
        if not self.is_implemented:  # MOTD-AUD-6
            return False
        key = parse(self.scheme, version)
        if key is None:  # MOTD-AUD-7
            return False
        if self.everything:  # MOTD-VERS-10
            return True
        result = self.constraints[0][0].below
        for sides, point in self.constraints:
            if key == point:
                return sides.at
            if key < point:
                break
            result = sides.above
        return result


def parse_range(text: str, purl: Purl) -> Range:
    """Judge a range in the order of section 4.5. Raises `PublisherError`."""
    found = _RANGE.fullmatch(text)
    if not found:  # MOTD-VERS-1
        raise PublisherError("versions-malformed")
    scheme: str = found["scheme"]
    everything = found["constraints"] == "*"
    spelled = [] if everything else _constraints(found["constraints"])
    if scheme in SCHEMES and not purl.allows(scheme):  # MOTD-VERS-2
        raise PublisherError("versions-scheme")
    if scheme not in SCHEMES:
        return Range(scheme, everything, ())
    points: list[tuple[_Sides, Key]] = []
    for comparator, version in spelled:
        key = parse(scheme, version)
        if key is None:  # MOTD-VERS-3
            raise PublisherError("versions-unparsable")
        points.append((_COMPARATORS[comparator], key))
    if any(not before[1] < after[1] for before, after in pairwise(points)):  # MOTD-VERS-4
        raise PublisherError("versions-order")
    # MOTD-VERS-5: the table of section 4.7, of which each cell is this comparison.
    if any(before[0].above != after[0].below for before, after in pairwise(points)):
        raise PublisherError("versions-redundant")
    return Range(scheme, everything, tuple(points))


def _constraints(text: str) -> list[tuple[str, str]]:
    parts = text.split("|")
    out: list[tuple[str, str]] = []
    for part in parts:
        found = _CONSTRAINT.fullmatch(part)
        if not found:
            raise PublisherError("versions-malformed")
        version = unquote(found["version"])
        if len(version) > LONGEST:
            raise PublisherError("versions-malformed")
        out.append((found["comparator"] or "", version))
    if len(parts) > MOST_CONSTRAINTS:
        raise PublisherError("versions-malformed")
    return out
