"""Stories of the search for the reserved path: delegations of every kind, section 6.2, step 10."""

from __future__ import annotations

import hashlib

from book import Book, Look, document, failed, fresh
from repository import NOTICES, PATH, Delegation, Json, Repository
from shapes import COLD, CUSTOM, one

DIGEST = hashlib.sha256(PATH.encode()).hexdigest()
"""What hash bins sort the reserved path by."""
REQUIREMENTS = "GATE-7 CARRY-1"


def write(book: Book) -> None:
    """Write the stories."""
    _several(book)
    _patterns(book)
    _hash_bins(book)
    _working_role(book)
    _orders(book)
    _in_band(book)
    _cycles(book)
    _not_given(book)
    _forms(book)


def _with(delegations: list[Delegation], documents: dict[str, str]) -> Repository:
    """Make a repository whose top-level targets delegates like this, with the notice that each role has."""
    repository = Repository()
    for delegation in delegations:
        if delegation.role not in repository.versions:
            repository.add_role(delegation.role)
    repository.delegations["targets"] = delegations
    for role, name in documents.items():
        repository.carry(document(name), role=role, carriers="custom")
    return repository


def _several(book: Book) -> None:
    repository = _with(
        [
            Delegation("packages", ["packages/*", "simple/*"]),
            Delegation("docs", ["docs/*/*"], False),
            Delegation(NOTICES, ["motd/*"]),
        ],
        {"packages": "evil", NOTICES: "a"},
    )
    title = "delegations of other paths stand in front, and one of their roles lists the reserved one"
    book.good("search/third", title, f"{REQUIREMENTS} GATE-15", repository, Look(repository, fresh("a")))
    repository = _with([Delegation(NOTICES, ["other/*", "motd/*"])], {NOTICES: "a"})
    book.good("search/second-path", "the second of two patterns matches", REQUIREMENTS, repository, Look(repository, fresh("a")))
    base = "search/passed-on"
    first = Delegation("early", ["motd/*"], terminating=False)
    last = Delegation(NOTICES, ["motd/*"])
    repository = _with([first, last], {NOTICES: "a"})
    title = "a delegation that is not terminating, to a role without the target, stands in front"
    book.good(base, title, REQUIREMENTS, repository, Look(repository, fresh("a")))
    repository = _with([Delegation("early", ["motd/*"]), last], {NOTICES: "a"})
    words = "the delegation in front is terminating"
    book.bad("search/terminated", base, words, f"{REQUIREMENTS} CARRY-5", repository, Look(repository, fresh()))
    repository = _with([first, last], {"early": "early", NOTICES: "a"})
    words = "the role in front lists the target, and is the one that counts"
    book.bad("search/shadowed", base, words, REQUIREMENTS, repository, Look(repository, fresh("early")))
    repository = _with([first, last], {NOTICES: "a"})
    repository.signers["early"] = ["nobody"]
    words = "the role in front, which does not have the target, is signed by another key"
    expect = failed("delegation", "signature-threshold")
    book.bad("search/passed-on-other-key", base, words, "GATE-7", repository, Look(repository, expect))
    repository = _with([first, last], {NOTICES: "a"})
    repository.expires["early"] = "2026-10-31T00:00:00Z"
    words = "the role in front, which does not have the target, is expired"
    book.bad("search/passed-on-expired", base, words, "GATE-7", repository, Look(repository, failed("delegation", "expired")))
    repository = _with([last, Delegation("late", ["motd/*"])], {NOTICES: "a", "late": "late"})
    repository.signers["late"] = ["nobody"]
    title = "a role behind the one with the target is not looked at"
    book.good("search/not-looked-at", title, REQUIREMENTS, repository, Look(repository, fresh("a")))
    repository = one()
    repository.carry(document("top"), role="targets")
    title = "top-level targets lists the path, and comes before every delegation"
    book.good("search/top-level", title, REQUIREMENTS, repository, Look(repository, fresh("top")))


def _patterns(book: Book) -> None:
    matching = {
        "exact": PATH,
        "star-in-name": "motd/*.json",
        "star-everywhere": "*/*",
        "star-in-folder": "*/notices.json",
        "question-mark": "motd/notice?.json",
        "several-stars": "m*d/n*t*c*s.j*n",
        "empty-star": "motd/notices*.json",
    }
    for name, pattern in matching.items():
        repository = _with([Delegation(NOTICES, [pattern])], {NOTICES: "a"})
        title = f"the pattern `{pattern}` matches"
        book.good(f"pattern/{name}", title, REQUIREMENTS, repository, Look(repository, fresh("a")))
    # The role with such a pattern stands in front of the right one, and lists the path.
    others = {
        "star-alone": "*",
        "no-slash": "motd*",
        "too-deep": "motd/*/*",
        "not-the-end": "motd/notices",
        "one-too-many": "motd/notices.json?",
        "capitals": "MOTD/*",
        "leading-slash": "/motd/*",
        "folder": "motd/",
        "dot": "motd/noticesXjson",
        "empty": "",
    }
    for name, pattern in others.items():
        repository = _with([Delegation("other", [pattern]), Delegation(NOTICES, ["motd/*"])], {"other": "evil", NOTICES: "a"})
        words = f"a role for `{pattern}` stands in front, and lists the reserved path"
        book.bad(f"pattern/{name}", CUSTOM, words, REQUIREMENTS, repository, Look(repository, fresh("a")))


def _hash_bins(book: Book) -> None:
    bins = [f"{number:x}" for number in range(16)]
    others = [Delegation(f"bin-{digit}", hash_prefixes=[digit], terminating=False) for digit in bins if digit != DIGEST[0]]
    documents = {one.role: "evil" for one in others[:3]}
    repository = _with([*others[:8], Delegation(NOTICES, ["motd/*"])], {**documents, NOTICES: "a"})
    title = "hash bins for other paths stand in front, and list the reserved one"
    book.good("bins/others", title, REQUIREMENTS, repository, Look(repository, fresh("a")))
    mine = Delegation("bin-mine", hash_prefixes=["00", DIGEST[:2]], terminating=False)
    repository = _with([mine, Delegation(NOTICES, ["motd/*"])], {NOTICES: "a"})
    title = "the path's own bin stands in front, without the target"
    book.good("bins/passed-on", title, REQUIREMENTS, repository, Look(repository, fresh("a")))
    for name, prefix in (("short", DIGEST[:1]), ("long", DIGEST[:8]), ("whole", DIGEST)):
        repository = _with([Delegation(NOTICES, hash_prefixes=[prefix])], {NOTICES: "a"})
        title = f"the role for notices has its path by a hash prefix of {len(prefix)} digits"
        book.good(f"bins/prefix-{name}", title, REQUIREMENTS, repository, Look(repository, fresh("a")))
    other = "0" if DIGEST[7] != "0" else "1"
    repository = _with([Delegation(NOTICES, hash_prefixes=[DIGEST[:7] + other])], {NOTICES: "a"})
    words = "the last of 8 digits of the hash prefix is another"
    book.bad("bins/prefix-other", "bins/prefix-long", words, REQUIREMENTS, repository, Look(repository, fresh()))


def working() -> Repository:
    """Make a repository whose role for notices delegates to the role that signs every week."""
    repository = Repository()
    repository.add_role("motd-weekly")
    repository.delegations[NOTICES] = [Delegation("motd-weekly", ["motd/*"])]
    repository.carry(document("a"), role="motd-weekly")
    return repository


def _working_role(book: Book) -> None:
    base = "weekly/cold"
    repository = working()
    title = "the role for notices delegates to a working role"
    book.good(base, title, f"{REQUIREMENTS} GATE-15", repository, Look(repository, fresh("a")))
    both = working()
    both.carry(document("long-lived"))
    words = "the long-lived role lists the target itself, and comes first"
    book.bad("weekly/shadowed", base, words, REQUIREMENTS, both, Look(both, fresh("long-lived")))
    narrow = working()
    narrow.delegations[NOTICES] = [Delegation("motd-weekly", ["motd/weekly/*"])]
    words = "the working role was given other paths"
    book.bad("weekly/not-given", base, words, f"{REQUIREMENTS} CARRY-5", narrow, Look(narrow, fresh()))
    wider = working()
    wider.delegations["targets"] = [Delegation(NOTICES, ["motd/x*"])]
    words = "the long-lived role, which passes the path on, was not given it"
    book.bad("weekly/not-given-above", base, words, f"{REQUIREMENTS} CARRY-5", wider, Look(wider, fresh()))
    above = working()
    above.signers["motd-weekly"] = [f"{NOTICES} 1"]
    words = "the working role is signed by the key of the role above it"
    expect = failed("delegation", "signature-threshold")
    book.bad("weekly/by-delegator", base, words, "GATE-7", above, Look(above, expect))
    # The working role's key is replaced by the long-lived role, without top-level targets.
    rotated = working()
    rotated.publish(NOTICES, "motd-weekly")
    rotated.keys["motd-weekly"] = ["motd-weekly 2"]
    rotated.carry(document("b"), role="motd-weekly")
    looks = (Look(working(), fresh("a")), Look(rotated, fresh("b")))
    book.good("weekly/rotated", "the working role gets another key", "GATE-7 GATE-3", working(), *looks)
    kept = rotated.copy()
    kept.signers["motd-weekly"] = ["motd-weekly 1"]
    looks = (Look(working(), fresh("a")), Look(kept, expect))
    words = "the working role is still signed by the key before"
    book.bad("weekly/old-key", "weekly/rotated", words, "GATE-7 GATE-5", working(), *looks)
    added = one()
    added.publish(NOTICES)
    added.add_role("motd-weekly")
    added.delegations[NOTICES] = [Delegation("motd-weekly", ["motd/*"])]
    del added.targets[NOTICES]
    added.carry(document("b"), role="motd-weekly")
    looks = (Look(one(), fresh("a")), Look(added, fresh("b")))
    book.good("weekly/added", "the document moves to a new working role", "GATE-7 GATE-3", one(), *looks)


def _tree(*, terminating: bool) -> Repository:
    """Two delegations at the top, of which the first has one more below."""
    repository = _with([Delegation("left", ["motd/*"], False), Delegation(NOTICES, ["motd/*"])], {NOTICES: "a"})
    repository.add_role("below")
    repository.delegations["left"] = [Delegation("below", ["motd/*"], terminating)]
    return repository


def _orders(book: Book) -> None:
    base = "order/tree"
    repository = _tree(terminating=False)
    title = "a branch without the target is searched to its end, and then the next one"
    book.good(base, title, REQUIREMENTS, repository, Look(repository, fresh("a")))
    repository = _tree(terminating=False)
    repository.carry(document("below"), role="below", carriers="custom")
    words = "the role at the end of the first branch lists the target too, and comes first"
    book.bad("order/depth-first", base, words, REQUIREMENTS, repository, Look(repository, fresh("below")))
    repository = _tree(terminating=True)
    words = "a delegation inside the first branch is terminating, and ends the whole search"
    book.bad("order/terminated-below", base, words, f"{REQUIREMENTS} CARRY-5", repository, Look(repository, fresh()))
    # Two roles delegate to one, which is visited by the first way.
    repository = _with([Delegation("left", ["motd/*"], False), Delegation("right", ["motd/*"], False)], {})
    repository.add_role("shared")
    for role in ("left", "right"):
        repository.delegations[role] = [Delegation("shared", ["motd/*"], False)]
    repository.carry(document("a"), role="shared", carriers="custom")
    title = "two roles delegate to one"
    book.good("order/shared", title, REQUIREMENTS, repository, Look(repository, fresh("a")))
    other = repository.copy()
    other.delegations["right"] = [Delegation("shared", ["motd/*"], False, keys=["right's own"])]
    title = "two roles delegate to one, the second by a key that did not sign it"
    book.good("order/shared-first-keys", title, REQUIREMENTS, other, Look(other, fresh("a")))
    other = repository.copy()
    other.delegations["left"] = [Delegation("shared", ["motd/*"], False, keys=["left's own"])]
    words = "the first way to the role is by a key that did not sign it"
    expect = failed("delegation", "signature-threshold")
    book.bad("order/shared-other-keys", "order/shared", words, "GATE-7", other, Look(other, expect))


def _in_band(book: Book) -> None:
    repository = one()
    for number in range(40):
        path = f"packages/{number:02x}/sample-{number}.tar.gz"
        repository.add_file("targets", path, f"package {number}".encode())
        del repository.files[path]
    title = "40 packages stand beside the delegation in top-level targets"
    book.good("in-band/top-level", title, REQUIREMENTS, repository, Look(repository, fresh("a")))
    delegations = [Delegation(NOTICES, ["motd/*"])]
    delegations += [Delegation(f"bin-{digit:x}", hash_prefixes=[f"{digit:x}"]) for digit in range(16)]
    repository = _with(delegations, {NOTICES: "a"})
    for digit in range(16):
        path = f"simple/project-{digit}/index.html"
        repository.add_file(f"bin-{digit:x}", path, f"project {digit}".encode())
        del repository.files[path]
    title = "16 hash bins of packages stand behind the role for notices"
    book.good("in-band/bins", title, REQUIREMENTS, repository, Look(repository, fresh("a")))
    absent = repository.copy()
    del absent.targets[NOTICES]
    absent.carry(document("evil"), role=f"bin-{DIGEST[0]}", carriers="custom")
    words = "the role for notices lists nothing, and the packages' bin of the path does"
    book.bad("in-band/bin-speaks", "in-band/bins", words, f"{REQUIREMENTS} CARRY-5", absent, Look(absent, fresh()))
    claimed = _with([Delegation("claimed", ["*/*"], False), Delegation(NOTICES, ["motd/*"])], {NOTICES: "a"})
    for number in range(12):
        path = f"claimed/project-{number}.whl"
        claimed.add_file("claimed", path, f"wheel {number}".encode())
        del claimed.files[path]
    title = "a role for packages of every folder, not terminating, stands in front without the target"
    book.good("in-band/claimed", title, REQUIREMENTS, claimed, Look(claimed, fresh("a")))


def _cycles(book: Book) -> None:
    requirements = "GATE-15 CARRY-5"
    repository = working()
    del repository.targets["motd-weekly"]
    repository.delegations["motd-weekly"] = [Delegation(NOTICES, ["motd/*"])]
    words = "the working role delegates back, and nobody lists the target"
    book.bad("cycle/two", "weekly/cold", words, requirements, repository, Look(repository, fresh()))
    repository = one()
    del repository.targets[NOTICES]
    repository.delegations[NOTICES] = [Delegation(NOTICES, ["motd/*"])]
    words = "the role for notices delegates to itself, and lists nothing"
    book.bad("cycle/one", COLD, words, requirements, repository, Look(repository, fresh()))
    repository = _tree(terminating=False)
    repository.delegations["below"] = [Delegation("left", ["motd/*"], False)]
    words = "the first branch is a cycle, and the second has the target"
    book.bad("cycle/first-branch", "order/tree", words, "GATE-15", repository, Look(repository, fresh("a")))
    repository = _tree(terminating=False)
    repository.delegations["below"] = [Delegation("left", ["motd/*"], True)]
    words = "the first branch is a cycle with a terminating delegation at its end"
    book.bad("cycle/terminating", "order/tree", words, requirements, repository, Look(repository, fresh()))


def _not_given(book: Book) -> None:
    requirements = "CARRY-1 GATE-7"
    repository = _with([Delegation(NOTICES, ["motd/x*"])], {NOTICES: "a"})
    words = "the role for notices was given other paths"
    book.bad("not-given/paths", CUSTOM, words, requirements, repository, Look(repository, fresh()))
    repository = one()
    repository.delegations["targets"] = []
    words = "nobody delegates to the role for notices, and the snapshot lists it"
    book.bad("not-given/nobody", COLD, words, requirements, repository, Look(repository, fresh()))
    repository = one()
    repository.delegations["targets"] = [Delegation(NOTICES, [])]
    words = "the delegation has no pattern"
    book.bad("not-given/no-pattern", COLD, words, requirements, repository, Look(repository, fresh()))
    repository = _with([Delegation("packages", ["packages/*"], False), Delegation(NOTICES, ["motd/*"])], {"packages": "evil"})
    words = "a role for packages lists the path, and the role for notices does not"
    book.bad("not-given/packages", CUSTOM, words, requirements, repository, Look(repository, fresh()))
    repository = one()
    repository.add_role("stranger")
    repository.carry(document("evil"), role="stranger", carriers="custom")
    words = "a role that nobody delegates to lists the path too"
    book.bad("not-given/stranger", COLD, words, requirements, repository, Look(repository, fresh("a")))


def _forms(book: Book) -> None:
    def top_level(signed: dict[str, Json]) -> None:
        signed["delegations"]["roles"][0]["name"] = "timestamp"

    def twice(signed: dict[str, Json]) -> None:
        signed["delegations"]["roles"] *= 2

    def no_terminating(signed: dict[str, Json]) -> None:
        del signed["delegations"]["roles"][0]["terminating"]

    def threshold(signed: dict[str, Json]) -> None:
        signed["delegations"]["roles"][0]["threshold"] = 0

    for name, words, alteration in (
        ("top-level-name", "targets delegates to a role called timestamp", top_level),
        ("delegated-twice", "targets delegates to one role twice", twice),
        ("no-terminating", "a delegation does not say whether it is terminating", no_terminating),
        ("threshold-0", "a delegation needs no signature", threshold),
    ):
        repository = one()
        repository.alterations["targets"] = alteration
        book.bad(f"form/{name}", COLD, words, "GATE-7", repository, Look(repository, failed("targets", "malformed")))
