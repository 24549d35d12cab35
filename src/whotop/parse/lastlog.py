"""Last logins (lastlog, lastlog2) into events. Each comes as a line of JSON (docs/protocol.md).

    ["alice",1763770000,"pts/0","192.0.2.7","sshd"]

Name, time in seconds, tty, host, service. Such an event says when somebody came last, not that they are
there: no record tells when they left, so a session must not be opened by it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from whotop.model import Event, EventKind, Origin, Standing
from whotop.parse.received import raw_text, received
from whotop.parse.wtmpdb import LATEST_US, LINE_BYTES, database_bytes, host_of, terminal_of


def events(
    data: bytes, machine: str, *, standing: Standing = Standing.HISTORY, seen_us: int = 0, skew_us: int = 0
) -> list[Event]:
    """Read whole lines of ``data`` into one login each; what is none is left out."""
    found = (_event(line, machine, standing, seen_us, skew_us) for line in data.split(b"\n") if line)
    return [event for event in found if event is not None]


def _event(line: bytes, machine: str, standing: Standing, seen_us: int, skew_us: int) -> Event | None:
    values = _values(line)
    if len(values) != 5:
        return None
    name, time_s, tty, host, service = values
    if type(time_s) is not int or not 0 < time_s <= LATEST_US // 1_000_000:
        return None
    user = received(database_bytes(name))
    terminal, source = received(terminal_of(database_bytes(tty))), received(host_of(database_bytes(host)))
    if not user[0]:
        return None
    return Event(
        machine=machine,
        kind=EventKind.LOGIN,
        time_us=time_s * 1_000_000,
        user=user[0],
        tty=terminal[0],
        source=source[0],
        origin=Origin.LASTLOG,
        service=received(database_bytes(service))[0],
        raw=raw_text(user[1], terminal[1], source[1]),
        standing=standing,
        seen_us=seen_us,
        skew_us=skew_us,
    )


def _values(line: bytes) -> Sequence[object]:
    if len(line) > LINE_BYTES:
        return ()
    try:
        values = json.loads(line)
    except (ValueError, RecursionError):
        return ()
    return values if isinstance(values, list) else ()
