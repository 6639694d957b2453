"""Repositories on the loopback interface, one with each carrier."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from building import document, notice
from protocol import Adapter
from simulator import NOW, Repository, Server, moment, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Repository(document(notice()))) as found:
        yield found


@pytest.fixture
def target_server() -> Iterator[Server]:
    with serving(Repository(document(notice()), custom=False)) as found:
        yield found


@pytest.fixture
def lasting_server() -> Iterator[Server]:
    repository = Repository(document(notice()))
    for role in (repository.timestamp, repository.snapshot, repository.targets, repository.motd):
        role.expires = moment(NOW + 9 * 86_400)
    repository.publish()
    with serving(repository) as found:
        yield found


@pytest.fixture(scope="session")
def adapter() -> Iterator[Adapter]:
    found = Adapter()
    yield found
    assert found.end() == (0, b"", b"")
