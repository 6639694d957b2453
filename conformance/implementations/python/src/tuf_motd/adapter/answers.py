"""What an operation can say instead of a result."""

from __future__ import annotations


class Rejected(Exception):
    """The implementation refused what was asked. Stage and code are those of the registry."""

    def __init__(self, stage: str, code: str) -> None:
        super().__init__(code)
        self.stage = stage
        self.code = code
