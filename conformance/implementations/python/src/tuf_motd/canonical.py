"""Document bytes: the serialisation of a value by RFC 8785 (section 2.2)."""

from __future__ import annotations

import math
import re

from tuf_motd.json_value import LARGEST_INTEGER, Json

_ESCAPED = re.compile(r'[\x00-\x1f"\\]')
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


class NoDocumentBytes(ValueError):
    """The value has no serialisation by RFC 8785: a number beyond a double, or an unpaired surrogate."""


def document_bytes(value: Json) -> bytes:
    """Serialise a value by RFC 8785.

    It works without recursion, because a value from a role is as deep as its signer likes, and its size is
    judged before its depth (section 2.6).

    Raises `NoDocumentBytes`.
    """
    out: list[str] = []
    # What is still to be written, the next one last: text as it is, or a value to be expanded.
    rest: list[tuple[bool, Json]] = [(False, value)]
    while rest:
        is_text, item = rest.pop()
        if is_text:
            out.append(str(item))
        elif isinstance(item, dict):
            rest.extend(reversed(_object(item)))
        elif isinstance(item, list):
            rest.extend(reversed(_array(item)))
        else:
            out.append(_scalar(item))
    try:
        return "".join(out).encode("utf-8")
    except UnicodeEncodeError as error:
        raise NoDocumentBytes("surrogate") from error


def _object(item: dict[str, Json]) -> list[tuple[bool, Json]]:
    parts: list[tuple[bool, Json]] = [(True, "{")]
    # RFC 8785 3.2.3: by UTF-16 code units, which is not the order of code points.
    names = sorted(item, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    for position, name in enumerate(names):
        parts.append((True, ("," if position else "") + _string(name) + ":"))
        parts.append((False, item[name]))
    parts.append((True, "}"))
    return parts


def _array(item: list[Json]) -> list[tuple[bool, Json]]:
    parts: list[tuple[bool, Json]] = [(True, "[")]
    for position, member in enumerate(item):
        if position:
            parts.append((True, ","))
        parts.append((False, member))
    parts.append((True, "]"))
    return parts


def _scalar(item: Json) -> str:
    if item is None:
        return "null"
    if item is True:
        return "true"
    if item is False:
        return "false"
    if isinstance(item, str):
        return _string(item)
    if isinstance(item, int | float):
        return _number(item)
    raise NoDocumentBytes("not a JSON value")


def _string(text: str) -> str:
    return '"' + _ESCAPED.sub(lambda found: _escape(found.group()), text) + '"'


def _escape(character: str) -> str:
    return _SHORT.get(character) or f"\\u{ord(character):04x}"


def _number(item: int | float) -> str:
    if isinstance(item, int) and -LARGEST_INTEGER <= item <= LARGEST_INTEGER:
        return str(item)
    try:
        value = float(item)
    except OverflowError as error:
        raise NoDocumentBytes("number") from error
    if not math.isfinite(value):
        raise NoDocumentBytes("number")
    return _double(value)


def _double(value: float) -> str:
    """Print a double as ECMAScript's Number::toString does. Python finds the same shortest digits."""
    if value == 0:
        return "0"  # minus zero too
    sign = "-" if value < 0 else ""
    mantissa, _, exponent_text = f"{abs(value)!r}".partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = (whole + fraction).lstrip("0")
    # The value is 0.DIGITS times ten to the power of `point`.
    point = len(whole) + int(exponent_text or "0")
    if whole.strip("0") == "":
        point -= len(whole) + len(fraction) - len(digits)
    digits = digits.rstrip("0")
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return sign + digits[:point] + "." + digits[point:]
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    power = f"e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return sign + digits[0] + ("." + digits[1:] if count > 1 else "") + power
