"""The form of metadata: what section 6.4 says of its text, its members and its keys."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import accumulate
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, SECP384R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from tuf_motd import times
from tuf_motd.json_value import LARGEST_INTEGER

_DEPTH = 64
_TOP_LEVEL = ("root", "timestamp", "snapshot", "targets")

_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_OTHER_NUMBER = re.compile(rb"[0-9][.eE]|-0|[0-9]{17}")
_LONG_NUMBER = re.compile(rb"[0-9]{16}")
_NO_BRACKET = re.compile(rb"[^\[\]{}]+")
_STEP = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_SURROGATES = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F])|.)", re.DOTALL
)
_SPEC_VERSION = re.compile(r"(0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){1,2}", re.ASCII)
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+", re.ASCII)
_PEM = "-----BEGIN PUBLIC KEY-----"


def parse_text(data: bytes) -> dict[str, Any] | None:
    """Read the text of a metadata file, or nothing when it is none."""
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=_refuse) if _is_text(data) else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and "signed" in value and "signatures" in value else None


def _refuse(_: str) -> None:
    raise ValueError


def _is_text(data: bytes) -> bool:
    """Look for what parsers of JSON read in different ways."""
    bare = _STRING.sub(b"", data)
    if _OTHER_NUMBER.search(bare):
        return False
    if any(int(found.group()) > LARGEST_INTEGER for found in _LONG_NUMBER.finditer(bare)):
        return False
    if max(accumulate(map(_STEP.__getitem__, _NO_BRACKET.sub(b"", bare))), default=0) > _DEPTH:
        return False
    return not any(found.group(1) for found in _SURROGATES.finditer(data))


Form = Callable[[Any], bool]


def _is_text_value(value: Any) -> bool:
    return isinstance(value, str)


def _at_least(least: int) -> Form:
    return lambda value: type(value) is int and value >= least


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _list_of(form: Form) -> Form:
    return lambda value: isinstance(value, list) and all(map(form, value))


def _map_of(form: Form) -> Form:
    return lambda value: isinstance(value, dict) and all(map(form, value.values()))


def _object(required: dict[str, Form], optional: dict[str, Form] | None = None) -> Form:
    """Give the form of an object with these members; what else is in it is not looked at."""
    may = optional or {}
    return lambda value: (
        isinstance(value, dict)
        and all(name in value and form(value[name]) for name, form in required.items())
        and all(form(value[name]) for name, form in may.items() if name in value)
    )


_SIGNERS: dict[str, Form] = {"keyids": _list_of(_is_text_value), "threshold": _at_least(1)}
_HASHES = _map_of(_is_text_value)
_LISTED = _object({"version": _at_least(1)}, {"length": _at_least(0), "hashes": _HASHES})
_KEYS = _map_of(_object({"keytype": _is_text_value, "scheme": _is_text_value, "keyval": _is_object}))
_TEXTS = _list_of(_is_text_value)
_DELEGATED = _object(
    {"name": _is_text_value, **_SIGNERS, "terminating": _is_bool},
    {"paths": _TEXTS, "path_hash_prefixes": _TEXTS},
)


def _is_delegated_list(value: Any) -> bool:
    if not _list_of(_DELEGATED)(value):
        return False
    names = ["", *_TOP_LEVEL, *(role["name"] for role in value)]
    one_way = all(("paths" in role) != ("path_hash_prefixes" in role) for role in value)
    return one_way and len(set(names)) == len(names)


_FORMS: dict[str, Form] = {
    "root": _object(
        {"keys": _KEYS, "roles": _object(dict.fromkeys(_TOP_LEVEL, _object(_SIGNERS)))},
        {"consistent_snapshot": _is_bool},
    ),
    "timestamp": _object({"meta": _object({"snapshot.json": _LISTED})}),
    "snapshot": _object({"meta": _map_of(_LISTED)}),
    "targets": _object(
        {"targets": _map_of(_object({"length": _at_least(0), "hashes": _HASHES}))},
        {"delegations": _object({"keys": _KEYS}, {"roles": _is_delegated_list})},
    ),
}
_COMMON = _object(
    {
        "version": _at_least(1),
        "expires": lambda value: isinstance(value, str) and times.seconds(value) is not None,
    }
)
_SIGNATURES = _list_of(_object({"keyid": _is_text_value, "sig": _is_text_value}))


def fault_of(kind: str, value: dict[str, Any]) -> str | None:
    """Give the code of what is wrong with the form of a role, if anything is."""
    signed, signatures = value["signed"], value["signatures"]
    if not isinstance(signed, dict) or not isinstance(signed.get("_type"), str):
        return "malformed"
    if signed["_type"] != kind:
        return "wrong-type"
    spec_version = signed.get("spec_version")
    found = _SPEC_VERSION.fullmatch(spec_version) if isinstance(spec_version, str) else None
    if found is None:
        return "malformed"
    if found.group(1) != "1":
        return "spec-version"
    if not (_COMMON(signed) and _FORMS[kind](signed) and _SIGNATURES(signatures)):
        return "malformed"
    key_ids = [signature["keyid"] for signature in signatures]
    return None if len(set(key_ids)) == len(key_ids) else "malformed"


def make_usable(value: dict[str, Any]) -> None:
    """Leave out of a role of its form what is not looked at, for python-tuf, which looks at it."""
    signed = value["signed"]
    for signature in value["signatures"]:
        if not _HEX.fullmatch(signature["sig"]):  # `bytes.fromhex` takes white space
            signature["sig"] = ""
    if signed["_type"] == "root":
        signed["roles"] = {name: signed["roles"][name] for name in _TOP_LEVEL}
    if signed["_type"] == "targets" and "delegations" in signed:
        delegations = signed["delegations"]
        delegations.pop("succinct_roles", None)
        delegations.setdefault("roles", [])
    for holder in (signed, signed.get("delegations")):
        if not isinstance(holder, dict) or not isinstance(holder.get("keys"), dict):
            continue
        keys = {key_id: _usable_key(key) for key_id, key in holder["keys"].items()}
        holder["keys"] = {key_id: key for key_id, key in keys.items() if key is not None}
        roles = holder["roles"]
        for role in roles.values() if isinstance(roles, dict) else roles:
            role["keyids"] = list(dict.fromkeys(role["keyids"]))


def _usable_key(key: dict[str, Any]) -> dict[str, Any] | None:
    """Give a key in the one text that python-tuf reads and a value has, or nothing when it signs nothing."""
    scheme, public = key["scheme"], key["keyval"].get("public")
    if not isinstance(public, str):
        return None
    if scheme == "ed25519" and len(public) == 64 and _HEX.fullmatch(public):
        return _key("ed25519", scheme, public.lower())
    if not public.startswith(_PEM):
        return None
    try:
        found = load_pem_public_key(public.encode("utf-8"))
    except Exception:  # as many as there are ways to be no key
        return None
    if scheme == "ed25519" and isinstance(found, Ed25519PublicKey):
        return _key("ed25519", scheme, found.public_bytes(Encoding.Raw, PublicFormat.Raw).hex())
    suits = {
        "rsassa-pss-sha256": isinstance(found, RSAPublicKey) and found.key_size >= 2048,
        "ecdsa-sha2-nistp256": isinstance(found, EllipticCurvePublicKey)
        and isinstance(found.curve, SECP256R1),
        "ecdsa-sha2-nistp384": isinstance(found, EllipticCurvePublicKey)
        and isinstance(found.curve, SECP384R1),
    }
    if not suits.get(scheme):
        return None
    pem = found.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode("ascii")
    return _key(scheme.partition("-")[0].removesuffix("ssa"), scheme, pem)


def _key(keytype: str, scheme: str, public: str) -> dict[str, Any]:
    return {"keytype": keytype, "scheme": scheme, "keyval": {"public": public}}


def matches(pattern: str, path: str) -> bool:
    """Match a pattern of a delegation (MOTD-GATE-18): one pass, with one place to go back to."""
    at = place = 0
    star = resume = -1
    while at < len(pattern) or place < len(path):
        wanted, found = pattern[at : at + 1], path[place : place + 1]
        if wanted == "*":
            star, resume = at, place
            at += 1
        elif found and (wanted == found or (wanted == "?" and found != "/")):
            at += 1
            place += 1
        elif star >= 0 and path[resume : resume + 1] not in ("", "/"):
            resume += 1
            at, place = star + 1, resume
        else:
            return False
    return True
