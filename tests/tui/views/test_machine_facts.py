"""Where logins are read from, in words."""

from __future__ import annotations

from whotop.model import Machine, Origin, OriginStatus, Readability
from whotop.tui.views.machine_facts import origins, protection


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


def test_a_sudo_that_was_refused_is_said_beside_what_protects_the_frames() -> None:
    refused = "sudo -n is refused: a password is required"
    machine = Machine(name="web-01", address="web-01", interpreter="Python 3.11.2", sealed=True, start_note=refused)
    assert [text for text, _ in protection(machine) if text.strip()] == ["sealed", refused]
