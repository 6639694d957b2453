"""The state folder of one source (sections 6.6 and 6.7): the seen-state, a lock, and the chains of roots.

Each chain has a folder of its own, which is called after the value of its configured root (MOTD-STATE-8).
`store.json` in it has the staged files and the complete set; `floors.json` the floors; `attempts.json` the
record of attempts; `root-N.json` a root. Each file is replaced in one step (MOTD-STATE-2). No name of a
file comes from metadata (MOTD-STATE-5): N is this library's count.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import stat
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import Root

from tuf_motd.installer.attempts import Attempts, from_plain
from tuf_motd.installer.loading import signed_of, value_of_root
from tuf_motd.json_value import Json, integer

_BYTES_LIMIT = 48_000_000
"""Of the files of metadata and targets of one chain (section 6.5)."""
_CHAINS_LIMIT = 4
_CHAIN = re.compile(r"[0-9a-f]{64}", re.ASCII)
_FILES = ("store.json", "floors.json", "attempts.json")
_SEEN = "seen.json"
_ROOT = re.compile(r"root-([1-9][0-9]{0,15})\.json", re.ASCII)


@dataclass
class Floors:
    """The versions below which a client does not go back, by role (MOTD-FLOOR-2)."""

    versions: dict[str, int] = field(default_factory=dict)
    keys: list[str] = field(default_factory=list)
    """Those of timestamp and snapshot when one below root was raised last: the role and the value of each."""
    chain: list[str] = field(default_factory=list)
    """The values of the roots that were verified."""


@dataclass
class Complete:
    """The files of a complete set, roots apart."""

    roles: dict[str, bytes]
    document: bytes | None


@dataclass
class State:
    """What is remembered of one source. What cannot be written is forgotten after the run."""

    roots: dict[int, bytes] = field(default_factory=dict)
    staged: dict[str, bytes] = field(default_factory=dict)
    complete: Complete | None = None
    floors: Floors = field(default_factory=Floors)
    attempts: Attempts = field(default_factory=Attempts)
    seen: Json = None
    folder: Path | None = None
    chain: Path | None = None
    """The folder of the run's chain; without one all but the seen-state is forgotten."""
    first_version: int = 0
    """Of the configured root."""
    warnings: list[str] = field(default_factory=list)
    _lock: int | None = None
    _written: dict[str, bytes] = field(default_factory=dict)
    _mutex: threading.Lock = field(default_factory=threading.Lock)
    _is_handed_over: bool = False
    _is_abandoned: bool = False

    def save(self) -> bool:
        """Write every file that changed, and say whether that was possible.

        A disk that is full leaves the run as it is (MOTD-FAIL-1).
        """
        with self._mutex:
            try:
                if self.folder is None or self._is_handed_over:
                    return False
                if self.chain is not None:
                    self._save(self.chain)
                seen = json.dumps(self.seen, sort_keys=True).encode("ascii")
                self._replace(self.folder / _SEEN, seen, waits=False)
            except OSError:
                self._warn("state not written")
                return False
            finally:
                if self._is_abandoned:  # while this was writing, or just before
                    self.close()
            return True

    def _save(self, folder: Path) -> None:
        # The root is written before the floors (MOTD-FLOOR-2).
        spare = [version for version in self.roots if version < self.first_version]
        if spare and sum(map(len, self.roots.values())) + len(json.dumps(self._store())) > _BYTES_LIMIT:
            for version in spare:  # section 6.5: roots before the configured one go first
                del self.roots[version]
                (folder / f"root-{version}.json").unlink(missing_ok=True)
        room = _BYTES_LIMIT
        for version, data in sorted(self.roots.items()):
            room -= len(data)
            if room >= 0:
                self._replace(folder / f"root-{version}.json", data, waits=True)
        for name, value in zip(_FILES, self._plain(), strict=True):
            data = json.dumps(value, sort_keys=True).encode("ascii")
            if name == "store.json" and len(data) > room:  # section 6.5: staged files go first
                self.staged = {}
                data = json.dumps(self._store(), sort_keys=True).encode("ascii")
                if len(data) > room:  # MOTD-STATE-1: the last set that is stored whole stays
                    continue
            # Floors outlive a loss of power; what else such a loss takes is fetched again.
            self._replace(folder / name, data, waits=name == "floors.json")

    def hand_over(self, patience: float) -> State:
        """Give what the folder holds, with its lock, to another owner; this one writes no more.

        For a background check that is ended: its thread may go on for a moment with what it has. A disk
        that has not written within `patience` seconds leaves the new owner stateless.
        """
        self._is_handed_over = True
        if not self._mutex.acquire(timeout=patience):
            self._is_abandoned = True
            return State(warnings=["state folder in use"])
        try:
            state = State(
                folder=self.folder,
                chain=self.chain,
                first_version=self.first_version,
                warnings=list(self.warnings),
                _lock=self._lock,
            )
            self._lock = None
        finally:
            self._mutex.release()
        if state.folder is not None:
            _load(state, state.folder, state.chain)
        return state

    def _plain(self) -> tuple[Json, ...]:
        floors: dict[str, Json] = {
            "versions": dict[str, Json](self.floors.versions),
            "keys": list[Json](self.floors.keys),
            "chain": list[Json](self.floors.chain),
        }
        return self._store(), floors, self.attempts.plain()

    def _replace(self, path: Path, data: bytes, *, waits: bool) -> None:
        if self._written.get(path.name) != data:
            _write(path, data, waits=waits)
            self._written[path.name] = data

    def _warn(self, sentence: str) -> None:
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def _store(self) -> Json:
        complete: Json = None
        if self.complete:
            document = self.complete.document
            complete = {
                "roles": _texts(self.complete.roles),
                "document": None if document is None else document.decode("latin-1"),
            }
        return {"staged": _texts(self.staged), "complete": complete}

    def close(self) -> None:
        """Release the lock."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def open_state(folder: Path | None, root: bytes | None = None, now: int = 0) -> State:
    """Open a state folder; without one, or where nothing can be written, the run is stateless.

    `root` is the configured one; without it the state is the seen-state alone.
    """
    if folder is None:
        return State()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not _is_ours_alone(folder.resolve()):  # MOTD-STATE-7
            return State(warnings=["state folder of another user"])
    except OSError:  # MOTD-STATE-7
        return State(warnings=["state folder not writable"])
    state = State(folder=folder)
    try:
        # Root can write everywhere; a folder that is read-only is meant so all the same.
        if not os.access(folder, os.W_OK) or not os.stat(folder).st_mode & stat.S_IWUSR:  # MOTD-STATE-7
            return _only_read(folder, root, now, "state folder not writable")
        state._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        fcntl.flock(state._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:  # MOTD-STATE-4
        state.close()
        return _only_read(folder, root, now, "state folder in use")
    except OSError:  # MOTD-STATE-3, MOTD-STATE-7
        state.close()
        return _only_read(folder, root, now, "state folder not writable")
    if root is not None:
        state.chain = _chain(folder, root, now, makes=True)
        state.first_version = signed_of(Root, root).version
        if state.chain is None or not os.stat(state.chain).st_mode & stat.S_IWUSR:
            state.close()
            return _only_read(folder, root, now, "state folder not writable")
    _load(state, folder, state.chain)
    return state


def _only_read(folder: Path, root: bytes | None, now: int, warning: str) -> State:
    """Read what nobody else could write; nothing is written (MOTD-STATE-4, MOTD-STATE-7)."""
    state = State(warnings=[warning])
    _load(state, folder, None if root is None else _chain(folder, root, now, makes=False))
    return state


def _chain(folder: Path, root: bytes, now: int, *, makes: bool) -> Path | None:
    """Find the folder of the chain that a run belongs to (MOTD-STATE-8); none where it cannot be used."""
    begun, version = value_of_root(root), signed_of(Root, root).version
    try:
        names = [name for name in os.listdir(folder) if _CHAIN.fullmatch(name)]
        if begun not in names:
            others = sorted(((_last_attempt(folder / name, now), name) for name in names), reverse=True)
            for _, name in others:
                if _is_chain(folder / name) and _contains(folder / name, version, begun):
                    return folder / name
            if makes:
                for _, name in others[_CHAINS_LIMIT - 1 :]:
                    shutil.rmtree(folder / name, ignore_errors=True)
                (folder / begun).mkdir()
        return folder / begun if _is_chain(folder / begun) else None
    except OSError:
        return None


def _is_chain(path: Path) -> bool:
    """Whether it is a folder and no link, and nobody else's (MOTD-STATE-3, MOTD-STATE-7)."""
    return not path.is_symlink() and path.is_dir() and _is_ours_alone(path.resolve())


def _last_attempt(path: Path, now: int) -> int:
    attempts = from_plain(_object(_read(State(), path / "attempts.json")))
    attempts.at(now)
    return max(attempts.last_success or 0, attempts.failed_at)


def _contains(path: Path, version: int, value: str) -> bool:
    """Whether a chain has a root, in whichever of two files (MOTD-FLOOR-3)."""
    kept = State()
    _load_floors(kept, path)
    stored = _read_bytes(kept, path / f"root-{version}.json")
    with suppress(RepositoryError):
        return value in kept.floors.chain or (stored is not None and value_of_root(stored) == value)
    return False


def _is_ours_alone(folder: Path) -> bool:
    """Whether the folder is this user's, and nobody else can write to it or replace it (MOTD-STATE-7)."""
    user, group = os.geteuid(), os.getegid()
    for at in (folder, *folder.parents):
        found = os.stat(at)
        others = found.st_mode & 0o002 or (found.st_mode & 0o020 and found.st_gid != group)
        if others and (at == folder or not found.st_mode & stat.S_ISVTX):
            return False
        # The last is what Linux shows for an owner of another user namespace.
        if found.st_uid not in ((user,) if at == folder else (user, 0, 65_534)):
            return False
    return True


def _load(state: State, folder: Path, chain: Path | None) -> None:
    state.seen = _read(state, folder / _SEEN)
    if chain is None:
        return
    state.roots = _roots(state, chain)
    _load_floors(state, chain)
    store = _object(_read(state, chain / "store.json"))
    state.staged = _bytes(store.get("staged"))
    complete = _object(store.get("complete"))
    if complete:
        document = complete.get("document")
        data = document.encode("latin-1", "replace") if isinstance(document, str) else None
        state.complete = Complete(_bytes(complete.get("roles")), data)
    state.attempts = from_plain(_object(_read(state, chain / "attempts.json")))


def _load_floors(state: State, chain: Path) -> None:
    found = _object(_read(state, chain / "floors.json"))
    for name, member in _object(found.get("versions")).items():
        version = integer(member)
        if version is not None:
            state.floors.versions[name] = version
    state.floors.keys, state.floors.chain = _strings(found.get("keys")), _strings(found.get("chain"))


def _read(state: State, path: Path) -> Json:
    """Read one file; a corrupt one is set aside and the others are kept (MOTD-STATE-6)."""
    data = _read_bytes(state, path)
    if data is None:
        return None
    try:
        found: Json = json.loads(data)
    except (ValueError, RecursionError):
        state._warn("state file corrupt")
        with suppress(OSError):
            if state.folder is not None:
                os.replace(path, path.with_suffix(".corrupt"))
        return None
    state._written[path.name] = data
    return found


def _read_bytes(state: State, path: Path) -> bytes | None:
    try:
        # MOTD-STATE-3: a link could lead to anybody's file.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(handle, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError:
        state._warn("state file not readable")
        return None


def _roots(state: State, folder: Path) -> dict[int, bytes]:
    """Read the stored roots. Which of them is believed is decided by the chain that leads to it."""
    found: dict[int, bytes] = {}
    names: list[str] = []
    with suppress(OSError):
        names = sorted(os.listdir(folder))
    for name in names:
        number = _ROOT.fullmatch(name)
        data = _read_bytes(state, folder / name) if number else None
        if number and data is not None:
            found[int(number.group(1))] = state._written[name] = data
    return found


def _write(path: Path, data: bytes, *, waits: bool) -> None:
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        if waits:
            os.fsync(file.fileno())
    os.replace(temporary, path)


def _texts(files: dict[str, bytes]) -> dict[str, Json]:
    # Latin-1 keeps any bytes; what was verified is verified again when it is read.
    return {name: data.decode("latin-1") for name, data in files.items()}


def _bytes(value: Json) -> dict[str, bytes]:
    texts = _object(value)
    return {name: text.encode("latin-1", "replace") for name, text in texts.items() if isinstance(text, str)}


def _strings(value: Json) -> list[str]:
    return [text for text in value if isinstance(text, str)] if isinstance(value, list) else []


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
