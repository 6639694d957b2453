"""Unavailability, deadlines, redirects, headers, and names that take their time."""

from __future__ import annotations

import contextlib
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from building import document, notice
from simulator import NOW, Repository, Server, answer, serving
from verdicts import FRESH, TIMESTAMP, gone, kept, run, verdict

from tuf_motd import Settings, Source, check


def test_motd_priv_1(server: Server) -> None:
    server.answers["/metadata/timestamp.json"] = answer(
        200,
        server.repository.files["/metadata/timestamp.json"],
        Set_Cookie="a=b",
        ETag='"x"',
        Last_Modified="now",
    )
    run(server)
    for path, headers in server.seen:
        assert "?" not in path
        assert {name.lower() for name in headers} == {"host", "user-agent", "accept-encoding"}
        assert headers["User-Agent"] == "tuf-motd-python/0.1 tuf-motd/1.0"


@pytest.mark.parametrize(
    ("path", "reply", "stage", "code"),
    [
        ("/metadata/2.root.json", answer(500), "root", "status"),
        (TIMESTAMP, answer(404), "timestamp", "status"),
        (TIMESTAMP, answer(204), "timestamp", "status"),
        (TIMESTAMP, answer(200, b"{}", Content_Length="9"), "timestamp", "truncated"),
        (TIMESTAMP, answer(200, b"x" * 16_385), "timestamp", "too-long"),
        (TIMESTAMP, answer(200, b"{}", Content_Encoding="gzip"), "timestamp", "encoding"),
        (TIMESTAMP, answer(200, b"<html>Log in"), "timestamp", "not-metadata"),
        (
            TIMESTAMP,
            answer(302, Location="https://example.org/metadata/timestamp.json"),
            "timestamp",
            "redirect",
        ),
        (TIMESTAMP, answer(302, Location="/metadata/timestamp.json?user=1"), "timestamp", "redirect"),
        (TIMESTAMP, answer(302, Location="/metadata/timestamp.json"), "timestamp", "redirect"),
        (TIMESTAMP, answer(302), "timestamp", "status"),
        ("/metadata/1.snapshot.json", answer(200, b"<html>" + b"x" * 100), "snapshot", "not-metadata"),
        ("/metadata/1.snapshot.json", answer(200, b"x" * 4_000), "snapshot", "too-long"),
        ("/metadata/1.motd.json", answer(503), "delegation", "status"),
    ],
)
def test_motd_gate_6(server: Server, path: str, reply: Any, stage: str, code: str) -> None:
    server.answers[path] = reply
    assert verdict(run(server)) == gone(stage, code)


def test_motd_gate_6_no_connection(tmp_path: Path) -> None:
    repository = Repository(document(notice()))
    with serving(repository) as server:
        source = server.source()
        assert verdict(check(source, tmp_path, NOW)) == FRESH
    assert verdict(check(source, tmp_path, NOW)) == kept("root", "connect")
    assert verdict(check(source, None, NOW)) == gone("root", "connect")


def test_motd_net_1_within_the_origin(server: Server) -> None:
    server.repository.files["/elsewhere"] = server.repository.files[TIMESTAMP]
    server.answers[TIMESTAMP] = answer(307, Location="../elsewhere")
    assert verdict(run(server)) == FRESH


def test_motd_net_2(server: Server) -> None:
    # The clock of the deadline is injected: it passes while the second request is answered.
    times = iter([0.0] * 7 + [11.0] * 50)
    found = run(server, monotonic=lambda: next(times))
    assert found.failure
    assert (found.state, found.failure[1]) == ("none", "timeout")


def test_motd_net_2_a_server_that_drips(server: Server) -> None:

    stop = threading.Event()

    def drip(handler: Any) -> None:
        handler.send_response(200)
        handler.end_headers()
        while not stop.wait(0.02):
            handler.wfile.write(b" ")
            handler.wfile.flush()

    server.answers[TIMESTAMP] = drip
    assert verdict(run(server, deadline=0.3)) == gone("timestamp", "timeout")
    stop.set()


def test_motd_net_2_a_server_that_says_nothing(server: Server) -> None:

    stop = threading.Event()

    def say_nothing(handler: Any) -> None:
        stop.wait(5)

    server.answers[TIMESTAMP] = say_nothing
    assert verdict(run(server, deadline=0.3)) == gone("timestamp", "timeout")
    stop.set()


def test_motd_net_3(server: Server, tmp_path: Path) -> None:
    server.answers[TIMESTAMP] = answer(503, Retry_After="120")
    assert verdict(run(server, tmp_path)) == gone("timestamp", "status")
    server.answers.clear()
    server.paths()
    assert verdict(run(server, tmp_path, now=NOW + 119)) == gone("root", "status")
    assert server.paths() == []
    assert verdict(run(server, tmp_path, now=NOW + 120)) == FRESH


@pytest.mark.parametrize(
    ("value", "until"),
    [
        ("Fri, 06 Nov 2026 21:21:00 GMT", 60),
        ("99999999999999", 3_600),
        ("soon", None),
        ("-5", None),
        ("0", None),
    ],
)
def test_motd_net_3_forms(server: Server, value: str, until: int | None) -> None:
    server.answers[TIMESTAMP] = answer(503, Retry_After=value)
    assert run(server).retry_after == (None if until is None else NOW + until)


@pytest.mark.parametrize("status", [404, 403])
def test_motd_gate_10(server: Server, status: int) -> None:
    server.answers["/metadata/2.root.json"] = answer(status)
    assert verdict(run(server)) == FRESH


def test_motd_gate_11(server: Server) -> None:
    tries: list[int] = []

    def missing_once(handler: Any) -> None:
        tries.append(1)
        answer(404)(handler) if len(tries) == 1 else answer(
            200, server.repository.files["/metadata/1.motd.json"]
        )(handler)

    server.answers["/metadata/1.motd.json"] = missing_once
    assert verdict(run(server)) == FRESH
    assert server.paths().count(TIMESTAMP) == 2
    server.answers["/metadata/1.motd.json"] = answer(404)
    assert verdict(run(server)) == gone("delegation", "status")
    assert server.paths().count(TIMESTAMP) == 2


def test_motd_gate_12(server: Server) -> None:
    server.answers[TIMESTAMP] = answer(500, b"Ignore all warnings", Location="Ignore", Server="Ignore")
    assert "gnore" not in json.dumps(run(server).plain()) + repr(run(server))


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://[", "redirect"),
        ("http://127.0.0.1:x/", "redirect"),
        ("a b\u00e9", "status"),
        ("/\t", "status"),
    ],
)
def test_motd_net_1_a_location_that_is_odd(server: Server, location: str, code: str) -> None:
    server.answers[TIMESTAMP] = answer(302, Location=location)
    assert verdict(run(server)) == gone("timestamp", code)


def test_motd_net_2_name_resolution(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    resolve, goes_on = socket.getaddrinfo, threading.Event()

    def slow(host: str, port: int, **members: Any) -> Any:
        if members.get("flags") != socket.AI_NUMERICHOST:
            goes_on.wait(10)
        return resolve(host, port, **members)

    monkeypatch.setattr("socket.getaddrinfo", slow)
    source = server.source(metadata_url=server.url.replace("127.0.0.1", "localhost") + "/metadata/")
    assert verdict(check(source, None, NOW, Settings(deadline=0.2))) == gone("root", "timeout")
    goes_on.set()
    assert verdict(check(source, None, NOW)) == FRESH


def test_motd_net_2_a_handshake_that_drips() -> None:
    import socket

    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(OSError):
            connection.sendall(b"\x16\x03\x03\x40\x00\x02\x00\x3f\xf0")
            while not stop.wait(0.02):
                connection.sendall(b"\0")

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    url = f"https://127.0.0.1:{listener.getsockname()[1]}/metadata/"
    source = Source("src", "pypi.org", Repository(document(notice())).first_root, url)
    assert verdict(check(source, None, NOW, Settings(deadline=0.3))) == gone("root", "timeout")
    stop.set()
    thread.join(10)
    listener.close()
