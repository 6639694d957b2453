"""What is configured of a source (section 6.1). Nothing of it comes from the network (MOTD-BOOT-1)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Root

from tuf_motd.errors import CallerError
from tuf_motd.installer.loading import load
from tuf_motd.rendering import check_source_name

_REPOSITORY = re.compile(r"[a-z0-9](?:[a-z0-9._/-]{0,251}[a-z0-9])?")
_INSTALLER = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._+-]+")


@dataclass(frozen=True)
class Source:
    """One repository that can speak.

    `allow_http` is an administrator's word; it is meant for tests on the loopback interface. `installer`
    is `<name>/<version>`, all that a request says of who asks (MOTD-PRIV-1). `kind` says what a check
    requests (MOTD-PRIV-2).
    """

    name: str
    repository: str
    root: bytes
    metadata_url: str
    targets_url: str = ""
    installer: str = "tuf-motd-python/0.1"
    allow_http: bool = False
    kind: str = "sidecar"

    def __post_init__(self) -> None:
        check_source_name(self.name)  # MOTD-SHOW-8
        if not _REPOSITORY.fullmatch(self.repository):
            raise CallerError("repository-identifier")
        if not _INSTALLER.fullmatch(self.installer):
            raise CallerError("installer-name")
        if self.kind not in ("sidecar", "in-band"):
            raise CallerError("kind")
        for url in (self.metadata_url, self.targets):
            parts = urlsplit(url)
            schemes = ("https", "http") if self.allow_http else ("https",)
            if parts.scheme not in schemes or not parts.hostname or not parts.path.endswith("/"):
                raise CallerError("url")
            if parts.query or parts.fragment or parts.username is not None:
                raise CallerError("url")
        try:
            load(Root, self.root)
        except RepositoryError as error:
            raise CallerError("trusted-root") from error

    @property
    def targets(self) -> str:
        """Give the targets URL; the last segment of the metadata URL is replaced when none is given."""
        return self.targets_url or self.metadata_url.rstrip("/").rpartition("/")[0] + "/targets/"
