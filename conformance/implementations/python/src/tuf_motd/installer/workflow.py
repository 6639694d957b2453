"""Steps 6 to 11 of a run on python-tuf's `TrustedMetadataSet`, with this library's own store and floors.

Every check of TUF is that set's. Its `Updater` is not used: its folder holds links and names from
metadata, and it stops without a word (the 257th root, the 33rd role). The set is an internal part of
python-tuf 7, so the version is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, cast
from urllib.parse import quote

from tuf.api import exceptions
from tuf.api.metadata import DelegatedRole, MetaFile, Root, Snapshot, TargetFile, Targets, Timestamp
from tuf.ngclient import UpdaterConfig
from tuf.ngclient._internal.trusted_metadata_set import TrustedMetadataSet

from tuf_motd.document import TargetEntry, same_hashes
from tuf_motd.errors import NetworkError
from tuf_motd.installer import bundle
from tuf_motd.installer.fetching import Client, StatusError
from tuf_motd.installer.form import matches
from tuf_motd.installer.loading import (
    Fault,
    compact_root,
    count_signatures,
    is_metadata,
    load,
    signed_of,
    value_of,
    value_of_root,
)
from tuf_motd.installer.source import Source
from tuf_motd.installer.state import Complete, State

RESERVED_PATH = "motd/notices.json"
"""The one target path at which a document is looked for (MOTD-CARRY-1)."""
_RUN_LIMIT = 16_000_000
_SIGNATURES_LIMIT = 4_096
_ROOTS_LIMIT = 4_096
"""Of the roots whose values are kept."""
_DIGEST = re.compile(r"[0-9a-f]{64}(?:[0-9a-f]{64})?")


class _TrustedSet(TrustedMetadataSet):
    """python-tuf's checks with this library's loader, from the configured root on."""

    def __init__(self, root: bytes, now: int) -> None:
        self._trusted_set = {}
        self._trusted_delegations = set()
        # MOTD-GATE-1: one reference time for every comparison.
        self.reference_time = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=now)
        self._load_data = cast("Any", load)
        self._load_trusted_root(root)


class Workflow:
    """One pass from the root to the target entry. Without a client it reads the complete set only."""

    def __init__(
        self,
        source: Source,
        state: State,
        client: Client | None,
        now: int,
        *,
        probe: bool = True,
        is_over: Callable[[], bool] = lambda: False,
    ) -> None:
        self._is_over = client.is_over if client else is_over
        self._source = source
        self._state = state
        self._client = client
        self._probe = probe and client is not None
        complete = state.complete.roles if state.complete else {}
        # MOTD-GATE-4: Cached is the complete set and nothing else.
        self._stored = {**complete, **state.staged} if client else dict(complete)
        self.path: dict[str, bytes] = {}
        """Every role of this pass: with the document, the complete set."""
        self.stage = "root"
        self._bytes = self._signatures = 0
        self._bundle: dict[str, bytes] | None = None
        # MOTD-BUNDLE-4: in a check of a sidecar no stored file takes the place of one that was not received.
        self._reads_store = source.kind == "in-band" or client is None
        self.config = UpdaterConfig(max_delegations=3)
        try:
            self._trusted_set = _TrustedSet(source.root, now)
        except exceptions.RepositoryError as error:
            raise Fault("malformed", "root") from error

    # Files: this library's state instead of a folder of metadata, which holds links and names (MOTD-STATE-3)

    def _persist_root(self, version: int, data: bytes) -> None:
        if version > self._first_version():
            self._state.roots[version] = data
            self._state.save()

    def _first_version(self) -> int:
        return signed_of(Root, self._source.root).version

    def _keep(self, name: str, data: bytes) -> None:
        """Keep a verified file of this pass; the complete set stays what it is (MOTD-STATE-1)."""
        self.path[name] = data
        if self._client:
            self._state.staged[name] = data
            self._raise_floors(name)
            self._state.save()

    # Network

    def _get(self, name: str, stated: int | None, most: int, version: int | None) -> bytes:
        if self._client is None:
            raise NetworkError(self.stage, "connect")
        if stated is not None and stated > most:  # section 6.5, before a request
            raise NetworkError(self.stage, "too-long")
        if len(name.encode("utf-8")) > 512:  # section 6.5, before a request
            raise Fault("malformed", self.stage)
        prefix = "" if version is None else f"{version}."
        path = f"{prefix}{quote(name, '')}.json"
        data = self._file(self._client, self._source.metadata_url, path, most if stated is None else stated)
        if not is_metadata(data):  # before anything else: a captive portal is no attack
            raise NetworkError(self.stage, "not-metadata")
        self._signatures += count_signatures(data)
        if self._signatures > _SIGNATURES_LIMIT:  # MOTD-GATE-17
            raise Fault("too-many-entries", self.stage)
        return data

    def _file(self, client: Client, base: str, path: str, most: int) -> bytes:
        """Take a file from the bundle, once there is one, or fetch it."""
        if self._bundle is None:
            return self._fetch(client, base + path, most)
        data = self._bundle.get(path)
        if data is None:  # MOTD-BUNDLE-4
            raise NetworkError(self.stage, "status")
        if len(data) > most:  # MOTD-BUNDLE-3
            raise NetworkError(self.stage, "too-long")
        return data

    def _fetch(self, client: Client, url: str, most: int) -> bytes:
        """Fetch a file, when all bodies of the run together stay within their limit (MOTD-GATE-14)."""
        data = client.fetch(url, min(most, _RUN_LIMIT - self._bytes), self.stage)
        self._bytes += len(data)
        return data

    def _checked(self, check: Callable[[], object], diagnose: Callable[[], str | None]) -> None:
        """Run a check of python-tuf, and give its refusal a code."""
        self._require_time()
        try:
            check()
        except exceptions.EqualVersionNumberError:
            raise
        except Fault as error:
            raise Fault(error.code, error.stage or self.stage) from error
        except exceptions.UnsignedMetadataError as error:
            raise Fault("signature-threshold", self.stage) from error
        except exceptions.RepositoryError as error:
            raise Fault(diagnose() or _code(error), self.stage) from error

    # Steps

    def run(self) -> TargetFile | None:
        """Carry out steps 6 to 10. Raises `Fault` or `NetworkError`."""
        self._load_root()
        if self._client:
            self._count_stored()
        self._load_timestamp()
        self._load_snapshot()
        return self._search(RESERVED_PATH)

    def _load_root(self) -> None:
        """Step 6. Stored roots are used when a chain leads to them from the configured one."""
        self.stage = "root"
        trusted = self._trusted_set
        chain = [value_of_root(self._source.root)]
        while trusted.root.version + 1 in self._state.roots:
            stored = self._state.roots[trusted.root.version + 1]
            try:
                trusted.update_root(stored)
            except exceptions.RepositoryError:
                break
            chain.append(value_of_root(stored))
        accepted = 0
        while self._probe:
            version = trusted.root.version + 1
            try:
                data = self._get(Root.type, None, self.config.root_max_length, version)
            except StatusError as error:
                if error.status in (404, 403):  # MOTD-GATE-10
                    break
                raise
            if accepted == self.config.max_root_rotations:  # MOTD-GATE-13
                raise Fault("too-many-roots", "root")
            before = trusted.root
            self._checked(lambda data=data: trusted.update_root(data), lambda: None)  # type: ignore[misc]
            accepted += 1
            self._persist_root(version, compact_root(data, before))
            chain.append(value_of_root(data))
        floors = self._state.floors
        # MOTD-FLOOR-3, where the stored roots are lost: this chain ends before the newest one that was seen.
        if self._client and trusted.root.version < floors.versions.get(Root.type, 0):
            raise Fault("rollback", "root")
        if trusted.root.is_expired(trusted.reference_time):
            raise Fault("expired", "root")
        if self._client:
            floors.versions[Root.type] = trusted.root.version
            floors.chain = list(dict.fromkeys([*floors.chain, *chain]))[-_ROOTS_LIMIT:]

    def _count_stored(self) -> None:
        """Count what the stored metadata shows as a floor, whatever became of the file (MOTD-FLOOR-3)."""
        floors, keys = self._state.floors, self._keys()
        is_lost = not floors.keys
        # MOTD-FLOOR-2: a key that is still there could set the floors again; one that is gone takes them.
        if not set(floors.keys) <= set(keys):
            floors.versions = {Root.type: floors.versions[Root.type]}
        floors.keys = keys
        complete = self._state.complete.roles if self._state.complete else {}
        for files in (complete, self._state.staged):
            with suppress(KeyError, exceptions.RepositoryError):
                timestamp, _, _ = load(Timestamp, files[Timestamp.type], self._trusted_set.root)
                self._raise_floor("timestamp", timestamp.version)
                # What an old snapshot key listed does not bind under new keys, and stood in the file as well.
                if is_lost:
                    self._raise_floor("snapshot", timestamp.snapshot_meta.version)
            with suppress(KeyError, exceptions.RepositoryError):
                self._raise_snapshot_floors(load(Snapshot, files[Snapshot.type], self._trusted_set.root)[0])

    def _load_timestamp(self) -> None:
        """Step 7."""
        self.stage = Timestamp.type
        trusted = self._trusted_set
        stored = self._stored.get(Timestamp.type)
        # MOTD-FLOOR-2: what an old snapshot key listed does not bind under new keys.
        if stored and (self._client is None or self._is_bound(stored)):
            try:
                trusted.update_timestamp(stored)
                self.path[Timestamp.type] = stored
            except exceptions.RepositoryError as error:
                if self._client is None:
                    raise Fault(_code(error), self.stage) from error
        if self._client is None:
            if Timestamp.type not in self.path:
                raise NetworkError(self.stage, "connect")
            return
        if self._source.kind == "sidecar":
            url = self._source.metadata_url + bundle.NAME
            self._bundle = bundle.read_bundle(self._fetch(self._client, url, bundle.LIMIT), self.stage)
        data = self._get(Timestamp.type, None, self.config.timestamp_max_length, None)
        try:
            self._checked(lambda: trusted.update_timestamp(data), lambda: self._timestamp_code(data))
        except exceptions.EqualVersionNumberError:
            # The trusted one stays; it can have expired since.
            if trusted.timestamp.is_expired(trusted.reference_time):
                raise Fault("expired", self.stage) from None
            self.path[Timestamp.type] = cast("bytes", stored)
            return
        code = self._timestamp_code(data)
        if code:
            raise Fault(code, self.stage)
        self._keep(Timestamp.type, data)

    def _timestamp_code(self, data: bytes) -> str | None:
        """Compare a signed timestamp with the floors, in the order of step 7 (MOTD-GATE-9)."""
        new = signed_of(Timestamp, data)
        old = self._stored.get(Timestamp.type)
        versions = [self._floor("timestamp")]
        listed = [self._floor("snapshot")]
        trusted = self._trusted_set
        if old and Timestamp.type in trusted and trusted.timestamp.version != new.version:
            versions.append(trusted.timestamp.version)
            listed.append(trusted.timestamp.snapshot_meta.version)
        if new.version < max(versions):
            return "stale-mirror"
        return "rollback" if new.snapshot_meta.version < max(listed) else None

    def _load_snapshot(self) -> None:
        """Step 8."""
        self.stage = Snapshot.type
        trusted = self._trusted_set
        meta = trusted.timestamp.snapshot_meta
        stored = self._stored.get(Snapshot.type)
        if stored and self._reads_store and self._loads(lambda: trusted.update_snapshot(stored)):
            self._keep(Snapshot.type, stored)
            return
        if self._client is None:
            raise Fault("version-mismatch", self.stage)
        # An older one is no snapshot of this timestamp, and still protects against rollback.
        if stored:
            self._loads(lambda: trusted.update_snapshot(stored, trusted=True))
        old = trusted.snapshot if Snapshot.type in trusted else None
        data = self._get(Snapshot.type, meta.length, self.config.snapshot_max_length, self._prefix(meta))
        self._checked(lambda: trusted.update_snapshot(data), lambda: self._snapshot_code(data, meta, old))
        code = self._snapshot_code(data, meta, old)
        if code:
            raise Fault(code, self.stage)
        self._keep(Snapshot.type, data)

    def _snapshot_code(self, data: bytes, meta: MetaFile, old: Snapshot | None) -> str | None:
        code = _length_or_hash(data, meta)
        if code:
            return code
        new = signed_of(Snapshot, data)
        if new.version != meta.version:
            return "version-mismatch"
        before = {name: file.version for name, file in old.meta.items()} if old else {}
        for name, file in new.meta.items():
            floor = max(before.get(name, 0), self._floor(f"role {name.removesuffix('.json')}"))
            if file.version < floor:  # MOTD-FLOOR-1
                return "rollback"
        return None if before.keys() <= new.meta.keys() else "snapshot-removed"

    def _require_time(self) -> None:
        """Hold the deadline while signatures are verified (MOTD-NET-2)."""
        if self._is_over():
            raise NetworkError(self.stage, "timeout")

    def _loads(self, check: Callable[[], object]) -> bool:
        self._require_time()
        try:
            check()
        except exceptions.RepositoryError:
            return False
        return True

    def _prefix(self, meta: MetaFile) -> int | None:
        return meta.version if self._trusted_set.root.consistent_snapshot else None

    def _load_targets(self, role: str, parent_role: str) -> Targets:
        """Step 9, and each role of step 10."""
        trusted = self._trusted_set
        self.stage = "targets" if role == Targets.type else "delegation"
        if trusted.contains(role, parent_role):
            return cast("Targets", trusted[role])
        meta = trusted.snapshot.meta.get(f"{role}.json")
        if meta is None:
            raise Fault("version-mismatch", self.stage)
        stored = self._stored.get(role) if self._reads_store else None
        if stored and self._loads(lambda: trusted.update_delegated_targets(stored, role, parent_role)):
            # MOTD-GATE-14: else several runs would store what no run may fetch.
            self._bytes += len(stored)
            if self._bytes > _RUN_LIMIT:
                raise NetworkError(self.stage, "too-long")
            self._keep(role, stored)
            return cast("Targets", trusted[role])
        data = self._get(role, meta.length, self.config.targets_max_length, self._prefix(meta))
        self._checked(
            lambda: trusted.update_delegated_targets(data, role, parent_role),
            lambda: _length_or_hash(data, meta),
        )
        self._keep(role, data)
        return cast("Targets", trusted[role])

    def _search(self, target_filepath: str) -> TargetFile | None:
        """Step 10: preorder, depth first, each role once, a terminating delegation ending the search."""
        rest = [(Targets.type, Root.type)]
        visited: set[str] = set()
        while rest:
            role, parent = rest.pop()
            if role in visited:
                continue
            if len(visited) > self.config.max_delegations:  # MOTD-GATE-15; targets is not counted
                raise Fault("too-many-delegations", "delegation")
            targets = self._load_targets(role, parent)
            visited.add(role)
            if target_filepath in targets.targets:
                return targets.targets[target_filepath]
            children: list[tuple[str, str]] = []
            delegations = (targets.delegations and targets.delegations.roles) or {}
            for name, delegation in delegations.items():
                if not _leads_to(delegation, target_filepath):
                    continue
                children.append((name, role))
                if delegation.terminating:
                    rest = []
                    break
            rest.extend(reversed(children))
        return None

    # Floors (section 6.6)

    def _keys(self) -> list[str]:
        root = self._trusted_set.root
        return [
            f"{role} {value_of(root.keys[key_id])}"
            for role in ("timestamp", "snapshot")
            for key_id in root.roles[role].keyids
            if key_id in root.keys
        ]

    def _is_bound(self, timestamp: bytes) -> bool:
        """Whether the floors have what a stored timestamp lists."""
        return signed_of(Timestamp, timestamp).snapshot_meta.version <= self._floor("snapshot")

    def _floor(self, name: str) -> int:
        return self._state.floors.versions.get(name, 0)

    def _raise_floor(self, name: str, version: int) -> None:
        # MOTD-FLOOR-1: as soon as it is verified, not when the set is complete.
        self._state.floors.versions[name] = max(version, self._floor(name))

    def _raise_floors(self, name: str) -> None:
        trusted = self._trusted_set
        if name == Timestamp.type:
            self._raise_floor("timestamp", trusted.timestamp.version)
            self._raise_floor("snapshot", trusted.timestamp.snapshot_meta.version)
        elif name == Snapshot.type:
            self._raise_snapshot_floors(trusted.snapshot)

    def _raise_snapshot_floors(self, snapshot: Snapshot) -> None:
        self._raise_floor("snapshot", snapshot.version)
        for file, meta in snapshot.meta.items():
            self._raise_floor(f"role {file.removesuffix('.json')}", meta.version)

    # Step 11

    def fetch_target(self, entry: TargetEntry) -> bytes:
        """Fetch the target file, or take it from the complete set (MOTD-CARRY-8)."""
        self.stage = "target"
        complete = self._state.complete
        if (
            self._reads_store
            and complete
            and complete.document is not None
            and _is_file(complete.document, entry)
        ):
            return complete.document
        if self._client is None:
            raise NetworkError(self.stage, "connect")
        prefix = ""
        if self._trusted_set.root.consistent_snapshot:
            known = entry.known_hashes()
            digest = known.get("sha256") or known["sha512"]
            if not _DIGEST.fullmatch(digest):  # no file has it, and it is no part of a URL
                raise Fault("hash-mismatch", self.stage)
            prefix = f"{digest}."
        path = f"motd/{prefix}notices.json"
        data = self._file(self._client, self._source.targets, path, entry.length)
        if len(data) != entry.length:
            raise Fault("length-mismatch", self.stage)
        if not same_hashes(data, entry):
            raise Fault("hash-mismatch", self.stage)
        return data

    def complete(self, document: bytes | None) -> None:
        """Replace the complete set, in one step (MOTD-STATE-1)."""
        self._state.complete = Complete(dict(self.path), document)
        self._state.staged = {}
        self._state.save()


def _leads_to(delegation: DelegatedRole, path: str) -> bool:
    if delegation.paths is not None:
        return any(matches(pattern, path) for pattern in delegation.paths)
    digest = sha256(path.encode("utf-8")).hexdigest()
    return any(digest.startswith(prefix) for prefix in delegation.path_hash_prefixes or ())


def _is_file(data: bytes, entry: TargetEntry) -> bool:
    return len(data) == entry.length and same_hashes(data, entry)


def _length_or_hash(data: bytes, meta: MetaFile) -> str | None:
    if meta.length is not None and len(data) != meta.length:
        return "length-mismatch"
    try:
        meta.verify_length_and_hashes(data)
    except exceptions.LengthOrHashMismatchError:
        return "hash-mismatch"
    return None


def _code(error: exceptions.RepositoryError) -> str:
    if isinstance(error, Fault):
        return error.code
    if isinstance(error, exceptions.UnsignedMetadataError):
        return "signature-threshold"
    if isinstance(error, exceptions.ExpiredMetadataError):
        return "expired"
    return "version-mismatch" if isinstance(error, exceptions.BadVersionNumberError) else "malformed"
