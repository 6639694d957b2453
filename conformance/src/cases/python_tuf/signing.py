"""Stories of keys, signatures, thresholds and roots: sections 6.3, 6.4 and 5.5."""

from __future__ import annotations

from itertools import combinations

from book import Book, Look, document, failed, fresh
from repository import NOTICES, TOP_LEVEL, Json, Repository, Site, changing, signer
from shapes import COLD, one, stated

STAGES = {"timestamp": "timestamp", "snapshot": "snapshot", "targets": "targets", NOTICES: "delegation"}
"""Role, and the stage of its faults."""


def write(book: Book) -> None:
    """Write the stories."""
    _single(book)
    _two_of_three(book)
    _rotations(book)
    _root_faults(book)
    _role_rotations(book)
    _without_prefixes(book)


def _single(book: Book) -> None:
    for role, stage in STAGES.items():
        expect = failed(stage, "signature-threshold")
        other = one()
        other.signers[role] = ["nobody"]
        book.bad(f"signature/other-key-{role}", COLD, f"{role} is signed by another key", "GATE-7", other, Look(other, expect))
        other = one()
        other.signers[role] = []
        book.bad(
            f"signature/none-{role}",
            COLD,
            f"{role} is as python-tuf makes it before it is signed",
            "GATE-7",
            other,
            Look(other, expect),
        )
        beside = one()
        beside.signers[role] = ["nobody", f"{role} 1", "nobody else"]
        title = f"{role} has signatures by other keys beside its own"
        book.good(f"signature/beside-{role}", title, "GATE-7", beside, Look(beside, fresh("a")))
        stolen = one()
        stolen.signers[role] = ["nobody"]

        def rename(envelope: dict[str, Json], role: str = role) -> None:
            envelope["signatures"][0]["keyid"] = signer(f"{role} 1").public_key.keyid

        stolen.envelopes[role] = rename
        words = f"another key signed {role} under the key id of the right one"
        book.bad(f"signature/stolen-id-{role}", COLD, words, "GATE-7", stolen, Look(stolen, expect))


def two_of_three() -> Repository:
    """Make a repository in which every role needs two signatures by three keys."""
    repository = stated()
    for role in (*TOP_LEVEL, NOTICES):
        repository.keys[role] = [f"{role} {number}" for number in (1, 2, 3)]
        repository.thresholds[role] = 2
    repository.sign_root()
    return repository


def _signed_by(numbers: tuple[int, ...]) -> Repository:
    repository = two_of_three()
    for role in (*TOP_LEVEL, NOTICES):
        repository.signers[role] = [f"{role} {number}" for number in numbers]
    repository.sign_root()
    return repository


def _two_of_three(book: Book) -> None:
    for numbers in (*combinations((1, 2, 3), 2), (3, 1, 2)):
        repository = _signed_by(numbers)
        name = "".join(map(str, numbers))
        title = f"every role needs two signatures by three keys, and has those of {', '.join(map(str, numbers))}"
        book.good(f"threshold/by-{name}", title, "GATE-7 DEL-5", repository, Look(repository, fresh("a")))
    base = "threshold/by-12"
    for role, stage in STAGES.items():
        expect = failed(stage, "signature-threshold")

        def fault(
            name: str, words: str, requirements: str, repository: Repository, expect: Json = expect, role: str = role
        ) -> None:
            book.bad(f"threshold/{name}-{role}", base, f"{role} {words}", requirements, repository, Look(repository, expect))

        few = _signed_by((1, 2))
        few.signers[role] = [f"{role} 2"]
        fault("too-few", "has one signature of two", "GATE-7", few)
        mixed = _signed_by((1, 2))
        mixed.signers[role] = [f"{role} 1", "nobody"]
        fault("one-and-another", "has one signature of its keys and one of another", "GATE-7", mixed)
        double = _signed_by((1, 2))
        respelled = f"{role} 1, respelled"
        double.keys[role] = double.signers[role] = [f"{role} 1", respelled]
        double.sign_root()
        fault("one-value", "has two signatures by one key, which stands under two key ids", "DEL-5 GATE-7", double)
        again = _signed_by((1, 2))
        again.signers[role] = [f"{role} 1"]

        def repeat(envelope: dict[str, Json]) -> None:
            envelope["signatures"] *= 2

        again.envelopes[role] = repeat
        fault("one-id", "has the signature of one key id twice", "DEL-5 GATE-7", again, failed(stage, "malformed"))
        broken = _signed_by((1, 2))

        def spoil(envelope: dict[str, Json]) -> None:
            text = envelope["signatures"][1]["sig"]
            envelope["signatures"][1]["sig"] = f"{'0' if text[0] != '0' else '1'}{text[1:]}"

        broken.envelopes[role] = spoil
        fault("one-broken", "has two signatures, of which one digit is another", "GATE-7", broken)
        spared = _signed_by((1, 2, 3))
        spared.envelopes[role] = spoil
        title = f"{role} has three signatures, of which the second does not verify"
        book.good(f"threshold/spared-{role}", title, "GATE-7", spared, Look(spared, fresh("a")))


def _rotations(book: Book) -> None:
    cycle = ("root", "timestamp", "snapshot", "targets")
    for count in range(1, 6):
        repository = one()
        for number in range(count):
            role = cycle[number % 4]
            repository.rotate({role: [f"{role} {number + 2}"]})
        title = f"{count} rotation{'s' if count > 1 else ''} in a row, each of the keys of another role"
        book.good(f"rotation/in-a-row-{count}", title, "GATE-8 GATE-10 BOOT-1", one(), Look(repository, fresh("a")))
    repository = one()
    for number in range(5):
        repository.rotate({"root": [f"root {number + 2}"]})
    title = "the keys of root are other ones 5 times in a row"
    book.good("rotation/root-5", title, "GATE-8 GATE-10 BOOT-1", one(), Look(repository, fresh("a")))
    looks = (Look(one(), fresh("a")), Look(repository, fresh("a")), Look(repository, fresh("a")))
    book.good("rotation/root-5-later", "the same between two checks", "GATE-8 GATE-10 BOOT-1", one(), *looks)
    nothing = one()
    nothing.rotate()
    title = "the next root is the same but for its version"
    book.good("rotation/nothing", title, "GATE-8", one(), Look(nothing, fresh("a")))
    raised = one()
    raised.rotate({"root": ["root 1", "root 2"]}, {"root": 2})
    raised.rotate({"root": ["root 2", "root 3"]})
    title = "root comes to need two signatures, and then gets another pair of keys"
    book.good("rotation/root-raised", title, "GATE-8", one(), Look(raised, fresh("a")))
    few = one()
    few.rotate({"root": ["root 1", "root 2"]}, {"root": 2})
    few.signers["root"] = ["root 1"]
    few.sign_root()
    words = "the root that comes to need two signatures has one"
    expect = failed("root", "signature-threshold")
    book.bad("rotation/root-raised-too-few", "rotation/root-raised", words, "GATE-8", one(), Look(few, expect))
    first = two_of_three()
    lowered = two_of_three()
    lowered.rotate({"root": ["root 3"]}, {"root": 1})
    title = "root comes to need one signature instead of two"
    book.good("rotation/root-lowered", title, "GATE-8", first, Look(lowered, fresh("a")))
    few = two_of_three()
    few.keys["root"], few.thresholds["root"], few.versions["root"] = ["root 3"], 1, 2
    few.sign_root()
    words = "the root that comes to need one signature has one, and the root before needs two"
    book.bad("rotation/root-lowered-too-few", "rotation/root-lowered", words, "GATE-8", first, Look(few, expect))
    double = one()
    double.rotate({"root": ["root 1", "root 1, respelled"]}, {"root": 2})
    words = "the root that comes to need two signatures has two by one key under two key ids"
    book.bad("rotation/root-one-value", "rotation/root-raised", words, "DEL-5 GATE-8", one(), Look(double, expect))
    passed = one()
    passed.expires["root"] = "2026-10-01T00:00:00Z"
    passed.sign_root()
    first = passed.copy()
    passed.rotate({"root": ["root 2"]})
    passed.expires["root"] = "2027-10-01T00:00:00Z"
    passed.rotate()
    title = "the configured root and the one after it are expired, and the newest is not"
    book.good("rotation/expired-before", title, "GATE-8 GATE-7", first, Look(passed, fresh("a")))
    last = passed.copy()
    last.expires["root"] = "2026-11-01T00:00:00Z"
    last.sign_root(["root 2"])
    words = "the newest root expires just now"
    book.bad("rotation/expired", "rotation/expired-before", words, "GATE-7 GATE-1", first, Look(last, failed("root", "expired")))


def _root_faults(book: Book) -> None:
    base = "rotation/in-a-row-1"
    first, good = one(), one()
    good.rotate({"root": ["root 2"]})

    def fault(name: str, words: str, code: str, site: Site | Repository) -> None:
        book.bad(f"root/{name}", base, words, "GATE-8 BOOT-1", first, Look(site, failed("root", code)))

    for name, words, signers in (
        ("old-keys", "the next root is signed by the keys of the one before alone", ["root 1"]),
        ("new-keys", "the next root is signed by its own keys alone", ["root 2"]),
        ("nobody", "the next root is as python-tuf makes it before it is signed", []),
        ("other-roles", "the next root is signed by the keys of targets and snapshot", ["targets 1", "snapshot 1"]),
    ):
        other = good.copy()
        other.signers["root"] = signers
        other.sign_root()
        fault(name, words, "signature-threshold", other)
    for name, words, version in (
        ("again", "the next root is version 1 once more", 1),
        ("skipped", "the next root is version 3", 3),
        ("largest", "the next root is version 9007199254740991", 2**53 - 1),
    ):
        other = good.copy()
        other.alterations["root"] = changing({"version": version})
        other.sign_root(["root 1"])
        fault(name, words, "version-mismatch", other)
    for name, words, code, change in (
        ("wrong-type", "the next root says that it is targets", "wrong-type", {"_type": "targets"}),
        ("spec-version", "the next root is of TUF 2.0.0", "spec-version", {"spec_version": "2.0.0"}),
        ("version-text", "the version of the next root is a text", "malformed", {"version": "2"}),
    ):
        other = good.copy()
        other.alterations["root"] = changing(change)
        other.sign_root(["root 1"])
        fault(name, words, code, other)
    second = good.copy()
    second.rotate({"root": ["root 3"]})
    jumped = second.copy()
    jumped.signers["root"] = ["root 3", "root 1"]
    jumped.sign_root()
    fault(
        "third-by-first",
        "the root after the next is signed by the keys of the first root, not of the second",
        "signature-threshold",
        jumped,
    )
    gap = second.site()
    del gap["metadata/2.root.json"]
    # Without the second root the third cannot be found, and the first is the newest.
    words = "the root after the next is there, and the next is not"
    book.bad("root/gap", base, words, "GATE-10 GATE-8", first, Look(gap, fresh("a")))
    gap_of_keys = one()
    gap_of_keys.rotate()
    gap_of_keys.rotate({"timestamp": ["timestamp 2"]})
    site = gap_of_keys.site()
    del site["metadata/2.root.json"]
    words = "the next root is not there, and the timestamp is signed by a key of the one after"
    book.bad("root/gap-of-keys", base, words, "GATE-7 GATE-8", first, Look(site, failed("timestamp", "signature-threshold")))
    stranger = Repository()
    stranger.keys = {role: [f"stranger's {role}"] for role in stranger.keys}
    stranger.sign_root()
    stranger.carry(document("evil"))
    words = "a whole repository of somebody else"
    expect = failed("timestamp", "signature-threshold")
    book.bad("root/stranger", COLD, words, "BOOT-1 GATE-7 GATE-2", first, Look(stranger, expect))


def _role_rotations(book: Book) -> None:
    """Other keys and thresholds of one role, between two checks."""
    for role, stage in STAGES.items():
        base = f"rotation/{role}"
        first = one()
        second = one()
        second.publish("targets", NOTICES)
        second.carry(document("b"))
        kept = second.copy()
        keys = [f"{role} 2", f"{role} 3"]
        for repository in (second, kept):
            if role == NOTICES:
                repository.keys[role], repository.thresholds[role] = keys, 2
            else:
                repository.rotate({role: keys}, {role: 2})
        looks = (Look(first, fresh("a")), Look(second, fresh("b")))
        title = f"{role} comes to need two signatures by other keys between two checks"
        book.good(base, title, "GATE-8 GATE-7 GATE-3", first, *looks)
        expect = failed(stage, "signature-threshold")
        for name, words, signers in (
            ("old-key", "is still signed by the key before", [f"{role} 1"]),
            ("too-few", "is signed by one of the two", [f"{role} 2"]),
            ("old-and-new", "is signed by one of the two and by the key before", [f"{role} 1", f"{role} 2"]),
        ):
            kept.signers[role] = signers
            looks = (Look(first, fresh("a")), Look(kept.copy(), expect))
            book.bad(f"rotation/{role}-{name}", base, f"{role} {words}", "GATE-7 GATE-5", first, *looks)
        lowered = second.copy()
        lowered.publish("targets", NOTICES)
        lowered.carry(document("c"))
        if role == NOTICES:
            lowered.keys[role], lowered.thresholds[role] = keys[1:], 1
        else:
            lowered.rotate({role: keys[1:]}, {role: 1})
        looks = (Look(second, fresh("b")), Look(lowered, fresh("c")))
        title = f"{role} comes to need one signature instead of two between two checks"
        book.good(f"rotation/{role}-lowered", title, "GATE-8 GATE-7 GATE-3", first, *looks)


def _plain(carriers: str = "both") -> Repository:
    repository = Repository(consistent=False)
    repository.carry(document("a"), carriers=carriers)
    return repository


def _without_prefixes(book: Book) -> None:
    """`consistent_snapshot` is false: names without a version, and a target file without its hash."""
    base = "plain/target"
    requirements = "GATE-3 GATE-7 CARRY-8"
    target = _plain("target")
    book.good(base, "names without versions, and a document in the target file", requirements, target, Look(target, fresh("a")))
    custom = _plain("custom")
    absent = Repository(consistent=None)
    absent.carry(document("a"), carriers="target")
    title = "the root does not say whether snapshots are consistent, as in old metadata"
    book.good("plain/unsaid", title, requirements, absent, Look(absent, fresh("a")))
    title = "names without versions, and a document in `custom`"
    book.good("plain/custom", title, requirements, custom, Look(custom, fresh("a")))
    second = _plain()
    second.publish(NOTICES)
    second.carry(document("b"))
    looks = (Look(_plain(), fresh("a")), Look(second, fresh("b")))
    title = "a second check after a publication, where names have no versions"
    book.good("plain/published", title, requirements, _plain(), *looks)
    rotated = second.copy()
    rotated.rotate({"root": ["root 2"], "snapshot": ["snapshot 2"]})
    looks = (Look(_plain(), fresh("a")), Look(rotated, fresh("b")))
    title = "the next root, which has a version in its name even so"
    book.good("plain/rotated", title, f"GATE-8 {requirements}", _plain(), *looks)
    for name, before in (("begun", False), ("ended", True)):
        first = Repository(consistent=before)
        first.carry(document("a"))
        changed = first.copy()
        changed.publish(NOTICES)
        changed.past = {}
        changed.carry(document("b"), carriers="target")
        changed.consistent = not before
        changed.rotate()
        looks = (Look(first, fresh("a")), Look(changed, fresh("b")))
        title = f"consistent snapshots are {name} by the next root"
        book.good(f"plain/{name}", title, f"GATE-8 {requirements}", first, *looks)
    named = _plain("target")
    site = {path: data for path, data in named.site().items() if not path.startswith("targets/")}
    hashed = one("target")
    site[hashed.target_path()] = hashed.files["motd/notices.json"]
    site["targets/motd/notices.json"] = b"x" * len(hashed.files["motd/notices.json"])
    words = "the target file at the plain name is another, and the right one is under its hash"
    expect = failed("target", "hash-mismatch")
    book.bad("plain/hashed-name", base, words, "CARRY-8", named, Look(site, expect))
    # Files of two publications under the same names.
    for role, stage in (("snapshot", "snapshot"), ("targets", "targets"), (NOTICES, "delegation")):
        old = _plain()
        new = _plain()
        new.publish("targets", NOTICES)
        new.carry(document("b"))
        site = new.site()
        site[new.path(role)] = old.site()[old.path(role)]
        words = f"{role} is still the one of the publication before"
        book.bad(f"plain/old-{role}", "plain/published", words, "GATE-7", old, Look(site, failed(stage, "version-mismatch")))
