"""The life of an alert on the screen: listed, opened, acknowledged, muted, gone through, called for."""

from __future__ import annotations

from datetime import UTC

import pytest
from msgspec.structs import replace

from tests.tui.small_fleet import ALERTS, NOW_US, event
from tests.tui.trial import Trial
from whotop.clock import HOUR_US, MINUTE_US, ManualClock
from whotop.core.alert_marks import Mark, MarkKind
from whotop.core.feed import AlertChanged, Batch
from whotop.core.fleet import Fleet
from whotop.errors import AlertResolvedError
from whotop.model import Alert, EventKind, Level
from whotop.model.alert import UNTIL_RESOLVED_US
from whotop.tui.herald import Herald
from whotop.tui.options import AlertCalls, Limits
from whotop.tui.views.alerts import AlertsView
from whotop.tui.views.scene import Scene
from whotop.tui.views.totals import totals_of

ROOT, DISK, WINDOWS = ALERTS
FAILURES = [
    event(200 + number, EventKind.FAILED_LOGIN, "web-01", 60 + number, f"user{number}", source="203.0.113.9")
    for number in range(3)
]
ATTACK = Alert(
    key=b"attack",
    rule="failed",
    level=Level.HIGH,
    machine="",
    machines=("web-01", "web-02", "db-02", "elsewhere"),
    subject="203.0.113.9",
    text="412 failed logins from 203.0.113.9 on 4 machines as 31 users",
    opened_us=NOW_US - MINUTE_US,
    updated_us=NOW_US,
    count=412,
    value=412.0,
    limit=5.0,
    evidence_keys=b"".join(failure.key for failure in FAILURES),
)


def batch(*alerts: Alert) -> Batch:
    return Batch(1, NOW_US, tuple(map(AlertChanged, alerts)))


@pytest.fixture
def attacked(trial: Trial) -> Trial:
    trial.feed.history.past_events = FAILURES
    return trial


async def open_attack(trial: Trial) -> None:
    await trial.publish(AlertChanged(ATTACK))
    await trial.press("3")
    trial.pane(3).select(ATTACK.key)
    await trial.press("enter")


async def test_an_alert_over_several_machines_is_one_row_and_its_screen_says_all_of_it(attacked: Trial) -> None:
    async with attacked.run():
        await attacked.publish(AlertChanged(ATTACK))
        assert attacked.line("▲ high", "4 machines", "412 failed logins from")
        await open_attack(attacked)
        assert attacked.app._crumbs() == ["fleet", "failed"]
        assert attacked.line("▲ high", "4 machines", "since 14:21:07", "count 412")
        assert attacked.lines()[2].startswith(" 412 failed logins from 203.0.113.9 on 4 machines as 31 users")
        assert attacked.line("rule failed", "limit 5", "within 10m", "One source fails to log in again and again.")
        assert attacked.lines()[-1].startswith(" a acknowledge  m mute ")
        assert "1 Evidence 3" in attacked.text()
        assert "2 Machines 4" in attacked.text()
        assert [row.split()[1] for row in attacked.rows(2)] == ["db-02", "web-01", "web-02"]
        await attacked.press("i")
        assert attacked.app._crumbs() == ["fleet", "failed", "203.0.113.9"]


async def test_the_screen_of_one_machines_alert_shows_what_else_happened_there(attacked: Trial) -> None:
    attacked.feed.history.past_events = [event(300, EventKind.BOOT, "db-02", 42 * 60, detail="6.1")]
    async with attacked.run():
        await attacked.press("3")
        attacked.pane(3).select(DISK.key)
        await attacked.press("enter")
        assert "1 Around 1" in attacked.text()
        assert attacked.line("■ warn", "db-02", "since 13:42:07 for 40m")
        await attacked.press("M")
        assert attacked.app._crumbs()[-1] == "db-02"


async def test_an_earlier_alert_can_be_opened_too(attacked: Trial) -> None:
    text = "198 failed logins from 203.0.113.9 on 2 machines"
    earlier = replace(
        ATTACK, key=b"earlier", opened_us=NOW_US - 30 * HOUR_US, resolved_us=NOW_US - 29 * HOUR_US, text=text
    )
    of_another_source = replace(earlier, key=b"another", subject="198.51.100.1")
    attacked.feed.history.past_alerts = [earlier, of_another_source]
    async with attacked.run():
        await open_attack(attacked)
        assert list(attacked.pane(3).keys) == [earlier.key]
        await attacked.press("3", "enter")
        assert attacked.line("✓ over", "4 machines", "since Nov 19", "over Nov 19")
        assert attacked.line(text)


async def test_an_alert_goes_on_being_shown_when_it_resolves(attacked: Trial) -> None:
    async with attacked.run():
        await open_attack(attacked)
        await attacked.publish(AlertChanged(replace(ATTACK, resolved_us=NOW_US)))
        assert attacked.line("✓ over", "4 machines", "over 14:22:07")
        await attacked.press("a")
        assert attacked.said() == "this alert stands no longer"


async def test_a_says_through_the_feed_who_has_seen_it(trial: Trial) -> None:
    trial.app.desk.options = replace(trial.app.desk.options, account="alice")
    async with trial.run():
        await trial.press("3", "a")
        assert trial.feed.marks == [
            Mark(alert_key=ROOT.key, kind=MarkKind.ACKNOWLEDGED, by="alice", time_us=trial.clock.now_us())
        ]
        seen = replace(ROOT, acknowledged_us=NOW_US, acknowledged_by="alice")
        await trial.publish(AlertChanged(seen))
        assert trial.line("▲ high", "seen login as root")
        trial.pane(3).select(ROOT.key)
        await trial.press("a")
        assert trial.said() == "alice has acknowledged it already"
        await trial.press("enter")
        assert trial.line("✓ seen by alice 14:22:07")


async def test_m_mutes_for_as_long_as_is_chosen(trial: Trial) -> None:
    async with trial.run((80, 24)):
        await trial.press("3", "m", "enter")
        await trial.press("m", "j", "j", "j", "enter")
        kinds, until_us = zip(*((mark.kind, mark.until_us) for mark in trial.feed.marks), strict=True)
        assert set(kinds) == {MarkKind.MUTED}
        assert until_us == (NOW_US + HOUR_US, UNTIL_RESOLVED_US)


async def test_what_is_refused_and_what_cannot_be_is_said(trial: Trial) -> None:
    trial.feed.refuses = AlertResolvedError("it has just resolved")
    async with trial.run((80, 24)):
        await trial.press("a")
        assert trial.said() == "no alert is selected"
        await trial.press("3", "a")
        assert trial.said() == "it has just resolved"


async def test_e_goes_to_the_list_of_alerts_and_through_it(trial: Trial) -> None:
    async with trial.run((80, 24)):
        await trial.press("e")
        assert trial.top.current is trial.pane(3)
        await trial.press("e", "enter")
        assert trial.lines()[2].startswith(" disk / 91%")
        await trial.press("E")
        assert trial.lines()[2].startswith(" login as root")
        await trial.press("E")
        assert trial.said() == "this is the first alert"
        await trial.press("escape")
        assert trial.app._crumbs() == ["fleet"]


# The list


@pytest.fixture
def scene() -> Scene:
    fleet = Fleet()
    fleet.apply(batch(ROOT, DISK, WINDOWS, ATTACK))
    return Scene(fleet, ManualClock(NOW_US), UTC, Limits())


def rows(view: AlertsView) -> list[bytes]:
    return sorted(view.rows(), key=lambda key: view.sort_value(key, "level"), reverse=True)  # type: ignore[arg-type, return-value]


def test_a_muted_alert_is_listed_behind_the_others_and_counted_apart_until_its_time(scene: Scene) -> None:
    scene.fleet.apply(batch(replace(ATTACK, muted_until_us=NOW_US + HOUR_US)))
    view = AlertsView(scene)
    assert rows(view) == [ROOT.key, DISK.key, WINDOWS.key, ATTACK.key]
    assert view.count() == "3 +1 muted"
    totals = totals_of(scene.fleet, NOW_US)
    assert (totals.alerts, totals.muted, totals.worst) == (3, 1, Level.HIGH)
    assert [text for text, _ in view.cells(ATTACK.key)[-1]] == ["muted 1h ", ATTACK.text]
    assert totals_of(scene.fleet, NOW_US + HOUR_US).alerts == 4


def test_what_was_seen_says_so_and_gives_way_to_what_was_not(scene: Scene) -> None:
    scene.fleet.apply(batch(replace(ATTACK, acknowledged_us=NOW_US, acknowledged_by="alice")))
    view = AlertsView(scene)
    assert rows(view) == [ROOT.key, ATTACK.key, DISK.key, WINDOWS.key]
    assert [text for text, _ in view.cells(ATTACK.key)[-1]] == ["seen ", ATTACK.text]
    assert view.value(ATTACK.key, "state") == ["open", "seen"]
    assert view.value(ATTACK.key, "by") == "alice"


def test_the_alerts_of_a_machine_are_also_those_that_it_shares(scene: Scene) -> None:
    assert rows(AlertsView(scene, "web-02")) == [ATTACK.key]
    assert rows(AlertsView(scene, "db-02")) == [ATTACK.key, ROOT.key, DISK.key]


# Calling


@pytest.fixture
def herald() -> Herald:
    herald = Herald(AlertCalls(bell=True))
    herald.is_called_for(batch(ROOT), NOW_US)
    return herald


def test_what_stands_at_the_beginning_is_no_news() -> None:
    assert not Herald(AlertCalls(bell=True)).is_called_for(batch(ROOT), NOW_US)


def test_an_alert_that_opens_is_called_for_once(herald: Herald) -> None:
    assert herald.is_called_for(batch(DISK), NOW_US)
    assert not herald.is_called_for(batch(replace(DISK, text="disk / 92%")), NOW_US)


def test_an_alert_that_grows_graver_is_called_for_again(herald: Herald) -> None:
    herald.is_called_for(batch(DISK), NOW_US)
    assert herald.is_called_for(batch(replace(DISK, level=Level.HIGH)), NOW_US)


def test_what_is_muted_resolved_or_of_a_lower_level_is_not_called_for(herald: Herald) -> None:
    assert not herald.is_called_for(batch(replace(DISK, muted_until_us=UNTIL_RESOLVED_US)), NOW_US)
    assert not herald.is_called_for(batch(replace(DISK, resolved_us=NOW_US)), NOW_US)
    assert not herald.is_called_for(batch(WINDOWS), NOW_US)


def test_an_alert_that_comes_back_is_called_for_again(herald: Herald) -> None:
    herald.is_called_for(batch(replace(ROOT, resolved_us=NOW_US)), NOW_US)
    assert herald.is_called_for(batch(ROOT), NOW_US)


async def test_the_bell_rings_when_it_is_switched_on_and_the_first_line_flashes_where_that_is_asked_for(
    trial: Trial, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[None] = []
    monkeypatch.setattr(type(trial.app), "bell", lambda app: rung.append(None))
    trial.app.herald.flashes = True
    async with trial.run((80, 24)):
        await trial.publish(AlertChanged(ATTACK))
        assert trial.app.screen.query_one("#status").has_class("-flash")
        await trial.press("B")
        await trial.publish(AlertChanged(replace(ATTACK, key=b"another")))
    assert len(rung) == 1
