"""What people say of an alert."""

from __future__ import annotations

from msgspec.structs import replace

from whotop.clock import HOUR_US
from whotop.core.alert_marks import Mark, MarkKind, marked, still_marked
from whotop.core.rules.findings import Finding, OpenAlerts
from whotop.model import Alert, Level
from whotop.model.alert import UNTIL_RESOLVED_US

NOON_US = 1_763_726_400_000_000
ALERT = Alert(
    key=b"alert---cpu---01",
    rule="cpu",
    level=Level.WARN,
    machine="web-01",
    subject="",
    text="cpu 97% over 90%",
    opened_us=NOON_US,
    updated_us=NOON_US,
)
SEEN = Mark(alert_key=ALERT.key, kind=MarkKind.ACKNOWLEDGED, by="alice", time_us=NOON_US + 1)
QUIET = Mark(alert_key=ALERT.key, kind=MarkKind.MUTED, by="bob", time_us=NOON_US, until_us=NOON_US + HOUR_US)


def test_an_acknowledged_alert_says_who_has_seen_it_and_when() -> None:
    seen = marked(ALERT, SEEN)
    assert (seen.acknowledged_by, seen.acknowledged_us) == ("alice", NOON_US + 1)


def test_who_acknowledges_second_changes_nothing() -> None:
    seen = marked(ALERT, SEEN)
    assert marked(seen, replace(SEEN, by="bob", time_us=NOON_US + 9)) == seen


def test_a_muted_alert_is_muted_until_its_time() -> None:
    quiet = marked(ALERT, QUIET)
    assert quiet.is_muted(NOON_US)
    assert not quiet.is_muted(NOON_US + HOUR_US)


def test_muting_without_a_time_takes_it_back() -> None:
    assert marked(marked(ALERT, QUIET), replace(QUIET, until_us=None)) == ALERT


def test_an_alert_that_grows_graver_has_been_seen_by_nobody_as_it_is_now() -> None:
    seen = marked(ALERT, SEEN)
    assert still_marked(seen, replace(seen, level=Level.HIGH)) == replace(ALERT, level=Level.HIGH)
    assert still_marked(seen, replace(seen, level=Level.INFO)).is_acknowledged


def test_muted_until_it_resolves_ends_when_it_comes_back_and_not_before() -> None:
    quiet = marked(ALERT, replace(QUIET, until_us=UNTIL_RESOLVED_US))
    assert still_marked(quiet, replace(quiet, text="grown")).is_muted(NOON_US)
    over = replace(quiet, resolved_us=NOON_US)
    assert still_marked(over, replace(over, resolved_us=None)) == ALERT


def test_a_book_keeps_what_was_said_while_an_alert_grows() -> None:
    alerts = OpenAlerts()
    (opened,) = alerts.found(Finding(rule="cpu", machine="web-01", text="cpu 97% over 90%"), NOON_US)
    alerts.mark(replace(SEEN, alert_key=opened.key))
    (grown,) = alerts.found(Finding(rule="cpu", machine="web-01", text="cpu 99% over 90%"), NOON_US)
    assert grown.acknowledged_by == "alice"
    assert alerts.mark(replace(SEEN, alert_key=b"of another")) is None
