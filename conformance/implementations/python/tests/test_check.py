"""The installer against a repository on the loopback interface: verification and the gate."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from building import document, notice
from securesystemslib.formats import encode_canonical
from simulator import NOW, PATH, Repository, Server, answer, moment, serving
from verdicts import DAY, FRESH, TIMESTAMP, chain_of, failed, gone, kept, run, verdict

from tuf_motd import Judged
from tuf_motd.errors import CallerError


def test_motd_gate_3_and_carry_2(server: Server, tmp_path: Path) -> None:
    found = run(server, tmp_path)
    assert verdict(found) == FRESH
    assert found.selection
    assert [d.reason for d in found.selection.decisions] == ["new"]
    # The document is in the role: the target file is not asked for, and one path only is looked for.
    assert server.paths() == [
        "/metadata/2.root.json",
        "/metadata/timestamp.json",
        "/metadata/1.snapshot.json",
        "/metadata/1.targets.json",
        "/metadata/1.motd.json",
    ]
    # Nothing changed: two requests.
    again = run(server, tmp_path)
    assert verdict(again) == FRESH
    assert server.paths() == ["/metadata/2.root.json", "/metadata/timestamp.json"]
    assert again.plain()["last_success"] == "2026-11-06T21:20:00Z"


def test_the_target_carrier(target_server: Server, tmp_path: Path) -> None:
    assert verdict(run(target_server, tmp_path)) == FRESH
    assert target_server.paths()[-1].startswith("/targets/motd/")
    assert verdict(run(target_server, tmp_path)) == FRESH
    assert len(target_server.paths()) == 2
    assert run(target_server, tmp_path, offline=True).state == "cached"


def test_motd_gate_4(server: Server, tmp_path: Path) -> None:
    run(server, tmp_path)
    assert run(server, tmp_path, offline=True).state == "cached"
    assert run(server, tmp_path, now=NOW + DAY - 1, offline=True).state == "cached"
    assert run(server, tmp_path, now=NOW + DAY, offline=True).state == "none"
    store = chain_of(tmp_path) / "store.json"
    value = json.loads(store.read_text())
    value["complete"]["roles"]["motd"] = value["complete"]["roles"]["motd"].replace("A title", "A t1tle")
    store.write_text(json.dumps(value))
    assert run(server, tmp_path, offline=True).state == "none"


def test_motd_gate_5(server: Server, tmp_path: Path) -> None:
    run(server, tmp_path)
    server.repository.publish()
    server.repository.change("/metadata/2.motd.json", lambda v: v["signed"].update(x=1))
    found = run(server, tmp_path)
    assert verdict(found) == failed("delegation", "signature-threshold")
    assert found.selection is None
    # The last complete set is still there for the next run (MOTD-STATE-1).
    assert run(server, tmp_path, offline=True).state == "cached"


@pytest.mark.parametrize("hashes", [{"md5": "0" * 32}, {}])
def test_motd_carry_8_no_known_hash(target_server: Server, hashes: dict[str, str]) -> None:
    repository = target_server.repository
    repository.motd.targets[PATH].hashes = hashes
    repository.publish(entry=False)
    assert verdict(run(target_server)) == ("fresh", ("document", "carrier-no-hash"), 5)


def expire(role: str) -> Any:
    def change(repository: Repository) -> None:
        getattr(repository, role).expires = moment(NOW)
        repository.publish_root() if role == "root" else repository.publish()
        repository.first_root = repository.files["/metadata/1.root.json"]

    return change


def unsigned(path: str) -> Any:
    return lambda repository: repository.change(path, lambda value: value["signed"].update(x=1))


def form(path: str, **members: Any) -> Any:
    return lambda repository: repository.change(path, lambda value: value["signed"].update(members))


def other_snapshot(repository: Repository) -> None:
    def other_signature(value: Any) -> None:
        value["signatures"][0]["sig"] = "0" * len(value["signatures"][0]["sig"])

    path = "/metadata/1.snapshot.json"
    size = len(repository.files[path])
    repository.change(path, other_signature)
    repository.files[path] = json.dumps(json.loads(repository.files[path]), separators=(",", ":")).encode()
    assert len(repository.files[path]) == size


def without_hash(repository: Repository) -> None:
    """A timestamp that states neither length nor hashes, so that other checks are reached."""
    repository.timestamp.snapshot_meta.length = None
    repository.timestamp.snapshot_meta.hashes = None
    repository.files[TIMESTAMP] = repository.signed(repository.timestamp, "timestamp")


def wrong_version(repository: Repository) -> None:
    without_hash(repository)
    repository.snapshot.version = 7
    repository.files["/metadata/1.snapshot.json"] = repository.signed(repository.snapshot, "snapshot")


def shorter_snapshot(repository: Repository) -> None:
    path = "/metadata/1.snapshot.json"
    repository.files[path] = json.dumps(json.loads(repository.files[path]), separators=(",", ":")).encode()
    repository.timestamp.snapshot_meta.length = len(repository.files[path]) + 1
    repository.files[TIMESTAMP] = repository.signed(repository.timestamp, "timestamp")


@pytest.mark.parametrize(
    ("change", "stage", "code"),
    [
        (expire("root"), "root", "expired"),
        (expire("timestamp"), "timestamp", "expired"),
        (expire("snapshot"), "snapshot", "expired"),
        (expire("targets"), "targets", "expired"),
        (expire("motd"), "delegation", "expired"),
        (unsigned(TIMESTAMP), "timestamp", "signature-threshold"),
        (unsigned("/metadata/1.targets.json"), "targets", "signature-threshold"),
        (unsigned("/metadata/1.motd.json"), "delegation", "signature-threshold"),
        (form(TIMESTAMP, _type="snapshot"), "timestamp", "wrong-type"),
        (form(TIMESTAMP, spec_version="2.0.0"), "timestamp", "spec-version"),
        (form(TIMESTAMP, version="1"), "timestamp", "malformed"),
        (form(TIMESTAMP, version="1", spec_version="2.0.0"), "timestamp", "spec-version"),
        (other_snapshot, "snapshot", "hash-mismatch"),
        (shorter_snapshot, "snapshot", "length-mismatch"),
        (wrong_version, "snapshot", "version-mismatch"),
    ],
)
def test_motd_gate_7(server: Server, change: Any, stage: str, code: str) -> None:
    change(server.repository)
    assert verdict(run(server)) == failed(stage, code)


def test_motd_gate_7_snapshot_removed(server: Server, tmp_path: Path) -> None:
    run(server, tmp_path)
    server.repository.publish()
    del server.repository.snapshot.meta["motd.json"]
    server.repository.publish_online()
    assert verdict(run(server, tmp_path)) == failed("snapshot", "snapshot-removed")


def test_motd_gate_8(server: Server) -> None:
    server.repository.rotate_root()
    server.repository.rotate_root()
    assert verdict(run(server)) == FRESH
    files = server.repository.files
    files["/metadata/2.root.json"] = files["/metadata/3.root.json"]
    assert verdict(run(server)) == failed("root", "version-mismatch")
    server.repository.change("/metadata/2.root.json", lambda value: value["signed"].update(x=1))
    assert verdict(run(server)) == failed("root", "signature-threshold")


def test_motd_gate_8_not_signed_by_itself(server: Server) -> None:
    repository = server.repository
    repository.root.version = 2
    from securesystemslib.signer import CryptoSigner

    repository.root.add_key(CryptoSigner.generate_ed25519().public_key, "root")
    repository.root.roles["root"].threshold = 2
    repository.publish_root()
    assert verdict(run(server)) == failed("root", "signature-threshold")


def test_motd_gate_9(server: Server, tmp_path: Path) -> None:
    old = server.repository.files[TIMESTAMP]
    server.repository.publish()
    run(server, tmp_path)
    server.repository.files[TIMESTAMP] = old
    found = run(server, tmp_path)
    assert verdict(found) == kept("timestamp", "stale-mirror")
    assert verdict(run(server)) == FRESH


def test_motd_gate_13(server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from tuf.ngclient import UpdaterConfig

    monkeypatch.setattr(UpdaterConfig.__init__, "__defaults__", (3, *UpdaterConfig.__init__.__defaults__[1:]))  # type: ignore[index]
    for _ in range(4):
        server.repository.rotate_root()
    assert verdict(run(server, tmp_path)) == failed("root", "too-many-roots")
    # The roots that were accepted stay: the next run gets there.
    assert verdict(run(server, tmp_path)) == FRESH


def test_motd_gate_15(server: Server) -> None:
    from tuf.api.metadata import DelegatedRole, Delegations, Targets

    repository = server.repository
    signer = repository.signers["motd"]
    for most, expected in ((3, FRESH), (4, failed("delegation", "too-many-delegations"))):
        for number in range(most):
            role = Targets(expires=repository.expires)
            if number < most - 1:
                child = DelegatedRole(f"d{number + 1}", [], 1, True, paths=["motd/*"])
                role.delegations = Delegations({}, {child.name: child})
                role.add_key(signer.public_key, child.name)
            repository.files[f"/metadata/1.d{number}.json"] = repository.signed(role, "motd")
            repository.snapshot.meta[f"d{number}.json"] = repository.snapshot.meta["motd.json"].__class__(1)
        first = DelegatedRole("d0", [], 1, True, paths=["motd/*"])
        repository.targets.delegations = Delegations({}, {"d0": first})
        repository.targets.add_key(signer.public_key, "d0")
        repository.publish()
        assert verdict(run(server)) == expected


def test_motd_gate_16(target_server: Server, tmp_path: Path) -> None:
    run(target_server, tmp_path)
    repository = target_server.repository
    repository.value = document(notice(id="new"))
    repository.publish()
    path = next(p for p in repository.files if p.startswith("/targets/") and b'"new"' in repository.files[p])
    target_server.answers[path] = answer(503)
    found = run(target_server, tmp_path)
    assert verdict(found) == kept("target", "status")
    assert found.selection
    assert found.selection.decisions[0].id == "base"


def test_motd_carry_8(target_server: Server) -> None:
    files = target_server.repository.files
    path = next(path for path in files if path.startswith("/targets/"))
    good = files[path]
    files[path] = good.replace(b"A title", b"A t1tle")
    assert verdict(run(target_server)) == failed("target", "hash-mismatch")
    files[path] = good[:-1]
    assert verdict(run(target_server)) == failed("target", "length-mismatch")
    files[path] = good + b" "
    assert verdict(run(target_server)) == gone("target", "too-long")


def test_motd_check_1_refused_document(server: Server) -> None:
    server.repository.value = {"schema_version": "1.0", "repository": "staging.pypi.org"}
    server.repository.publish()
    assert verdict(run(server)) == ("fresh", ("document", "repository-mismatch"), 5)


@pytest.mark.parametrize(
    ("custom", "code"), [(None, "carrier-length"), ([], "carrier-length"), ({}, "carrier-length")]
)
def test_motd_carry_2_any_value(server: Server, custom: Any, code: str) -> None:
    repository = server.repository
    repository.motd.targets[PATH].unrecognized_fields["custom"] = {"motd": custom}
    repository.publish(entry=False)
    assert verdict(run(server)) == ("fresh", ("document", code), 5)


def test_motd_carry_5(server: Server, tmp_path: Path) -> None:
    server.repository.motd.targets.clear()
    server.repository.publish(entry=False)
    assert verdict(run(server, tmp_path)) == FRESH
    assert run(server, tmp_path, offline=True).state == "cached"


def test_motd_bytes_1_stated_length(target_server: Server) -> None:
    repository = target_server.repository
    repository.motd.targets[PATH].length = 65_537
    repository.publish(entry=False)
    assert verdict(run(target_server)) == ("fresh", ("document", "document-too-large"), 5)
    assert not any(path.startswith("/targets/") for path in target_server.paths())


def test_a_shadowed_path_is_found_in_the_order_of_tuf(server: Server) -> None:
    from tuf.api.metadata import TargetFile

    repository = server.repository
    repository.targets.targets[PATH] = TargetFile(1, {"sha256": "0" * 64}, PATH)
    repository.targets.targets[PATH].unrecognized_fields["custom"] = {"motd": 1}
    repository.publish()
    assert verdict(run(server)) == ("fresh", ("document", "carrier-hash"), 5)
    assert "/metadata/2.motd.json" not in server.paths()


def test_motd_del_5(server: Server) -> None:
    from securesystemslib.signer import CryptoSigner, SSlibKey

    repository = server.repository
    key = repository.signers["motd"].public_key
    private = repository.signers["motd"]._private_key
    for case in (str.lower, str.upper):
        double = SSlibKey("0" * 64, key.keytype, key.scheme, {"public": case(key.keyval["public"])})
        repository.targets.add_key(double, "motd")
        assert repository.targets.delegations
        assert repository.targets.delegations.roles
        repository.targets.delegations.roles["motd"].threshold = 2
        repository.publish()
        both = repository.signed(repository.motd, "motd")
        repository.signers["double"] = CryptoSigner(private, double)
        both = repository.signed(repository.motd, "motd", "double")
        repository.files[f"/metadata/{repository.motd.version}.motd.json"] = both
        assert verdict(run(server)) == failed("delegation", "signature-threshold")


@pytest.mark.parametrize("custom", [True, False])
def test_in_band(tmp_path: Path, custom: bool) -> None:
    from datetime import timedelta

    from tuf.ngclient import Updater

    from tuf_motd.installer.in_band import check_in_band

    repository = Repository(document(notice()), custom=custom)
    with serving(repository) as server:

        def session(number: int, now: int = NOW) -> Updater:
            updater = Updater(
                str(tmp_path / str(number)),
                f"{server.url}/metadata/",
                target_base_url=f"{server.url}/targets/",
                bootstrap=repository.first_root,
            )
            updater._trusted_set.reference_time = moment(0) + timedelta(seconds=now)
            updater.refresh()
            return updater

        found = check_in_band(session(1), "pypi.org")
        assert found.plain()["state"] == "fresh"
        assert isinstance(found.verdict, Judged)
        refused = check_in_band(session(2), "staging.pypi.org")
        assert refused.failure == ("document", "repository-mismatch")
        repository.change("/metadata/1.motd.json", lambda value: value["signed"].update(x=1))
        broken = session(3)
        assert check_in_band(broken, "pypi.org").failure == ("delegation", "signature-threshold")
        # What the installer resolved stays resolved: its session is as it was.
        assert broken.get_targetinfo("package") is None


def test_motd_gate_7_hashes_of_unknown_algorithms(server: Server) -> None:
    repository = server.repository
    import hashlib

    assert repository.timestamp.snapshot_meta.hashes
    repository.timestamp.snapshot_meta.hashes["blake2b-256"] = "0" * 64
    for role in ("targets", "motd"):
        listed = f"/metadata/1.{role}.json"
        known = hashlib.sha256(repository.files[listed]).hexdigest()
        repository.snapshot.meta[f"{role}.json"].hashes = {"md5": "0" * 32, "sha256": known}
    data = repository.signed(repository.snapshot, "snapshot")
    repository.files["/metadata/1.snapshot.json"] = data
    repository.timestamp.snapshot_meta.length = len(data)
    repository.timestamp.snapshot_meta.hashes["sha256"] = hashlib.sha256(data).hexdigest()
    repository.files[TIMESTAMP] = repository.signed(repository.timestamp, "timestamp")
    assert verdict(run(server)) == FRESH
    # Unknown ones alone cannot be compared.
    repository.timestamp.snapshot_meta.hashes = {"md5": "0" * 32}
    repository.files[TIMESTAMP] = repository.signed(repository.timestamp, "timestamp")
    assert verdict(run(server)) == failed("snapshot", "hash-mismatch")
    # A known one that differs is a failure too, and upper case is another spelling.
    repository.timestamp.snapshot_meta.hashes["sha256"] = hashlib.sha256(data).hexdigest().upper()
    repository.files[TIMESTAMP] = repository.signed(repository.timestamp, "timestamp")
    assert verdict(run(server)) == failed("snapshot", "hash-mismatch")


def test_signatures_that_name_one_key_id_twice(server: Server) -> None:
    """They do not have TUF's form (section 6.4), whichever of the two is the valid one, in a further root as well."""
    repository = server.repository
    whole = repository.files[TIMESTAMP]
    repository.change(TIMESTAMP, lambda value: value["signatures"].append(value["signatures"][0]))
    assert verdict(run(server)) == failed("timestamp", "malformed")
    wrong = {"keyid": repository.signers["timestamp"].public_key.keyid, "sig": "0" * 128}
    repository.files[TIMESTAMP] = whole
    repository.change(TIMESTAMP, lambda value: value["signatures"].insert(0, wrong))
    assert verdict(run(server)) == failed("timestamp", "malformed")
    repository.files[TIMESTAMP] = whole
    repository.root.version = 2
    repository.publish_root()
    wrong["keyid"] = repository.signers["root"].public_key.keyid
    repository.change("/metadata/2.root.json", lambda value: value["signatures"].insert(0, wrong))
    assert verdict(run(server)) == failed("root", "malformed")


def test_motd_del_5_one_key_in_two_texts(server: Server) -> None:
    """A key of NIST's curve as PEM: other line ends, and a compressed point, are the same value."""
    from cryptography.hazmat.primitives import serialization
    from securesystemslib.signer import CryptoSigner, SSlibKey

    repository = server.repository
    signer = CryptoSigner.generate_ecdsa()
    key = signer.public_key
    text = key.keyval["public"]
    point = serialization.load_pem_public_key(text.encode())
    compressed = point.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    header = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200")
    import base64

    short = base64.encodebytes(header + compressed).decode()
    others = (text.replace("\n", "\r\n"), f"-----BEGIN PUBLIC KEY-----\n{short}-----END PUBLIC KEY-----\n")
    assert repository.targets.delegations
    assert repository.targets.delegations.roles
    repository.signers["motd"] = signer
    for number, other in enumerate(others):
        role = repository.targets.delegations.roles["motd"]
        role.keyids.clear()
        role.threshold = 2
        double = SSlibKey(str(number) * 64, key.keytype, key.scheme, {"public": other})
        repository.targets.add_key(key, "motd")
        repository.targets.add_key(double, "motd")
        repository.publish()
        repository.signers["double"] = CryptoSigner(signer._private_key, double)
        both = repository.signed(repository.motd, "motd", "double")
        repository.files[f"/metadata/{repository.motd.version}.motd.json"] = both
        assert verdict(run(server)) == failed("delegation", "signature-threshold")
        role.threshold = 1
        repository.publish()
        assert verdict(run(server)) == FRESH


def test_a_role_that_the_snapshot_does_not_list(server: Server) -> None:
    repository = server.repository
    del repository.snapshot.meta["motd.json"]
    repository.publish_online()
    assert verdict(run(server)) == failed("delegation", "version-mismatch")


def test_a_key_of_an_unknown_type_is_nobody(server: Server) -> None:
    """Its role is sound as long as the others sign enough, in the configured root as well."""
    repository = server.repository
    unknown = {"keytype": "lattice", "scheme": "lattice-5", "keyval": {"public": "00"}}
    signer = repository.signers["root"]
    value = json.loads(repository.first_root)["signed"]
    value["keys"]["f" * 64] = unknown
    value["roles"]["root"]["keyids"].append("f" * 64)
    payload = str(encode_canonical(value)).encode()
    signature = signer.sign(payload).to_dict()
    repository.first_root = json.dumps({"signed": value, "signatures": [signature]}).encode()
    assert verdict(run(server)) == FRESH
    forged = {"keyid": "f" * 64, "sig": "00"}
    repository.first_root = json.dumps({"signed": value, "signatures": [forged]}).encode()
    with pytest.raises(CallerError):
        run(server)
