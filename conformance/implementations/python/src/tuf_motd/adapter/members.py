"""The members of a request, read strictly: a request that is not what the protocol says is an error."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime

from tuf_motd.json_value import Json

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_SEED = re.compile(r"[0-9a-f]{64}")


class RequestError(Exception):
    """A request that the protocol does not know. Its text names a member, and quotes nothing."""


class Members:
    """The members of one JSON object of a request, each asked for once; `end` refuses those left over."""

    def __init__(self, value: Json, where: str = "request") -> None:
        if not isinstance(value, dict):
            raise RequestError(f"{where}: not an object")
        self._rest = dict(value)
        self._where = where

    def end(self) -> None:
        """Refuse members that are not listed."""
        if self._rest:
            raise RequestError(f"{self._where}: a member that is not listed")

    def has(self, name: str) -> bool:
        """Whether a member is there and not read yet."""
        return name in self._rest

    def _take(self, name: str) -> Json:
        if name not in self._rest:
            raise RequestError(f"{self._where}: no {name}")
        return self._rest.pop(name)

    def _wrong(self, name: str) -> RequestError:
        return RequestError(f"{self._where}: {name} is not of its type")

    def text(self, name: str) -> str:
        """Read a string."""
        found = self._take(name)
        if not isinstance(found, str):
            raise self._wrong(name)
        return found

    def text_or_null(self, name: str) -> str | None:
        """Read a string or null."""
        return None if self._is_null(name) else self.text(name)

    def _is_null(self, name: str) -> bool:
        if name in self._rest and self._rest[name] is None:
            del self._rest[name]
            return True
        return False

    def one_of(self, name: str, *words: str) -> str:
        """Read one of these words."""
        found = self.text(name)
        if found not in words:
            raise self._wrong(name)
        return found

    def boolean(self, name: str) -> bool:
        """Read true or false."""
        found = self._take(name)
        if not isinstance(found, bool):
            raise self._wrong(name)
        return found

    def integer(self, name: str, least: int, most: int | None = None) -> int:
        """Read an integer within bounds."""
        found = self._take(name)
        if isinstance(found, bool) or not isinstance(found, int) or found < least:
            raise self._wrong(name)
        if most is not None and found > most:
            raise self._wrong(name)
        return found

    def integer_or_null(self, name: str, least: int) -> int | None:
        """Read an integer or null."""
        return None if self._is_null(name) else self.integer(name, least)

    def bytes(self, name: str) -> bytes:
        """Read base64 with padding."""
        try:
            return base64.b64decode(self.text(name), validate=True)
        except (binascii.Error, ValueError) as error:
            raise self._wrong(name) from error

    def seed_or_null(self, name: str) -> str | None:
        """Read 64 hexadecimal digits or null."""
        found = self.text_or_null(name)
        if found is not None and not _SEED.fullmatch(found):
            raise self._wrong(name)
        return found

    def time(self, name: str) -> int:
        """Read a time as seconds since 1970, also one before that."""
        found = self.text(name)
        if not _TIME.fullmatch(found):
            raise self._wrong(name)
        try:
            moment = datetime.strptime(found, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError as error:
            raise self._wrong(name) from error
        return int(moment.timestamp())

    def folder_or_null(self, name: str) -> str | None:
        """Read an absolute path or null."""
        return None if self._is_null(name) else self.folder(name)

    def folder(self, name: str) -> str:
        """Read an absolute path."""
        found = self.text(name)
        if not found.startswith("/") or "\0" in found:
            raise self._wrong(name)
        return found

    def texts(self, name: str) -> tuple[str, ...]:
        """Read an array of strings."""
        return _texts(self._take(name), self._wrong(name))

    def texts_or_null(self, name: str) -> tuple[str, ...] | None:
        """Read an array of strings or null."""
        return None if self._is_null(name) else self.texts(name)

    def text_map(self, name: str) -> dict[str, str]:
        """Read an object of strings."""
        found = self._take(name)
        if not isinstance(found, dict):
            raise self._wrong(name)
        texts = {key: value for key, value in found.items() if isinstance(value, str)}
        if len(texts) != len(found):
            raise self._wrong(name)
        return texts

    def texts_map(self, name: str) -> dict[str, tuple[str, ...]]:
        """Read an object of arrays of strings."""
        found = self._take(name)
        if not isinstance(found, dict):
            raise self._wrong(name)
        return {key: _texts(value, self._wrong(name)) for key, value in found.items()}

    def object(self, name: str) -> Members:
        """Read an object, whose own members are read from what is given."""
        return Members(self._take(name), name)

    def object_or_null(self, name: str) -> Members | None:
        """Read an object or null."""
        return None if self._is_null(name) else self.object(name)

    def objects(self, name: str) -> list[Members]:
        """Read an array of objects, at least one."""
        found = self._take(name)
        if not isinstance(found, list) or not found:
            raise self._wrong(name)
        return [Members(member, name) for member in found]


def _texts(value: Json, wrong: RequestError) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise wrong
    texts = tuple(member for member in value if isinstance(member, str))
    if len(texts) != len(value):
        raise wrong
    return texts
