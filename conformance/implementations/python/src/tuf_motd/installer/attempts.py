"""The record of attempts: when the next background check is due (MOTD-NET-3, MOTD-NET-4, MOTD-NET-5)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tuf_motd.json_value import Json, integer

INTERVAL = 21_600
"""Seconds between a completed check and the next background check, by default."""
FIRST_WAIT = 900
LONGEST_INTERVAL = 86_400
LONGEST_RETRY_AFTER = 3_600
"""The most that counts of a `Retry-After`: it is not signed."""
_MILLION = 1_000_000
_FARTHEST = 60_000_000_000
"""A time beyond this, about 1,900 years from 1970, was not written by this library."""


@dataclass
class Attempts:
    """What is remembered of earlier checks. Times are seconds since 1970."""

    last_success: int | None = None
    jitter: int = 0
    """The change of the interval after the last completed check, in millionths of a quarter of it."""
    failures: int = 0
    failed_at: int = 0
    wait: int = 0
    """Seconds to wait after the last failure."""
    retry_after: int | None = None
    """Until when the server wants to be left alone."""

    def at(self, now: int) -> None:
        """Forget a time in the future, which a clock that was once wrong has left."""
        if self.last_success is not None and self.last_success > now:
            self.last_success = None
        if self.failed_at > now:
            self.failed_at = self.wait = 0
        if self.retry_after is not None and self.retry_after > now + LONGEST_RETRY_AFTER:
            self.retry_after = None

    def is_held(self, now: int) -> bool:
        """Whether a `Retry-After` holds every check back, the explicit one too (MOTD-NET-3)."""
        return self.retry_after is not None and now < self.retry_after

    def is_due(self, now: int, interval: int) -> bool:
        """Whether a background check may start (step 4 of a run)."""
        if self.is_held(now) or (self.failures and now < self.failed_at + self.wait):
            return False
        if self.last_success is None:
            return True
        span = interval + interval * self.jitter // (4 * _MILLION)
        return now >= self.last_success + span

    def begin(self, now: int, interval: int, random: Callable[[], float]) -> None:
        """Record that an attempt begins, as a failure until it is completed.

        So a check that is killed in the middle counts as one without anybody there to say so.
        """
        # 2 to the power of 7 quarters of an hour are more than a day already.
        wait = FIRST_WAIT * 2 ** min(self.failures, 7)
        self.wait = min(interval, wait + int(wait * random() / 4))
        self.failures += 1
        self.failed_at = now

    def completed(self, now: int, random: Callable[[], float]) -> None:
        """Record a completed check, which ends the series of failures."""
        self.last_success = now
        self.jitter = int((2 * random() - 1) * _MILLION)
        self.failures = self.failed_at = self.wait = 0
        self.retry_after = None  # a server that answered everything was not overloaded

    def plain(self) -> dict[str, Json]:
        """Give it as JSON."""
        return {
            "last_success": self.last_success,
            "jitter": self.jitter,
            "failures": self.failures,
            "failed_at": self.failed_at,
            "wait": self.wait,
            "retry_after": self.retry_after,
        }


def from_plain(value: dict[str, Json]) -> Attempts:
    """Read what `plain` gave; what is unreadable is as if it had never been written."""

    def number(name: str, least: int, most: int) -> int:
        found = integer(value.get(name))
        return found if found is not None and least <= found <= most else 0

    def moment(name: str) -> int | None:
        found = integer(value.get(name))
        return found if found is not None and abs(found) <= _FARTHEST else None

    return Attempts(
        moment("last_success"),
        number("jitter", -_MILLION, _MILLION),
        number("failures", 0, _MILLION),
        moment("failed_at") or 0,
        number("wait", 0, LONGEST_INTERVAL),
        moment("retry_after"),
    )
