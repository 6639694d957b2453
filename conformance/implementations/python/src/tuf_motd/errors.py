"""One exception for each kind of people who must act, each with a code of the registry where there is one.

An expected outcome is a value, not an exception: `judge` returns a refusal, `check` an outcome. Inside the
library these exceptions carry a fault to the place that turns it into such a value.
"""

from __future__ import annotations


class MotdError(Exception):
    """Any fault that this library reports. `code` is stable; there is no other text (MOTD-FAIL-2)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PublisherError(MotdError):
    """The publisher must act: a document, a notice or a language is refused (section 2.5)."""


class RepositoryError(MotdError):
    """Whoever runs the repository must act, or somebody tampers: a verification failure (section 6.4)."""

    def __init__(self, stage: str, code: str) -> None:
        super().__init__(code)
        self.stage = stage


class NetworkError(MotdError):
    """Nobody must act, or the network must: unavailable, or a stale mirror (section 6.4)."""

    def __init__(self, stage: str, code: str) -> None:
        super().__init__(code)
        self.stage = stage


class StateError(MotdError):
    """The owner of the state folder must act (section 6.7). The code is this library's own."""


class CallerError(MotdError):
    """The program that calls this library must act: what it configured is wrong. The code is its own."""
