"""When people are told: once when it opens, once when it resolves, and reminders."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from msgspec.structs import replace

from tests.notify.conftest import NOON_US
from tests.notify.nouns import alert
from whotop.clock import HOUR_US, MINUTE_US, SECOND_US
from whotop.config.notify_settings import MailTable, NotifyTable, SmtpTable
from whotop.core.feed import Batch, MachineChanged, SessionChanged
from whotop.core.fleet import Fleet
from whotop.model import Level, Machine, MachineState, Session, Target
from whotop.model.alert import UNTIL_RESOLVED_US
from whotop.model.delivery import Delivery
from whotop.notify.notifier import Notifier
from whotop.notify.recipients import Recipients

SMTP = SmtpTable(host="mail.example.org", sender="whotop@example.org")
WEB = Target(name="web-01", mail="web@example.org")


def notifier(fleet: Fleet | None = None, **fields: Any) -> Notifier:
    table = NotifyTable(smtp=SMTP, **fields)
    return Notifier(table, UTC, fleet or Fleet(), Recipients(table, [WEB]))


def told(deliveries: list[Delivery]) -> list[str]:
    return [f"{each.kind.value} {each.target}" for each in deliveries]


def test_an_alert_is_told_once_however_often_it_changes() -> None:
    one = notifier()
    assert told(one.on_alert(alert(), NOON_US)) == ["open web@example.org"]
    assert told(one.on_alert(alert(text="cpu 99% over 90%"), NOON_US + 1)) == []
    assert told(one.tick(NOON_US + HOUR_US)) == []


def test_whoever_was_told_that_it_opened_is_told_that_it_is_over() -> None:
    one = notifier()
    one.on_alert(alert(level=Level.HIGH), NOON_US)
    over = alert(level=Level.INFO, resolved_us=NOON_US + 1)
    assert told(one.on_alert(over, NOON_US + 1)) == ["resolve web@example.org"]
    assert told(one.tick(NOON_US + HOUR_US)) == []


def test_whoever_was_never_told_of_it_is_not_told_that_it_is_over() -> None:
    one = notifier()
    assert told(one.on_alert(alert(level=Level.INFO), NOON_US)) == []
    assert told(one.on_alert(alert(level=Level.INFO, resolved_us=NOON_US + 1), NOON_US + 1)) == []


def test_one_that_came_and_went_before_it_could_be_told_is_told_once() -> None:
    assert told(notifier().on_alert(alert(resolved_us=NOON_US + 1), NOON_US + 1)) == ["resolve web@example.org"]


def test_an_alert_that_rises_to_a_targets_level_is_told_there_then() -> None:
    one = notifier(mail=(MailTable(to=("pager@example.org",), level="high"),))
    assert told(one.on_alert(alert(), NOON_US)) == ["open web@example.org"]
    assert told(one.on_alert(alert(level=Level.HIGH), NOON_US + 1)) == ["open pager@example.org"]


def test_the_same_news_has_the_same_key_after_a_restart() -> None:
    before, after = (notifier().on_alert(alert(), NOON_US + start) for start in (0, HOUR_US))
    assert [one.key for one in before] == [one.key for one in after]


def test_after_a_restart_nobody_is_told_twice_and_the_end_is_told() -> None:
    before = notifier().on_alert(alert(), NOON_US)
    one = notifier(remind_seconds=4 * 3600.0)
    one.resume([alert()], before)
    assert told(one.on_alert(alert(text="cpu 99% over 90%"), NOON_US + 1)) == []
    assert told(one.tick(NOON_US + HOUR_US)) == []
    assert told(one.on_alert(alert(resolved_us=NOON_US + 2), NOON_US + 2)) == ["resolve web@example.org"]


def test_an_alert_that_comes_back_is_told_again_but_not_at_once() -> None:
    one = notifier()
    first = one.on_alert(alert(), NOON_US)
    over = one.on_alert(alert(resolved_us=NOON_US + 1), NOON_US + 1)
    again = alert(updated_us=NOON_US + MINUTE_US, count=2)
    assert one.on_alert(again, NOON_US + MINUTE_US) == []
    back = one.tick(NOON_US + 6 * MINUTE_US)
    assert told(first + over + back) == ["open web@example.org", "resolve web@example.org", "open web@example.org"]
    assert first[0].key != back[0].key


def test_an_alert_that_came_back_is_known_for_one_after_a_restart_too() -> None:
    before = notifier()
    messages = before.on_alert(alert(), NOON_US)
    messages += before.on_alert(alert(resolved_us=NOON_US + 1), NOON_US + 1)
    one = notifier()
    one.resume([alert(resolved_us=NOON_US + 1)], messages)
    again = alert(updated_us=NOON_US + MINUTE_US, count=2)
    assert one.on_alert(again, NOON_US + MINUTE_US) == []
    assert told(one.tick(NOON_US + 6 * MINUTE_US)) == ["open web@example.org"]
    over = replace(again, resolved_us=NOON_US + 7 * MINUTE_US)
    assert told(one.on_alert(over, NOON_US + 7 * MINUTE_US)) == ["resolve web@example.org"]


def test_one_that_comes_and_goes_all_the_time_is_not_told_each_time() -> None:
    one = notifier()
    messages = []
    for second in range(0, 240, 2):
        now_us = NOON_US + second * SECOND_US
        messages += one.on_alert(alert(updated_us=now_us), now_us)
        messages += one.on_alert(alert(updated_us=now_us, resolved_us=now_us + 1), now_us + 1)
    assert told(messages) == ["open web@example.org", "resolve web@example.org"]


def test_reminders_come_only_where_they_are_asked_for() -> None:
    one = notifier()
    one.on_alert(alert(), NOON_US)
    assert one.tick(NOON_US + 1_000 * HOUR_US) == []


def test_reminders_come_as_long_as_the_alert_stands_each_with_a_key_of_its_own() -> None:
    one = notifier(remind_seconds=4 * 3600.0)
    one.on_alert(alert(), NOON_US)
    reminders = [each for hour in range(13) for each in one.tick(NOON_US + hour * HOUR_US)]
    assert told(reminders) == ["remind web@example.org"] * 3
    assert len({each.key for each in reminders}) == 3


def test_nobody_is_reminded_of_what_somebody_has_acknowledged() -> None:
    one = notifier(remind_seconds=3600.0)
    one.on_alert(alert(), NOON_US)
    seen = replace(alert(), acknowledged_us=NOON_US + 1, acknowledged_by="lane")
    assert one.on_alert(seen, NOON_US + 1) == []
    assert one.tick(NOON_US + 5 * HOUR_US) == []


def test_a_muted_alert_is_told_to_nobody_until_the_mute_ends() -> None:
    one = notifier()
    muted = replace(alert(), muted_until_us=NOON_US + HOUR_US)
    assert one.on_alert(muted, NOON_US) == []
    assert one.tick(NOON_US + 59 * MINUTE_US) == []
    assert told(one.tick(NOON_US + HOUR_US)) == ["open web@example.org"]


def test_an_alert_that_is_muted_until_it_resolves_is_never_told_of_again() -> None:
    one = notifier(remind_seconds=3600.0)
    one.on_alert(alert(), NOON_US)
    muted = replace(alert(), muted_until_us=UNTIL_RESOLVED_US)
    one.on_alert(muted, NOON_US)
    assert one.tick(NOON_US + 5 * HOUR_US) == []
    assert one.on_alert(replace(muted, resolved_us=NOON_US + 1), NOON_US + 1) == []


def test_the_message_tells_who_is_on_the_machine() -> None:
    fleet = Fleet()
    machine = Machine(name="web-01", address="ops@10.0.0.1", state=MachineState.UP, sessions_known=True)
    lane = Session(key=b"1", machine="web-01", user="lane", login_us=NOON_US, tty="pts/0")
    fleet.apply(Batch(1, NOON_US, (MachineChanged(machine), SessionChanged(lane))))
    (message,) = notifier(fleet).on_alert(alert(), NOON_US)
    assert "On web-01 (1):\n  lane  pts/0" in message.body
    assert "web-01 (ops@10.0.0.1)" in message.body
