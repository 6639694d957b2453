"""A repository that python-tuf writes and signs, with everything about it open to change.

A `Repository` says what its roles are; `Repository.site` has python-tuf make and sign all files. Roles that python-tuf
refuses to write, such as one with the `_type` of another, are altered as plain values and signed by the same keys.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from securesystemslib.formats import encode_canonical
from securesystemslib.signer import CryptoSigner, SSlibKey
from securesystemslib.signer._utils import compute_default_keyid
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Role,
    Root,
    Signed,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import JSONSerializer

PATH = "motd/notices.json"
"""The reserved target path."""
NOTICES = "motd"
"""The role for notices."""
TOP_LEVEL = ("root", "targets", "snapshot", "timestamp")

Json: TypeAlias = Any
Alteration: TypeAlias = Callable[[dict[str, Json]], None]
Site: TypeAlias = dict[str, bytes]
"""Path below the server's address to bytes: what a web server hands out."""


def time(text: str) -> datetime:
    """Read a time as metadata and stories write it."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


@cache
def signer(name: str) -> CryptoSigner:
    """Make the signer of this name. A name that ends in `, respelled` is the same key with its value in capitals."""
    plain = name.removesuffix(", respelled")
    seed = hashlib.sha256(f"tuf-motd conformance, python-tuf: {plain}".encode()).digest()
    private = Ed25519PrivateKey.from_private_bytes(seed)
    if plain == name:
        return CryptoSigner(private)
    public = SSlibKey.from_crypto(private.public_key())
    value = {"public": public.keyval["public"].upper()}
    key_id = compute_default_keyid(public.keytype, public.scheme, value)
    return CryptoSigner(private, SSlibKey(key_id, public.keytype, public.scheme, value))


def key_of(name: str) -> SSlibKey:
    """Make the public key of this name, under python-tuf's own key id."""
    public = signer(name).public_key
    assert isinstance(public, SSlibKey)
    return public


def changing(members: dict[str, Json]) -> Alteration:
    """Replace these members of `signed`."""

    def alter(signed: dict[str, Json]) -> None:
        signed.update(members)

    return alter


def document_bytes(value: Json) -> bytes:
    """Make the document bytes of a value that has no control characters."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


@dataclass
class Listing:
    """What one role states about the files that it lists, beside their versions."""

    length: bool = False
    hashes: tuple[str, ...] = ()
    unknown: dict[str, Json] = field(default_factory=dict)

    def of(self, version: int, data: bytes) -> MetaFile:
        """List this file."""
        whole = MetaFile.from_data(version, data, list(self.hashes) or ["sha256"])
        length = whole.length if self.length else None
        hashes = whole.hashes if self.hashes else None
        return MetaFile(version, length, hashes, copy.deepcopy(self.unknown))


@dataclass
class Delegation:
    """One delegation, in the order of its delegator. Who signs it is what the repository says of the role."""

    role: str
    paths: list[str] | None = None
    terminating: bool = True
    hash_prefixes: list[str] | None = None
    keys: list[str] | None = None
    unknown: dict[str, Json] = field(default_factory=dict)


class Repository:
    """A sidecar as it is created: one key for each role, all versions 1, the delegation of `motd/*`."""

    def __init__(self, *, consistent: bool | None = True) -> None:
        roles = (*TOP_LEVEL, NOTICES)
        self.consistent = consistent
        self.compact = True
        self.spec_version: str | None = None
        self.keys: dict[str, list[str]] = {role: [f"{role} 1"] for role in roles}
        self.thresholds: dict[str, int] = {}
        self.signers: dict[str, list[str]] = {}
        """Who signs, where it is not all of the role's keys."""
        self.versions: dict[str, int] = dict.fromkeys(roles, 1)
        self.expires: dict[str, str] = {
            "root": "2027-10-01T00:00:00Z",
            "targets": "2027-06-01T00:00:00Z",
            NOTICES: "2026-11-25T00:00:00Z",
            "snapshot": "2026-11-08T00:00:00Z",
            "timestamp": "2026-11-02T00:00:00Z",
        }
        self.delegations: dict[str, list[Delegation]] = {"targets": [Delegation(NOTICES, ["motd/*"])]}
        self.delegated = [NOTICES]
        """The roles that the snapshot lists beside top-level targets."""
        self.targets: dict[str, dict[str, TargetFile]] = {}
        self.files: dict[str, bytes] = {}
        self.snapshot_lists = Listing()
        self.timestamp_lists = Listing()
        self.unknown: dict[str, dict[str, Json]] = {}
        """Members of `signed` that TUF does not define."""
        self.unknown_around: dict[str, Json] = {}
        """Members beside `signed` and `signatures`."""
        self.unknown_inside: dict[str, Json] = {}
        """Members of keys, roles, delegations and target entries."""
        self.alterations: dict[str, Alteration] = {}
        """What happens to `signed` before it is signed."""
        self.envelopes: dict[str, Alteration] = {}
        """What happens to the file after it was signed, and before another one states its hash."""
        self.omitted: set[str] = set()
        """Roles that the snapshot does not list."""
        self.roots: Site = {}
        self.past: Site = {}
        self.sign_root()

    def copy(self) -> Repository:
        """Make another one that is the same now."""
        return copy.deepcopy(self)

    # What it says

    def add_role(self, role: str, keys: list[str] | None = None) -> None:
        """Have one more delegated role, which nobody delegates to yet."""
        self.keys[role] = keys or [f"{role} 1"]
        self.versions[role] = 1
        self.expires[role] = self.expires[NOTICES]
        self.delegated.append(role)

    def add_file(self, role: str, path: str, data: bytes, hashes: list[str] | None = None) -> TargetFile:
        """List a target file in a role, as python-tuf states it."""
        entry = TargetFile.from_data(path, data, hashes)
        entry.unrecognized_fields.update(copy.deepcopy(self.unknown_inside))
        self.targets.setdefault(role, {})[path] = entry
        self.files[path] = data
        return entry

    def carry(
        self, document: Json, *, role: str = NOTICES, carriers: str = "both", hashes: list[str] | None = None
    ) -> TargetFile:
        """List the document in a role: in `custom`, in the `target` file, or in `both` carriers."""
        entry = self.add_file(role, PATH, document_bytes(document), hashes)
        if carriers != "target":
            entry.unrecognized_fields["custom"] = {"motd": copy.deepcopy(document)}
        if carriers == "custom":
            del self.files[PATH]
        return entry

    def entry(self, role: str = NOTICES) -> TargetFile:
        """Get the target entry of the reserved path."""
        return self.targets[role][PATH]

    # What happens to it

    def publish(self, *roles: str) -> None:
        """Begin the next version of these roles, and of snapshot and timestamp. Old files stay where they are."""
        self.past = self.site()
        for role in (*roles, "snapshot", "timestamp"):
            self.versions[role] += 1

    def renew(self) -> None:
        """Begin the next version of the timestamp alone."""
        self.past = self.site()
        self.versions["timestamp"] += 1

    def rotate(self, changes: dict[str, list[str]] | None = None, thresholds: dict[str, int] | None = None) -> None:
        """Sign the next root, with other keys of these roles, by the keys of root before and after."""
        before = self.keys["root"]
        self.keys.update(changes or {})
        self.thresholds.update(thresholds or {})
        self.versions["root"] += 1
        self.sign_root(before)

    def sign_root(self, also: list[str] | None = None) -> None:
        """Sign the root as it is now, by these keys as well."""
        keys: dict[str, Any] = {}
        roles = {}
        for role in TOP_LEVEL:
            keys |= {key_of(name).keyid: self._key(name) for name in self.keys[role]}
            roles[role] = Role(self._key_ids(self.keys[role]), self._threshold(role), dict(self.unknown_inside))
        root = Root(**self._common("root"), keys=keys, roles=roles, consistent_snapshot=self.consistent)
        signers = list(dict.fromkeys([*self._signers("root"), *(also or [])]))
        self.roots[f"metadata/{root.version}.root.json"] = self._write("root", root, signers)

    # What comes out

    @property
    def trusted_root(self) -> bytes:
        """The first root, which an installer is configured with."""
        return self.roots["metadata/1.root.json"]

    def path(self, role: str) -> str:
        """Get the path of this version of a role."""
        is_named_alone = role == "timestamp" or not (self.consistent or role == "root")
        prefix = "" if is_named_alone else f"{self.versions[role]}."
        return f"metadata/{prefix}{role}.json"

    def target_path(self, role: str = NOTICES, path: str = PATH) -> str:
        """Get the path of a target file."""
        if not self.consistent:
            return f"targets/{path}"
        hashes = self.targets[role][path].hashes
        digest = hashes.get("sha256") or hashes.get("sha512") or next(iter(hashes.values()))
        folder, _, name = path.rpartition("/")
        return f"targets/{folder}/{digest}.{name}"

    def site(self) -> Site:
        """Have python-tuf make and sign all files."""
        site = {path: data for path, data in self.past.items() if self.consistent or not path.startswith("metadata/")}
        site |= self.roots
        meta = {}
        for role in ("targets", *self.delegated):
            data = self._write(role, self._targets(role), self._signers(role))
            if role not in self.omitted:
                meta[f"{role}.json"] = self.snapshot_lists.of(self.versions[role], data)
            site[self.path(role)] = data
        snapshot = Snapshot(**self._common("snapshot"), meta=meta)
        data = self._write("snapshot", snapshot, self._signers("snapshot"))
        site[self.path("snapshot")] = data
        listed = self.timestamp_lists.of(self.versions["snapshot"], data)
        timestamp = Timestamp(**self._common("timestamp"), snapshot_meta=listed)
        site[self.path("timestamp")] = self._write("timestamp", timestamp, self._signers("timestamp"))
        for role, entries in self.targets.items():
            for path in entries.keys() & self.files.keys():
                site[self.target_path(role, path)] = self.files[path]
        return site

    def _targets(self, role: str) -> Targets:
        given = self.delegations.get(role)
        delegations = None
        if given is not None:
            keys: dict[str, Any] = {}
            roles = {}
            for one in given:
                names = one.keys or self.keys[one.role]
                keys |= {key_of(name).keyid: self._key(name) for name in names}
                roles[one.role] = DelegatedRole(
                    one.role,
                    self._key_ids(names),
                    self._threshold(one.role),
                    one.terminating,
                    one.paths,
                    one.hash_prefixes,
                    {**self.unknown_inside, **one.unknown},
                )
            delegations = Delegations(keys, roles, unrecognized_fields=dict(self.unknown_inside))
        return Targets(**self._common(role), targets=self.targets.get(role, {}), delegations=delegations)

    def _key(self, name: str) -> SSlibKey:
        key = copy.copy(key_of(name))
        key.unrecognized_fields = dict(self.unknown_inside)
        return key

    def _key_ids(self, names: list[str]) -> list[str]:
        return [key_of(name).keyid for name in names]

    def _threshold(self, role: str) -> int:
        return self.thresholds.get(role, 1)

    def _signers(self, role: str) -> list[str]:
        return self.signers.get(role, self.keys[role])

    def _common(self, role: str) -> dict[str, Any]:
        return {
            "version": self.versions[role],
            "spec_version": self.spec_version,
            "expires": time(self.expires[role]),
            "unrecognized_fields": copy.deepcopy(self.unknown.get(role, {})),
        }

    def _write(self, role: str, signed: Signed, signers: list[str]) -> bytes:
        metadata: Metadata[Any] = Metadata(signed, unrecognized_fields=dict(self.unknown_around))
        for name in signers:
            metadata.sign(signer(name), append=True)
        alter, alter_around = self.alterations.get(role), self.envelopes.get(role)
        if alter is None and alter_around is None:
            return metadata.to_bytes(JSONSerializer(compact=self.compact))
        value = copy.deepcopy(metadata.to_dict())
        if alter is not None:
            alter(value["signed"])
            text = encode_canonical(value["signed"])
            assert text is not None
            value["signatures"] = [signer(name).sign(text.encode()).to_dict() for name in signers]
        if alter_around is not None:
            alter_around(value)
        return self._text(value).encode()

    def _text(self, value: Json) -> str:
        """Write a value in the layout of `JSONSerializer`."""
        if self.compact:
            return json.dumps(value, sort_keys=True, separators=(",", ":"))
        return json.dumps(value, sort_keys=True, separators=(",", ": "), indent=1)
