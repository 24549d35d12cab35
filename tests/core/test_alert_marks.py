"""What people say of an alert."""

from __future__ import annotations

from msgspec.structs import replace

from whotop.clock import HOUR_US
from whotop.core.alert_marks import Mark, MarkKind, marked
from whotop.model import Alert, Level

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
