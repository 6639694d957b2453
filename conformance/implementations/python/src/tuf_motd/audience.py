"""Whom a notice concerns: clauses, and the machine that they are compared with (sections 4.1 to 4.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tuf_motd import purl as purls
from tuf_motd.errors import PublisherError
from tuf_motd.json_value import Json
from tuf_motd.purl import Purl
from tuf_motd.ranges import Range, parse_range
from tuf_motd.tables import registry
from tuf_motd.tokens import ids

_CLAUSE_MEMBERS = frozenset(("components", "os", "arch", "commands"))
_COMPONENT_MEMBERS = frozenset(("purl", "versions"))


@dataclass(frozen=True)
class Machine:
    """What the installer knows of where it runs. Nothing of it is ever sent (MOTD-AUD-9)."""

    os: str | None = None
    arch: str | None = None
    command: str | None = None
    components: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Installed versions by package URL, as the machine reports both."""

    def versions_of(self, purl: Purl) -> tuple[str, ...] | None:
        """Give the installed versions of a component, or nothing when it is not installed (MOTD-PURL-3)."""
        found: tuple[str, ...] | None = None
        for text, versions in self.components.items():
            reported = purls.parse(text, any_encoding=True)
            if reported is not None and reported.normalised() == purl:
                found = (found or ()) + tuple(versions)
        return found


@dataclass(frozen=True)
class Component:
    """One component of a clause."""

    purl: Purl
    versions: Range | None
    has_unknown_member: bool

    def matches(self, machine: Machine) -> bool:
        """Whether one of the installed versions matches (MOTD-AUD-8, MOTD-VERS-10)."""
        installed = machine.versions_of(self.purl)
        if installed is None:
            return False
        if self.versions is None:
            return True
        return any(self.versions.contains(version) for version in installed)


@dataclass(frozen=True)
class Clause:
    """A clause: it matches when all of its members do."""

    components: tuple[Component, ...]
    os: tuple[str, ...] | None
    arch: tuple[str, ...] | None
    commands: tuple[str, ...] | None
    has_unknown_member: bool

    def matches(self, machine: Machine) -> bool:
        """Whether the clause matches; everything missing or unknown is false (MOTD-AUD-5 to 7)."""
        if self.has_unknown_member:  # MOTD-AUD-6
            return False
        for component in self.components:
            if component.has_unknown_member:  # MOTD-AUD-6
                return False
        return (
            _one_of(self.os, machine.os, "os")
            and _one_of(self.arch, machine.arch, "architectures")
            and _one_of(self.commands, machine.command, "commands")
            and all(component.matches(machine) for component in self.components)
        )


def _one_of(tokens: tuple[str, ...] | None, token: str | None, name: str) -> bool:
    return tokens is None or (token in tokens and token in registry(name))


def applies(audience: tuple[Clause, ...] | None, machine: Machine) -> bool:
    """Whether a notice with this audience concerns the machine (MOTD-AUD-4)."""
    return audience is None or any(clause.matches(machine) for clause in audience)


def clauses(value: Json) -> tuple[Clause, ...]:
    """Read the member `audience` of a notice. Raises `PublisherError`."""
    # MOTD-AUD-1: the array and every clause's type come before the inside of any clause.
    return tuple(_clause(clause) for clause in _objects(value, 16, "audience-malformed"))


def _clause(value: dict[str, Json]) -> Clause:
    components: tuple[Component, ...] = ()
    if "components" in value:
        # MOTD-AUD-3, likewise before the inside of any component.
        found = _objects(value["components"], 32, "components-malformed")
        components = tuple(_component(component) for component in found)
    return Clause(
        components,
        _tokens(value, "os"),
        _tokens(value, "arch"),
        _tokens(value, "commands"),
        # `rollout` too is undefined to a processor without that feature (section 4.9).
        has_unknown_member=not value.keys() <= _CLAUSE_MEMBERS,
    )


def _component(value: dict[str, Json]) -> Component:
    text = value.get("purl")
    purl = purls.parse_of_notice(text) if isinstance(text, str) else None
    if purl is None:  # MOTD-PURL-1, MOTD-PURL-2
        raise PublisherError("purl-malformed")
    versions: Range | None = None
    if "versions" in value:
        spelled = value["versions"]
        if not isinstance(spelled, str):  # MOTD-VERS-1
            raise PublisherError("versions-malformed")
        versions = parse_range(spelled, purl)
    return Component(purl, versions, has_unknown_member=not value.keys() <= _COMPONENT_MEMBERS)


def _tokens(value: dict[str, Json], name: str) -> tuple[str, ...] | None:
    if name not in value:
        return None
    found = ids(value[name], 1, 16)
    if found is None:  # MOTD-AUD-2
        raise PublisherError("clause-malformed")
    return found


def _objects(value: Json, most: int, code: str) -> list[dict[str, Json]]:
    if not isinstance(value, list) or not 1 <= len(value) <= most:
        raise PublisherError(code)
    found = [member for member in value if isinstance(member, dict) and member]
    if len(found) != len(value):
        raise PublisherError(code)
    return found
