"""The specification as tests read it: its examples, fences and lists."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SPEC = Path(__file__).resolve().parents[4] / "spec"

_EXAMPLE = re.compile(r"^<!-- example: (.+?) -->\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Example:
    chapter: str
    verdict: str
    body: str


def examples() -> Iterator[Example]:
    """Give every fence that bears a verdict."""
    for path in sorted(SPEC.glob("*.md")):
        for found in _EXAMPLE.finditer(path.read_text("utf-8")):
            yield Example(path.name, found.group(1), found.group(3))


def rows(chapter: str, fence: str) -> list[list[str]]:
    """Give the lines of every fence of a kind, cut at ` | `."""
    text = (SPEC / chapter).read_text("utf-8")
    fences = re.findall(rf"^```{fence}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert fences
    return [line.split(" | ") for body in fences for line in body.splitlines() if line]


def requirements() -> list[dict[str, Any]]:
    """Give every requirement."""
    found: list[dict[str, Any]] = json.loads((SPEC / "requirements.json").read_text("utf-8"))["requirements"]
    return found


def registry(name: str) -> list[dict[str, Any]]:
    """Give the entries of a registry."""
    found: list[dict[str, Any]] = json.loads((SPEC / "registries" / f"{name}.json").read_text("utf-8"))[
        "entries"
    ]
    return found
