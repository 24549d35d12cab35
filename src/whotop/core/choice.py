"""Which of a machine's origins tell who is there, what was before, and who failed to log in.

Half of today's systems keep no utmp, and an old file that nobody writes any more looks like one
that says "nobody". So what is written to counts, not what exists: utmp alive, or records younger
than the boot.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from whotop.model import Origin, Readability

_LIVE_LISTS = (Origin.LOGIND, Origin.UTMP)
_LIVE_OF_PROBES = {"linux": Origin.PROC, "posix": Origin.PROC, "windows": Origin.WTS}
"""What a probe falls back on where neither logind nor utmp is there, nor ``who`` with records of its own."""


class Found(msgspec.Struct, frozen=True):
    """What a probe found out about one origin. Times are by the machine's clock, 0 where unknown."""

    origin: Origin
    readability: Readability
    changed_us: int = 0


class Choice(msgspec.Struct, frozen=True):
    """Where a machine's logins are read from."""

    live: tuple[Origin, ...] = ()
    history: tuple[Origin, ...] = ()
    failures: Origin | None = None
    """None: nothing tells of failed logins, and the answer is "cannot tell"."""

    @property
    def read(self) -> tuple[Origin, ...]:
        """The origins of records that the probe is to send."""
        if self.failures is None or self.failures in self.history:
            return self.history
        return (*self.history, self.failures)

    def uses(self, origin: Origin) -> bool:
        """Whether anything is taken from it."""
        return origin in self.live or origin in self.read


def chosen(found: Iterable[Found], *, probe: str, boot_us: int = 0) -> Choice:
    """Choose for a machine that runs this kind of probe and booted then."""
    there = _Origins(found, boot_us)
    history = _history(there)
    return Choice(live=_live(there, probe), history=history, failures=_failures(there, history))


class _Origins:
    """The origins of one machine, to be asked about."""

    def __init__(self, found: Iterable[Found], boot_us: int) -> None:
        self._found = {one.origin: one for one in found if one.readability is not Readability.ABSENT}
        self._boot_us = boot_us

    def is_there(self, origin: Origin) -> bool:
        return origin in self._found

    def is_readable(self, origin: Origin) -> bool:
        one = self._found.get(origin)
        return one is not None and one.readability is Readability.READABLE

    def is_kept(self, origin: Origin) -> bool:
        """Whether a readable file of records is one that programs write to."""
        if not self.is_readable(origin):
            return False
        return self.is_there(Origin.UTMP) or self._found[origin].changed_us > self._boot_us


def _live(there: _Origins, probe: str) -> tuple[Origin, ...]:
    lists = tuple(origin for origin in _LIVE_LISTS if there.is_readable(origin))
    if not lists and there.is_readable(Origin.WHO):
        return (Origin.WHO,)
    last_resort = _LIVE_OF_PROBES.get(probe)
    return lists or (() if last_resort is None else (last_resort,))


def _history(there: _Origins) -> tuple[Origin, ...]:
    """Files of records, and a log where they do not tell of every logout.

    Without utmp, wtmp may still be written to, but with logins alone (Ubuntu 26.04). lastlog says
    when each user came last and never when they left: it is the last resort.
    """
    if there.is_readable(Origin.EVENT_LOG):
        return (Origin.EVENT_LOG,)
    records = [Origin.WTMP] if there.is_kept(Origin.WTMP) else []
    if there.is_readable(Origin.WTMPDB):
        records.append(Origin.WTMPDB)
    if not records or not (there.is_there(Origin.UTMP) or Origin.WTMPDB in records):
        records += _log(there)
    if not records and there.is_readable(Origin.LASTLOG):
        records.append(Origin.LASTLOG)
    return tuple(records)


def _failures(there: _Origins, history: tuple[Origin, ...]) -> Origin | None:
    """Of a log that is read anyway, else of btmp if programs write to it, else of a log."""
    for origin in (Origin.EVENT_LOG, Origin.JOURNAL, Origin.AUTH_LOG):
        if origin in history:
            return origin
    if there.is_kept(Origin.BTMP):
        return Origin.BTMP
    return next(iter(_log(there)), None)


def _log(there: _Origins) -> list[Origin]:
    """The journal, else its copy in text."""
    return [origin for origin in (Origin.JOURNAL, Origin.AUTH_LOG) if there.is_readable(origin)][:1]
