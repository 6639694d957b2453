"""TUF-MOTD 1.0 in Python, written from the text of the specification.

`judge` a document; `select` what a machine shows of it; `render` that for a terminal; `record` what was
displayed. Every result has a method `plain` that gives it as JSON.
"""

from tuf_motd.audience import Machine
from tuf_motd.document import Judged, Refused, TargetEntry, judge
from tuf_motd.rendering import Rendered, Terminal, display_mode, render
from tuf_motd.seen import Seen
from tuf_motd.selection import Selection, record, select

__all__ = [
    "Judged",
    "Machine",
    "Refused",
    "Rendered",
    "Seen",
    "Selection",
    "TargetEntry",
    "Terminal",
    "display_mode",
    "judge",
    "record",
    "render",
    "select",
]
