"""The verdict of a check, in the words of sections 6.3 and 6.4."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from simulator import NOW, Server

from tuf_motd import Checked, Settings, check

DAY = 86_400


def verdict(checked: Checked) -> tuple[str, tuple[str, str] | None, int]:
    assert json.dumps(checked.plain())
    return checked.state, checked.failure, checked.exit_status


FRESH = ("fresh", None, 0)


def failed(stage: str, code: str) -> tuple[str, tuple[str, str], int]:
    return "none", (stage, code), 3


def gone(stage: str, code: str) -> tuple[str, tuple[str, str], int]:
    return "none", (stage, code), 4


def kept(stage: str, code: str) -> tuple[str, tuple[str, str], int]:
    return "cached", (stage, code), 0


def run(server: Server, folder: Path | None = None, now: int = NOW, **settings: Any) -> Checked:
    return check(server.source(), folder, now, Settings(**settings))


TIMESTAMP = "/metadata/timestamp.json"


def chain_of(folder: Path) -> Path:
    """Give the folder of the one chain of roots in a state folder."""
    (chain,) = (path for path in folder.iterdir() if len(path.name) == 64)
    return chain
