"""The installer role: verify a source over HTTP with python-tuf, and decide whether it may speak."""
