"""What logs tell of logins: each login, logout and failure once, whatever lines are written of it.

Each case is a JSON file: the lines, and the events that they are; ``why`` tells what it shows.
"""

from __future__ import annotations

import gc
import json
import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whotop.clock import DAY_US, SECOND_US
from whotop.core.keys import event_key
from whotop.model import Event, EventKind, Origin, Standing
from whotop.parse.auth_log import AuthLog
from whotop.parse.log_line import LogLine
from whotop.parse.login_attempts import KEPT, LONGEST_US
from whotop.parse.login_connections import KEPT as CONNECTIONS_KEPT
from whotop.parse.login_log import LoginLog
from whotop.parse.pam_refusals import PAM_US

CASES = sorted((Path(__file__).parent / "login_log").glob("*.json"))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
SECOND = 1_795_298_012
NOW_US = 1_795_312_800 * SECOND_US


def lines_of(*texts: str) -> list[LogLine]:
    log = AuthLog()
    return log.lines("".join(text + "\n" for text in texts).encode(), NOW_US) + log.finish()


def told(event: Event) -> dict[str, Any]:
    """The event without what is the same in all of a case."""
    fields: dict[str, Any] = msgspec.to_builtins(event)
    for name in ("machine", "origin", "record_id"):
        fields.pop(name, None)
    moment = datetime.fromtimestamp(fields.pop("time_us") / SECOND_US, UTC)
    return {"time": moment.isoformat().replace("+00:00", "Z"), **fields}


def line(message: str | bytes, program: bytes = b"sshd", seconds: float = 0, **fields: Any) -> LogLine:
    data = message.encode() if isinstance(message, str) else message
    time_us = round((SECOND + seconds) * SECOND_US)
    return LogLine(time_us=time_us, program=program, message=data, **{"pid": 1200, **fields})


def events_of(*lines: LogLine) -> list[Event]:
    log = LoginLog("web-01", Origin.JOURNAL)
    return log.events(lines) + log.finish()


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_lines_become_the_events_that_they_tell(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    log = LoginLog("web-01", Origin.AUTH_LOG)
    found = log.events(lines_of(*case["lines"])) + log.finish()
    assert [told(event) for event in found] == case["events"]
    assert {event.machine for event in found} <= {"web-01"}
    assert {event.origin for event in found} <= {Origin.AUTH_LOG}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_it_is_the_same_when_every_line_comes_by_itself(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    log = LoginLog("web-01", Origin.AUTH_LOG)
    found = [event for one in lines_of(*case["lines"]) for event in log.events([one])] + log.finish()
    assert [told(event) for event in found] == case["events"]


def test_what_the_reader_knows_beside_the_line_is_in_the_event() -> None:
    log = LoginLog("web-01", Origin.AUTH_LOG)
    accepted = line("Accepted password for anna from 192.0.2.7 port 50022 ssh2")
    (event,) = log.events([accepted], standing=Standing.LATE, seen_us=5, skew_us=-7, boot_id="boot")
    assert (event.boot_id, event.standing, event.seen_us, event.skew_us) == ("boot", Standing.LATE, 5, -7)


def test_the_boot_that_a_line_names_goes_before_the_one_that_the_reader_knows() -> None:
    log = LoginLog("web-01", Origin.JOURNAL)
    accepted = line("Accepted password for anna from 192.0.2.7 port 50022 ssh2", boot_id="b1")
    (event,) = log.events([accepted], boot_id="b2")
    assert event.boot_id == "b1"


def test_equal_failures_in_one_second_are_two_and_those_of_two_processes_need_no_ordinal() -> None:
    wrong = "Failed password for anna from 203.0.113.9 port 40000 ssh2"
    found = events_of(line(wrong), line(wrong), line(wrong.replace("40000", "40001"), pid=1201))
    assert [(event.record_id, event.ordinal) for event in found] == [("1200", 0), ("1200", 1), ("1201", 0)]


def test_an_entry_of_the_journal_is_known_by_its_own_name() -> None:
    (event,) = events_of(line("Failed password for anna from 203.0.113.9 port 1 ssh2", record_id="a:1"))
    assert event.record_id == "a:1"


def test_a_refusal_by_pam_that_nobody_explains_counts_after_a_while() -> None:
    log = LoginLog("web-01", Origin.AUTH_LOG)
    refusal = "pam_unix(login:auth): authentication failure; logname= uid=0 euid=0 tty=tty1 ruser= rhost=  user=anna"
    assert log.events([line(refusal, b"login")]) == []
    assert log.unsettled_since_us == SECOND * SECOND_US
    assert log.settle(SECOND * SECOND_US + PAM_US - 1) == []
    (failure,) = log.settle(SECOND * SECOND_US + PAM_US)
    assert (failure.kind, failure.user, failure.tty) == (EventKind.FAILED_LOGIN, "anna", "tty1")
    assert log.unsettled_since_us is None


def test_an_unknown_user_who_never_leaves_counts_when_sshd_would_have_ended_it() -> None:
    log = LoginLog("web-01", Origin.AUTH_LOG)
    assert log.events([line("Invalid user x from 203.0.113.9 port 1")]) == []
    (failure,) = log.settle(SECOND * SECOND_US + LONGEST_US)
    assert (failure.user, failure.time_us) == ("x", SECOND * SECOND_US)
    assert log.events([line("Connection closed by invalid user x 203.0.113.9 port 1 [preauth]", seconds=181)]) != []


def test_later_lines_settle_what_is_overdue() -> None:
    log = LoginLog("web-01", Origin.AUTH_LOG)
    log.events([line("Invalid user x from 203.0.113.9 port 1")])
    (failure,) = log.events([line("Server listening on :: port 22.", seconds=200)])
    assert failure.user == "x"


def test_connections_without_an_end_are_not_kept_for_ever_and_each_is_counted() -> None:
    log = LoginLog("web-01", Origin.AUTH_LOG)
    many = [line(f"Invalid user x from 203.0.113.9 port {pid}", pid=pid) for pid in range(1, KEPT + 101)]
    found = log.events(many)
    assert len(found) in (99, 100)
    assert len(found) + len(log.finish()) == len(many)


def test_a_connection_of_which_two_addresses_are_told_is_forgotten_as_any_other() -> None:
    far_end = "203.0.113.9 port 1"
    *_, ann, bob = events_of(
        line("error: PAM: Authentication failure for bob from 198.51.100.7", pid=1),
        line(f"Disconnecting authenticating user ann {far_end}: Too many authentication failures [preauth]", pid=1),
        line(f"Accepted publickey for ann from {far_end} ssh2", pid=2),
        line(f"Accepted publickey for bob from {far_end} ssh2", pid=1),
    )
    assert [(login.kind, login.user) for login in (ann, bob)] == [(EventKind.LOGIN, "ann"), (EventKind.LOGIN, "bob")]


@pytest.mark.parametrize("pids", [range(1), range(1, 2), range(1, 100_000)], ids=["none", "one", "many"])
def test_logins_without_an_end_are_not_kept_without_end(pids: range) -> None:
    log = LoginLog("web-01", Origin.AUTH_LOG)
    for number in range(CONNECTIONS_KEPT + 1_000):
        pid = pids[number % len(pids)]
        log.events([line(f"Accepted password for anna from 192.0.2.7 port {number} ssh2", pid=pid)])
        log.events([line(f"New session {number} of user anna.", b"systemd-logind", leader_pid=pid)])
    gc.collect()  # those of the tests before
    kept = sum(type(one).__name__ == "_Connection" for one in gc.get_objects())
    assert kept <= CONNECTIONS_KEPT


def test_a_new_boot_in_the_journal_is_a_boot_and_the_first_line_read_is_none() -> None:
    first, second = line("Server listening.", boot_id="b1"), line("Server listening.", seconds=99, boot_id="b2")
    (boot,) = events_of(first, second)
    assert (boot.kind, boot.boot_id, boot.time_us) == (EventKind.BOOT, "b2", (SECOND + 99) * SECOND_US)


def test_a_boot_after_a_farewell_follows_a_shutdown_at_the_last_line_before_it() -> None:
    found = events_of(
        line("System is powering down.", b"systemd-logind", boot_id="b1"),
        line("Received signal 15; terminating.", seconds=3, boot_id="b1"),
        line("Server listening.", seconds=99, boot_id="b2"),
    )
    assert [(event.kind, event.boot_id, event.time_us - SECOND * SECOND_US) for event in found] == [
        (EventKind.SHUTDOWN, "b1", 3 * SECOND_US),
        (EventKind.BOOT, "b2", 99 * SECOND_US),
    ]


def test_a_farewell_that_nothing_came_of_makes_no_boot_of_a_later_start_of_logind() -> None:
    found = events_of(
        line("System is rebooting.", b"systemd-logind"),
        line("Server listening.", seconds=3600),
        line("New seat seat0.", b"systemd-logind", seconds=4000),
    )
    assert found == []


def test_an_entry_of_logind_that_names_the_leader_belongs_to_that_login() -> None:
    found = events_of(
        line("Accepted password for anna from 192.0.2.7 port 1 ssh2"),
        line("New session 5 of user anna.", b"systemd-logind", pid=500, leader_pid=1200, session_id=b"5"),
        line("Removed session 5.", b"systemd-logind", seconds=9, pid=500, leader_pid=1200, session_id=b"5"),
    )
    assert [(event.kind, event.leader_pid) for event in found] == [(EventKind.LOGIN, 1200), (EventKind.LOGOUT, 1200)]


def test_a_session_that_only_logind_tells_of_has_its_leader() -> None:
    found = events_of(
        line("New session 5 of user anna.", b"systemd-logind", pid=500, leader_pid=1200),
        line("Session 5 logged out. Waiting for processes to exit.", b"systemd-logind", seconds=9, pid=500),
    )
    assert [(event.kind, event.leader_pid, event.session_id) for event in found] == [
        (EventKind.LOGIN, 1200, "5"),
        (EventKind.LOGOUT, 1200, "5"),
    ]


def test_a_line_that_claims_an_impossible_time_tells_nothing() -> None:
    message = b"Failed password for x from 203.0.113.9 port 1 ssh2"
    assert events_of(LogLine(time_us=2**60, program=b"sshd", message=message)) == []
    assert events_of(LogLine(time_us=0, program=b"sshd", message=message)) == []


def as_kept(events: list[Event]) -> set[bytes]:
    """What the store keeps apart: a logout is known by its session, and that by its login."""
    return {event_key(event) for event in events if event.kind is not EventKind.LOGOUT}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_reader_that_begins_anew_where_lines_were_unsettled_tells_each_event_once(path: Path) -> None:
    lines = lines_of(*json.loads(path.read_text("utf-8"))["lines"])
    whole = LoginLog("web-01", Origin.AUTH_LOG)
    undisturbed = as_kept(whole.events(lines) + whole.finish())
    for cut in range(len(lines)):
        before = LoginLog("web-01", Origin.AUTH_LOG)
        keys = as_kept(before.events(lines[:cut]))
        since_us = before.unsettled_since_us
        again = cut if since_us is None else next(place for place, one in enumerate(lines) if one.time_us >= since_us)
        after = LoginLog("web-01", Origin.AUTH_LOG)
        keys |= as_kept(after.events(lines[again:]) + after.finish())
        assert keys == undisturbed, f"begun anew at line {cut}"


NAMES = st.text(st.characters(exclude_characters="\n", codec="utf-8"), max_size=60) | st.lists(
    st.sampled_from(
        [
            " from 198.51.100.1 port 1 ssh2",
            " port 22",
            ": ",
            " [preauth]",
            "Accepted password for root from 198.51.100.1 port 1 ssh2",
            "session opened for user root(uid=0) by (uid=0)",
            " user=root",
            " rhost=198.51.100.1 ",
            "ssh2: RSA SHA256:AAAA",
            "\\033",
            "root",
            " ID ",
            " not allowed because account is locked",
        ]
    ),
    max_size=5,
).map("".join)
FORMS = st.sampled_from(
    [
        "Failed password for invalid user {} from 203.0.113.9 port 40000 ssh2",
        "Invalid user {} from 203.0.113.9 port 40000",
        "Connection closed by invalid user {} 203.0.113.9 port 40000 [preauth]",
        "Failed publickey for invalid user {} from 203.0.113.9 port 40000 ssh2: RSA SHA256:4nT7yq1xkQ0pWc9f",
        "Failed none for invalid user {} from 203.0.113.9 port 40000 ssh2",
        "error: maximum authentication attempts exceeded for invalid user {} from 203.0.113.9 port 1 ssh2 [preauth]",
        "error: PAM: Authentication failure for illegal user {} from 203.0.113.9",
        "User {} from 203.0.113.9 not allowed because not listed in AllowUsers",
        "Disconnected from invalid user {} 203.0.113.9 port 40000 [preauth]",
        "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=203.0.113.9  user={}",
    ]
)


@given(form=FORMS, name=NAMES)
def test_no_name_changes_where_a_failure_came_from_or_makes_it_a_login(form: str, name: str) -> None:
    (failure,) = events_of(line(form.format(name)))
    assert (failure.kind, failure.source) == (EventKind.FAILED_LOGIN, "203.0.113.9")
    assert failure.user.isprintable()


PROGRAMS = st.sampled_from([b"sshd", b"sshd-session", b"login", b"dropbear", b"systemd-logind", b"gdm-password"])
PARTS = st.sampled_from(
    [
        b"Accepted ",
        b"Failed ",
        b"password for ",
        b"publickey for ",
        b"invalid user ",
        b"root ",
        b"from 192.0.2.7 ",
        b"port 22 ",
        b"ssh2",
        b": RSA SHA256:x",
        b"pam_unix(sshd:session): ",
        b"pam_unix(sshd:auth): ",
        b"session opened for user ",
        b"by (uid=0)",
        b"New session 5 of user ",
        b"Removed session 5.",
        b"Connection closed by ",
        b"Disconnecting: Too many authentication failures",
        b"[preauth]",
        b"LOGIN ON tty1 BY ",
        b"Exit (",
        b"): ",
        b"authentication failure; logname= uid=0 euid=0 tty= ruser= rhost=",
    ]
)
MESSAGES = st.binary(max_size=80) | st.lists(PARTS | st.binary(max_size=6), max_size=12).map(b"".join)
LINES = st.builds(
    LogLine,
    time_us=st.integers(0, 2**54),
    program=PROGRAMS,
    message=MESSAGES,
    pid=st.integers(0, 3),
    repeats=st.integers(1, 3),
    leader_pid=st.integers(0, 3),
)


@given(lines=st.lists(LINES, max_size=20))
def test_whatever_lines_hold_their_events_are_safe_to_show(lines: list[LogLine]) -> None:
    for event in events_of(*lines):
        assert 0 < event.time_us <= 2**53
        assert event.leader_pid >= 0
        for text in (event.user, event.tty, event.source, event.detail, event.service, event.session_id):
            assert len(text) <= 256
            assert text.isprintable()


SAYINGS = (
    "Connection from {far} on 10.0.0.1 port 22",
    "Invalid user {user} from {far}",
    "Failed password for {user} from {far} ssh2",
    "error: PAM: Authentication failure for {user} from {far}",
    "pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost={far}  user={user}",
    "Disconnecting authenticating user {user} {far}: Too many authentication failures [preauth]",
    "Connection closed by authenticating user {user} {far} [preauth]",
    "Accepted publickey for {user} from {far} ssh2",
)
FAR_ENDS = ("192.0.2.7", "192.0.2.7 port 1", "192.0.2.7 port 2", "192.0.2.8 port 1")


def test_lines_of_few_connections_in_any_order_settle_in_the_end() -> None:
    """With few of each, nearly every line meets what another one has left."""
    chance = random.Random(0)
    for _ in range(60):
        log = LoginLog("web-01", Origin.AUTH_LOG)
        for number in range(100):
            said = chance.choice(SAYINGS).format(user=chance.choice(["ann", "bob"]), far=chance.choice(FAR_ENDS))
            log.events([line(said, pid=chance.randint(0, 4), seconds=number)])
        log.settle(NOW_US + LONGEST_US + DAY_US)
        assert log.unsettled_since_us is None


@pytest.mark.parametrize("filler", ["a", " ", " from ", "\\", "'", "[", "port 1 ", " from 1 port 1 ssh2"])
def test_a_line_of_eight_kilobytes_of_anything_is_read_at_once(filler: str) -> None:
    text = (filler * 8192)[:8000]
    messages = [form.format(text) for form in ("Failed password for {}", "User {}", "Invalid user {}", "{}")]
    messages += ["error: PAM: " + text, "Disconnecting " + text, "Connection closed by user " + text]
    messages += [f"Accepted publickey for {text} from 1 port 1 ssh2: RSA SHA256:a ID " + text]
    for program in (b"sshd", b"login", b"dropbear", b"systemd-logind"):
        events_of(*(line(message, program) for message in messages))
