"""What a log is told of a feed."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from whotop.core.feed import AlertChanged, AnyChange, Batch, EventAdded, MachineChanged, MachineRemoved
from whotop.model import Alert, Event, EventKind, Level, Machine, MachineState
from whotop.monitor.narrator import Narrator


def machine(state: MachineState, reason: str = "") -> MachineChanged:
    return MachineChanged(Machine(name="web-01", address="web-01", state=state, reason=reason))


def alert(*, level: Level = Level.WARN, resolved_us: int | None = None, **fields: Any) -> AlertChanged:
    told: dict[str, Any] = {"machine": "web-01", "subject": "", "text": "cpu 97% over 90%", "value": 97.0} | fields
    return AlertChanged(
        Alert(key=b"k" * 16, rule="cpu", level=level, opened_us=1, updated_us=1, resolved_us=resolved_us, **told)
    )


@pytest.fixture
def narrator(caplog: pytest.LogCaptureFixture) -> Narrator:
    caplog.set_level(logging.DEBUG, "whotop.monitor.narrator")
    return Narrator()


def tell(narrator: Narrator, *changes: AnyChange) -> None:
    narrator.tell(Batch(1, 1, changes))


def lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, str]]:
    told = [(record.levelname, record.getMessage()) for record in caplog.records]
    caplog.clear()
    return told


def test_machines_that_come_and_go_are_told_once(narrator: Narrator, caplog: pytest.LogCaptureFixture) -> None:
    tell(narrator, machine(MachineState.CONNECTING))
    tell(narrator, machine(MachineState.UP))
    tell(narrator, machine(MachineState.UP))
    tell(narrator, machine(MachineState.DOWN, "connection refused"))
    tell(narrator, MachineRemoved("web-01"))
    assert lines(caplog) == [
        ("INFO", "web-01 is up"),
        ("WARNING", "web-01 is down: connection refused"),
        ("INFO", "web-01 is watched no longer"),
    ]


def test_an_alert_is_told_when_it_opens_when_it_gets_worse_and_when_it_resolves(
    narrator: Narrator, caplog: pytest.LogCaptureFixture
) -> None:
    tell(narrator)
    tell(narrator, alert())
    tell(narrator, alert(text="cpu 98% over 90%"))
    tell(narrator, alert(level=Level.HIGH))
    assert narrator.status == "0 of 0 machines up, 1 alert"
    tell(narrator, alert(resolved_us=2))
    tell(narrator, alert(resolved_us=2))
    assert lines(caplog) == [
        ("WARNING", "alert opened: web-01: cpu 97% over 90%"),
        ("ERROR", "alert now high: web-01: cpu 97% over 90%"),
        ("INFO", "alert resolved: web-01: cpu 97% over 90%"),
    ]


def test_an_alert_over_many_machines_names_their_number_and_has_them_as_a_field(
    narrator: Narrator, caplog: pytest.LogCaptureFixture
) -> None:
    tell(narrator)
    tell(narrator, alert(machine="", machines=("a", "b")))
    (record,) = caplog.records
    assert record.getMessage() == "alert opened: 2 machines: cpu 97% over 90%"
    fields = record.fields  # type: ignore[attr-defined]
    assert (fields["rule"], fields["machines"], fields["value"]) == ("cpu", ["a", "b"], 97.0)


def test_what_stood_at_the_start_is_no_news_until_it_is_over(
    narrator: Narrator, caplog: pytest.LogCaptureFixture
) -> None:
    tell(narrator, alert())
    assert lines(caplog) == []
    tell(narrator, alert(resolved_us=2))
    assert [message for _, message in lines(caplog)] == ["alert resolved: web-01: cpu 97% over 90%"]


def test_a_store_in_trouble_is_told_once_and_so_is_its_recovery(
    narrator: Narrator, caplog: pytest.LogCaptureFixture
) -> None:
    for notices in ((), ("disk full; 3 changes wait",), ("disk full; 9 changes wait",), (), ()):
        narrator.notices(notices)
    assert lines(caplog) == [("ERROR", "disk full; 3 changes wait"), ("INFO", "the store is written again")]


def test_logins_are_told_to_those_who_ask_for_more(narrator: Narrator, caplog: pytest.LogCaptureFixture) -> None:
    login = Event(
        machine="web-01", kind=EventKind.LOGIN, time_us=1, user="lane", tty="pts/0", source="10.0.0.9", seen_us=1
    )
    tell(narrator, EventAdded(login))
    tell(narrator, EventAdded(login))
    assert lines(caplog) == [("DEBUG", "login on web-01: lane pts/0 from 10.0.0.9")]
