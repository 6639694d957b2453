"""Widths of code points, and the wrapping of one line by the steps of section 6.10 (MOTD-SHOW-2)."""

from __future__ import annotations

from tuf_motd.tables import AMBIGUOUS, MARKS, WIDE


def width(text: str, wide_reader: bool) -> int:
    """Count columns, as many as the widest terminal gives a code point (section 3.2)."""
    return sum(_column_count(character, wide_reader) for character in text)


def _column_count(character: str, wide_reader: bool) -> int:
    # In the order of section 3.2. A mark counts too: too wide a count is safe, too narrow a one is not.
    if character in WIDE:
        return 2
    return 2 if wide_reader and character in AMBIGUOUS else 1


def wrap(text: str, first_columns: int, columns: int, wide_reader: bool) -> list[str]:
    """Break a text into a first line and others of at most so many columns: 18 at least."""
    lines: list[str] = []
    rest = text
    while True:
        end = _longest_beginning(rest, columns if lines else first_columns, wide_reader)
        if end == len(rest):  # step 1
            return [*lines, rest]
        at = _last_break(rest, end)
        if at is None:  # step 4
            # Accepted text has at most four marks in a row; other text must not stop the loop either.
            while end > 1 and rest[end] in MARKS:
                end -= 1
            lines.append(rest[:end])
            rest = rest[end:]
            continue
        lines.append(rest[:at].rstrip(" "))  # step 3
        rest = _after_spaces(rest, at)
        if not rest:  # step 5
            return lines


def _longest_beginning(rest: str, columns: int, wide_reader: bool) -> int:
    used = 0
    for position, character in enumerate(rest):
        used += _column_count(character, wide_reader)
        if used > columns:
            return position
    return len(rest)


def _last_break(rest: str, end: int) -> int | None:
    """Find the break directly after the beginning, else the last one inside it."""
    first = len(rest) - len(rest.lstrip(" "))
    for position in range(end, first, -1):
        if rest[position] == " " and not _bears_mark(rest, position):
            return position
    return None


def _bears_mark(rest: str, position: int) -> bool:
    return rest[position + 1 : position + 2] in MARKS if position + 1 < len(rest) else False


def _after_spaces(rest: str, at: int) -> str:
    """Give what comes after a break and the spaces behind it; a space that bears a mark stays."""
    position = at + 1
    while position < len(rest) and rest[position] == " " and not _bears_mark(rest, position):
        position += 1
    return rest[position:]
