"""Text that a person reads: titles, paragraphs, and the languages of a notice (sections 3.1 and 3.4)."""

from __future__ import annotations

from dataclasses import dataclass

from tuf_motd.errors import PublisherError
from tuf_motd.json_value import Json
from tuf_motd.languages import is_language_tag
from tuf_motd.tables import MARKS, PERMITTED

LONGEST_TITLE = 120
LONGEST_PARAGRAPH = 1000
MOST_PARAGRAPHS = 8
MOST_LANGUAGES = 64
MOST_MARKS = 4

# General category Zs in Unicode 14.0, spelled out so that no runtime is asked (MOTD-TEXT-7).
_SPACES = frozenset(
    chr(point) for point in (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)
)


@dataclass(frozen=True)
class Text:
    """A title and paragraphs, code point for code point as they were signed (MOTD-TEXT-8)."""

    title: str
    body: tuple[str, ...]


@dataclass(frozen=True)
class Texts:
    """The languages of a notice that were accepted, and those that were not with their codes."""

    accepted: dict[str, Text]
    refused: dict[str, str]


def texts(value: Json, default_language: str) -> Texts:
    """Read the member `text` of a notice. Raises `PublisherError` when the notice goes with it."""
    if not isinstance(value, dict):  # MOTD-TEXT-9
        raise PublisherError("text-malformed")
    if len(value) > MOST_LANGUAGES:  # MOTD-TEXT-10
        raise PublisherError("languages-too-many")
    found = Texts({}, {})
    for tag, entry in value.items():
        try:
            found.accepted[tag] = _language(tag, entry)
        except PublisherError as error:
            found.refused[tag] = error.code
    if default_language in found.refused:
        # Section 2.6, step 7: its own code is the notice's code.
        raise PublisherError(found.refused[default_language])
    if default_language not in found.accepted:  # MOTD-LANG-3
        raise PublisherError("default-language-missing")
    return found


def _language(tag: str, entry: Json) -> Text:
    if not is_language_tag(tag):  # MOTD-LANG-1
        raise PublisherError("language-tag-malformed")
    if not isinstance(entry, dict):  # section 2.4: it has no title
        raise PublisherError("title-malformed")
    title = _string(entry.get("title"), LONGEST_TITLE, "title-malformed")  # MOTD-TEXT-2
    body = entry.get("body")
    if not isinstance(body, list) or len(body) > MOST_PARAGRAPHS:  # MOTD-TEXT-4
        raise PublisherError("body-malformed")
    paragraphs = tuple(
        _string(paragraph, LONGEST_PARAGRAPH, "paragraph-malformed")  # MOTD-TEXT-3
        for paragraph in body
    )
    return Text(title, paragraphs)


def _string(value: Json, longest: int, code: str) -> str:
    if not isinstance(value, str) or not value or len(value) > longest:
        raise PublisherError(code)
    if all(character in _SPACES or character in MARKS for character in value):  # nothing visible
        raise PublisherError(code)
    if not all(character in PERMITTED for character in value):  # MOTD-TEXT-1
        raise PublisherError("text-code-point")
    if _climbs(value):  # MOTD-TEXT-5
        raise PublisherError("text-marks")
    if "##" in value:  # MOTD-TEXT-11
        raise PublisherError("text-command")
    return value


def _climbs(value: str) -> bool:
    """Whether it begins with a mark, or has more than four in a row."""
    if value[0] in MARKS:
        return True
    row = 0
    for character in value:
        row = row + 1 if character in MARKS else 0
        if row > MOST_MARKS:
            return True
    return False
