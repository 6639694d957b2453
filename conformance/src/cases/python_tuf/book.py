"""The stories, while they are written: what is served, when the installer looks, what it has to find."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from repository import Json, Repository, Site

NOW = "2026-11-01T00:00:00Z"
"""The time of most looks."""


def notice(name: str, title: str | None = None) -> Json:
    """Make a small notice that is valid in November 2026 and for everyone."""
    return {
        "id": name,
        "revision": 1,
        "severity": "info",
        "begins": "2026-10-01T00:00:00Z",
        "ends": "2026-12-31T00:00:00Z",
        "text": {"en": {"title": title or f"Title of {name}", "body": []}},
    }


def document(*notices: str | Json) -> Json:
    """Make a document of these notices."""
    listed = [notice(one) if isinstance(one, str) else one for one in notices]
    return {"schema_version": "1.0", "repository": "pypi.org", "notices": listed}


def _expect(state: str, failure: tuple[str, str] | None, exit_status: int, show: tuple[str, ...] = ()) -> Json:
    fault = None if failure is None else {"stage": failure[0], "code": failure[1]}
    return {"state": state, "failure": fault, "exit_status": exit_status, "show": list(show)}


def fresh(*show: str) -> Json:
    """Expect the state Fresh, with these notices shown and no others."""
    return _expect("fresh", None, 0, show)


def cached(stage: str, code: str, *show: str) -> Json:
    """Expect the state Cached because of this, with these notices shown."""
    return _expect("cached", (stage, code), 0, show)


def failed(stage: str, code: str) -> Json:
    """Expect a verification failure: nothing is shown."""
    return _expect("none", (stage, code), 3)


def unavailable(stage: str, code: str) -> Json:
    """Expect that nothing could be had, and nothing is in the store."""
    return _expect("none", (stage, code), 4)


def refused(code: str) -> Json:
    """Expect that all was verified, and the document was refused."""
    return _expect("fresh", ("document", code), 5)


@dataclass
class Look:
    """One explicit check of what is served."""

    site: Repository | Site
    expect: Json
    now: str = NOW
    answers: dict[str, int] = field(default_factory=dict)
    """Paths that are answered with a status and nothing else."""

    def files(self) -> Site:
        """Get what is served."""
        return self.site.site() if isinstance(self.site, Repository) else self.site


class Book:
    """All stories, and each text that is served in them once."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}
        self._stories: dict[str, Json] = {}

    def good(self, name: str, title: str, requirements: str, root: Repository, *looks: Look) -> None:
        """Keep a story about something good."""
        self._keep(name, title, requirements, root, looks, side="positive", base=None, fault=None)

    def bad(self, name: str, base: str, fault: str, requirements: str, root: Repository, *looks: Look) -> None:
        """Keep a story that is its base with one fault."""
        base = f"python-tuf/{base}"
        if self._stories[base]["side"] != "positive":
            raise ValueError(f"{name}: {base} is no base")
        self._keep(name, fault, requirements, root, looks, side="negative", base=base, fault=fault)

    def _keep(self, name: str, title: str, requirements: str, root: Repository, looks: tuple[Look, ...], **more: Any) -> None:
        name = f"python-tuf/{name}"
        if name in self._stories:
            raise ValueError(f"two stories are called {name}")
        steps = []
        for look in looks:
            site = {path: self._file(data) for path, data in sorted(look.files().items())}
            step = {"site": site, "now": look.now, "expect": look.expect}
            steps.append({**step, "answers": look.answers} if look.answers else step)
        self._stories[name] = {
            "id": name,
            "title": title,
            "requirements": [f"MOTD-{one}" for one in requirements.split()],
            "root": self._file(root.trusted_root),
            "steps": steps,
            **more,
        }

    def _file(self, data: bytes) -> str:
        text = data.decode()
        name = hashlib.sha256(data).hexdigest()[:16]
        if self._files.setdefault(name, text) != text:
            raise ValueError(f"two texts are called {name}")
        return name

    def text(self) -> str:
        """Write all of it."""
        stories = [self._stories[name] for name in sorted(self._stories)]
        value = {"files": self._files, "stories": stories}
        return json.dumps(value, sort_keys=True, indent=1, ensure_ascii=False) + "\n"
