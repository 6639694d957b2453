"""The JSON text of a target entry, as a TUF library reads it: the custom carrier of chapter 5."""

from __future__ import annotations

import json
from typing import Any

from tuf_motd import json_text
from tuf_motd.document import TargetEntry
from tuf_motd.errors import CallerError, MotdError
from tuf_motd.json_value import Json, integer


def read_entry(text: str) -> tuple[TargetEntry, Json]:
    """Give the measures of the entry, and the value of its `custom.motd`.

    Raises `CallerError` when the text is no target entry that carries a document.
    """
    value = _value(text)
    if not isinstance(value, dict):
        raise CallerError("target-entry")
    length, hashes, custom = integer(value.get("length")), value.get("hashes"), value.get("custom")
    if length is None or length < 0 or not isinstance(hashes, dict):
        raise CallerError("target-entry")
    if not isinstance(custom, dict) or "motd" not in custom:
        raise CallerError("target-entry")
    texts = {name: digest for name, digest in hashes.items() if isinstance(digest, str)}
    if len(texts) != len(hashes):
        raise CallerError("target-entry")
    return TargetEntry(length, texts), custom["motd"]


def _value(text: str) -> Json:
    """Read it with the parser that python-tuf uses, so that what that one hides is hidden here too."""
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        # Deeper, or a longer number, than that one reads: a document can still say so (MOTD-BYTES-4).
        try:
            return json_text.read(text).value
        except MotdError as error:
            raise CallerError("target-entry") from error
    return found  # type: ignore[no-any-return]
