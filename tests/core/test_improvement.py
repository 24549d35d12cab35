from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from whotop.core.improvement import improved
from whotop.core.tracker import SessionTracker
from whotop.model import Event, RawText, Session


def session_of(login: Event) -> Session:
    (transition,) = SessionTracker().apply(login)
    assert transition.session is not None
    return transition.session


def test_only_empty_fields_are_filled(reports: Any) -> None:
    session = session_of(reports.logind(10, tty="", service="sshd"))
    better = improved(session, reports.wtmp_login(10.1, user="ALICE", service="login"))
    assert (better.user, better.tty, better.service, better.login_pid) == ("alice", "pts/0", "sshd", 100)


def test_nothing_new_gives_the_session_itself(reports: Any) -> None:
    session = session_of(reports.logind(10))
    assert improved(session, reports.logind(10)) is session


def test_texts_as_received_come_with_the_fields_that_are_filled_and_with_no_others(reports: Any) -> None:
    session = session_of(replace(reports.logind(10, tty=""), raw=RawText(user="alice\x1b")))
    better = improved(session, replace(reports.wtmp_login(10), raw=RawText(user="other", tty="pts/0\x07")))
    assert better.raw == RawText(user="alice\x1b", tty="pts/0\x07")
