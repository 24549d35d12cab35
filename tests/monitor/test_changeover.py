"""Another origin takes over to tell of failed logins: each is kept once, across the change and a restart."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from tests.monitor.machine_talk import Talk
from tests.monitor.trial import FakeWriter, Trial
from whotop.clock import SECOND_US
from whotop.errors import StoreError
from whotop.model import Event, EventKind, Origin, Standing
from whotop.monitor.changeover import REMEMBERED, Changeover
from whotop.monitor.intake import Intake
from whotop.monitor.outlet import Outlet
from whotop.wire.messages import OriginReport, Origins


class Store:
    """What the trial's writer has kept."""

    def __init__(self, writer: FakeWriter) -> None:
        self._writer = writer
        self.trouble: StoreError | None = None
        self.asked: list[int] = []

    async def newest_failures(self, machine: str, limit: int) -> list[Event]:
        self.asked.append(limit)
        if self.trouble is not None:
            raise self.trouble
        failed = (one for one in self._writer.events.values() if one.kind is EventKind.FAILED_LOGIN)
        return sorted(failed, key=lambda event: event.fleet_time_us)[-limit:]


class Changed:
    """A machine whose failures ``origin`` tells; another process when it is ``restarted``."""

    def __init__(self, writer: FakeWriter | None = None) -> None:
        self.trial, self.talk = Trial(writer), Talk()
        self.store, self.asked = Store(self.trial.writer), list[str]()
        judgement, outlet = self.trial.judgement, Outlet(self.trial.publisher, self.trial.writer)
        self.changeover = Changeover(self.store, judgement.remember_failure, self.asked.append)
        self.trial.intake = Intake(outlet, judgement, self.trial.clock, None, self.changeover)
        self.trial.watch(self.trial.writer.machines.get("web-01"), self.trial.writer.cursors)

    def restarted(self) -> Changed:
        return Changed(self.trial.writer)

    def connect(self, seconds: float, origin: Origin) -> Changed:
        hello = replace(self.talk.hello(seconds), origins=_reports(origin))
        self.trial.intake.hello("web-01", hello, self.trial.at(seconds))
        return self

    def turn_to(self, seconds: float, origin: Origin) -> None:
        self.trial.intake.origins("web-01", Origins(origins=_reports(origin)), self.trial.at(seconds))

    def wanted(self) -> tuple[str, ...]:
        return self.trial.intake.wanted("web-01")

    def tell(self, seconds: float, origin: Origin, *records: bytes, **how: bool) -> None:
        piece = self.talk.wrote(seconds, *records, origin=origin.value, **how)
        self.trial.intake.records("web-01", piece, self.trial.at(seconds))

    @property
    def kept(self) -> list[tuple[float, Standing]]:
        """Seconds and standing of each failed login in the store."""
        events = self.trial.writer.events.values()
        failed = [event for event in events if event.kind is EventKind.FAILED_LOGIN]
        return sorted(((event.time_us - self.talk.at(0)) / SECOND_US, event.standing) for event in failed)


def _reports(origin: Origin) -> tuple[OriginReport, ...]:
    return (OriginReport(name=origin.value, path=b"/var/log/x", state="readable", changed_us=1),)


def line(seconds: float) -> bytes:
    stamp = datetime.fromtimestamp(Talk().at(seconds) / SECOND_US, UTC).isoformat()
    return f"{stamp} web-01 sshd[77]: Failed password for root from 203.0.113.9 port 4711 ssh2\n".encode()


async def test_what_btmp_told_is_not_told_again_by_the_log_after_a_restart() -> None:
    before = Changed().connect(0, Origin.BTMP)
    assert before.wanted() == ("btmp",)
    before.tell(5, Origin.BTMP, before.talk.failure(3), before.talk.failure(4))
    after = before.restarted().connect(60, Origin.AUTH_LOG)
    assert after.wanted() == ()
    await after.changeover.next_machine()
    assert after.asked == ["web-01"]
    assert after.wanted() == ("auth.log",)
    after.tell(61, Origin.AUTH_LOG, line(3.4), line(4.4), first_contact=True)
    assert [seconds for seconds, _ in after.kept] == [3, 4]


async def test_while_it_is_watched_it_is_the_same() -> None:
    machine = Changed().connect(0, Origin.AUTH_LOG)
    assert machine.wanted() == ("auth.log",)
    machine.tell(5, Origin.AUTH_LOG, line(3.4), line(3.9), first_contact=True)
    machine.turn_to(6, Origin.BTMP)
    assert machine.wanted() == ()
    await machine.changeover.next_machine()
    records = (machine.talk.failure(3), machine.talk.failure(3, pid=901))
    machine.tell(7, Origin.BTMP, *records, first_contact=True)
    assert [seconds for seconds, _ in machine.kept] == [3.4, 3.9]


async def test_what_was_written_since_is_late_and_no_history() -> None:
    before = Changed().connect(0, Origin.BTMP)
    before.tell(5, Origin.BTMP, before.talk.failure(4))
    after = before.restarted().connect(60, Origin.AUTH_LOG)
    assert after.wanted() == ()
    await after.changeover.next_machine()
    after.tell(61, Origin.AUTH_LOG, line(-30), line(4.2), line(40), first_contact=True)
    assert after.kept == [(-30, Standing.HISTORY), (4, Standing.LIVE), (40, Standing.LATE)]


async def test_the_one_before_takes_over_again_from_its_cursor() -> None:
    first = Changed().connect(0, Origin.BTMP)
    first.tell(5, Origin.BTMP, first.talk.failure(4))
    second = first.restarted().connect(60, Origin.AUTH_LOG)
    assert second.wanted() == ()
    await second.changeover.next_machine()
    second.tell(61, Origin.AUTH_LOG, line(4.2), line(40), first_contact=True)
    third = second.restarted().connect(100, Origin.BTMP)
    assert third.wanted() == ()
    await third.changeover.next_machine()
    third.tell(101, Origin.BTMP, third.talk.failure(40), third.talk.failure(90), backlog=True)
    assert third.kept == [(4, Standing.LIVE), (40, Standing.LATE), (90, Standing.LATE)]


async def test_an_origin_that_never_changed_waits_for_nothing() -> None:
    before = Changed().connect(0, Origin.BTMP)
    before.tell(5, Origin.BTMP, before.talk.failure(4))
    after = before.restarted().connect(60, Origin.BTMP)
    assert after.wanted() == ("btmp",)
    assert after.store.asked == []


async def test_where_the_newest_are_all_its_own_no_more_are_read() -> None:
    before = Changed().connect(0, Origin.AUTH_LOG)
    before.tell(5, Origin.AUTH_LOG, line(4), first_contact=True)
    cursors = before.trial.writer.cursors
    cursors["btmp"] = cursors["auth.log"]
    after = before.restarted().connect(60, Origin.AUTH_LOG)
    assert after.wanted() == ()
    await after.changeover.next_machine()
    assert after.wanted() == ("auth.log",)
    assert REMEMBERED not in after.store.asked


async def test_a_store_that_cannot_be_read_keeps_it_waiting() -> None:
    before = Changed().connect(0, Origin.BTMP)
    before.tell(5, Origin.BTMP, before.talk.failure(4))
    after = before.restarted().connect(60, Origin.AUTH_LOG)
    after.store.trouble = StoreError("locked")
    assert after.wanted() == ()
    with pytest.raises(StoreError):
        await after.changeover.next_machine()
    assert after.trial.intake.is_waiting("web-01")
    after.store.trouble = None
    await after.changeover.next_machine()
    assert not after.trial.intake.is_waiting("web-01")


async def test_a_machine_that_is_watched_no_longer_is_asked_for_nothing() -> None:
    before = Changed().connect(0, Origin.BTMP)
    before.tell(5, Origin.BTMP, before.talk.failure(4))
    after = before.restarted().connect(60, Origin.AUTH_LOG)
    assert after.wanted() == ()
    after.trial.intake.remove("web-01")
    await after.changeover.next_machine()
    assert after.asked == []
