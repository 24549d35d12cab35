"""What the probe found out about a machine's origins, and what is made of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from msgspec.structs import replace

from whotop.core.check import SUDO
from whotop.core.choice import Choice, Found, chosen
from whotop.model import Origin, OriginStatus, Readability
from whotop.text import safe
from whotop.wire.messages import Hello, OriginReport

_ORIGINS = {origin.value: origin for origin in Origin}
_READABILITIES = {readability.value: readability for readability in Readability}


def origin_named(name: str) -> Origin | None:
    """The origin that the protocol calls so."""
    return _ORIGINS.get(name)


def choice_from(hello: Hello, reports: Iterable[OriginReport]) -> Choice:
    """What is read of the machine that says hello, whose origins are as reported."""
    found = [
        Found(origin, _readability(report), report.changed_us)
        for report in reports
        if (origin := origin_named(report.name)) is not None
    ]
    return chosen(found, probe=hello.probe, boot_us=hello.boot_us)


def statuses(reports: Iterable[OriginReport], choice: Choice) -> tuple[OriginStatus, ...]:
    """The origins as the machine's screen shows them: those that were reported, and what stands in for them."""
    found = {
        origin: _status(report, origin, used=choice.uses(origin))
        for report in reports
        if (origin := origin_named(report.name)) is not None
    }
    for origin in choice.live:
        if origin not in found:
            found[origin] = OriginStatus(origin=origin, path="", readability=Readability.READABLE, used=True)
    return tuple(found.values())


def with_corrupt(statuses: Iterable[OriginStatus], corrupt: Collection[Origin]) -> tuple[OriginStatus, ...]:
    """The same, where it is said of each whether its records make no sense."""
    return tuple(replace(status, corrupt=status.origin in corrupt) for status in statuses)


def _readability(report: OriginReport) -> Readability:
    return _READABILITIES.get(report.state, Readability.UNREADABLE)


def _status(report: OriginReport, origin: Origin, *, used: bool) -> OriginStatus:
    readability = _readability(report)
    mend = _mend(origin, report.group) if readability is Readability.UNREADABLE else ""
    return OriginStatus(origin=origin, path=safe(report.path), readability=readability, mend=mend, used=used)


def _mend(origin: Origin, group: bytes) -> str:
    """What would let our account read it: its group, or else, where there is sudo, being root."""
    if group:
        return f"join group {safe(group, 32)}"
    return "" if origin is Origin.EVENT_LOG else SUDO
