"""From an alert to a mail: queued with it in one commit, sent once, whatever happens in between."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.notify.conftest import NOON_US
from tests.notify.nouns import alert
from tests.notify.smtp_server import PASSWORD, USER, Authority, MailServer, start
from whotop.clock import HOUR_US, ManualClock
from whotop.config.notify_settings import MailTable, NotifyTable, SmtpTable
from whotop.core.fleet import Fleet
from whotop.core.keys import key_of
from whotop.model import Event, EventKind, Machine, MachineState, Origin, OriginStatus, Readability, Target
from whotop.monitor.post import Post
from whotop.notify.settings import NotifySettings
from whotop.store.store import Store, open_store
from whotop.store.writer import StoreWriter

WEB = Target(name="web-01", mail="web@example.org")
DC = Target(name="dc-01", mail="windows@example.org")
EVENT_LOG = OriginStatus(origin=Origin.EVENT_LOG, path="Security", readability=Readability.READABLE, used=True)
WINDOWS = Machine(name="dc-01", address="dc-01", state=MachineState.UP, origins=(EVENT_LOG,))


class Whotop:
    """One process, from its start to its end."""

    def __init__(self, store: Store, table: NotifyTable, clock: ManualClock) -> None:
        self.store, self.clock = store, clock
        self.writer = StoreWriter(store, clock=clock)
        self.fleet = Fleet()
        self.settings = NotifySettings(table=table, zone=UTC)
        self.post = Post(self.settings, [WEB, DC], self.fleet, clock, self.writer, store.deliveries)

    async def keep(self) -> None:
        await self.writer.flush()

    async def send(self) -> None:
        await self.keep()
        await self.post.drain(5)


Begin = Callable[[], Awaitable[Whotop]]


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOON_US)


@pytest.fixture
def server() -> MailServer:
    return MailServer()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With an empty store, which takes longer to make than to copy, and an authority."""
    return tmp_path_factory.mktemp("post")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return Authority(folder)


@pytest.fixture(scope="module")
def empty_store(folder: Path) -> Path:
    async def make() -> None:
        await (await open_store(folder / "whotop.db", clock=ManualClock(NOON_US))).close()

    asyncio.run(make())
    return folder / "whotop.db"


@pytest.fixture
async def begin(
    tmp_path: Path,
    empty_store: Path,
    authority: Authority,
    clock: ManualClock,
    server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Begin]:
    """Starts whotop anew on the same store; the one before it counts as killed. The mail server is up."""
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
    shutil.copy(empty_store, tmp_path / "whotop.db")
    listening = await start(server, authority.context())
    smtp = SmtpTable(
        host="127.0.0.1", port=server.port, user=USER, password_environment="SMTP_PASSWORD", ca_file=str(authority.file)
    )
    stores: list[Store] = []

    async def one() -> Whotop:
        stores.append(await open_store(tmp_path / "whotop.db", clock=clock))
        whotop = Whotop(stores[-1], NotifyTable(smtp=smtp), clock)
        await whotop.post.resume(await stores[-1].restore(["web-01", "dc-01"]))
        return whotop

    yield one
    for store in stores:
        await store.close()
    listening.close()
    server.hang_up()


async def test_an_alert_is_mailed_once_and_once_when_it_is_over(begin: Begin, server: MailServer) -> None:
    whotop = await begin()
    for text in ("cpu 97% over 90%", "cpu 98% over 90%", "cpu 99% over 90%"):
        whotop.writer.alert(alert(text=text))
        whotop.post.on_alert(alert(text=text))
        await whotop.send()
    whotop.post.on_alert(alert(resolved_us=NOON_US))
    await whotop.send()
    assert server.subjects() == [
        "[whotop] warn: web-01: cpu 97% over 90%",
        "[whotop] resolved: web-01: cpu 97% over 90%",
    ]
    assert {mail["To"] for mail in server.mails} == {"web@example.org"}


async def test_a_server_that_is_down_for_a_while_loses_and_doubles_nothing(begin: Begin, server: MailServer) -> None:
    server.busy = True
    whotop = await begin()
    whotop.writer.alert(alert())
    whotop.post.on_alert(alert())
    await whotop.send()
    whotop = await begin()
    await whotop.send()
    whotop.post.on_alert(alert(resolved_us=NOON_US))
    await whotop.send()
    assert whotop.post.troubles == [f"not sent yet: 127.0.0.1:{server.port}: 451 4.3.0 come back later"]
    server.busy = False
    await whotop.send()
    await (await begin()).send()
    assert [subject.split(":")[0] for subject in server.subjects()] == ["[whotop] warn", "[whotop] resolved"]


async def test_killed_after_the_commit_it_is_mailed_by_the_next_start(begin: Begin, server: MailServer) -> None:
    killed = await begin()
    killed.writer.alert(alert())
    killed.post.on_alert(alert())
    await killed.keep()
    whotop = await begin()
    whotop.post.on_alert(alert())
    await whotop.send()
    assert len(server.mails) == 1


async def test_killed_before_the_commit_it_is_found_and_mailed_again(begin: Begin, server: MailServer) -> None:
    killed = await begin()
    killed.post.on_alert(alert())
    whotop = await begin()
    whotop.post.on_alert(alert())
    await whotop.send()
    assert len(server.mails) == 1


async def test_after_a_restart_the_end_is_told_to_whoever_was_told_of_the_beginning(
    begin: Begin, server: MailServer
) -> None:
    before = await begin()
    before.writer.alert(alert())
    before.post.on_alert(alert())
    await before.send()
    after = await begin()
    after.post.on_alert(replace(alert(), resolved_us=NOON_US + 1))
    await after.send()
    assert len(server.mails) == 2


async def test_without_a_store_it_is_told_from_memory(server: MailServer, begin: Begin, clock: ManualClock) -> None:
    settings = (await begin()).settings
    post = Post(settings, [WEB, DC], Fleet(), clock, None, None)
    post.on_alert(alert())
    await post.drain(5)
    assert server.subjects() == ["[whotop] warn: web-01: cpu 97% over 90%"]


async def test_each_round_mails_the_security_events_of_a_windows_machine(begin: Begin, server: MailServer) -> None:
    for number in range(2):
        whotop = await begin()
        whotop.fleet.machines["dc-01"] = WINDOWS
        whotop.writer.machine(WINDOWS)
        if number == 0:
            _collect(whotop)
        whotop.post.queue_round(["dc-01", "web-01"])
        await whotop.send()
        whotop.clock.advance(60)
    assert server.subjects() == ["[whotop] dc-01: 1 security event", "[whotop] dc-01: no new security events"]
    assert {mail["To"] for mail in server.mails} == {"windows@example.org"}


async def test_security_events_that_a_killed_process_had_collected_are_mailed_by_the_next(
    begin: Begin, server: MailServer, clock: ManualClock
) -> None:
    killed = await begin()
    killed.writer.machine(WINDOWS)
    _collect(killed)
    await killed.keep()
    clock.advance(60)
    whotop = await begin()
    clock.advance(HOUR_US / 1e6)
    whotop.post.tick(clock.now_us())
    await whotop.send()
    assert server.subjects() == ["[whotop] dc-01: 1 security event"]


def _collect(whotop: Whotop) -> None:
    event = Event(
        machine="dc-01", kind=EventKind.FAILED_LOGIN, time_us=NOON_US, user="lane", origin=Origin.EVENT_LOG,
        seen_us=NOON_US, key=key_of("event"),
    )  # fmt: skip
    whotop.writer.event(event)
    whotop.post.on_event(event)


async def test_other_receivers_are_told_from_then_on_and_nobody_is_told_twice(
    begin: Begin, server: MailServer, clock: ManualClock
) -> None:
    whotop = await begin()
    sending = asyncio.create_task(whotop.post.run())
    whotop.post.on_alert(alert())
    await whotop.keep()
    table = NotifyTable(smtp=whotop.settings.table.smtp, mail=(MailTable(to=("boss@example.org",)),))
    await whotop.post.settle(NotifySettings(table=table, zone=UTC))
    clock.advance(60)
    whotop.post.tick(clock.now_us())
    await whotop.send()
    assert sorted(mail["To"] for mail in server.mails) == ["boss@example.org", "web@example.org"]
    sending.cancel()
    await asyncio.wait({sending})
