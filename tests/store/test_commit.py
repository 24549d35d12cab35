"""What a commit puts in comes out again, once, and nothing of a failed one does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec

from whotop.clock import SECOND_US, ManualClock
from whotop.core.feed import AlertChanged, EventAdded, MachineChanged, Sampled, SessionChanged
from whotop.model import (
    Alert,
    Disk,
    Event,
    EventKind,
    LastInput,
    Level,
    Machine,
    MachineState,
    Origin,
    Outcome,
    RawText,
    Sample,
    Session,
    Standing,
)
from whotop.store.batch import Restored, StateChange, WriteBatch
from whotop.store.store import Store
from whotop.wire.messages import Cursor, FileIdentity

NOON_US = 1_763_726_400_000_000
MACHINE = Machine(
    name="web-01",
    address="ops@10.0.0.9:2222",
    tags=("prod", "web"),
    state=MachineState.UP,
    state_since_us=NOON_US,
    boot_id="8f0c",
    boot_us=NOON_US - 41 * 86_400 * SECOND_US,
    sessions_known=True,
)
SESSION = Session(
    key=b"session-alice-01",
    machine="web-01",
    user="alice",
    login_us=NOON_US + 2 * SECOND_US,
    tty="pts/3",
    source="10.0.3.7",
    boot_id="8f0c",
    session_id="c7",
    leader_pid=4711,
    login_pid=4720,
    service="sshd",
    origin=Origin.LOGIND,
    seen_us=NOON_US + SECOND_US,
    skew_us=SECOND_US,
    raw=RawText(user="ali\x00ce\xff"),
)
LOGIN = Event(
    machine="web-01",
    kind=EventKind.LOGIN,
    time_us=NOON_US + 2 * SECOND_US,
    user="alice",
    tty="pts/3",
    source="10.0.3.7",
    origin=Origin.WTMP,
    session_id="c7",
    leader_pid=4711,
    login_pid=4720,
    boot_id="8f0c",
    record_id="s=1",
    ordinal=2,
    service="sshd",
    detail="pubkey",
    raw=RawText(user="ali\x00ce\xff"),
    standing=Standing.LATE,
    seen_us=NOON_US + SECOND_US,
    skew_us=SECOND_US,
    key=b"event--login--01",
    session_key=SESSION.key,
)
ALERT = Alert(
    key=b"alert---cpu---01",
    rule="cpu",
    level=Level.WARN,
    machine="web-01",
    subject="",
    text="cpu 97% over 90%",
    opened_us=NOON_US,
    updated_us=NOON_US + 5,
    count=3,
    value=97.0,
    limit=90.0,
    evidence_keys=LOGIN.key + SESSION.key,
    late=True,
)
SAMPLE = Sample(
    machine="web-01",
    time_us=NOON_US,
    cpu_percent=43.25,
    memory_percent=61.5,
    memory_total_bytes=16_000_000_000,
    load1=0.82,
    load5=0.5,
    load15=0.4,
    cpu_count=8,
    uptime_seconds=3_542_400.25,
    received_bytes_per_second=1_000.0,
    sent_bytes_per_second=2_000.0,
    disks=(Disk(mount="/", size_bytes=10**12, available_bytes=4 * 10**11, used_percent=55.5),),
    last_inputs=(LastInput("pts/3", NOON_US - 120 * SECOND_US),),
    skew_us=SECOND_US,
)
CURSOR = Cursor(file=FileIdentity(device=1, inode=2, head=b"\x01\x02"), offset=384, tail=b"\xff")

Open = Callable[[], Awaitable[Store]]


def everything() -> WriteBatch:
    return WriteBatch(
        machines={"web-01": MACHINE},
        states=[StateChange("web-01", NOON_US, MachineState.UP, "")],
        sessions={SESSION.key: SESSION},
        events={LOGIN.key: LOGIN},
        alerts={ALERT.key: ALERT},
        samples=[(SAMPLE, 1)],
        cursors={("web-01", "wtmp"): CURSOR},
    )


async def test_every_field_of_every_noun_comes_back(store: Store) -> None:
    await store.commit(everything())
    changes = (await store.whole()).changes
    assert MachineChanged(MACHINE) in [
        MachineChanged(msgspec.structs.replace(change.machine, last_sample_us=0))
        for change in changes
        if isinstance(change, MachineChanged)
    ]
    for expected in (SessionChanged(SESSION), EventAdded(LOGIN), AlertChanged(ALERT), Sampled(SAMPLE)):
        assert expected in changes


async def test_each_commit_takes_the_next_revision(store: Store) -> None:
    assert [await store.commit(everything()) for _ in range(3)] == [1, 2, 3]


async def test_a_start_finds_open_sessions_cursors_alerts_and_machines(store: Store, opened: Open) -> None:
    await store.commit(everything())
    restored = await (await opened()).restore(["web-01", "db-02"])
    assert restored.machines == {"web-01": MACHINE}
    assert restored.sessions == [SESSION]
    assert restored.alerts == [ALERT]
    assert restored.cursors == {("web-01", "wtmp"): CURSOR}


async def test_a_start_finds_nothing_of_machines_it_did_not_ask_about(store: Store) -> None:
    await store.commit(everything())
    restored = await store.restore(["db-02"])
    assert restored == Restored({}, [], [], {})


async def test_the_same_batch_twice_changes_nothing(store: Store) -> None:
    first = await store.commit(everything())
    again = everything()
    again.samples, again.states, again.machines = [], [], {}
    await store.commit(again)
    batch = await store.changes_since(first)
    assert batch is not None
    assert batch.changes == ()


async def test_an_import_never_replaces_what_was_seen_live(store: Store) -> None:
    await store.commit(everything())
    imported = msgspec.structs.replace(
        SESSION, session_id="", leader_pid=0, origin=Origin.WTMP, standing=Standing.HISTORY
    )
    event = msgspec.structs.replace(LOGIN, standing=Standing.HISTORY, seen_us=NOON_US * 2)
    await store.commit(WriteBatch(sessions={SESSION.key: imported}, events={LOGIN.key: event}))
    assert await store.history.sessions(machine="web-01") == [SESSION]
    assert await store.history.events(user="alice") == [LOGIN]


async def test_a_corrected_logout_replaces_the_first(store: Store) -> None:
    gone = msgspec.structs.replace(SESSION, outcome=Outcome.GONE, logout_us=NOON_US + 60 * SECOND_US)
    logout = msgspec.structs.replace(gone, outcome=Outcome.LOGOUT, logout_us=NOON_US + 59 * SECOND_US)
    event = msgspec.structs.replace(
        LOGIN, key=b"event-logout--01", kind=EventKind.LOGOUT, outcome=Outcome.GONE, duration_us=58 * SECOND_US
    )
    corrected = msgspec.structs.replace(event, outcome=Outcome.LOGOUT, duration_us=57 * SECOND_US)
    await store.commit(WriteBatch(sessions={gone.key: gone}, events={event.key: event}))
    await store.commit(WriteBatch(sessions={gone.key: logout}, events={event.key: corrected}))
    assert await store.history.sessions(user="alice") == [logout]
    assert await store.history.events(machine="web-01") == [corrected]


async def test_what_text_no_database_takes_is_stored_as_escapes(store: Store) -> None:
    wild = msgspec.structs.replace(LOGIN, user="a\0b\ud800", detail="\udfff", ordinal=2**70, duration_us=-(2**80))
    await store.commit(WriteBatch(events={wild.key: wild}))
    (event,) = await store.history.events(machine="web-01")
    assert event.user == "a\\x00b\\ud800"
    assert event.ordinal == 2**63 - 1


async def test_a_sample_of_impossible_figures_harms_no_other(store: Store, clock: ManualClock) -> None:
    wild = msgspec.structs.replace(
        SAMPLE,
        cpu_percent=float("nan"),
        uptime_seconds=float("inf"),
        memory_total_bytes=2**80,
        disks=(Disk(mount="/\ud800\0", size_bytes=2**90, available_bytes=0, used_percent=float("nan")),),
    )
    other = msgspec.structs.replace(SAMPLE, machine="db-02")
    fleet = {name: msgspec.structs.replace(MACHINE, name=name) for name in ("web-01", "db-02")}
    await store.commit(WriteBatch(machines=fleet, samples=[(wild, 0), (other, 0)]))
    assert Sampled(other) in (await store.whole()).changes
