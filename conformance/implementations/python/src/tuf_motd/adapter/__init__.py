"""The adapter for the plug-in protocol, version 1 (`conformance/PROTOCOL.md`).

It reads a request a line, asks the library, and writes an answer a line. It decides nothing itself.
"""

from tuf_motd.adapter.session import answer, serve

__all__ = ["answer", "serve"]
