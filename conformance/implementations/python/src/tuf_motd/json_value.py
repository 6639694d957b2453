"""A JSON value as Python holds it, and questions about its type that Python answers differently."""

from __future__ import annotations

from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

LARGEST_INTEGER = 2**53 - 1


def integer(value: Json) -> int | None:
    """Give the integer of a JSON number whose value is one, whatever its written form (section 2.4).

    `True` is an `int` to Python and no number to JSON. `1.0` is an integer by value; that it is not
    written so is settled by the document bytes.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return None
