"""Judge a document: its bytes or its value, its members, and every notice (chapter 2)."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from tuf_motd import json_text
from tuf_motd.canonical import NoDocumentBytes, document_bytes
from tuf_motd.errors import PublisherError
from tuf_motd.json_value import Json
from tuf_motd.languages import is_language_tag
from tuf_motd.notice import Notice, RefusedNotice, judge_notice

CUSTOM_LIMIT = 16_384
"""Document bytes of the custom carrier (MOTD-BYTES-1)."""
TARGET_LIMIT = 65_536
"""Bytes of the target carrier (MOTD-BYTES-1)."""
MOST_CONTAINERS = 8
MOST_NOTICES = 32
KNOWN_HASHES = ("sha256", "sha512")

_NAME = re.compile(r"[ -~]+")
_VERSION = re.compile(r"(0|[1-9][0-9]*)\.(?:0|[1-9][0-9]*)")
_REPOSITORY = re.compile(r"[a-z0-9](?:[a-z0-9._/-]{0,251}[a-z0-9])?")


@dataclass(frozen=True)
class TargetEntry:
    """What a TUF role says of the target file: the measure of both carriers (section 5.4)."""

    length: int
    hashes: Mapping[str, str]

    def known_hashes(self) -> dict[str, str]:
        """Give the hashes that this specification knows."""
        return {name: self.hashes[name] for name in KNOWN_HASHES if name in self.hashes}


@dataclass(frozen=True)
class Judged:
    """A document that was accepted, with a verdict on each of its notices, in their order."""

    repository: str
    default_language: str
    notices: tuple[Notice | RefusedNotice, ...]

    def plain(self) -> dict[str, Json]:
        """Give the verdicts as JSON."""
        return {
            "verdict": "accepted",
            "repository": self.repository,
            "default_language": self.default_language,
            "notices": [notice.plain() for notice in self.notices],
        }


@dataclass(frozen=True)
class Refused:
    """A document that was refused as a whole."""

    code: str

    def plain(self) -> dict[str, Json]:
        """Give the verdict as JSON."""
        return {"verdict": "refused", "stage": "document", "code": self.code}


def judge(document: bytes | Json, repository: str, entry: TargetEntry | None = None) -> Judged | Refused:
    """Judge a document for the repository whose identifier is configured.

    Bytes are those of the target carrier. Any other value is that of the custom carrier, and `entry` is
    the target entry beside it; without an entry the lengths and hashes are not compared (for authors).
    """
    try:
        value = _from_bytes(document) if isinstance(document, bytes) else _from_custom(document, entry)
        return _document(value, repository)
    except PublisherError as error:
        return Refused(error.code)


def _from_bytes(data: bytes) -> Json:
    """Judge target bytes; each step is done for the whole input before the next (section 2.6)."""
    if len(data) > TARGET_LIMIT:  # MOTD-BYTES-1
        raise PublisherError("document-too-large")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:  # MOTD-BYTES-2
        raise PublisherError("not-utf-8") from error
    found = json_text.read(text)  # MOTD-BYTES-3
    if found.depth > MOST_CONTAINERS:  # MOTD-BYTES-4
        raise PublisherError("too-deep")
    if found.repeats_a_name:  # MOTD-BYTES-5
        raise PublisherError("duplicate-name")
    _judge_names(found.value)
    try:
        expected = document_bytes(found.value)
    except NoDocumentBytes as error:
        raise PublisherError("not-document-bytes") from error
    if expected != data:  # MOTD-BYTES-7
        raise PublisherError("not-document-bytes")
    return found.value


def _from_custom(value: Json, entry: TargetEntry | None) -> Json:
    """Judge the value of `custom.motd`, as the TUF library verified it (MOTD-CARRY-4)."""
    try:
        data = document_bytes(value)
    except NoDocumentBytes:
        data = None
    if data is not None and len(data) > CUSTOM_LIMIT:  # MOTD-BYTES-1
        raise PublisherError("document-too-large")
    if _is_too_deep(value):  # MOTD-BYTES-4
        raise PublisherError("too-deep")
    _judge_names(value)
    if entry is not None and not entry.known_hashes():  # MOTD-CARRY-3, in this order
        raise PublisherError("carrier-no-hash")
    if data is None:
        raise PublisherError("carrier-hash")
    if entry is not None:
        if entry.length != len(data):
            raise PublisherError("carrier-length")
        if not same_hashes(data, entry):
            raise PublisherError("carrier-hash")
    return value


def same_hashes(data: bytes, entry: TargetEntry) -> bool:
    """Whether every known hash of the entry is that of the bytes."""
    known = entry.known_hashes()
    return all(hashlib.new(name, data).hexdigest() == digest for name, digest in known.items())


def _is_too_deep(value: Json) -> bool:
    """Count containers level by level: the value can be deeper than Python recurses."""
    level = [value]
    for _ in range(MOST_CONTAINERS):
        level = [member for container in level for member in _members(container)]
        level = [member for member in level if isinstance(member, list | dict)]
        if not level:
            return False
    return True


def _members(value: Json) -> list[Json]:
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list) else []


def _judge_names(value: Json) -> None:
    """Judge every member name at any depth, also in undefined members (MOTD-BYTES-6)."""
    rest = [value]
    while rest:
        item = rest.pop()
        if isinstance(item, dict) and not all(_NAME.fullmatch(name) for name in item):
            raise PublisherError("name-not-ascii")
        rest.extend(_members(item))


def _document(value: Json, repository: str) -> Judged:
    if not isinstance(value, dict):  # MOTD-DOC-1
        raise PublisherError("not-an-object")
    version = value.get("schema_version")
    found = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if not found or found.group(1) != "1":  # MOTD-DOC-2; numbers have no bound, so no integers
        raise PublisherError("schema-version")
    speaker = value.get("repository")
    if not isinstance(speaker, str) or not _REPOSITORY.fullmatch(speaker):  # MOTD-DOC-3
        raise PublisherError("repository-malformed")
    if speaker != repository:  # MOTD-DOC-4
        raise PublisherError("repository-mismatch")
    default_language = value.get("default_language", "en")
    if not isinstance(default_language, str) or not is_language_tag(default_language):  # MOTD-DOC-5
        raise PublisherError("default-language-malformed")
    notices = value.get("notices", [])
    if not isinstance(notices, list):  # MOTD-DOC-6
        raise PublisherError("notices-malformed")
    if len(notices) > MOST_NOTICES:  # MOTD-DOC-7
        raise PublisherError("notices-too-many")
    repeated = _repeated_ids(notices)
    # MOTD-DOC-8: each verdict depends on the entry itself, and on other entries of its id only.
    verdicts = tuple(judge_notice(notice, default_language, repeated) for notice in notices)
    return Judged(speaker, default_language, verdicts)


def _repeated_ids(notices: list[Json]) -> frozenset[str]:
    """Give the ids of more than one entry, sound or not (MOTD-DOC-9)."""
    counts: Counter[str] = Counter()
    for notice in notices:
        name = notice.get("id") if isinstance(notice, dict) else None
        if isinstance(name, str):
            counts[name] += 1
    return frozenset(name for name, count in counts.items() if count > 1)
