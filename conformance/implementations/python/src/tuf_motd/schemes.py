"""Version schemes: which strings are versions, and their order (section 4.6).

A scheme is a function from a string to a key that Python compares, or to nothing when the string is no
version. The schemes `deb` and `rpm` belong to a feature that this library does not have.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from packaging.version import InvalidVersion, Version

# Keys of one scheme compare with each other; their shape is the scheme's own business.
Key = Any

LONGEST = 128
"""Bytes of a version, in a range after decoding (section 4.5) and on the machine (MOTD-AUD-7)."""

_VISIBLE = re.compile(r"[!-~]+")
_NUMBER = r"(?:0|[1-9][0-9]*)"
_IDENTIFIER = rf"(?:{_NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_SEMVER = re.compile(
    rf"({_NUMBER})\.({_NUMBER})\.({_NUMBER})"
    rf"(?:-({_IDENTIFIER}(?:\.{_IDENTIFIER})*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
_INTDOT = re.compile(r"[0-9]+(?:\.[0-9]+)*")


def pypi(text: str) -> Key | None:
    """Read a version of PEP 440 (MOTD-VERS-7)."""
    # Only these six code points are white space here; `packaging` would take Unicode's.
    text = text.strip("\t\n\v\f\r ")
    if not _VISIBLE.fullmatch(text):
        return None
    try:
        # A local version is its public version.
        return Version(Version(text).public)
    except InvalidVersion:
        return None


def semver(text: str) -> Key | None:
    """Read a version of Semantic Versioning 2.0.0, strictly (MOTD-VERS-8)."""
    found = _SEMVER.fullmatch(text)
    if not found:
        return None
    core = tuple(int(number) for number in found.groups()[:3])
    pre: str | None = found.group(4)
    if pre is None:
        return core, 1, ()
    # A number is before a word; build metadata is not part of the key.
    identifiers = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in pre.split("."))
    return core, 0, identifiers


def intdot(text: str) -> Key | None:
    """Read numbers with dots; final zeros do not count (MOTD-VERS-9)."""
    if not _INTDOT.fullmatch(text):
        return None
    numbers = [int(part) for part in text.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


SCHEMES: dict[str, Callable[[str], Key | None]] = {
    "pypi": pypi,
    "semver": semver,
    "cargo": semver,
    "npm": semver,
    "intdot": intdot,
}


def parse(scheme: str, text: str) -> Key | None:
    """Read a version under a scheme that this library implements, or give nothing."""
    if len(text) > LONGEST or not text.isascii():
        return None
    return SCHEMES[scheme](text)
