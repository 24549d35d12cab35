"""What a message about an alert says."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.notify.conftest import NOON_US
from tests.notify.nouns import alert
from whotop.clock import MINUTE_US, SECOND_US
from whotop.model import Level, Session
from whotop.model.delivery import DeliveryKind
from whotop.notify.words import SESSIONS_NAMED, Scene, body, moment, subject

BERLIN = ZoneInfo("Europe/Berlin")
LANE = Session(key=b"1", machine="web-01", user="lane", login_us=NOON_US - MINUTE_US, tty="pts/0", source="203.0.113.9")


def scene(**fields: object) -> Scene:
    return Scene(**{"now_us": NOON_US + 5 * MINUTE_US, "zone": BERLIN, **fields})  # type: ignore[arg-type]


def test_the_subject_says_level_machine_and_what_is_wrong() -> None:
    assert subject(alert(level=Level.HIGH), DeliveryKind.OPEN) == "[whotop] high: web-01: cpu 97% over 90%"
    assert subject(alert(), DeliveryKind.REMIND) == "[whotop] still warn: web-01: cpu 97% over 90%"
    assert subject(alert(), DeliveryKind.RESOLVE) == "[whotop] resolved: web-01: cpu 97% over 90%"


def test_an_alert_over_many_machines_counts_them_in_the_subject() -> None:
    attack = alert("", machines=("web-01", "web-02"), text="9 failed logins from 203.0.113.9")
    assert subject(attack, DeliveryKind.OPEN) == "[whotop] warn: 2 machines: 9 failed logins from 203.0.113.9"
    assert "Machines (2):\n  web-01\n  web-02\n" in body(attack, DeliveryKind.OPEN, scene())


def test_the_body_says_machine_rule_value_limit_since_when_who_is_there_and_how_to_see_more() -> None:
    assert body(alert(), DeliveryKind.OPEN, scene(address="ops@10.0.0.1", who=(LANE,))) == (
        "cpu 97% over 90%\n"
        "\n"
        "machine   web-01 (ops@10.0.0.1)\n"
        "rule      cpu\n"
        "level     warn\n"
        "value     97%\n"
        "limit     90%\n"
        "since     2025-11-21 13:00:00 +0100 (5m ago)\n"
        "\n"
        "On web-01 (1):\n"
        "  lane  pts/0  since 2025-11-21 12:59:00 +0100 from 203.0.113.9\n"
        "\n"
        "See more: whotop web-01 (then e, for its alerts)\n"
    )


def test_what_is_over_says_until_when_and_how_long_it_was() -> None:
    done = alert(resolved_us=NOON_US + 90 * SECOND_US)
    text = body(done, DeliveryKind.RESOLVE, scene(who=(LANE,)))
    assert "until     2025-11-21 13:01:30 +0100 (1m)" in text
    assert "lane" not in text


def test_nobody_is_said_only_where_it_is_known() -> None:
    assert "whotop sees nobody on web-01." in body(alert(), DeliveryKind.OPEN, scene())
    assert "nobody" not in body(alert(), DeliveryKind.OPEN, scene(knows_who=False))
    assert "nobody" not in body(alert(), DeliveryKind.OPEN, scene(is_up=False))


def test_the_sessions_of_a_machine_that_is_not_reached_are_those_that_were_there_last() -> None:
    text = body(alert(), DeliveryKind.OPEN, scene(who=(LANE,), is_up=False))
    assert "On web-01, when it was last reached (1):" in text


def test_what_happened_while_nobody_watched_says_so() -> None:
    assert "noted     it happened while nobody watched" in body(alert(late=True), DeliveryKind.OPEN, scene())


def test_a_crowd_is_counted() -> None:
    crowd = tuple(LANE for _ in range(SESSIONS_NAMED + 7))
    text = body(alert(), DeliveryKind.OPEN, scene(who=crowd))
    assert text.count("lane") == SESSIONS_NAMED
    assert "  and 7 more\n" in text


@settings(max_examples=50, deadline=None)
@given(st.text(), st.text(), st.text())
def test_what_a_machine_says_stays_on_its_line(user: str, source: str, subject: str) -> None:
    hostile = Session(key=b"1", machine="web-01", user=user, login_us=NOON_US, tty="pts/0", source=source)
    plain = body(alert(subject="x"), DeliveryKind.OPEN, scene(who=(LANE,)))
    text = body(alert(subject=subject or "x"), DeliveryKind.OPEN, scene(who=(hostile,)))
    assert len(text.splitlines()) == len(plain.splitlines())


def test_a_time_outside_the_calendar_is_shown_as_its_number() -> None:
    assert moment(2**62, BERLIN) == "4611686018427387904 µs"
