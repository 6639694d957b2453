"""Connections whose every step is bounded by a deadline, name resolution included (MOTD-NET-2).

The system's resolver takes no time-out, so it is asked in a thread that is left behind when it is late: a
daemon, which holds no process back.
"""

from __future__ import annotations

import http.client
import queue
import socket
import ssl
import threading
import time
from contextlib import suppress
from typing import Any
from urllib.parse import SplitResult

_Address = tuple[Any, ...]


def connection_to(parts: SplitResult, seconds: float) -> http.client.HTTPConnection:
    """Give a connection to the origin of a URL, not yet opened, that ends its waiting after that time."""
    host = parts.hostname or ""
    if parts.scheme == "https":
        return _Encrypted(host, parts.port, timeout=seconds)
    return _Plain(host, parts.port, timeout=seconds)


class _Plain(http.client.HTTPConnection):
    def connect(self) -> None:
        """Open the socket within the time."""
        self.sock = _open(self.host, self.port, self.timeout or 0)


class _Encrypted(http.client.HTTPSConnection):
    def connect(self) -> None:
        """Open the socket within the time, and verify the certificate as the system does."""
        context = ssl.create_default_context()
        plain = _open(self.host, self.port, self.timeout or 0)
        # The handshake comes after the assignment, so that a slow one can be cut from another thread.
        encrypted = context.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = encrypted
        encrypted.do_handshake()


def _open(host: str, port: int, seconds: float) -> socket.socket:
    ends = time.monotonic() + seconds
    failure: OSError = OSError("no address")
    for family, kind, protocol, _, address in _resolve(host, port, seconds):
        left = ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        found = socket.socket(family, kind, protocol)
        found.settimeout(left)
        try:
            found.connect(address)
        except OSError as error:
            found.close()
            failure = error
            continue
        with suppress(OSError):
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return found
    raise failure


def _resolve(host: str, port: int, seconds: float) -> list[_Address]:
    with suppress(OSError):  # an address needs no resolver, and no thread
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST))
    answers: queue.SimpleQueue[list[_Address] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except (OSError, UnicodeError):
            answers.put(OSError("no address"))

    threading.Thread(target=ask, name="tuf-motd-resolver", daemon=True).start()
    try:
        found = answers.get(timeout=seconds)
    except queue.Empty as error:
        raise TimeoutError from error
    if isinstance(found, OSError):
        raise found
    return found
