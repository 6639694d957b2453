"""`python -m tuf_motd.adapter`: answers on standard output, and nothing else there."""

from __future__ import annotations

import os
import sys
from contextlib import suppress

from tuf_motd.adapter.session import serve


def main() -> None:
    """Answer until standard input ends."""
    # Whatever else prints in this process prints to standard error.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # Nobody listens any more, or the user is impatient: there is nothing left to say.
    with suppress(BrokenPipeError, KeyboardInterrupt), answers:
        serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
