"""Floors and the state folder: crashes, links, locks, and whatever a file holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from simulator import NOW, Server, answer
from verdicts import FRESH, TIMESTAMP, chain_of, failed, kept, run, verdict

from tuf_motd import Settings, check, displayed
from tuf_motd.installer.state import open_state


def test_motd_floor_1(server: Server, tmp_path: Path) -> None:
    run(server, tmp_path)
    repository = server.repository
    repository.publish()
    server.answers["/metadata/2.targets.json"] = answer(503)
    # The snapshot was verified, the set is not complete.
    assert verdict(run(server, tmp_path)) == kept("targets", "status")
    repository.timestamp.version = 9
    repository.snapshot.version = 9
    repository.snapshot.meta["motd.json"].version = 1
    repository.publish_online()
    assert verdict(run(server, tmp_path)) == failed("snapshot", "rollback")
    repository.timestamp.version = 10
    repository.snapshot.version = 1
    repository.publish_online()
    assert verdict(run(server, tmp_path)) == failed("timestamp", "rollback")


@pytest.mark.parametrize("lost", ["store.json", "floors.json"])
def test_motd_floor_3(server: Server, tmp_path: Path, lost: str) -> None:
    old = server.repository.files[TIMESTAMP]
    server.repository.publish()
    run(server, tmp_path)
    server.repository.files[TIMESTAMP] = old
    (chain_of(tmp_path) / lost).unlink()
    found = run(server, tmp_path)
    assert found.failure == ("timestamp", "stale-mirror")


def test_motd_floor_2(server: Server, tmp_path: Path) -> None:
    """Whoever stole the snapshot key and went fast forward is shut out by a new key."""
    from securesystemslib.signer import CryptoSigner

    repository = server.repository
    repository.snapshot.version = 1_000_000
    repository.timestamp.version = 2
    repository.publish_online()
    assert verdict(run(server, tmp_path)) == FRESH
    repository.snapshot.version = 2
    repository.timestamp.version = 3
    repository.publish_online()
    assert verdict(run(server, tmp_path)) == failed("timestamp", "rollback")
    repository.root.revoke_key(repository.signers["snapshot"].public_key.keyid, "snapshot")
    repository.signers["snapshot"] = CryptoSigner.generate_ed25519()
    repository.root.add_key(repository.signers["snapshot"].public_key, "snapshot")
    repository.rotate_root()
    repository.publish_online()
    assert verdict(run(server, tmp_path)) == FRESH
    # The timestamp's own key did not change, nor did its floor.
    repository.timestamp.version = 1
    repository.publish_online()
    assert verdict(run(server, tmp_path)) == kept("timestamp", "stale-mirror")


def test_motd_state_3(server: Server, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text('{"last_success": 5}')
    folder = tmp_path / "state"
    run(server, folder)
    attempts = chain_of(folder) / "attempts.json"
    attempts.unlink()
    attempts.symlink_to(outside)
    assert verdict(run(server, folder)) == FRESH
    assert outside.read_text() == '{"last_success": 5}'
    # Nor is the folder of a chain one.
    chain = chain_of(folder)
    chain.rename(tmp_path / "moved")
    chain.symlink_to(tmp_path / "moved")
    found = run(server, folder)
    assert (verdict(found), found.warnings) == (FRESH, ("state folder not writable",))


def test_motd_state_4(server: Server, tmp_path: Path) -> None:
    from tuf_motd.installer.state import open_state

    other = open_state(tmp_path)
    found = run(server, tmp_path)
    assert verdict(found) == FRESH
    assert found.warnings == ("state folder in use",)
    assert run(server, tmp_path, offline=True).state == "none"
    other.close()


def test_motd_state_6(server: Server, tmp_path: Path) -> None:
    old = server.repository.files[TIMESTAMP]
    server.repository.publish()
    run(server, tmp_path)
    (chain_of(tmp_path) / "store.json").write_bytes(b"\x00 not JSON")
    server.repository.files[TIMESTAMP] = old
    assert run(server, tmp_path).failure == ("timestamp", "stale-mirror")
    assert (chain_of(tmp_path) / "store.corrupt").exists()


def test_motd_rep_8_after_a_check(server: Server, tmp_path: Path) -> None:
    found = run(server, tmp_path)
    displayed(tmp_path, found, [("base", 1)])
    again = run(server, tmp_path)
    assert again.selection
    assert [d.reason for d in again.selection.decisions] == ["not-yet-due"]


def test_motd_off_1(server: Server, tmp_path: Path) -> None:
    found = run(server, tmp_path / "state", environment={"MOTD": "off"})
    assert (found.exit_status, server.paths(), list(tmp_path.iterdir())) == (0, [], [])
    run(server, tmp_path / "state", environment={"MOTD": "on"})
    assert server.paths()


@pytest.mark.parametrize("name", ["store.json", "floors.json", "attempts.json", "seen.json"])
@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "null",
        '{"staged":[],"complete":{"roles":1,"document":5}}',
        '{"last_success":-1e300,"retry_after":1e300,"failures":-5,"jitter":1e9,"failed_at":"x","wait":[]}',
        '{"versions":{"timestamp":"1","snapshot":1e400},"keys":[{}],"chain":5}',
        '{"entries":{"base":{"ends":1},"b":[]},"charged":{"other":[null,{}]},"applied":{"base":[1]}}',
        "[" * 100_000,
    ],
)
def test_motd_state_6_whatever_a_file_holds(server: Server, tmp_path: Path, name: str, text: str) -> None:
    run(server, tmp_path)
    folder = tmp_path if name == "seen.json" else chain_of(tmp_path)
    (folder / name).write_text(text, "utf-8")
    assert verdict(run(server, tmp_path)) == FRESH


def test_motd_state_6_stored_roots(server: Server, tmp_path: Path) -> None:
    server.repository.rotate_root()
    server.repository.rotate_root()
    run(server, tmp_path)
    (chain_of(tmp_path) / "root-2.json").write_bytes(b"\0")
    (chain_of(tmp_path) / "root-\u00b2.json").write_bytes(b"\0")
    (chain_of(tmp_path) / "root-4.json").mkdir()
    server.paths()
    assert verdict(run(server, tmp_path)) == FRESH
    assert server.paths()[:3] == [f"/metadata/{version}.root.json" for version in (2, 3, 4)]


def test_motd_floor_3_root(server: Server, tmp_path: Path) -> None:
    server.repository.rotate_root()
    server.repository.rotate_root()
    run(server, tmp_path)
    third = server.repository.files.pop("/metadata/3.root.json")
    # The store has it: nobody has to serve it again.
    assert verdict(run(server, tmp_path)) == FRESH
    (chain_of(tmp_path) / "root-3.json").unlink()
    assert verdict(run(server, tmp_path)) == failed("root", "rollback")
    server.repository.files["/metadata/3.root.json"] = third
    assert verdict(run(server, tmp_path)) == FRESH


def test_motd_state_2_a_crash_at_any_moment(
    server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    class Crash(BaseException):
        pass

    server.repository.rotate_root()
    moments = 0
    for name in ("replace", "fdopen"):
        for number in range(40):
            folder = tmp_path / f"{name}{number}"
            calls = iter(range(40))
            original = getattr(os, name)

            def crash(
                *arguments: Any,
                original: Any = original,
                calls: Any = calls,
                number: int = number,
                **members: Any,
            ) -> Any:
                if next(calls) == number:
                    raise Crash
                return original(*arguments, **members)

            with monkeypatch.context() as patch:
                patch.setattr(os, name, crash)
                try:
                    run(server, folder)
                    break
                except Crash:
                    moments += 1
            found = run(server, folder)
            assert (verdict(found), found.warnings) == (FRESH, ())
    assert moments >= 16


def test_motd_state_5(server: Server, tmp_path: Path) -> None:
    """A role is called what its signer likes; its name is in a request, and in no file name."""
    from tuf.api.metadata import DelegatedRole, Delegations

    repository = server.repository
    name = "../../x"
    repository.targets.delegations = Delegations(
        {}, {name: DelegatedRole(name, [], 1, True, paths=["motd/*"])}
    )
    repository.targets.add_key(repository.signers["motd"].public_key, name)
    repository.entry()
    repository.snapshot.meta[f"{name}.json"] = repository.snapshot.meta["motd.json"].__class__(2)
    repository.publish()
    data = repository.files[f"/metadata/{repository.motd.version}.motd.json"]
    repository.files["/metadata/2...%2F..%2Fx.json"] = data
    folder = tmp_path / "a" / "b" / "state"
    assert verdict(run(server, folder)) == FRESH
    files = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    chain = chain_of(folder).name
    names = [f"{chain}/{x}" for x in ("attempts.json", "floors.json", "store.json")]
    assert files == sorted(f"a/b/state/{x}" for x in (*names, "lock", "seen.json"))


def test_motd_state_8_a_full_chain(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer root of a chain that is full of roots has the room of those before it."""
    for _ in range(3):
        server.repository.rotate_root()
    run(server, tmp_path)
    chain = chain_of(tmp_path)
    store = (chain / "store.json").read_bytes()
    sizes = [path.stat().st_size for path in chain.glob("root-*.json")]
    monkeypatch.setattr("tuf_motd.installer.state._BYTES_LIMIT", sum(sizes) + len(store))
    server.repository.targets.unrecognized_fields["x"] = "x" * 200
    server.repository.publish()
    run(server, tmp_path)
    assert (chain / "store.json").read_bytes() == store
    root = server.repository.files["/metadata/4.root.json"]
    assert verdict(check(server.source(root=root), tmp_path, NOW, Settings())) == FRESH
    assert (chain / "store.json").read_bytes() != store
    assert chain_of(tmp_path) == chain


def test_motd_state_8_the_chains_that_were_used_last_are_kept(server: Server, tmp_path: Path) -> None:
    run(server, tmp_path)
    first = chain_of(tmp_path)
    for number in range(1, 7):
        server.repository.rotate_root()
        root = server.repository.files[f"/metadata/{number + 1}.root.json"]
        assert verdict(check(server.source(root=root), tmp_path, NOW + number, Settings())) == FRESH
        assert len([path for path in tmp_path.iterdir() if len(path.name) == 64]) == min(number + 1, 4)
        run(server, tmp_path, NOW + number)
        assert first.exists()


def test_a_state_that_is_being_written_is_not_waited_for(tmp_path: Path) -> None:
    """The next owner goes on stateless; the lock is released as soon as the writing is over."""
    state = open_state(tmp_path)
    assert state._mutex.acquire()
    alone = state.hand_over(0.01)
    assert (alone.folder, alone.warnings) == (None, ["state folder in use"])
    assert open_state(tmp_path).warnings == ["state folder in use"]
    state._mutex.release()
    assert not state.save()
    other = open_state(tmp_path)
    assert other.warnings == []
    other.close()


def test_a_state_that_was_handed_over_writes_no_more(server: Server, tmp_path: Path) -> None:
    root = server.source().root
    state = open_state(tmp_path, root)
    state.attempts.last_success = 5
    assert state.save()
    heir = state.hand_over(1)
    assert heir.attempts.last_success == 5
    state.attempts.last_success = 6
    assert not state.save()
    assert heir.save()
    heir.close()
    again = open_state(tmp_path, root)
    assert (again.attempts.last_success, again.warnings) == (5, [])
    again.close()


def test_motd_state_1_without_room(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A set that there is no room for takes the place of no other (section 6.5)."""
    run(server, tmp_path)
    before = (chain_of(tmp_path) / "store.json").read_bytes()
    monkeypatch.setattr("tuf_motd.installer.state._BYTES_LIMIT", len(before) + 100)
    server.repository.targets.unrecognized_fields["x"] = "x" * 200
    server.repository.publish()
    assert verdict(run(server, tmp_path)) == FRESH
    assert (chain_of(tmp_path) / "store.json").read_bytes() == before


def test_what_is_not_signed_of_a_root_is_not_stored(server: Server, tmp_path: Path) -> None:
    server.repository.rotate_root()
    path = f"/metadata/{server.repository.root.version}.root.json"
    server.repository.change(
        path, lambda root: root["signatures"].append({"keyid": "x", "sig": "0" * 100_000})
    )
    server.repository.files[path] += b" " * 200_000
    assert verdict(run(server, tmp_path)) == FRESH
    stored = chain_of(tmp_path) / f"root-{server.repository.root.version}.json"
    assert stored.stat().st_size < 10_000
    server.paths()
    run(server, tmp_path)
    assert server.paths()[0] == f"/metadata/{server.repository.root.version + 1}.root.json"


def test_motd_net_2_while_verifying(server: Server, tmp_path: Path) -> None:
    run(server, tmp_path)
    # What is stored is verified against the time that is left.
    times = iter([0.0, *[100.0] * 1_000])
    assert run(server, tmp_path, offline=True, monotonic=lambda: next(times)).state == "none"
    assert run(server, tmp_path, offline=True).state == "cached"
