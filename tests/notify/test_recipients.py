"""Who is told of what."""

from __future__ import annotations

from typing import Any

from tests.notify.nouns import alert
from whotop.config.notify_settings import ChatTable, MailTable, NotifyTable, SmtpTable
from whotop.model import Alert, Level, Target
from whotop.notify.recipients import Recipients

SMTP = SmtpTable(host="mail.example.org", sender="whotop@example.org")
MACHINES = [
    Target(name="web-01", tags=("web",), mail="web@example.org"),
    Target(name="web-02", tags=("web",), mail="web@example.org"),
    Target(name="db-01", tags=("db",)),
]


def told(one: Alert, *mail: MailTable, **fields: Any) -> list[str]:
    recipients = Recipients(NotifyTable(smtp=SMTP, mail=mail, **fields), MACHINES)
    return [target for _, target in recipients.of_alert(one)]


def test_an_alert_goes_to_the_address_of_its_machine() -> None:
    assert told(alert("web-01")) == ["web@example.org"]
    assert told(alert("db-01")) == []


def test_without_a_mail_server_the_addresses_of_machines_are_told_nothing() -> None:
    assert Recipients(NotifyTable(), MACHINES).of_alert(alert("web-01")) == []


def test_an_alert_over_several_machines_goes_to_each_address_once() -> None:
    assert told(alert("", machines=("web-01", "web-02", "db-01"))) == ["web@example.org"]


def test_whoever_is_named_twice_is_told_once() -> None:
    tables = [MailTable(to=("web@example.org", "ops@example.org")), MailTable(to=("ops@example.org",))]
    assert told(alert("web-01"), *tables) == ["web@example.org", "ops@example.org"]


def test_a_target_may_ask_for_a_level_alone() -> None:
    pager = MailTable(to=("pager@example.org",), level="high")
    assert told(alert("db-01"), pager) == []
    assert told(alert("db-01", level=Level.HIGH), pager) == ["pager@example.org"]


def test_news_that_are_no_warnings_are_mailed_only_where_they_are_asked_for() -> None:
    everything = MailTable(to=("all@example.org",), level="info")
    assert told(alert("web-01", level=Level.INFO), everything) == ["all@example.org"]
    assert told(alert("web-01", level=Level.INFO), own_level="info") == ["web@example.org"]


def test_a_target_may_ask_for_rules_by_glob() -> None:
    security = MailTable(to=("sec@example.org",), rules=("failed*", "spray"))
    assert told(alert("db-01"), security) == []
    assert told(alert("db-01", rule="failed"), security) == ["sec@example.org"]


def test_a_target_may_ask_for_machines_by_name_glob_or_tag() -> None:
    dba = MailTable(to=("dba@example.org",), machines=("@db", "backup-*"))
    assert told(alert("db-01"), dba) == ["dba@example.org"]
    assert told(alert("backup-07"), dba) == ["dba@example.org"]
    assert told(alert("web-02"), dba) == ["web@example.org"]
    assert told(alert("", machines=("web-03", "db-01")), dba) == ["dba@example.org"]


def test_an_alert_of_the_whole_fleet_goes_to_targets_of_all_machines() -> None:
    tables = [MailTable(to=("ops@example.org",)), MailTable(to=("dba@example.org",), machines=("@db",))]
    assert told(alert(""), *tables) == ["ops@example.org"]


def test_chats_are_told_beside_mail() -> None:
    chats = (ChatTable(name="pager", url="ntfy://topic"),)
    assert told(alert("db-01"), MailTable(to=("ops@example.org",)), chat=chats) == ["ops@example.org", "pager"]


def test_security_events_go_to_the_machine_or_to_the_targets_that_take_them() -> None:
    tables = (MailTable(to=("ops@example.org",)), MailTable(to=("boss@example.org",), security_events=False))
    recipients = Recipients(NotifyTable(smtp=SMTP, mail=tables), MACHINES)
    assert [target for _, target in recipients.of_security_events("web-01")] == ["web@example.org"]
    assert [target for _, target in recipients.of_security_events("db-01")] == ["ops@example.org"]
