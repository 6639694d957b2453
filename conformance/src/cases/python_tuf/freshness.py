"""Stories of time, of what one role says of another, and of what an installer remembers: sections 6.3 to 6.6."""

from __future__ import annotations

import json

from tuf.api.dsse import SimpleEnvelope
from tuf.api.metadata import Metadata

from book import Book, Look, cached, document, failed, fresh, unavailable
from repository import NOTICES, Json, Listing, Repository, changing
from search import working
from shapes import COLD, STATED, one, stated
from signing import STAGES

FAR = "2027-06-01T00:00:00Z"
LATER = "update/long-lived"
"""Two checks of a repository that is unexpired for long, with a publication between them."""


def write(book: Book) -> None:
    """Write the stories."""
    _forms(book)
    _expiry(book)
    _links(book)
    _rollbacks(book)
    _stale_mirrors(book)
    _fast_forward(book)
    _unavailable(book)


def long_lived() -> Repository:
    """Make a repository of one notice that is unexpired until the middle of 2027."""
    repository = one()
    for role in ("timestamp", "snapshot", "targets", NOTICES):
        repository.expires[role] = FAR
    return repository


def _forms(book: Book) -> None:
    for role, stage in STAGES.items():
        other = "targets" if role in ("timestamp", "snapshot") else "snapshot"
        for name, words, code, change in (
            ("wrong-type", f"says that it is {other}", "wrong-type", {"_type": other}),
            ("spec-version", "is of TUF 2.0.0", "spec-version", {"spec_version": "2.0.0"}),
            ("expires", "expires at a time with a fraction of a second", "malformed", {"expires": "2027-01-01T00:00:00.000Z"}),
            ("version-0", "is of version 0", "malformed", {"version": 0}),
        ):
            repository = one()
            repository.alterations[role] = changing(change)
            book.bad(f"form/{name}-{role}", COLD, f"{role} {words}", "GATE-7", repository, Look(repository, failed(stage, code)))


def _expiry(book: Book) -> None:
    for role, stage in {**STAGES, "root": "root"}.items():
        repository = one()
        repository.expires[role] = "2026-11-01T12:00:00Z"
        repository.sign_root()
        base = f"expiry/last-second-{role}"
        look = Look(repository, fresh("a"), "2026-11-01T11:59:59Z")
        book.good(base, f"the last second of {role}", "GATE-7 GATE-1", repository, look)
        look = Look(repository, failed(stage, "expired"), "2026-11-01T12:00:00Z")
        book.bad(f"expiry/{role}", base, f"{role} expires just now", "GATE-7 GATE-1", repository, look)
    # An equal timestamp is the trusted one, and can have expired since.
    base = "expiry/later"
    repository = long_lived()
    repository.expires["timestamp"] = "2026-11-02T00:00:00Z"
    looks = [Look(repository, fresh("a")), Look(repository, fresh("a"), "2026-11-01T23:59:59Z")]
    book.good(base, "a second check at the last second of the timestamp", "GATE-7 GATE-3", repository, *looks)
    looks[1] = Look(repository, failed("timestamp", "expired"), "2026-11-02T00:00:00Z")
    book.bad("expiry/frozen", base, "the same timestamp is served until it expires", "GATE-7 GATE-5", repository, *looks)
    repository = long_lived()
    repository.expires[NOTICES] = "2026-11-02T00:00:00Z"
    repository.publish()
    looks = [Look(repository, fresh("a")), Look(repository, failed("delegation", "expired"), "2026-11-02T00:00:00Z")]
    words = "the stored role for notices expires between two checks"
    book.bad("expiry/stored-role", base, words, "GATE-7 GATE-5", repository, *looks)
    for role, other in (("motd-weekly", "the role above it"), (NOTICES, "the working role below it")):
        repository = working()
        repository.expires[role] = "2026-11-01T00:00:00Z"
        words = f"{role} expires just now, and {other} does not"
        look = Look(repository, failed("delegation", "expired"))
        book.bad(f"expiry/in-a-chain-{role}", "weekly/cold", words, "GATE-7", repository, look)


def _links(book: Book) -> None:
    """What one role says of another: versions, hashes, lengths."""
    for role, stage in list(STAGES.items())[1:]:
        other = one()
        other.alterations[role] = changing({"version": 7})
        words = f"{role} is of version 7 where 1 is listed"
        book.bad(f"link/version-{role}", COLD, words, "GATE-7", other, Look(other, failed(stage, "version-mismatch")))
        good = stated()
        path = good.path(role)
        # Signed by the right keys, with the right version, and not what was listed.
        changed = stated()
        changed.expires[role] = "2026-11-07T23:59:59Z"
        shorter = stated()
        shorter.alterations[role] = changing({"spec_version": "1.0.3"})
        data = good.site()[path]
        pretty = json.dumps(json.loads(data), sort_keys=True, indent=1).encode()
        for name, words, expect, served in (
            ("hash", "is another, as long as listed, with good signatures", failed(stage, "hash-mismatch"), changed.site()[path]),
            (
                "length",
                "is another, a byte shorter than listed, with good signatures",
                failed(stage, "length-mismatch"),
                shorter.site()[path],
            ),
            ("too-long", "has a line feed at its end that is not listed", unavailable(stage, "too-long"), data + b"\n"),
            ("layout", "is the same value in python-tuf's longer layout", unavailable(stage, "too-long"), pretty),
        ):
            requirements = "GATE-14 GATE-6" if name in ("too-long", "layout") else "GATE-7"
            look = Look({**good.site(), path: served}, expect)
            book.bad(f"link/{name}-{role}", STATED, f"{role} {words}", requirements, good, look)
        # Without a stated length and hash the same value in another layout is the same role.
        plain = one()
        look = Look({**plain.site(), path: pretty}, fresh("a"))
        title = f"{role} in the longer layout, where nothing but its version is listed"
        book.good(f"link/layout-unstated-{role}", title, "GATE-7 GATE-3", plain, look)
    for role, name, digits in ((NOTICES, "sha512", 128), ("targets", "sha256", 64)):
        repository = one()
        repository.snapshot_lists = repository.timestamp_lists = Listing(length=True, hashes=("sha256", "sha512"))

        def spoil(signed: dict[str, Json], role: str = role, name: str = name, digits: int = digits) -> None:
            signed["meta"][f"{role}.json"]["hashes"][name] = "0" * digits

        repository.alterations["snapshot"] = spoil
        words = f"of two known hashes of {role} {name} is another"
        expect = failed(STAGES[role], "hash-mismatch")
        book.bad(f"link/second-hash-{role}", "listing/both-hashes", words, "GATE-7", repository, Look(repository, expect))
    unlisted = one()
    unlisted.omitted.add(NOTICES)
    words = "the snapshot does not list the role for notices"
    book.bad("link/unlisted", COLD, words, "GATE-7", unlisted, Look(unlisted, failed("delegation", "version-mismatch")))


def _published(base: Repository, *roles: str, name: str = "b", role: str = NOTICES) -> Repository:
    repository = base.copy()
    repository.publish(*roles)
    repository.carry(document(name), role=role)
    return repository


def _rollbacks(book: Book) -> None:
    first = long_lived()
    base = LATER
    second = _published(first, "targets", NOTICES)
    looks: tuple[Look, ...] = (Look(first, fresh("a")), Look(second, fresh("b")))
    title = "a second check after a publication of targets and notices"
    book.good(base, title, "FLOOR-1 GATE-3 STATE-1", first, *looks)

    def fault(name: str, words: str, repository: Repository, stage: str, code: str = "rollback") -> None:
        looks = (Look(second, fresh("b")), Look(repository, failed(stage, code)))
        book.bad(f"rollback/{name}", base, words, "GATE-7 FLOOR-1 GATE-5", first, *looks)

    back = second.copy()
    back.renew()
    back.versions["snapshot"] = 1
    fault("snapshot", "a new timestamp lists the snapshot before", back, "timestamp")
    for role in ("targets", NOTICES):
        back = second.copy()
        back.publish()
        back.versions[role] = 1
        fault(role, f"a new snapshot lists {role} of the version before", back, "snapshot")
    removed = second.copy()
    removed.publish()
    removed.omitted.add(NOTICES)
    words = "a new snapshot does not list the role for notices any more"
    fault("removed", words, removed, "snapshot", "snapshot-removed")
    # The same for a role that is on no path.
    beside = long_lived()
    beside.add_role("packages")
    later = beside.copy()
    later.publish("packages")
    ahead = later.copy()
    ahead.publish("packages")
    base = "update/role-beside"
    looks = (Look(later, fresh("a")), Look(ahead, fresh("a")))
    title = "a role that nobody delegates to is published between two checks"
    book.good(base, title, "FLOOR-1 GATE-3", beside, *looks)
    back = later.copy()
    back.publish()
    back.versions["packages"] = 1
    looks = (Look(later, fresh("a")), Look(back, failed("snapshot", "rollback")))
    words = "a new snapshot lists an older version of that role"
    book.bad("rollback/role-beside", base, words, "FLOOR-1 GATE-7", beside, *looks)
    removed = later.copy()
    removed.publish()
    removed.omitted.add("packages")
    looks = (Look(later, fresh("a")), Look(removed, failed("snapshot", "snapshot-removed")))
    words = "a new snapshot does not list that role any more"
    book.bad("rollback/removed-beside", base, words, "GATE-7", beside, *looks)
    # And for a working role.
    weekly = working()
    for role in ("timestamp", "snapshot", NOTICES, "motd-weekly"):
        weekly.expires[role] = FAR
    later = _published(weekly, "motd-weekly", role="motd-weekly")
    base = "weekly/published"
    looks = (Look(weekly, fresh("a")), Look(later, fresh("b")))
    book.good(base, "the working role is published between two checks", "FLOOR-1 GATE-3", weekly, *looks)
    back = later.copy()
    back.publish()
    back.versions["motd-weekly"] = 1
    back.carry(document("a"), role="motd-weekly")
    looks = (Look(later, fresh("b")), Look(back, failed("snapshot", "rollback")))
    words = "a new snapshot lists the working role of the version before"
    book.bad("rollback/weekly", base, words, "FLOOR-1 GATE-7 GATE-5", weekly, *looks)
    # Old targets and notices under a new snapshot's version numbers were never accepted.
    replayed = second.copy()
    replayed.publish()
    site = replayed.site()
    site[replayed.path(NOTICES)] = first.site()[first.path(NOTICES)]
    words = "the role for notices of the version before is served under the new name"
    look = Look(site, failed("delegation", "version-mismatch"))
    book.bad("rollback/renamed", LATER, words, "GATE-7", first, look)


def _stale_mirrors(book: Book) -> None:
    first = long_lived()
    second = _published(first, "targets", NOTICES)
    base = LATER
    stale = cached("timestamp", "stale-mirror", "b")
    looks: tuple[Look, ...] = (Look(second, fresh("b")), Look(first, stale), Look(second, fresh("b")))
    words = "an older timestamp is served again, signed by the right key"
    book.bad("stale/mirror", base, words, "GATE-9 FLOOR-1", first, *looks)
    expired = first.copy()
    expired.expires["timestamp"] = "2026-10-31T00:00:00Z"
    looks = (Look(second, fresh("b")), Look(expired, stale))
    words = "an older timestamp is served again, and it is expired too"
    book.bad("stale/mirror-expired", base, words, "GATE-9", first, *looks)
    forged = first.copy()
    forged.signers["timestamp"] = ["nobody"]
    looks = (Look(second, fresh("b")), Look(forged, failed("timestamp", "signature-threshold")))
    words = "an older timestamp is served, signed by another key"
    book.bad("stale/forged", base, words, "GATE-7 GATE-5 GATE-9", first, *looks)
    later = "2026-12-01T00:00:00Z"
    short = second.copy()
    short.expires[NOTICES] = later
    looks = (Look(short, fresh("b")), Look(first, unavailable("timestamp", "stale-mirror"), later))
    words = "an older timestamp is served again, and the stored role for notices is expired by then"
    book.bad("stale/mirror-nothing-cached", base, words, "GATE-9 GATE-4", first, *looks)


def _fast_forward(book: Book) -> None:
    """Whoever stole the keys published high versions. New keys shut them out (MOTD-FLOOR-2)."""
    first = long_lived()
    high = first.copy()
    for role in ("timestamp", "snapshot"):
        high.versions[role] = 2**31
    back = _published(first, "targets", NOTICES)
    base = "fast-forward/recovered"

    def looks(rotated: list[str], expect: Json, change: Repository = back) -> tuple[Look, Look]:
        repository = change.copy()
        if rotated:
            repository.rotate({role: [f"{role} 2"] for role in rotated})
        return Look(high, fresh("a")), Look(repository, expect)

    requirements = "FLOOR-2 GATE-8"
    title = "timestamp and snapshot of very high versions, and then new keys of both"
    book.good(base, title, requirements, first, *looks(["timestamp", "snapshot"], fresh("b")))
    words = "no key is replaced"
    expect = cached("timestamp", "stale-mirror", "a")
    book.bad("fast-forward/no-new-keys", base, words, "FLOOR-1 GATE-9", first, *looks([], expect))
    words = "the key of the timestamp alone is replaced"
    book.bad(
        "fast-forward/timestamp-alone", base, words, requirements, first, *looks(["timestamp"], failed("timestamp", "rollback"))
    )
    # What is stored was signed by the old key of the snapshot, so nothing is Cached.
    words = "the key of the snapshot alone is replaced"
    expect = unavailable("timestamp", "stale-mirror")
    book.bad("fast-forward/snapshot-alone", base, words, f"{requirements} GATE-4", first, *looks(["snapshot"], expect))
    # What is stored holds no targets that the new key signed.
    words = "the keys of root and targets are replaced, and no others"
    targets = back.copy()
    targets.publish("targets")
    expect = unavailable("timestamp", "stale-mirror")
    book.bad(
        "fast-forward/other-keys", base, words, f"{requirements} GATE-4", first, *looks(["root", "targets"], expect, targets)
    )
    ahead = back.copy()
    ahead.versions["timestamp"] = 2**31 + 1
    title = "the snapshot's version goes back under a new key of its own, and the timestamp goes on"
    book.good("fast-forward/snapshot-back", title, requirements, first, *looks(["snapshot"], fresh("b"), ahead))
    words = "the snapshot's version goes back under its old key"
    expect = failed("timestamp", "rollback")
    book.bad(
        "fast-forward/snapshot-back-old-key",
        "fast-forward/snapshot-back",
        words,
        "FLOOR-1 GATE-7",
        first,
        *looks([], expect, ahead),
    )
    # A role for notices of a very high version.
    high = _published(first, name="high")
    high.versions[NOTICES] = 2**53 - 1
    back = _published(_published(first, "targets"), "targets", NOTICES)
    title = "a role for notices of the highest version, and then new keys of snapshot and notices"
    recovered = back.copy()
    recovered.keys[NOTICES] = ["motd 2"]
    recovered.rotate({"snapshot": ["snapshot 2"]})
    base = "fast-forward/notices-recovered"
    book.good(base, title, requirements, first, Look(high, fresh("high")), Look(recovered, fresh("b")))
    alone = back.copy()
    alone.keys[NOTICES] = ["motd 2"]
    pair = (Look(high, fresh("high")), Look(alone, failed("snapshot", "rollback")))
    words = "the key of the role for notices alone is replaced"
    book.bad("fast-forward/notices-alone", base, words, requirements, first, *pair)
    timestamp = back.copy()
    timestamp.keys[NOTICES] = ["motd 2"]
    timestamp.rotate({"timestamp": ["timestamp 2"]})
    pair = (Look(high, fresh("high")), Look(timestamp, failed("snapshot", "rollback")))
    words = "the keys of the role for notices and of the timestamp are replaced"
    book.bad("fast-forward/notices-and-timestamp", base, words, requirements, first, *pair)


def _unavailable(book: Book) -> None:
    repository = one("target")
    paths = {
        "root": "metadata/2.root.json",
        "timestamp": "metadata/timestamp.json",
        "snapshot": repository.path("snapshot"),
        "targets": repository.path("targets"),
        "delegation": repository.path(NOTICES),
        "target": repository.target_path(),
    }
    for stage, path in paths.items():
        words = f"{path.rpartition('/')[2] if stage != 'target' else 'the target file'} is answered with 503"
        look = Look(repository, unavailable(stage, "status"), answers={path: 503})
        book.bad(f"unavailable/{stage}", "carrier/target", words, "GATE-6 CHECK-1", repository, look)
    look = Look(repository, fresh("a"), answers={paths["root"]: 403})
    book.good("unavailable/root-403", "403 for the next root is the end of the chain", "GATE-10", repository, look)
    base = "carrier/target"
    looks = [Look(repository, fresh("a")), Look(repository, cached("root", "status", "a"), answers={paths["root"]: 500})]
    book.bad("unavailable/later", base, "the second check cannot reach the repository", "GATE-4 GATE-6", repository, *looks)
    second = one("target")
    second.publish(NOTICES)
    second.carry(document("b"), carriers="target")
    path = second.path(NOTICES)
    looks = [Look(repository, fresh("a")), Look(second, cached("delegation", "status", "a"), answers={path: 404})]
    words = "the new role for notices is not there yet"
    book.bad("unavailable/half-published", "update/file-published", words, "GATE-11 GATE-6", repository, *looks)
    envelope = SimpleEnvelope.from_signed(Metadata.from_bytes(repository.site()["metadata/timestamp.json"]).signed)
    for name, words, data in (
        ("portal", "the timestamp is the page of a captive portal", b"<!DOCTYPE html><title>Log in</title>"),
        ("dsse", "the timestamp is in python-tuf's DSSE envelope", json.dumps(envelope.to_dict(), sort_keys=True).encode()),
        (
            "signed-alone",
            "the timestamp is not in an envelope",
            json.dumps(
                Metadata.from_bytes(repository.site()["metadata/timestamp.json"]).signed.to_dict(), sort_keys=True
            ).encode(),
        ),
        ("array", "the timestamp is an array", b"[]"),
        ("cut", "the timestamp ends after half of its bytes", repository.site()["metadata/timestamp.json"][:200]),
    ):
        look = Look({**repository.site(), "metadata/timestamp.json": data}, unavailable("timestamp", "not-metadata"))
        book.bad(f"unavailable/{name}", "carrier/target", words, "GATE-6", repository, look)
