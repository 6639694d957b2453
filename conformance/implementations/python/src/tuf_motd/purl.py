"""Package URLs in their one spelling (section 4.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

LONGEST = 512

_PURL = re.compile(
    r"pkg:(?P<type>[a-z][a-z0-9.-]*)/(?P<segments>(?:[A-Za-z0-9._~:-]|%[0-9A-F]{2})+"
    r"(?:/(?:[A-Za-z0-9._~:-]|%[0-9A-F]{2})+)*)"
)
_PLAIN = re.compile(r"[A-Za-z0-9._~:-]")
_ENCODED = re.compile(r"%([0-9A-F]{2})")
_SEPARATORS = re.compile(r"[-_.]+")
_UPPER = re.compile(r"[A-Z]+")

_NPM = r"[a-z0-9~-][a-z0-9._~-]*"
_NAMES = {
    "pypi": re.compile(r"[a-z0-9]+(-[a-z0-9]+)*"),
    "cargo": re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}"),
    "npm": re.compile(_NPM),
    "conda": re.compile(r"[a-z0-9_][a-z0-9._-]*"),
}
_NPM_SCOPE = re.compile("@" + _NPM)

REGISTERED_SCHEMES = ("pypi", "semver", "cargo", "npm", "intdot", "deb", "rpm")
_SCHEMES: dict[str, tuple[str, ...]] = {
    "pypi": ("pypi", "semver", "intdot"),
    "cargo": ("cargo", "semver", "intdot"),
    "npm": ("npm", "semver", "intdot"),
    "conda": ("semver", "intdot"),
    "generic": REGISTERED_SCHEMES,
}


@dataclass(frozen=True)
class Purl:
    """The name of a package, decoded."""

    type: str
    namespace: tuple[str, ...]
    name: str

    def normalised(self) -> Purl:
        """Normalise what a machine reports by the rules of its type (MOTD-PURL-3)."""
        if self.type == "pypi":
            return Purl(self.type, self.namespace, _lower(_SEPARATORS.sub("-", self.name)))
        if self.type in ("npm", "conda"):
            return Purl(self.type, tuple(_lower(part) for part in self.namespace), _lower(self.name))
        return self

    def allows(self, scheme: str) -> bool:
        """Whether a range for this type can have the scheme (MOTD-VERS-2)."""
        return scheme in _SCHEMES.get(self.type, (self.type, "semver", "intdot"))


def parse(text: str, *, any_encoding: bool = False) -> Purl | None:
    """Read the general spelling, or nothing (MOTD-PURL-1). The rules of the type are not judged.

    With `any_encoding` also what need not be encoded can be: so a machine may report it (MOTD-PURL-3).
    """
    found = _PURL.fullmatch(text) if len(text) <= LONGEST else None
    if not found:
        return None
    decoded = [_decode(segment, any_encoding) for segment in found["segments"].split("/")]
    segments = tuple(segment for segment in decoded if segment is not None)
    if len(segments) != len(decoded):
        return None
    return Purl(found["type"], segments[:-1], segments[-1])


def parse_of_notice(text: str) -> Purl | None:
    """Read the spelling and the rules that section 4.4 prints for the type (MOTD-PURL-2)."""
    purl = parse(text)
    if purl is None or purl.type not in _NAMES:
        return purl
    if not _NAMES[purl.type].fullmatch(purl.name):
        return None
    if purl.type == "npm":
        return purl if _is_npm(purl) else None
    return None if purl.namespace else purl


def _is_npm(purl: Purl) -> bool:
    if len(purl.namespace) > 1 or not all(_NPM_SCOPE.fullmatch(part) for part in purl.namespace):
        return False
    return len("/".join((*purl.namespace, purl.name))) <= 214


def _decode(segment: str, any_encoding: bool) -> str | None:
    for found in _ENCODED.finditer(segment):
        # What `plain` can write is not encoded: one name, one spelling.
        if not any_encoding and _PLAIN.fullmatch(chr(int(found.group(1), 16))):
            return None
    try:
        text = unquote_to_bytes(segment).decode("utf-8")
    except UnicodeDecodeError:
        return None
    if any(character == "/" or character < " " or character == "\x7f" for character in text):
        return None
    return text


def _lower(text: str) -> str:
    return _UPPER.sub(lambda found: found.group().lower(), text)
