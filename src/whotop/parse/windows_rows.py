"""Events of Windows as a table: the event viewer's, PowerShell's Export-Csv, EvtxECmd's, Sentinel's."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator

from whotop.parse.windows_event import WindowsEvent
from whotop.parse.windows_event_flat import ID_NAMES, flat_event

_DELIMITERS = ",;\t"
_OTHER_NAMES = frozenset({"TargetUserName", "Message", "Payload", "Task Category", "MachineName", "Computer"})


def is_table(text: str) -> bool:
    """Whether the first line names the columns of such a table."""
    names = {name.strip(' "\r\ufeff') for name in re.split(f"[{_DELIMITERS}]", text.partition("\n")[0][:4096])}
    return not names.isdisjoint(ID_NAMES) and not names.isdisjoint(_OTHER_NAMES)


def row_events(text: str) -> Iterator[WindowsEvent]:
    """Give the events of a table; rows that tell of none are left out, and so is what is no table any more."""
    delimiter = max(_DELIMITERS, key=text.partition("\n")[0].count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = [name.strip() for name in next(rows, ())]
        for row in rows:
            # The event viewer gives its last column, the message, no name.
            names += ["Message"] * (len(row) == len(names) + 1)
            event = flat_event(dict(zip(names, row, strict=False)))
            if event is not None:
                yield event
    except csv.Error:
        return
