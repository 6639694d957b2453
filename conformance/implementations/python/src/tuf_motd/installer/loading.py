"""Read one metadata file with python-tuf, and say in the words of section 6.4 what is wrong with it."""

from __future__ import annotations

import json
from hashlib import sha256
from collections.abc import Iterator
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key
from securesystemslib.formats import encode_canonical
from securesystemslib.signer import KEY_FOR_TYPE_AND_SCHEME, Signature
from tuf.api.exceptions import RepositoryError, UnsignedMetadataError
from tuf.api.metadata import Key, Metadata, MetaFile, Root, Signed, Snapshot, T, Targets, Timestamp

from tuf_motd.document import KNOWN_HASHES


class Fault(RepositoryError):
    """A verification failure with its code. python-tuf lets it pass as one of its own."""

    def __init__(self, code: str, stage: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.stage = stage


def is_metadata(data: bytes) -> bool:
    """Whether a body is a JSON object with `signed` and `signatures`, and no captive portal's page."""
    value = _parse(data)
    return isinstance(value, dict) and "signed" in value and "signatures" in value


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def load(
    role: type[T], data: bytes, delegator: Root | Targets | None = None, role_name: str | None = None
) -> tuple[T, bytes, dict[str, Signature]]:
    """Take the place of python-tuf's own loader in `TrustedMetadataSet`; its checks, and some more.

    More are: keys are counted by value (MOTD-DEL-5), a root is measured by its own threshold before its
    version is looked at (section 6.4), unknown hashes beside known ones refuse no role, and codes.
    """
    metadata, payload = _read(role, data)
    if metadata.signed.type != role.type:
        raise Fault("wrong-type")
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


def value_of_root(data: bytes) -> str:
    """Give the value of a root that was verified: what its signatures cover, whatever its bytes are."""
    return sha256(_read(Root, data)[1]).hexdigest()


def _read(role: type[T], data: bytes) -> tuple[Metadata[T], bytes]:
    """Read the form; and apart from it what was signed."""
    try:
        value = json.loads(data.decode("utf-8"))
        sizes = list(_sizes(role.type, value))
        payload = str(encode_canonical(value["signed"])).encode("utf-8")
        _fill_empty_hashes(value["signed"])
        _leave_out_unknown_keys(value["signed"])
        metadata = Metadata[T].from_dict(value)
    except Exception as error:  # python-tuf raises whatever its constructors do
        raise Fault(_code_of_form(role.type, data)) from error
    if any(size > most for size, most in sizes):  # MOTD-GATE-17
        raise Fault("too-many-entries")
    return metadata, payload


def count_signatures(data: bytes) -> int:
    """Count what a file lists as its signatures."""
    signatures = _parse(data)["signatures"]
    return len(signatures) if isinstance(signatures, list) else 0


def _sizes(kind: str, value: dict[str, Any]) -> Iterator[tuple[int, int]]:
    """Give the sizes of which section 6.5 says how large they can be, and its numbers."""
    yield len(value["signatures"]), 128
    signed = value["signed"]
    if kind == Root.type:
        yield len(signed["keys"]), 4096
        yield from ((len(role["keyids"]), 64) for role in signed["roles"].values())
    delegations = signed.get("delegations") if kind == Targets.type else None
    if delegations is not None:
        roles = delegations.get("roles") or []
        lists = [role.get(name) or [] for role in roles for name in ("keyids", "paths", "path_hash_prefixes")]
        yield len(delegations["keys"]), 4096
        yield len(roles), 20_000
        yield sum(len(texts) for texts in lists), 100_000
        signers = [*roles, *filter(None, [delegations.get("succinct_roles")])]
        yield from ((len(role["keyids"]), 64) for role in signers)


def _fill_empty_hashes(signed: dict[str, Any]) -> None:
    """Give an empty `hashes` an algorithm that nobody knows: python-tuf takes none for no form."""
    for name in ("meta", "targets"):
        members = signed.get(name)
        for file in members.values() if isinstance(members, dict) else ():
            if isinstance(file, dict) and file.get("hashes") == {}:
                file["hashes"] = {"none": ""}


def _leave_out_unknown_keys(signed: dict[str, Any]) -> None:
    """Leave out keys that python-tuf cannot use: nobody has signed with them, and nothing else is wrong."""
    for holder in (signed, signed.get("delegations")):
        keys = holder.get("keys") if isinstance(holder, dict) else None
        if not isinstance(keys, dict):
            continue
        for key_id, key in list(keys.items()):
            kind = (key["keytype"], key["scheme"])
            if all(isinstance(word, str) for word in kind) and kind not in KEY_FOR_TYPE_AND_SCHEME:
                del keys[key_id]


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
    """Give one text for one public key, whatever line ends or case it was written in."""
    public = str(key.keyval.get("public", ""))
    if "-----BEGIN" not in public:
        return public.lower()
    found = load_pem_public_key(public.encode("utf-8"))
    return found.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo).hex()


def _code_of_form(expected: str, data: bytes) -> str:
    value = _parse(data)
    signed = value.get("signed") if isinstance(value, dict) else None
    if not isinstance(signed, dict):
        return "malformed"
    if signed.get("_type") != expected and isinstance(signed.get("_type"), str):
        return "wrong-type"
    version = signed.get("spec_version")
    if isinstance(version, str) and version.partition(".")[0] != "1":
        signed["spec_version"] = "1.0.31"
        try:
            Metadata.from_dict(value)
        except Exception:  # python-tuf raises whatever its constructors do
            return "malformed"
        return "spec-version"
    return "malformed"
