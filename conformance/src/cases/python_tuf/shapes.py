"""Stories of the forms in which python-tuf writes metadata, and of the two carriers: sections 5.2 to 5.4 and 6.3."""

from __future__ import annotations

from typing import Any

from book import Book, Look, cached, document, failed, fresh, notice, refused, unavailable
from repository import NOTICES, PATH, Listing, Repository, document_bytes

COLD = "cold"
"""A cold check of a repository with one notice, in python-tuf's own form."""
CUSTOM = "carrier/custom"
"""The same, with the document in `custom` alone."""
STATED = "listing/lengths-and-hashes"
"""The same, where every length and hash is stated."""
GATE = "GATE-2 GATE-3 GATE-7"


def one(carriers: str = "both", hashes: list[str] | None = None) -> Repository:
    """Make the repository of `COLD`: one notice, `a`."""
    repository = Repository()
    repository.carry(document("a"), carriers=carriers, hashes=hashes)
    return repository


def stated() -> Repository:
    """Make the repository of `STATED`."""
    repository = one()
    repository.snapshot_lists = Listing(length=True, hashes=("sha256",))
    repository.timestamp_lists = Listing(length=True, hashes=("sha256",))
    return repository


def write(book: Book) -> None:
    """Write the stories."""
    _layouts(book)
    _unknown_members(book)
    _texts(book)
    _custom(book)
    _target(book)
    _two_steps(book)


def _layouts(book: Book) -> None:
    cold = one()
    book.good(COLD, "a cold check", f"GATE-1 {GATE} GATE-8 GATE-10 CHECK-1 BOOT-1", cold, Look(cold, fresh("a")))
    indented = one()
    indented.compact = False
    indented.sign_root()
    book.good("layout/indented", "python-tuf's layout with line feeds", GATE, indented, Look(indented, fresh("a")))
    minor = one()
    minor.spec_version = "1.99.7"
    minor.sign_root()
    book.good("layout/minor-version", "every role is of TUF 1.99.7", GATE, minor, Look(minor, fresh("a")))
    listings = {
        "lengths": ("lengths and no hashes", Listing(length=True)),
        "hashes": ("SHA-256 and no lengths", Listing(hashes=("sha256",))),
        "lengths-and-hashes": ("lengths and SHA-256", Listing(length=True, hashes=("sha256",))),
        "sha512": ("lengths and SHA-512 alone", Listing(length=True, hashes=("sha512",))),
        "both-hashes": ("lengths, SHA-256 and SHA-512", Listing(length=True, hashes=("sha256", "sha512"))),
    }
    for name, (words, listing) in listings.items():
        repository = one()
        repository.snapshot_lists = repository.timestamp_lists = listing
        title = f"timestamp and snapshot state {words}"
        book.good(f"listing/{name}", title, GATE, repository, Look(repository, fresh("a")))
    mixed = one()
    mixed.snapshot_lists = Listing(length=True, hashes=("sha256",))
    title = "the timestamp states a version alone, the snapshot all there is"
    book.good("listing/snapshot-alone", title, GATE, mixed, Look(mixed, fresh("a")))
    indented = stated()
    indented.compact = False
    indented.sign_root()
    title = "lengths and hashes of files with line feeds"
    book.good("listing/indented", title, GATE, indented, Look(indented, fresh("a")))


def _unknown_members(book: Book) -> None:
    """All of them within the common limits of MOTD-BYTES-9: beyond these, libraries for TUF differ."""
    values: dict[str, Any] = {
        "x-list": [1, -1, 0, True, False, None, [], {}],
        "x-object": {"b": {"version": 1}, "a": "", "_type": "root", " ": [2**53 - 1, -(2**53) + 1]},
        "x-text": 'a "quote", a \\, a / and a ü',
    }
    for role in ("root", "timestamp", "snapshot", "targets", NOTICES):
        repository = one()
        repository.unknown[role] = values
        repository.sign_root()
        title = f"{role} has members that TUF does not define"
        book.good(f"unknown/{role}", title, GATE, repository, Look(repository, fresh("a")))
    inside = Repository()
    inside.unknown_inside = {"x-note": "of nobody's business"}
    inside.snapshot_lists = inside.timestamp_lists = Listing(unknown={"x-note": [None]})
    inside.carry(document("a"))
    inside.sign_root()
    title = "keys, roles, delegations, listings and entries have members that TUF does not define"
    book.good("unknown/inside", title, GATE, inside, Look(inside, fresh("a")))
    around = one()
    around.unknown_around = {"x-unsigned": {"signed": 1}}
    around.sign_root()
    title = "a member beside `signed` and `signatures`"
    book.good("unknown/around", title, GATE, around, Look(around, fresh("a")))


def _texts(book: Book) -> None:
    """python-tuf writes what is not ASCII as escapes, and signs a form without them."""
    requirements = "CARRY-3 CARRY-4 GATE-7"
    texts = {
        "french": "TLS 1.2 sera nécessaire dès le 30 juin",
        "japanese": "重要なお知らせ",
        "quotes": 'Use "pip" and not \\\\server\\pip',
    }
    for name, title in texts.items():
        repository = Repository()
        repository.carry(document(notice("a", title)))
        book.good(f"text/{name}", f"a title that JSON escapes: {name}", requirements, repository, Look(repository, fresh("a")))
    names = one()
    names.entry().unrecognized_fields["custom"]["x"] = {"z": 4, "Z": 5, "~": 1, " ": "\U0001f4e6 \ufb01", "a b": "é", "A": 0}
    title = "foreign members whose names are sorted as bytes, and whose texts JSON escapes"
    book.good("text/name-order", title, requirements, names, Look(names, fresh("a")))


def _custom(book: Book) -> None:
    requirements = "CARRY-2 CARRY-3 CARRY-4"
    base = CUSTOM
    custom = one("custom")
    book.good(base, "a document in `custom`, and no target file", requirements, custom, Look(custom, fresh("a")))
    for name, hashes in (("sha512", ["sha512"]), ("both-hashes", ["sha256", "sha512"])):
        repository = one("custom", hashes)
        title = f"a document in `custom` with {' and '.join(hashes)}"
        book.good(f"carrier/custom-{name}", title, requirements, repository, Look(repository, fresh("a")))
    foreign = one("custom")
    foreign.entry().unrecognized_fields["custom"].update({"a": "warehouse", "z": [{"motd": None}]})
    title = "custom members of somebody else beside `motd`"
    book.good("carrier/custom-foreign", title, requirements, foreign, Look(foreign, fresh("a")))
    empty = Repository()
    empty.carry(document(), carriers="custom")
    book.good("carrier/custom-empty", "a document without notices", "CARRY-5 CARRY-2", empty, Look(empty, fresh()))

    def fault(name: str, words: str, code: str, change: Any) -> None:
        repository = one("custom")
        change(repository)
        book.bad(f"carrier/custom-{name}", base, words, f"{requirements} CHECK-1", repository, Look(repository, refused(code)))

    def other_document(repository: Repository) -> None:
        repository.entry().unrecognized_fields["custom"]["motd"] = document("b")

    def longer(repository: Repository) -> None:
        repository.entry().unrecognized_fields["custom"]["motd"] = document("longer")

    def wrong_length(repository: Repository) -> None:
        repository.entry().length += 1

    def no_known_hash(repository: Repository) -> None:
        repository.carry(document("a"), carriers="custom", hashes=["blake2b-256"])

    def capitals(repository: Repository) -> None:
        hashes = repository.entry().hashes
        hashes["sha256"] = hashes["sha256"].upper()

    def second_hash(repository: Repository) -> None:
        repository.entry().hashes["sha512"] = "0" * 128

    def staging(repository: Repository) -> None:
        repository.carry({**document("a"), "repository": "staging.pypi.org"}, carriers="custom")

    fault("other", "custom.motd is another document of the same length", "carrier-hash", other_document)
    fault("longer", "custom.motd is a longer document than its entry says", "carrier-length", longer)
    fault("length", "the entry says one byte more than the document has", "carrier-length", wrong_length)
    fault("no-hash", "the entry has a hash that is not known here, and no other", "carrier-no-hash", no_known_hash)
    fault("capitals", "the hash is written in capitals", "carrier-hash", capitals)
    fault("second-hash", "of two known hashes the second is another", "carrier-hash", second_hash)
    repository = one("custom")
    staging(repository)
    words = "the document is that of another repository"
    book.bad("carrier/custom-staging", base, words, "DOC-4 CHECK-1", repository, Look(repository, refused("repository-mismatch")))
    # The file beside it is a good document each time: falling back would find it.
    for name, value in (("null", None), ("text", document_bytes(document("a")).decode()), ("list", [])):
        repository = one()
        repository.entry().unrecognized_fields["custom"]["motd"] = value
        good_file = repository.files[PATH]
        changed = repository.add_file(NOTICES, PATH, document_bytes(value))
        changed.unrecognized_fields["custom"] = {"motd": value}
        site = repository.site()
        site[repository.target_path()] = good_file
        words = f"custom.motd is of another type: {name}"
        book.bad(f"carrier/custom-{name}", base, words, "CARRY-2 CHECK-1", repository, Look(site, refused("not-an-object")))


def _target(book: Book) -> None:
    base = "carrier/target"
    target = one("target")
    book.good(base, "a document in the target file, and no `custom`", "CARRY-8 CARRY-1", target, Look(target, fresh("a")))
    algorithms = {
        "sha512": ("SHA-512 alone", ["sha512"]),
        "both-hashes": ("SHA-256 and SHA-512", ["sha512", "sha256"]),
        "sha512-and-blake2b": ("SHA-512 and a hash that is not known here", ["sha512", "blake2b-256"]),
    }
    for name, (words, hashes) in algorithms.items():
        repository = one("target", hashes)
        title = f"a document in the target file, whose entry has {words}"
        book.good(f"carrier/target-{name}", title, "CARRY-8", repository, Look(repository, fresh("a")))
    foreign = one("target")
    foreign.entry().unrecognized_fields["custom"] = {"a": "warehouse", "MOTD": document("evil")}
    title = "custom members of somebody else, and no `motd` among them"
    book.good("carrier/target-foreign", title, "CARRY-2 CARRY-8", foreign, Look(foreign, fresh("a")))
    path = target.target_path()

    def served(name: str, words: str, expect: Any, data: bytes) -> None:
        book.bad(f"carrier/target-{name}", base, words, "CARRY-8 GATE-7", target, Look({**target.site(), path: data}, expect))

    data = target.files[PATH]
    served(
        "other",
        "the target file is another document of the same length",
        failed("target", "hash-mismatch"),
        document_bytes(document("b")),
    )
    served("short", "the target file lacks its last byte", failed("target", "length-mismatch"), data[:-1])
    served("nothing", "the target file is empty", failed("target", "length-mismatch"), b"")
    served("long", "the target file has one byte more", unavailable("target", "too-long"), data + b"\n")
    without = {name: text for name, text in target.site().items() if name != path}
    words = "the target file is not there"
    book.bad("carrier/target-absent", base, words, "GATE-6 CHECK-1", target, Look(without, unavailable("target", "status")))
    second = one("target")
    second.entry().hashes["sha512"] = "0" * 128
    words = "of two known hashes the second is another"
    book.bad("carrier/target-second-hash", base, words, "CARRY-8", second, Look(second, failed("target", "hash-mismatch")))
    unknown = one("target", ["blake2b-256"])
    words = "the entry has a hash that is not known here, and no other"
    book.bad("carrier/target-no-hash", base, words, "CARRY-8 CHECK-1", unknown, Look(unknown, refused("carrier-no-hash")))
    large = one("target")
    large.entry().length = 65_537
    words = "the entry says 65,537 bytes"
    book.bad("carrier/target-large", base, words, "BYTES-1 CHECK-1", large, Look(large, refused("document-too-large")))
    empty = Repository()
    empty.add_file(NOTICES, PATH, b"")
    words = "the entry says 0 bytes, and the file has none"
    book.bad("carrier/target-empty", base, words, "BYTES-3 CHECK-1", empty, Look(empty, refused("not-json")))
    absent = Repository()
    words = "the role lists no target"
    book.bad("carrier/target-unlisted", base, words, "CARRY-5", absent, Look(absent, fresh()))
    elsewhere = Repository()
    for other in ("motd/notices.json.bak", "motd/Notices.json", "motd//notices.json", "/motd/notices.json"):
        entry = elsewhere.add_file(NOTICES, other, data)
        entry.unrecognized_fields["custom"] = {"motd": document("a")}
        del elsewhere.files[other]
    words = "documents stand at other paths, and none at the reserved one"
    book.bad("carrier/target-elsewhere", base, words, "CARRY-1 CARRY-5", elsewhere, Look(elsewhere, fresh()))


def _two_steps(book: Book) -> None:
    first = stated()
    second = first.copy()
    second.publish(NOTICES)
    second.carry(document("b"))
    title = "a second check after a publication"
    requirements = "GATE-3 STATE-1 FLOOR-1"
    looks = (Look(first, fresh("a")), Look(second, fresh("b")))
    book.good("update/published", title, requirements, first, *looks)
    looks = (Look(first, fresh("a")), Look(first, fresh("a")))
    book.good("update/unchanged", "a second check of the same repository", requirements, first, *looks)
    renewed = first.copy()
    renewed.renew()
    renewed.expires["timestamp"] = "2026-11-03T00:00:00Z"
    looks = (Look(first, fresh("a")), Look(renewed, fresh("a"), "2026-11-02T12:00:00Z"))
    book.good("update/renewed", "a second check after the timestamp was renewed", requirements, first, *looks)
    several = second.copy()
    for name in ("c", "d"):
        several.publish(NOTICES)
        several.carry(document(name))
    looks = (Look(first, fresh("a")), Look(several, fresh("d")))
    book.good("update/several", "several publications between two checks", requirements, first, *looks)
    emptied = first.copy()
    emptied.publish(NOTICES)
    emptied.carry(document())
    looks = (Look(first, fresh("a")), Look(emptied, fresh()))
    book.good("update/emptied", "the publisher takes the notice back", f"CARRY-5 {requirements}", first, *looks)
    # Section 5.7: the delegation goes, the last version of the role stays listed, and its expiry is nobody's business.
    left = first.copy()
    left.expires["timestamp"] = left.expires["snapshot"] = left.expires["targets"] = "2027-03-01T00:00:00Z"
    left.publish("targets")
    left.delegations["targets"] = []
    looks = (Look(first, fresh("a")), Look(left, fresh(), "2027-01-01T00:00:00Z"))
    title = "the delegation was removed, and the role is still listed"
    book.good("update/delegation-removed", title, f"CARRY-5 {requirements}", first, *looks)
    base = "update/file-published"
    first = one("target")
    second = first.copy()
    second.publish(NOTICES)
    second.carry(document("b"), carriers="target")
    looks = (Look(first, fresh("a")), Look(second, fresh("b")))
    book.good(base, "a second check after a publication in the target file", "GATE-16 GATE-3 STATE-1", first, *looks)
    path = second.target_path()
    looks = (Look(first, fresh("a")), Look(second, cached("target", "status", "a"), answers={path: 503}))
    book.bad("update/file-unavailable", base, "the new target file is unavailable", "GATE-16", first, *looks)
    site = {**second.site(), path: document_bytes(document("c"))}
    looks = (Look(first, fresh("a")), Look(site, failed("target", "hash-mismatch")))
    book.bad("update/file-other", base, "the new target file is another document", "GATE-5 GATE-16 CARRY-8", first, *looks)
