"""TUF-MOTD 1.0 in Python, written from the text of the specification.

`judge` a document; `select` what a machine shows of it; `render` that for a terminal; `record` what was
displayed; `check` a repository over HTTP. Every result has a method `plain` that gives it as JSON. An
installer needs less of it: a `Run` beside each command, and `explicit_check`, `list_notices` and
`acknowledge` for what its user asks.
"""

from tuf_motd.audience import Machine
from tuf_motd.document import Judged, Refused, TargetEntry, judge
from tuf_motd.installer.background import Run
from tuf_motd.installer.checking import Checked, Settings, check, displayed
from tuf_motd.installer.displaying import Output
from tuf_motd.installer.explicit import acknowledge, explicit_check, list_notices
from tuf_motd.installer.in_band import InBand, check_in_band
from tuf_motd.installer.source import Source
from tuf_motd.languages import is_utf8
from tuf_motd.rendering import Rendered, Terminal, display_mode, render
from tuf_motd.seen import Seen
from tuf_motd.selection import Selection, record, select

__all__ = [
    "Checked",
    "InBand",
    "Judged",
    "Machine",
    "Output",
    "Refused",
    "Rendered",
    "Run",
    "Seen",
    "Selection",
    "Settings",
    "Source",
    "TargetEntry",
    "Terminal",
    "acknowledge",
    "check",
    "check_in_band",
    "display_mode",
    "displayed",
    "explicit_check",
    "is_utf8",
    "judge",
    "list_notices",
    "record",
    "render",
    "select",
]
