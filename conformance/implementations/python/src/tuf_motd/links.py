"""Links: `https` URLs in the small grammar of section 3.5."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tuf_motd.errors import PublisherError
from tuf_motd.json_value import Json
from tuf_motd.tokens import is_id

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PCHAR = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
_URL = re.compile(
    rf"https://(?P<host>(?:{_LABEL}\.)+(?P<last>{_LABEL}))(?::(?P<port>[1-9][0-9]{{0,4}}))?"
    rf"(?:/{_PCHAR}*+)*+(?:\?(?:{_PCHAR}|[/?])*+)?(?:#(?:{_PCHAR}|[/?])*+)?"
)


@dataclass(frozen=True)
class Link:
    """Where to read more; never followed by this library."""

    rel: str
    url: str

    def plain(self) -> dict[str, Json]:
        """Give it as JSON."""
        return {"rel": self.rel, "url": self.url}


def is_url(text: str) -> bool:
    """Whether the text follows the grammar, at most 2,048 bytes (MOTD-LINK-3)."""
    found = _URL.fullmatch(text) if len(text) <= 2048 else None
    if not found:
        return False
    last: str = found["last"]
    if len(found["host"]) > 253 or last.startswith("0x") or last.isdigit():
        return False
    return found["port"] is None or int(found["port"]) <= 65535


def links(value: Json) -> tuple[Link, ...]:
    """Read the member `links` of a notice. Raises `PublisherError`."""
    # MOTD-LINK-1: the array and the type of every element come before any link.
    if not isinstance(value, list) or len(value) > 4:
        raise PublisherError("links-malformed")
    objects = [member for member in value if isinstance(member, dict)]
    if len(objects) != len(value):
        raise PublisherError("links-malformed")
    out: list[Link] = []
    for member in objects:
        rel, url = member.get("rel"), member.get("url")
        if not is_id(rel):  # MOTD-LINK-2; an unregistered one is kept, MOTD-FWD-7
            raise PublisherError("link-rel-malformed")
        if not isinstance(url, str) or not is_url(url):  # MOTD-LINK-3
            raise PublisherError("link-url-malformed")
        out.append(Link(rel, url))
    return tuple(out)
