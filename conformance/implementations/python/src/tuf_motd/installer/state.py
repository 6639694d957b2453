"""The state folder of one source (sections 6.6 and 6.7): four JSON files, the roots, and a lock.

`store.json` has the staged files and the complete set; `floors.json` the floors; `attempts.json` the
record of attempts; `seen.json` the seen-state; `root-N.json` a root. Each is replaced in one step
(MOTD-STATE-2). No name of a file comes from metadata (MOTD-STATE-5): N is this library's count.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import stat
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tuf_motd.installer.attempts import Attempts, from_plain
from tuf_motd.json_value import Json, integer

_BYTES_LIMIT = 48_000_000
"""Of the files of metadata and targets (section 6.5)."""
_FILES = ("store.json", "floors.json", "attempts.json", "seen.json")
_ROOT = re.compile(r"root-([1-9][0-9]{0,15})\.json", re.ASCII)


@dataclass
class Floor:
    """A version below which a client does not go back, and the keys that it holds for (MOTD-FLOOR-2)."""

    version: int
    keys: list[str]
    """By value, each with the name of its role."""


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
    floors: dict[str, Floor] = field(default_factory=dict)
    attempts: Attempts = field(default_factory=Attempts)
    seen: Json = None
    folder: Path | None = None
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
                self._save(self.folder)
            except OSError:
                self._warn("state not written")
                return False
            finally:
                if self._is_abandoned:  # while this was writing, or just before
                    self.close()
            return True

    def _save(self, folder: Path) -> None:
        # The root is written before the floors that it voids (MOTD-FLOOR-2).
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
            state = State(folder=self.folder, warnings=list(self.warnings), _lock=self._lock)
            self._lock = None
        finally:
            self._mutex.release()
        if state.folder is not None:
            _load(state, state.folder)
        return state

    def _plain(self) -> tuple[Json, ...]:
        floors: dict[str, Json] = {}
        for name, floor in self.floors.items():
            floors[name] = {"version": floor.version, "keys": list[Json](floor.keys)}
        return self._store(), floors, self.attempts.plain(), self.seen

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


def open_state(folder: Path | None) -> State:
    """Open a state folder; without one, or where nothing can be written, the run is stateless."""
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
            return _only_read(folder, "state folder not writable")
        state._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        fcntl.flock(state._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:  # MOTD-STATE-4
        state.close()
        return _only_read(folder, "state folder in use")
    except OSError:  # MOTD-STATE-3, MOTD-STATE-7
        state.close()
        return _only_read(folder, "state folder not writable")
    _load(state, folder)
    return state


def _only_read(folder: Path, warning: str) -> State:
    """Read what nobody else could write; nothing is written (MOTD-STATE-4, MOTD-STATE-7)."""
    state = State(warnings=[warning])
    _load(state, folder)
    return state


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


def _load(state: State, folder: Path) -> None:
    state.roots = _roots(state, folder)
    files = {name: _read(state, folder / name) for name in _FILES}
    store = _object(files["store.json"])
    state.staged = _bytes(store.get("staged"))
    complete = _object(store.get("complete"))
    if complete:
        document = complete.get("document")
        data = document.encode("latin-1", "replace") if isinstance(document, str) else None
        state.complete = Complete(_bytes(complete.get("roles")), data)
    for name, member in _object(files["floors.json"]).items():
        floor = _object(member)
        version, keys = integer(floor.get("version")), floor.get("keys")
        if version is not None and isinstance(keys, list):
            state.floors[name] = Floor(version, [key for key in keys if isinstance(key, str)])
    state.attempts = from_plain(_object(files["attempts.json"]))
    state.seen = files["seen.json"]


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


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
