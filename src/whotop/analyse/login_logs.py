"""The logs of several machines in one file, or in one file and the rotated copies before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice
from operator import attrgetter

from whotop.errors import InputError
from whotop.model import Event, Origin, Standing
from whotop.parse.log_line import LogLine
from whotop.parse.login_log import LoginLog
from whotop.text import safe

MOST_MACHINES = 20_000
"""That one log tells of, 3 KB each: a log server's. What is remembered of a machine, another must not take."""
LINES_AT_ONCE = 5_000
"""The log of one machine is one long run of lines, and more than memory holds."""


class LoginLogs:
    """Goes from a rotated copy to the next: a session that one begins, another ends."""

    def __init__(self) -> None:
        self._of_host: dict[tuple[bytes, Origin], LoginLog] = {}

    def events(
        self, lines: Iterable[LogLine], origin: Origin, machine_of: Callable[[str], str], *, file: str = ""
    ) -> Iterator[Event]:
        """The events of each machine that the lines name; ``machine_of`` says what it is called.

        Raises InputError, with the ``file``, for a log of too many machines.
        """
        for host, of_host in groupby(lines, key=attrgetter("host")):
            log = self._of_host.get((host, origin))
            if log is None:
                if len(self._of_host) >= MOST_MACHINES:
                    raise InputError(f"it names more than {MOST_MACHINES:,} machines: give it in parts", file=file)
                log = self._of_host[host, origin] = LoginLog(machine_of(safe(host, 64)), origin)
            while lines_at_once := list(islice(of_host, LINES_AT_ONCE)):
                yield from log.events(lines_at_once, standing=Standing.HISTORY)

    def finish(self) -> Iterator[Event]:
        """What the last lines leave open."""
        for log in self._of_host.values():
            yield from log.finish(standing=Standing.HISTORY)
