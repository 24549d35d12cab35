"""Where logins are read from, in words."""

from __future__ import annotations

from whotop.model import Machine, Origin, OriginStatus, Readability
from whotop.tui.views.machine_facts import origins


def words(*statuses: OriginStatus) -> str:
    return "".join(text for text, _ in origins(Machine(name="web-01", address="web-01", origins=statuses)))


def status(origin: Origin, readability: Readability = Readability.READABLE, **fields: object) -> OriginStatus:
    return OriginStatus(origin=origin, path="", readability=readability, **fields)  # type: ignore[arg-type]


def test_what_is_used_comes_first_then_what_cannot_be_read_then_what_need_not_be() -> None:
    told = words(
        status(Origin.WTMPDB, Readability.ABSENT),
        status(Origin.JOURNAL),
        status(Origin.BTMP, Readability.UNREADABLE, mend="group utmp"),
        status(Origin.WTMP, used=True),
    )
    assert told == " logins from  ✓ wtmp  ✗ btmp unreadable (group utmp)  journal not needed  – wtmpdb"


def test_before_the_probe_has_answered_that_is_said() -> None:
    assert words() == " where it keeps logins is not known yet"
