from __future__ import annotations

from whotop.core.endings import Endings
from whotop.model import Event, EventKind, Session


def ended(number: int, tty: str = "pts/0", **fields: object) -> Session:
    return Session(key=b"%d" % number, machine="m", user="ann", login_us=number, tty=tty, **fields)  # type: ignore[arg-type]


def logout(**fields: object) -> Event:
    return Event(machine="m", kind=EventKind.LOGOUT, time_us=9, **fields)  # type: ignore[arg-type]


def endings(*sessions: Session) -> Endings:
    return Endings({session.key: session for session in sessions})


def test_those_that_share_a_mark_with_the_logout_are_found_the_latest_first() -> None:
    held = endings(ended(1), ended(2, tty="pts/1"), ended(3), ended(4, tty="", session_id="7"))
    assert [session.login_us for session in held.like(logout(tty="pts/0"), 9)] == [3, 1]
    assert [session.login_us for session in held.like(logout(tty="pts/0"), 1)] == [3]
    assert [session.login_us for session in held.like(logout(session_id="7"), 9)] == [4]


def test_a_mark_of_one_kind_is_none_of_another() -> None:
    held = endings(ended(1, tty="7"), ended(2, tty="", leader_pid=7))
    assert [session.login_us for session in held.like(logout(session_id="7"), 9)] == []


def test_who_has_left_is_not_found_whether_it_was_asked_for_before_or_not() -> None:
    one, other = ended(1), ended(2)
    sessions = {session.key: session for session in (one, other)}
    held = Endings(sessions)
    held.leave(sessions.pop(one.key))
    assert list(held.like(logout(tty="pts/0"), 9)) == [other]
    held.leave(sessions.pop(other.key))
    assert list(held.like(logout(tty="pts/0"), 9)) == []


def test_who_ended_after_it_was_asked_for_is_found_first() -> None:
    sessions = {b"1": ended(1)}
    held = Endings(sessions)
    assert [session.login_us for session in held.like(logout(tty="pts/0"), 9)] == [1]
    sessions[b"2"] = ended(2)
    assert [session.login_us for session in held.like(logout(tty="pts/0"), 9)] == [2, 1]
