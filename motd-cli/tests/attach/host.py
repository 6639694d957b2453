"""A repository that python-tuf (tuf>=7,<8) makes and signs, with ECDSA keys.

usage: host.py FOLDER make SHAPE      a new repository: bins, prefixes, flat or succinct
       host.py FOLDER delegate FILE   adds a delegation before all others
       host.py FOLDER undelegate      takes it away again
       host.py FOLDER snapshot        lists what lies in the metadata folder, and signs a timestamp
       host.py FOLDER forget          lists everything but the notice role, which is a mistake
       host.py FOLDER sign FILE MEMBERS KEY...   changes members of a role, and signs it with Ed25519 keys

Keys are kept in FOLDER/keys. The packages are `packages/demo/demo-1.0.tar.gz` to `demo-9.0.tar.gz`.
"""

import json
import sys
from datetime import datetime, timezone
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.formats import encode_canonical
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    SuccinctRoles,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization.json import JSONSerializer

EXPIRES = datetime(2096, 1, 1, tzinfo=timezone.utc)
PRETTY = JSONSerializer(compact=False)
BITS = 4


class Host:
    def __init__(self, folder: str) -> None:
        self.folder = Path(folder)
        self.metadata = self.folder / "metadata"
        self.keys = self.folder / "keys"

    # --- keys

    def signer(self, name: str) -> CryptoSigner:
        path = self.keys / f"{name}.pem"
        if not path.exists():
            self.keys.mkdir(parents=True, exist_ok=True)
            path.write_bytes(CryptoSigner.generate_ecdsa().private_bytes)
        return CryptoSigner(load_pem_private_key(path.read_bytes(), None))

    # --- files

    def newest(self, role: str) -> Path:
        if role == "timestamp":
            return self.metadata / "timestamp.json"
        versions = self.metadata.glob(f"*.{role}.json")
        return max(versions, key=lambda path: int(path.name.split(".")[0]))

    def read(self, role: str) -> Metadata:
        return Metadata.from_file(str(self.newest(role)))

    def write(self, role: str, signed, *signers: str) -> None:
        metadata = Metadata(signed)
        for name in signers or (role,):
            metadata.sign(self.signer(name), append=True)
        name = "timestamp.json" if role == "timestamp" else f"{signed.version}.{role}.json"
        self.metadata.mkdir(parents=True, exist_ok=True)
        # Written for people: a tool of its own makes bytes of its own.
        metadata.to_file(str(self.metadata / name), PRETTY)

    # --- the repository

    def package(self, number: int) -> tuple[str, TargetFile]:
        path = f"packages/demo/demo-{number}.0.tar.gz"
        content = f"demo {number}\n".encode()
        file = self.folder / "targets" / "packages" / "demo"
        file.mkdir(parents=True, exist_ok=True)
        digest = sha256(content).hexdigest()
        (file / f"{digest}.demo-{number}.0.tar.gz").write_bytes(content)
        return path, TargetFile.from_data(path, content)

    def make(self, shape: str) -> None:
        root = Root(expires=EXPIRES, consistent_snapshot=True)
        for role in ("root", "targets", "snapshot", "timestamp"):
            root.add_key(self.signer(role).public_key, role)
        self.write("root", root)
        packages = dict(self.package(number) for number in range(1, 10))
        targets = Targets(expires=EXPIRES)
        bins = {f"bin-{number:x}": Targets(expires=EXPIRES) for number in range(2**BITS)}
        key = self.signer("bins").public_key
        succinct = SuccinctRoles([key.keyid], 1, BITS, "bin")
        for path, file in packages.items():
            bins[succinct.get_role_for_target(path)].targets[path] = file
        if shape == "flat":
            targets.targets = packages
            bins = {}
        elif shape == "succinct":
            targets.delegations = Delegations({key.keyid: key}, succinct_roles=succinct)
        elif shape == "prefixes":
            roles = {
                name: DelegatedRole(name, [key.keyid], 1, False, path_hash_prefixes=[name[-1]])
                for name in bins
            }
            targets.delegations = Delegations({key.keyid: key}, roles)
        elif shape == "bins":
            # As PEP 458 has it: one role, and under it the bins.
            paths = ["*/*", "*/*/*", "*/*/*/*/*"]
            role = DelegatedRole("bins", [key.keyid], 1, False, paths=paths)
            targets.delegations = Delegations({key.keyid: key}, {"bins": role})
            middle = Targets(expires=EXPIRES)
            middle.delegations = Delegations({key.keyid: key}, succinct_roles=succinct)
            self.write("bins", middle)
        else:
            sys.exit(f"no such shape: {shape}")
        for name, signed in bins.items():
            self.write(name, signed, "bins")
        self.write("targets", targets)
        self.write("snapshot", Snapshot(expires=EXPIRES, meta={}))
        self.write("timestamp", Timestamp(expires=EXPIRES))
        self.snapshot()

    def change_targets(self, change) -> None:
        targets = self.read("targets").signed
        if targets.delegations is None:
            targets.delegations = Delegations({}, {})
        change(targets.delegations)
        targets.version += 1
        self.write("targets", targets)

    def delegate(self, file: str) -> None:
        added = Delegations.from_dict(json.loads(Path(file).read_text()))

        def change(delegations: Delegations) -> None:
            delegations.keys.update(added.keys)
            delegations.roles = {**added.roles, **delegations.roles}

        self.change_targets(change)

    def undelegate(self) -> None:
        def change(delegations: Delegations) -> None:
            role = delegations.roles.pop("motd")
            for keyid in role.keyids:
                del delegations.keys[keyid]

        self.change_targets(change)

    def snapshot(self, without: str = "") -> None:
        snapshot = self.read("snapshot").signed
        roles = {path.name.split(".", 1)[1] for path in self.metadata.glob("*.*.json")}
        for file in roles - {"root.json", "snapshot.json"}:
            newest = self.newest(file.removesuffix(".json"))
            # By its name alone: what others made is listed as the bytes that it is, whatever it holds.
            version = int(newest.name.split(".")[0])
            snapshot.meta[file] = MetaFile(version)
        snapshot.meta.pop(without, None)
        snapshot.version += 1
        self.write("snapshot", snapshot)
        timestamp = self.read("timestamp").signed
        timestamp.snapshot_meta = MetaFile(snapshot.version)
        timestamp.version += 1
        self.write("timestamp", timestamp)

    def forget(self) -> None:
        self.snapshot(without="motd.json")

    def sign(self, file: str, members: str, *keys: str) -> None:
        signed = json.loads(Path(file).read_text())["signed"] | json.loads(members)
        signers = [CryptoSigner(load_pem_private_key(Path(key).read_bytes(), None)) for key in keys]
        message = encode_canonical(signed).encode()
        signatures = [signer.sign(message).to_dict() for signer in signers]
        Path(file).write_text(json.dumps({"signatures": signatures, "signed": signed}))


if __name__ == "__main__":
    host = Host(sys.argv[1])
    getattr(host, sys.argv[2])(*sys.argv[3:])
