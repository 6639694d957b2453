"""HTTP with the bounds of section 6.5 and the silence of section 6.8.

Nothing of an answer but its body leaves this module, and of a failure only a code (MOTD-GATE-12). It is
`http.client`, not a library that retries, decodes, follows redirects or keeps cookies by itself.
"""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from tuf_motd.errors import NetworkError
from tuf_motd.installer.attempts import LONGEST_RETRY_AFTER
from tuf_motd.installer.connecting import connection_to

MOST_REDIRECTS = 5
DEADLINE = 10.0
"""Seconds for one check (MOTD-NET-2)."""
_REDIRECTS = (301, 302, 303, 307, 308)
_PATH = "/%:@!$&'()*+,;=~"


class StatusError(NetworkError):
    """A status other than 200."""

    def __init__(self, stage: str, status: int) -> None:
        super().__init__(stage, "status")
        self.status = status


class Client:
    """The requests of one check, counted. `monotonic` measures the deadline; `now` is the reference time."""

    def __init__(
        self, installer: str, now: int, monotonic: Callable[[], float], deadline: float = DEADLINE
    ) -> None:
        self._agent = f"{installer} tuf-motd/1.0"
        self._now = now
        self._monotonic = monotonic
        self._seconds = deadline
        self._ends: float | None = None
        self._is_ended = False
        self._connection: http.client.HTTPConnection | None = None
        self.stage = "root"
        """What is being asked for, or was at last."""
        self.requests = 0
        self.answers = 0
        self.bytes = 0
        self.retry_after: int | None = None
        """Until when the server wants to be left alone (MOTD-NET-3)."""

    def end(self) -> None:
        """End the check from another thread: what is not done by now is a `timeout` (step 12)."""
        self._is_ended = True
        if self._connection is not None:
            _cut(self._connection)

    def fetch(self, url: str, limit: int, stage: str) -> bytes:
        """Fetch at most `limit` bytes. Raises `NetworkError`."""
        self.stage = stage
        origin = _origin(urlsplit(url))
        for _ in range(MOST_REDIRECTS + 1):
            location, body = self._request(url, limit, stage)
            if location is None:
                return body
            try:
                target = urlsplit(urljoin(url, location))
            except ValueError as error:  # no URL at all
                raise NetworkError(stage, "redirect") from error
            # MOTD-NET-1; and a query is a cookie that the server chose (MOTD-PRIV-1).
            if _origin(target) != origin or target.query or target.username is not None:
                raise NetworkError(stage, "redirect")
            url = target._replace(fragment="", path=quote(target.path, _PATH)).geturl()
        raise NetworkError(stage, "redirect")

    def _remaining(self, stage: str) -> float:
        if self._ends is None:  # the time runs from the first request on
            self._ends = self._monotonic() + self._seconds
        left = self._ends - self._monotonic()
        if left <= 0 or self._is_ended:  # MOTD-NET-2
            raise NetworkError(stage, "timeout")
        return left

    def _request(self, url: str, limit: int, stage: str) -> tuple[str | None, bytes]:
        parts = urlsplit(url)
        left = self._remaining(stage)
        connection = self._connection = connection_to(parts, left)
        # A server that sends a byte now and then resets every time-out but this one.
        watchdog = threading.Timer(left, _cut, (connection,))
        watchdog.daemon = True
        watchdog.start()
        self.requests += 1
        answered = False
        try:
            # MOTD-PRIV-1: these headers, no others; `http.client` adds Host.
            connection.putrequest("GET", parts.path or "/", skip_accept_encoding=True)
            connection.putheader("User-Agent", self._agent)
            connection.putheader("Accept-Encoding", "identity")
            connection.endheaders()
            answer = connection.getresponse()
            answered = True
            self.answers += 1
            return self._answer(answer, limit, stage)
        except (OSError, http.client.HTTPException, ValueError) as error:
            if isinstance(error, TimeoutError) or self.is_over():
                raise NetworkError(stage, "timeout") from error
            raise NetworkError(stage, "truncated" if answered else "connect") from error
        finally:
            watchdog.cancel()
            connection.close()

    def is_over(self) -> bool:
        """Say whether the deadline has passed, or the check was ended."""
        return self._is_ended or (self._ends is not None and self._monotonic() >= self._ends)

    def _answer(self, answer: http.client.HTTPResponse, limit: int, stage: str) -> tuple[str | None, bytes]:
        if answer.status != 200:
            self._read_retry_after(answer.headers.get("Retry-After"))
            location = answer.headers.get("Location")
            if answer.status in _REDIRECTS and location is not None:
                return location, b""
            raise StatusError(stage, answer.status)
        if answer.headers.get("Content-Encoding", "identity").strip().lower() not in ("", "identity"):
            raise NetworkError(stage, "encoding")
        return None, self._body(answer, limit, stage)

    def _body(self, answer: http.client.HTTPResponse, limit: int, stage: str) -> bytes:
        body = bytearray()
        while True:
            self._remaining(stage)
            # One byte more than the limit shows that there is more, and ends it.
            chunk = answer.read1(min(65_536, limit + 1 - len(body)))
            self.bytes += len(chunk)
            body += chunk
            if len(body) > limit:  # MOTD-GATE-14
                raise NetworkError(stage, "too-long")
            if not chunk:
                break
        if self.is_over():  # the watchdog cut an answer that has no length of its own
            raise NetworkError(stage, "timeout")
        if answer.length:
            raise NetworkError(stage, "truncated")
        return bytes(body)

    def _read_retry_after(self, value: str | None) -> None:
        """Read the header in both of its forms; a malformed one is ignored (MOTD-NET-3)."""
        if value is None:
            return
        value = value.strip()
        if value.isascii() and value.isdigit():
            seconds = int(value) if len(value) < 10 else LONGEST_RETRY_AFTER
        else:
            try:
                seconds = int(parsedate_to_datetime(value).timestamp()) - self._now
            except (ValueError, OverflowError):
                return
        if seconds > 0:
            until = self._now + min(seconds, LONGEST_RETRY_AFTER)
            self.retry_after = max(until, self.retry_after or 0)


def _origin(parts: SplitResult) -> tuple[str, str, int | None]:
    try:
        port = parts.port
    except ValueError:
        port = -1
    return parts.scheme, parts.hostname or "", port or {"https": 443, "http": 80}.get(parts.scheme)


def _cut(connection: http.client.HTTPConnection) -> None:
    with suppress(OSError, TypeError, AttributeError):
        # The socket's own: that of an encrypted one takes its state away from the thread that reads.
        socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)
