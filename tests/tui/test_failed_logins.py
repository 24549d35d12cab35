"""Failed logins on the screen: how many, whose, from where; and where nobody can tell."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.tui.fake_feed import FakeFeed
from tests.tui.small_fleet import MACHINES, NOW_US, event
from tests.tui.trial import Trial
from whotop.clock import DAY_US
from whotop.core.failure_book import FailureKey
from whotop.core.feed import EventAdded, MachineChanged
from whotop.core.kept_failures import KeptTally
from whotop.core.names import KnownName, NameKind
from whotop.model import EventKind


def failed(number: int, user: str, machine: str = "web-02", source: str = "198.51.100.66") -> EventAdded:
    more = {"tty": "ssh:notty", "source": source}
    return EventAdded(event(1000 + number, EventKind.FAILED_LOGIN, machine, 0, user, **more))


def cells(line: str) -> list[str]:
    return line.replace("│", " ").split()


async def test_a_machine_shows_how_many_failed_within_the_hour(trial: Trial) -> None:
    async with trial.run((80, 24)):
        assert "24" in cells(trial.line("db-02"))
        await trial.publish(failed(1, "root", "db-02"))
        assert "25" in cells(trial.line("db-02"))


async def test_what_failed_an_hour_ago_is_no_longer_counted_there(trial: Trial) -> None:
    async with trial.run((80, 24)):
        await trial.pass_seconds(3_700)
        assert "24" not in cells(trial.line("db-02"))
        await trial.press("X")
        assert cells(trial.line("db-02", "root"))[4:6] == ["0", "23"]


async def test_where_nobody_can_tell_there_is_no_nought(trial: Trial) -> None:
    async with trial.run((80, 24)):
        assert trial.line("alpine-9").count("?") == 3  # its state, its sessions, its failed logins
        await trial.press("/")
        await trial.type("failed:none")
        await trial.press("enter")
        assert len(trial.rows(1)) == 1


async def test_a_filter_finds_the_machines_that_are_tried(trial: Trial) -> None:
    async with trial.run():
        trial.pane(1).filter_by("failed:>20")
        await trial.settle()
        assert trial.pane(1).keys == ["db-02"]


async def test_a_filter_finds_failed_logins_among_events(trial: Trial) -> None:
    async with trial.run():
        trial.pane(4).filter_by("kind:failed user:guest")
        await trial.settle()
        (row,) = trial.rows(4)
        assert row.split() == ["14:22:01", "×", "guest", "db-02", "failed", "203.0.113.9"]


async def test_machines_sort_by_them(trial: Trial) -> None:
    async with trial.run():
        trial.pane(1).sort_by("failed")
        trial.pane(1).sort_by("failed")
        await trial.settle()
        assert trial.pane(1).keys[0] == "db-02"
        assert trial.pane(1).keys[-1] == "alpine-9"


async def test_the_machines_screen_lists_them_by_user_and_source(trial: Trial) -> None:
    async with trial.run((80, 24)):
        await trial.press("j", "j", "j", "enter", "5")
        assert trial.line("Failed logins 24")
        assert trial.line("root", "203.0.113.9", "ssh:notty", "23")
        await trial.press("j", "enter")
        assert trial.app._crumbs() == ["fleet", "db-02", "root"]


async def test_a_machine_that_cannot_tell_says_what_would_mend_it(trial: Trial) -> None:
    async with trial.run((100, 30)):
        await trial.press("enter", "5")
        assert trial.line("cannot tell: no origin of failed logins can be read (join group utmp, or set sudo = true)")


async def test_a_machine_without_any_says_so(trial: Trial) -> None:
    async with trial.run((100, 30)):
        await trial.press("G", "enter", "5")
        assert trial.line("no login failed in the last day")


async def test_a_machine_that_nobody_watches_lists_those_that_are_kept(trial: Trial, feed: FakeFeed) -> None:
    feed.history.names = [KnownName(NameKind.MACHINE, "old-01")]
    key = FailureKey("old-01", "admin", "203.0.113.5")
    feed.history.past_failures = [KeptTally(key, 50, NOW_US - 2 * DAY_US, "ssh:notty")]
    async with trial.run((80, 24)):
        await trial.press("colon")
        await trial.type("old-")
        await trial.press("enter")
        await trial.press("5")
        assert trial.line("5 Failed logins 50 kept")
        assert cells(trial.rows(5)[0]) == ["admin", "203.0.113.5", "ssh:notty", "?", "?", "50", "Nov", "18"]


async def test_a_users_screen_lists_where_the_name_was_tried(trial: Trial) -> None:
    async with trial.run():
        await trial.publish(failed(1, "bob"), failed(2, "bob"), failed(3, "bob", "web-10", "2001:db8::42"))
        await trial.press("2", "j", "enter")
        assert trial.app._crumbs() == ["fleet", "bob"]
        assert trial.line("Failed logins 3")
        assert [row.split()[:2] for row in trial.rows(5)] == [["web-02", "198.51.100.66"], ["web-10", "2001:db8::42"]]


async def test_a_users_sources_say_how_many_failed_from_there(trial: Trial) -> None:
    async with trial.run((200, 50)):
        await trial.publish(failed(1, "bob", "web-10", "2001:db8::42"))
        await trial.press("2", "j", "enter")
        assert cells(trial.rows(2)[0])[:4] == ["2001:db8::42", "1", "1", "1"]


async def test_all_of_the_fleet_are_a_key_away(trial: Trial) -> None:
    async with trial.run():
        await trial.press("X")
        assert trial.app._crumbs() == ["fleet", "failed logins"]
        assert len(trial.rows(1)) == 3
        await trial.publish(failed(1, "oracle"))
        assert "oracle" in trial.rows(1)[0]


async def test_a_fleet_that_cannot_tell_says_so(trial: Trial) -> None:
    async with trial.run():
        await trial.publish(*(MachineChanged(replace(machine, failures_known=False)) for machine in MACHINES))
        await trial.press("X")
        trial.pane(1).filter_by("")
        trial.app.fleet.failures.forget("db-02")
        trial.app.fleet.failures.forget("web-01")
        trial.pane(1).reload()
        await trial.settle()
        assert trial.line("cannot tell: no machine tells of failed logins")


async def test_a_name_made_to_deface_the_screen_is_only_text(trial: Trial) -> None:
    async with trial.run():
        await trial.publish(failed(1, "[@click=app.quit]x[/]"))
        await trial.press("X")
        assert trial.line("[@click=app.quit]x[/]")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ('state:"cannot tell"', {"alpine-9"}),
        ("state:up", {"alpine-9", "web-01", "web-02", "web-10", "db-02"}),
        ("idle>30m", {"web-02"}),
        ("tty:pts/2", {"db-02"}),
    ],
)
async def test_machines_are_found_by_what_their_sessions_are(trial: Trial, query: str, found: set[str]) -> None:
    async with trial.run():
        trial.pane(1).filter_by(query)
        await trial.settle()
        assert set(trial.pane(1).keys) == found
