"""Security events of Windows machines: mailed each time they are collected, without any condition."""

from __future__ import annotations

from datetime import UTC

from tests.notify.conftest import NOON_US
from whotop.clock import HOUR_US, SECOND_US
from whotop.config.notify_settings import MailTable, NotifyTable, SmtpTable
from whotop.core.keys import key_of
from whotop.model import Event, EventKind, Origin, Target
from whotop.notify.recipients import Recipients
from whotop.notify.security_events import LISTED, SecurityEvents

SMTP = SmtpTable(host="mail.example.org", sender="whotop@example.org")
DC = Target(name="dc-01", mail="windows@example.org")


def event(number: int = 1, kind: EventKind = EventKind.FAILED_LOGIN, origin: Origin = Origin.EVENT_LOG) -> Event:
    return Event(
        machine="dc-01",
        kind=kind,
        time_us=NOON_US + number * SECOND_US,
        user="lane",
        source="203.0.113.9",
        origin=origin,
        key=key_of("event", number, kind.value),
    )


def gathering(*targets: Target) -> SecurityEvents:
    table = NotifyTable(smtp=SMTP, mail=(MailTable(to=("ops@example.org",)),))
    return SecurityEvents(HOUR_US, UTC, Recipients(table, targets or [DC]), NOON_US)


def test_a_round_mails_what_a_machine_has_told_to_its_own_address() -> None:
    events = gathering()
    for each in (event(1), event(2), event(3, EventKind.LOGIN)):
        events.on_event(each)
    (mail,) = events.of_round(["dc-01"], NOON_US)
    assert (mail.target, mail.subject) == ("windows@example.org", "[whotop] dc-01: 3 security events")
    assert mail.body == (
        "Security events of dc-01, collected:\n"
        "\n"
        "2 failed, 1 login\n"
        "\n"
        "2025-11-21 12:00:01 +0000  failed  lane  from 203.0.113.9\n"
        "2025-11-21 12:00:02 +0000  failed  lane  from 203.0.113.9\n"
        "2025-11-21 12:00:03 +0000  login  lane  from 203.0.113.9\n"
    )


def test_a_round_mails_also_where_there_was_nothing_new() -> None:
    (mail,) = gathering().of_round(["dc-01"], NOON_US)
    assert mail.subject == "[whotop] dc-01: no new security events"


def test_a_machine_without_an_address_of_its_own_tells_the_targets() -> None:
    (mail,) = gathering(Target(name="dc-01")).of_round(["dc-01"], NOON_US)
    assert mail.target == "ops@example.org"


def test_events_of_other_origins_are_none_of_these() -> None:
    events = gathering()
    events.on_event(event(origin=Origin.JOURNAL))
    assert events.due(NOON_US + 10 * HOUR_US) == []


def test_a_daemon_mails_once_in_an_interval_and_nothing_where_nothing_came() -> None:
    events = gathering()
    events.on_event(event())
    assert events.due(NOON_US + HOUR_US - 1) == []
    assert [mail.subject for mail in events.due(NOON_US + HOUR_US)] == ["[whotop] dc-01: 1 security event"]
    assert events.due(NOON_US + 9 * HOUR_US) == []
    events.on_event(event(2))
    (mail,) = events.due(NOON_US + 9 * HOUR_US)
    assert mail.body.startswith("Security events of dc-01, collected since 2025-11-21 13:00:00 +0000:\n")


def test_after_a_restart_what_was_not_mailed_is_and_the_interval_goes_on() -> None:
    events = gathering()
    events.resume([event()], {"dc-01": NOON_US + HOUR_US // 2})
    assert events.due(NOON_US + HOUR_US) == []
    assert len(events.due(NOON_US + HOUR_US * 3 // 2)) == 1


def test_a_flood_is_listed_in_part_and_counted_whole() -> None:
    events = gathering()
    for number in range(LISTED + 4_000):
        events.on_event(event(number))
    (mail,) = events.of_round([], NOON_US)
    assert mail.subject == "[whotop] dc-01: 4,200 security events"
    assert mail.body.count("from 203.0.113.9") == LISTED
    assert "And 4,000 earlier ones, not listed." in mail.body
    assert len(mail.body) < 64_000


def test_an_event_that_is_told_anew_is_counted_once() -> None:
    events = gathering()
    events.on_event(event())
    events.on_event(event())
    (mail,) = events.of_round([], NOON_US)
    assert mail.subject == "[whotop] dc-01: 1 security event"
