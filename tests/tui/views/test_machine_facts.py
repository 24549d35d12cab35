"""Where logins are read from, in words."""

from __future__ import annotations

from msgspec.structs import replace

from whotop.model import Machine, MachineState, Origin, OriginStatus, Readability
from whotop.tui.views.machine_facts import origins, probe
from whotop.tui.views.view import Span


def words(*statuses: OriginStatus) -> str:
    return text_of(origins(Machine(name="web-01", address="web-01", origins=statuses)))


def text_of(spans: list[Span]) -> str:
    return "".join(text for text, _ in spans)


def status(origin: Origin, readability: Readability = Readability.READABLE, **fields: object) -> OriginStatus:
    return OriginStatus(origin=origin, path="", readability=readability, **fields)  # type: ignore[arg-type]


def test_what_is_used_comes_first_then_what_cannot_be_read_then_what_need_not_be() -> None:
    told = words(
        status(Origin.WTMPDB, Readability.ABSENT),
        status(Origin.JOURNAL),
        status(Origin.BTMP, Readability.UNREADABLE, mend="join group utmp"),
        status(Origin.WTMP, used=True),
    )
    assert told == " logins from  ✓ wtmp  ✗ btmp unreadable (join group utmp)   not needed: journal   not there: wtmpdb"


def test_what_one_way_opens_stands_together() -> None:
    told = words(
        status(Origin.UTMP, Readability.UNREADABLE, mend="set sudo = true"),
        status(Origin.BTMP, Readability.UNREADABLE, mend="join group utmp"),
        status(Origin.WTMP, Readability.UNREADABLE, mend="set sudo = true"),
    )
    assert told == " logins from  ✗ utmp, wtmp unreadable (set sudo = true)  ✗ btmp unreadable (join group utmp)"


def test_records_that_make_no_sense_are_said_to_be_corrupt() -> None:
    assert words(status(Origin.WTMP, used=True, corrupt=True)) == " logins from  ✗ wtmp corrupt"


def test_before_the_probe_has_answered_that_is_said() -> None:
    assert words() == " where it keeps logins is not known yet"


def test_processes_that_are_hidden_tell_nothing() -> None:
    proc = status(Origin.PROC, used=True)
    machine = Machine(name="web-01", address="web-01", state=MachineState.UP, origins=(proc,))
    assert text_of(origins(machine)) == " logins from  ✗ proc hidden"
    assert text_of(origins(replace(machine, sessions_known=True))) == " logins from  ✓ proc"


def test_what_runs_the_probe_is_told_with_what_keeps_its_frames_from_others() -> None:
    machine = Machine(name="web-01", address="web-01", interpreter="Python 3.11.2", sealed=True)
    assert text_of(probe(machine)).strip() == "probe Python 3.11.2, sealed"
    assert text_of(probe(replace(machine, interpreter="dash", sealed=False))).strip() == (
        "probe dash, protected by SSH alone"
    )


def test_of_a_machine_that_has_not_answered_no_probe_is_told() -> None:
    assert probe(Machine(name="web-01", address="web-01")) == []
