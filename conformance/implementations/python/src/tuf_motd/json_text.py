"""Read one JSON text of RFC 8259 and notice what the standard library's parser hides.

`json.loads` accepts `NaN`, keeps unpaired surrogates, drops a repeated member, refuses long integers, and
stops at a depth of its own. Section 2.6 needs each of these apart and in order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tuf_motd.errors import PublisherError
from tuf_motd.json_value import LARGEST_INTEGER, Json

_SPACE = re.compile(r"[ \t\n\r]*+")
_STRING = re.compile(r'"([^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})[^"\\\x00-\x1f]*+)*+)"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*+)(\.[0-9]++)?([eE][+-]?[0-9]++)?")
_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|(["\\/bfnrt]))')
_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PLAIN = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "/": "/"}
_WORDS: dict[str, Json] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True)
class JsonText:
    """A value that was read, with what its own type cannot say."""

    value: Json
    depth: int
    """How many containers the deepest one is, itself counted."""
    repeats_a_name: bool
    """Whether one object has two members of one name, escapes decoded."""


def read(text: str) -> JsonText:
    """Read exactly one JSON text, without recursion.

    Raises `PublisherError` with `not-json` (MOTD-BYTES-3).
    """
    return _Reader(text).read()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.depth = 0
        self.repeats = False
        # The open containers, and for each object the name that waits for its value.
        self.open: list[list[Json] | dict[str, Json]] = []
        self.names: list[str] = []

    def read(self) -> JsonText:
        result = self.value()
        self.space()
        if self.at != len(self.text):
            raise PublisherError("not-json")
        return JsonText(result, self.depth, self.repeats)

    def value(self) -> Json:
        """Read one value with everything in it: a loop that enters and leaves containers."""
        while True:
            done, item = self.begin()
            while done:
                if not self.open:
                    return item
                self.put(item)
                done, item = self.go_on()

    def begin(self) -> tuple[bool, Json]:
        """Read a scalar or an empty container (done), or enter a container."""
        self.space()
        character = self.text[self.at : self.at + 1]
        if character == "{":
            self.at += 1
            self.enter({})
            self.space()
            if self.take("}"):
                return True, self.open.pop()
            self.name()
            return False, None
        if character == "[":
            self.at += 1
            self.enter([])
            self.space()
            if self.take("]"):
                return True, self.open.pop()
            return False, None
        return True, self.scalar(character)

    def go_on(self) -> tuple[bool, Json]:
        """After a value: leave the container (done), or stand before its next value."""
        self.space()
        inside = self.open[-1]
        if self.take(","):
            if isinstance(inside, dict):
                self.space()
                self.name()
            return False, None
        if self.take("}" if isinstance(inside, dict) else "]"):
            return True, self.open.pop()
        raise PublisherError("not-json")

    def put(self, item: Json) -> None:
        inside = self.open[-1]
        if isinstance(inside, dict):
            name = self.names.pop()
            self.repeats = self.repeats or name in inside
            inside[name] = item
        else:
            inside.append(item)

    def enter(self, container: list[Json] | dict[str, Json]) -> None:
        self.open.append(container)
        self.depth = max(self.depth, len(self.open))

    def name(self) -> None:
        self.names.append(self.string())
        self.space()
        if not self.take(":"):
            raise PublisherError("not-json")

    def scalar(self, character: str) -> Json:
        if character == '"':
            return self.string()
        found = _NUMBER.match(self.text, self.at)
        if found:
            self.at = found.end()
            return _number(found)
        for word, value in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return value
        raise PublisherError("not-json")

    def string(self) -> str:
        found = _STRING.match(self.text, self.at)
        if not found:
            raise PublisherError("not-json")
        self.at = found.end()
        decoded = _ESCAPE.sub(_unescape, found.group(1))
        paired = _PAIR.sub(_pair, decoded)
        # MOTD-BYTES-3: half of a pair is replaced by some parsers, kept by others.
        if _SURROGATE.search(paired):
            raise PublisherError("not-json")
        return paired

    def space(self) -> None:
        found = _SPACE.match(self.text, self.at)
        if found:
            self.at = found.end()

    def take(self, character: str) -> bool:
        if self.text.startswith(character, self.at):
            self.at += 1
            return True
        return False


def _unescape(found: re.Match[str]) -> str:
    digits: str | None = found.group(1)
    return chr(int(digits, 16)) if digits else _PLAIN[found.group(2)]


def _pair(found: re.Match[str]) -> str:
    return found.group().encode("utf-16-be", "surrogatepass").decode("utf-16-be")


def _number(found: re.Match[str]) -> int | float:
    # A double, as RFC 8785 reads numbers. Python would refuse an integer of more than 4,300 digits.
    value = float(found.group())
    if found.group(1) is None and found.group(2) is None and -LARGEST_INTEGER <= value <= LARGEST_INTEGER:
        return int(value)
    return value
