"""Read one metadata file with python-tuf, and say in the words of section 6.4 what is wrong with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from securesystemslib.formats import encode_canonical
from securesystemslib.signer import Signature
from tuf.api.exceptions import RepositoryError, UnsignedMetadataError
from tuf.api.metadata import (
    TOP_LEVEL_ROLE_NAMES,
    Key,
    Metadata,
    MetaFile,
    Root,
    Signed,
    Snapshot,
    T,
    Targets,
    Timestamp,
)

from tuf_motd.document import KNOWN_HASHES
from tuf_motd.installer.form import fault_of, make_usable, parse_text


class Fault(RepositoryError):
    """A verification failure with its code. python-tuf lets it pass as one of its own."""

    def __init__(self, code: str, stage: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.stage = stage


def is_metadata(data: bytes) -> bool:
    """Whether a body is metadata at all, and no captive portal's page."""
    return parse_text(data) is not None


def load(
    role: type[T], data: bytes, delegator: Root | Targets | None = None, role_name: str | None = None
) -> tuple[T, bytes, dict[str, Signature]]:
    """Take the place of python-tuf's own loader in `TrustedMetadataSet`; its checks, and some more.

    More are: keys are counted by value (MOTD-DEL-5), a root is measured by its own threshold before its
    version is looked at (section 6.4), unknown hashes beside known ones refuse no role, and codes.
    """
    metadata, payload = _read(role, data)
    if delegator is not None:
        _verify(delegator, role_name or role.type, payload, metadata.signatures)
    if isinstance(metadata.signed, Root):
        _verify(metadata.signed, Root.type, payload, metadata.signatures)
    _forget_unknown_hashes(metadata.signed)
    return metadata.signed, payload, metadata.signatures


def signed_of(role: type[T], data: bytes) -> T:
    """Read what a file says, without any check of who says it."""
    signed = _read(role, data)[0].signed
    _forget_unknown_hashes(signed)
    return signed


def compact_root(data: bytes, before: Root) -> bytes:
    """Leave what is signed of a verified root, and the signatures that counted; a mirror chooses the rest."""
    metadata, payload = _read(Root, data)
    roots = (before, metadata.signed)
    results = [root.get_verification_result(Root.type, payload, metadata.signatures) for root in roots]
    value = parse_text(data) or {}
    signers = {key_id for result in results for key_id in result.signed}
    signatures = [
        {"keyid": one["keyid"], "sig": one["sig"]} for one in value["signatures"] if one["keyid"] in signers
    ]
    return json.dumps({"signatures": signatures, "signed": value["signed"]}).encode("ascii")


def value_of_root(data: bytes) -> str:
    """Give the value of a root that was verified: what its signatures cover, whatever its bytes are."""
    return sha256(_read(Root, data)[1]).hexdigest()


def _read(role: type[T], data: bytes) -> tuple[Metadata[T], bytes]:
    """Read the form; and apart from it what was signed."""
    value = parse_text(data)
    code = "malformed" if value is None else fault_of(role.type, value)
    if value is None or code is not None:
        raise Fault(code or "malformed")
    if any(size > most for size, most in _sizes(role.type, value)):  # MOTD-GATE-17
        raise Fault("too-many-entries")
    payload = str(encode_canonical(value["signed"])).encode("utf-8")
    _fill_empty_hashes(value["signed"])
    make_usable(value)
    try:
        return Metadata[T].from_dict(value), payload
    except Exception as error:  # python-tuf raises whatever its constructors do
        raise Fault("malformed") from error


def count_signatures(data: bytes) -> int:
    """Count what a file lists as its signatures."""
    signatures = (parse_text(data) or {}).get("signatures")
    return len(signatures) if isinstance(signatures, list) else 0


def _sizes(kind: str, value: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """Give the sizes of which section 6.5 says how large they can be, and its numbers."""
    yield len(value["signatures"]), 128
    signed = value["signed"]
    if kind == Root.type:
        yield len(signed["keys"]), 4096
        yield from ((len(signed["roles"][name]["keyids"]), 64) for name in TOP_LEVEL_ROLE_NAMES)
    delegations = signed.get("delegations") if kind == Targets.type else None
    if delegations is not None:
        roles = delegations.get("roles", [])
        lists = [role.get(name) or [] for role in roles for name in ("keyids", "paths", "path_hash_prefixes")]
        yield len(delegations["keys"]), 4096
        yield len(roles), 20_000
        yield sum(len(texts) for texts in lists), 100_000
        yield from ((len(role["keyids"]), 64) for role in roles)


def _fill_empty_hashes(signed: dict[str, Any]) -> None:
    """Give an empty `hashes` an algorithm that nobody knows: python-tuf takes none for no form."""
    for name in ("meta", "targets"):
        members = signed.get(name)
        for file in members.values() if isinstance(members, dict) else ():
            if isinstance(file, dict) and file.get("hashes") == {}:
                file["hashes"] = {"none": ""}


def _forget_unknown_hashes(signed: Signed) -> None:
    """Leave the hashes that are known; where none is, one that no bytes have (section 6.4)."""
    files: list[MetaFile] = []
    if isinstance(signed, Timestamp):
        files = [signed.snapshot_meta]
    elif isinstance(signed, Snapshot):
        files = list(signed.meta.values())
    for file in files:
        if file.hashes is not None:
            known = {name: digest for name, digest in file.hashes.items() if name in KNOWN_HASHES}
            file.hashes = known or {"sha256": ""}


def _verify(delegator: Root | Targets, name: str, payload: bytes, signatures: dict[str, Signature]) -> None:
    try:
        result = delegator.get_verification_result(name, payload, signatures)
    except ValueError as error:
        raise UnsignedMetadataError(name) from error
    # MOTD-DEL-5: one person with one key under two ids is one person.
    if len({value_of(key) for key in result.signed.values()}) < result.threshold:
        raise UnsignedMetadataError(name)


def value_of(key: Key) -> str:
    """Give one text for one public key: each is read into one (`make_usable`)."""
    return str(key.keyval["public"])
