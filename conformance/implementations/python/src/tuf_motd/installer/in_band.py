"""The in-band deployment: the notice path in the installer's own python-tuf session (section 5.6).

The installer has refreshed its `Updater` and resolved its own targets; the packages stay resolved whatever
happens here. What python-tuf alone decides here (floors, keys counted by value, limits on delegations,
headers of requests) is as python-tuf has it; the README lists the requirements.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tuf.api import exceptions
from tuf.ngclient import Updater

from tuf_motd.document import TARGET_LIMIT, Judged, Refused, TargetEntry, judge
from tuf_motd.installer.workflow import RESERVED_PATH
from tuf_motd.json_value import Json


@dataclass(frozen=True)
class InBand:
    """Fresh with a verdict on the document, or none with a stage and a code."""

    verdict: Judged | Refused | None
    failure: tuple[str, str] | None
    is_verification_failure: bool = False

    def plain(self) -> dict[str, Json]:
        """Give it as JSON."""
        return {
            "state": "fresh" if self.verdict else "none",
            "failure": {"stage": self.failure[0], "code": self.failure[1]} if self.failure else None,
            "document": self.verdict.plain() if self.verdict else None,
        }


def check_in_band(updater: Updater, repository: str) -> InBand:
    """Search the reserved path in a session that was refreshed (step 10), and judge the document."""
    stage = "delegation"
    try:
        target = updater.get_targetinfo(RESERVED_PATH)
        if target is None:  # MOTD-CARRY-5
            return InBand(Judged(repository, "en", ()), None)
        entry = TargetEntry(target.length, dict(target.hashes))
        custom: Any = target.custom
        if isinstance(custom, dict) and "motd" in custom:  # MOTD-CARRY-2
            return _judged(judge(custom["motd"], repository, entry))
        if entry.length > TARGET_LIMIT:  # MOTD-BYTES-1
            return _judged(Refused("document-too-large"))
        if not entry.known_hashes():
            return _judged(Refused("carrier-no-hash"))
        stage = "target"
        with tempfile.TemporaryDirectory() as folder:
            path = updater.download_target(target, str(Path(folder, "document")))
            data = Path(path).read_bytes()
        return _judged(judge(data, repository))
    except exceptions.RepositoryError as error:  # MOTD-GATE-5
        return InBand(None, (stage, _code(error)), is_verification_failure=True)
    except exceptions.DownloadError as error:  # MOTD-GATE-6
        return InBand(None, (stage, _download_code(error)))
    except (OSError, ValueError):  # MOTD-FAIL-1: the notice path takes no install away
        return InBand(None, (stage, "connect"))


def _judged(verdict: Judged | Refused) -> InBand:
    return InBand(verdict, ("document", verdict.code) if isinstance(verdict, Refused) else None)


def _code(error: exceptions.RepositoryError) -> str:
    codes = {
        exceptions.UnsignedMetadataError: "signature-threshold",
        exceptions.ExpiredMetadataError: "expired",
        exceptions.LengthOrHashMismatchError: "hash-mismatch",
        exceptions.BadVersionNumberError: "version-mismatch",
    }
    return next((code for kind, code in codes.items() if isinstance(error, kind)), "malformed")


def _download_code(error: exceptions.DownloadError) -> str:
    if isinstance(error, exceptions.DownloadHTTPError):
        return "status"
    if isinstance(error, exceptions.DownloadLengthMismatchError):
        return "too-long"
    return "timeout" if isinstance(error, exceptions.SlowRetrievalError) else "connect"
