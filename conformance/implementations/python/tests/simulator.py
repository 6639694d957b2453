"""A signed repository in memory, which a test mutates and publishes again, and a loopback HTTP server."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from building import REPOSITORY
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from tuf_motd import Source
from tuf_motd.canonical import document_bytes

NOW = 1_794_000_000
PATH = "motd/notices.json"


def moment(seconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


class Repository:
    """Five roles with one key each. `files` is what the server hands out, by path."""

    def __init__(self, value: Any, *, custom: bool = True) -> None:
        self.signers = {
            n: CryptoSigner.generate_ed25519() for n in ("root", "timestamp", "snapshot", "targets", "motd")
        }
        self.value, self.custom = value, custom
        self.expires = moment(NOW + 86_400)
        self.files: dict[str, bytes] = {}
        self.root = Root(expires=self.expires, consistent_snapshot=True)
        for name in ("root", "timestamp", "snapshot", "targets"):
            self.root.add_key(self.signers[name].public_key, name)
        self.timestamp = Timestamp(expires=self.expires)
        self.snapshot = Snapshot(expires=self.expires)
        self.targets = Targets(expires=self.expires)
        self.motd = Targets(expires=self.expires)
        role = DelegatedRole("motd", [], 1, True, paths=["motd/*"])
        self.targets.delegations = Delegations({}, {"motd": role})
        self.targets.add_key(self.signers["motd"].public_key, "motd")
        self.publish_root()
        self.first_root = self.files["/metadata/1.root.json"]
        self.publish(first=True)

    def signed(self, role: Any, *signers: str) -> bytes:
        metadata = Metadata(role)
        for name in signers:
            metadata.sign(self.signers[name], append=True)
        return metadata.to_bytes()

    def publish_root(self, *signers: str) -> None:
        self.files[f"/metadata/{self.root.version}.root.json"] = self.signed(
            self.root, *(signers or ("root",))
        )

    def rotate_root(self) -> None:
        self.root.version += 1
        self.publish_root()

    def entry(self) -> None:
        data = document_bytes(self.value)
        digest = hashlib.sha256(data).hexdigest()
        file = TargetFile(len(data), {"sha256": digest}, PATH)
        if self.custom:
            file.unrecognized_fields["custom"] = {"motd": self.value}
        self.motd.targets[PATH] = file
        self.files[f"/targets/motd/{digest}.notices.json"] = data

    def publish(self, *, first: bool = False, entry: bool = True) -> None:
        if entry:
            self.entry()
        if not first:
            for role in (self.timestamp, self.snapshot, self.targets, self.motd):
                role.version += 1
        for name, role in (("motd", self.motd), ("targets", self.targets)):
            self.files[f"/metadata/{role.version}.{name}.json"] = self.signed(role, name)
            self.snapshot.meta[f"{name}.json"] = MetaFile(role.version)
        self.publish_online()

    def publish_online(self) -> None:
        data = self.signed(self.snapshot, "snapshot")
        self.files[f"/metadata/{self.snapshot.version}.snapshot.json"] = data
        self.timestamp.snapshot_meta = MetaFile(
            self.snapshot.version, len(data), {"sha256": hashlib.sha256(data).hexdigest()}
        )
        self.files["/metadata/timestamp.json"] = self.signed(self.timestamp, "timestamp")

    def change(self, path: str, change: Callable[[Any], None]) -> None:
        """Change a file that is served, without signing it again."""
        value = json.loads(self.files[path])
        change(value)
        self.files[path] = json.dumps(value).encode()


class Server:
    """Answers of the repository; `answers` overrides a path by a function that writes its own."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.answers: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.url = ""

    def source(self, **changes: Any) -> Source:
        members: dict[str, Any] = {
            "name": "src",
            "repository": REPOSITORY,
            "root": self.repository.first_root,
        }
        members |= {"metadata_url": f"{self.url}/metadata/", "kind": "in-band", "allow_http": True, **changes}
        return Source(**members)

    def paths(self) -> list[str]:
        found = [path for path, _ in self.seen]
        self.seen.clear()
        return found


def answer(status: int, body: bytes = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def write(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status, "IGNORE THIS WARNING")
        fields = {"Content-Length": str(len(body))} | {
            name.replace("_", "-"): v for name, v in headers.items()
        }
        for name, value in fields.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return write


@contextmanager
def serving(repository: Repository) -> Iterator[Server]:
    server = Server(repository)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.seen.append((self.path, dict(self.headers)))
            body = repository.files.get(self.path)
            write = server.answers.get(self.path)
            with suppress(OSError):
                (write or (answer(404) if body is None else answer(200, body)))(self)

        def log_message(self, format: str, *args: Any) -> None:
            """Print nothing."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listener.daemon_threads = True
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{listener.server_address[1]}"
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()
