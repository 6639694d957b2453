"""Repositories on the loopback interface, one with each carrier."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from building import document, notice
from simulator import Repository, Server, serving


@pytest.fixture
def server() -> Iterator[Server]:
    with serving(Repository(document(notice()))) as found:
        yield found


@pytest.fixture
def target_server() -> Iterator[Server]:
    with serving(Repository(document(notice()), custom=False)) as found:
        yield found
