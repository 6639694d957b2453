#!/usr/bin/env python3
"""How soon a publication is seen: from the start of `motd publish` to the first answer with the new timestamp.

    docs/performance/visible.py target/dist/motd [ROUNDS]

Also prints the CPU that `motd serve` takes while nothing happens. Keys are not encrypted: no key derivation in it.
"""

import http.client
import pathlib
import subprocess
import sys
import tempfile
import time
from statistics import median

motd = str(pathlib.Path(sys.argv[1]).resolve())
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 21
IDLE = 10

NOTICE = """id = "tls"
revision = {revision}
severity = "warning"
topic = "deprecation"
begins = {begins}
ends = {ends}

[text.en]
title = "TLS 1.2 will be required, edition {revision}"
body = ["From that day the index refuses connections that use TLS 1.0 or 1.1."]
"""


def day(days):
    return time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime(time.time() + days * 86_400))


def ticks(process):
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


with tempfile.TemporaryDirectory() as folder:
    room = pathlib.Path(folder)
    run = lambda *words: subprocess.run([motd, *words], cwd=room, check=True, capture_output=True)
    run("repo", "init", "site", "--repository", "index.example.org")
    server = subprocess.Popen(
        [motd, "serve", "site", "--listen", "127.0.0.1:0", "--drain", "0"],
        cwd=room, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )
    try:
        address = server.stdout.readline().split("/")[2]
        connection = http.client.HTTPConnection(address)

        def seen():
            connection.request("GET", "/metadata/timestamp.json")
            return connection.getresponse().read()

        whole, after = [], []
        for revision in range(1, rounds + 1):
            before = seen()
            notice = NOTICE.format(revision=revision, begins=day(-1), ends=day(7))
            (room / "notice.toml").write_text(notice)
            began = time.perf_counter()
            run("publish", "site", "notice.toml",
                "--key", "site/keys/person-1.pem", "--key", "site/keys/person-2.pem")
            published = time.perf_counter()
            while seen() == before:
                pass
            ended = time.perf_counter()
            whole.append((ended - began) * 1000)
            after.append((ended - published) * 1000)
        print(f"from `motd publish` to the answer: median {median(whole):.0f} ms, worst {max(whole):.0f} ms")
        print(f"of it after `motd publish` had ended: median {median(after):.0f} ms, worst {max(after):.0f} ms")
        idle = ticks(server.pid)
        try:
            server.wait(IDLE)
        except subprocess.TimeoutExpired:
            print(f"CPU while nothing happens: {(ticks(server.pid) - idle) / IDLE:.1f} % of one core")
    finally:
        server.terminate()
        server.wait()
