"""Language tags, the user's list, and the lookup (section 3.4); what the locale says of the terminal."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Mapping, Sequence

_TAG = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})"
    r"(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|[0-9]{3}))?"
    r"(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    r"(?:-[0-9a-wyz](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?"
)
_SCRIPTS = {"zh-tw": "Hant", "zh-hk": "Hant", "zh-mo": "Hant", "zh-cn": "Hans", "zh-sg": "Hans"}

_WIDE_READERS = frozenset(("*", "en", "ja", "ko", "zh", "cmn", "hak", "lzh", "nan", "yue"))


def is_language_tag(text: str) -> bool:
    """Whether the text is a `langtag` in canonical case; no registry is asked (MOTD-LANG-1)."""
    return _TAG.fullmatch(text) is not None


def from_environment(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Derive the user's list from the environment by the seven steps (MOTD-LANG-6)."""
    value = _first_set(environment, "LC_ALL", "LC_MESSAGES", "LANG")
    rest, _, modifier = value.partition("@")
    rest = rest.partition(".")[0]
    if rest in ("", "C", "POSIX"):
        return ()
    subtags = rest.replace("_", "-").split("-")
    if modifier == "latin" and not _has_script(subtags):
        subtags.insert(1, "Latn")
    tag = _canonical_case(subtags)
    return (tag,) if is_language_tag(tag) else ()


def is_utf8(environment: Mapping[str, str]) -> bool:
    """Whether the terminal is known to be in UTF-8 (MOTD-SHOW-12). Those of Windows take Unicode."""
    locale = _first_set(environment, "LC_ALL", "LC_CTYPE", "LANG").partition("@")[0]
    _, dot, charset = locale.partition(".")
    return sys.platform == "win32" or _lower((charset if dot else locale).replace("-", "")) == "utf8"


def _first_set(environment: Mapping[str, str], *names: str) -> str:
    return next((environment[name] for name in names if environment.get(name)), "")


def _has_script(subtags: Sequence[str]) -> bool:
    for subtag in subtags[1:]:
        if len(subtag) == 1:
            return False
        if len(subtag) == 4 and _is_letters(subtag):
            return True
    return False


def _canonical_case(subtags: Sequence[str]) -> str:
    """RFC 5646 2.1.1: lower case; regions upper and scripts title case, unless behind a singleton."""
    out: list[str] = []
    after_singleton = False
    for position, subtag in enumerate(subtags):
        lower = _lower(subtag)
        if position and not after_singleton and _is_letters(subtag):
            if len(subtag) == 2:
                lower = lower.upper()
            elif len(subtag) == 4:
                lower = lower[0].upper() + lower[1:]
        after_singleton = after_singleton or len(subtag) == 1
        out.append(lower)
    return "-".join(out)


def _is_letters(subtag: str) -> bool:
    return subtag.isascii() and subtag.isalpha()


def _lower(text: str) -> str:
    # ASCII only: `str.lower` would turn KELVIN SIGN into a letter.
    return text.lower() if text.isascii() else text


def lookup(ranges: Sequence[str], available: Collection[str], default: str) -> str:
    """Choose a language by the five steps of the lookup (MOTD-LANG-4)."""
    by_lower = {_lower(tag): tag for tag in available}
    for language_range in ranges:
        subtags = [subtag for subtag in language_range.split("-") if subtag != "*"]
        while subtags:
            candidate = _lower("-".join(subtags))
            if candidate in by_lower:
                return by_lower[candidate]
            # MOTD-LANG-5: a reader in Taiwan is tried through the traditional script, and so on.
            script = _SCRIPTS.get(candidate)
            if script:
                subtags.insert(1, script)
                continue
            subtags.pop()
            if subtags and len(subtags[-1]) == 1:
                subtags.pop()
    return default


def is_wide_reader(ranges: Sequence[str]) -> bool:
    """Whether ambiguous code points have two columns for this user (section 3.2)."""
    return not ranges or _lower(ranges[0].split("-")[0]) in _WIDE_READERS
