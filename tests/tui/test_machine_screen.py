from __future__ import annotations

import msgspec
import pytest

from tests.tui.small_fleet import NOW_US, SESSIONS, ended, event, machine, sample, session
from tests.tui.trial import Trial
from whotop.clock import HOUR_US, MINUTE_US, SECOND_US
from whotop.core.feed import EventAdded, MachineChanged, MinuteFigures, Sampled, SessionChanged
from whotop.model import EventKind, MachineState, Outcome, Process, Standing
from whotop.tui.process_screen import ProcessScreen


def running(command: str) -> tuple[Process, ...]:
    shell = Process(pid=11, parent_pid=10, command="-bash", state="S", foreground=False, started_us=1, cpu_seconds=0.1)
    return shell, Process(
        pid=12, parent_pid=11, command=command, state="R", foreground=True, started_us=2, cpu_seconds=75
    )


@pytest.fixture
def at_db(trial: Trial) -> Trial:
    """History and processes for db-02."""
    trial.feed.history.past = [
        ended(90, "db-02", "alice", 5 * HOUR_US, 134 * MINUTE_US, Outcome.LOGOUT),
        ended(91, "db-02", "bob", 30 * HOUR_US, HOUR_US, Outcome.CRASH),
        ended(92, "web-01", "carol", 30 * HOUR_US, HOUR_US, Outcome.LOGOUT),
    ]
    trial.feed.history.minutes = [
        MinuteFigures(NOW_US - number * MINUTE_US, 12, 50.0, 90.0, 60.0, None, 1.5, 2.0, 50.0, 3)
        for number in range(1, 60)
    ]
    trial.feed.running = {SESSIONS[3].key: running("psql -U postgres")}
    return trial


async def open_db(trial: Trial) -> None:
    trial.pane(1).select("db-02")
    await trial.press("enter")


async def test_enter_on_a_machine_opens_its_screen_and_the_breadcrumb_says_so(at_db: Trial) -> None:
    async with at_db.run():
        await open_db(at_db)
        assert at_db.lines()[0].startswith(" whotop  fleet › db-02 ")
        await at_db.press("escape")
        assert at_db.lines()[0].startswith(" whotop  fleet  ")
        assert at_db.pane(1).selected == "db-02"


async def test_the_header_tells_what_is_known_of_the_machine(at_db: Trial) -> None:
    async with at_db.run():
        await open_db(at_db)
        assert at_db.line("● up", "ops@db-02.example.net", "Debian GNU/Linux 12", "6.1.0-28-amd64")
        assert at_db.line("up 203d", "clock agrees", "8 processors", "/ 91%▲")
        assert at_db.line("✓ logind", "✓ wtmp", "✗ btmp unreadable (join group utmp)")


async def test_a_clock_that_is_off_is_told(at_db: Trial) -> None:
    async with at_db.run():
        await open_db(at_db)
        await at_db.publish(MachineChanged(msgspec.structs.replace(machine("db-02"), skew_us=-90 * SECOND_US)))
        assert at_db.line("clock -1m")


async def test_a_probe_that_was_not_started_as_asked_is_told_first(at_db: Trial) -> None:
    async with at_db.run():
        await open_db(at_db)
        refused = "sudo -n is refused: a password is required"
        await at_db.publish(MachineChanged(msgspec.structs.replace(machine("db-02"), start_note=refused)))
        assert at_db.line("● up", refused)


async def test_open_sessions_say_what_they_run(at_db: Trial) -> None:
    async with at_db.run():
        await open_db(at_db)
        assert at_db.line("root", "pts/2", "203.0.113.9", "14:18:07", "1s", "psql -U postgres")


async def test_enter_on_a_session_shows_its_processes_as_a_tree(at_db: Trial) -> None:
    async with at_db.run():
        await open_db(at_db)
        await at_db.press("enter")
        assert at_db.line("root  pts/2  db-02")
        assert at_db.line("11", "S -bash")
        assert at_db.line("12", "1m R └ psql -U postgres")
        await at_db.press("enter")
        assert at_db.app._crumbs() == ["fleet", "db-02", "root"]


async def test_a_machine_that_does_not_answer_says_so_in_the_tree(at_db: Trial) -> None:
    at_db.feed.running = {}
    async with at_db.run():
        await open_db(at_db)
        await at_db.press("enter")
        assert at_db.line("it does not answer")
        await at_db.press("escape")
        assert at_db.app._crumbs() == ["fleet", "db-02"]


async def test_an_answer_that_comes_while_the_tree_is_closed_is_let_go(at_db: Trial) -> None:
    async with at_db.run():
        await open_db(at_db)
        await at_db.press("enter")
        screen = at_db.app.screen
        assert isinstance(screen, ProcessScreen)
        await at_db.press("escape")
        await screen._read()
        assert at_db.app._crumbs() == ["fleet", "db-02"]


async def test_recent_sessions_have_durations_and_outcomes(at_db: Trial) -> None:
    async with at_db.run():
        await open_db(at_db)
        assert [row.split()[0] for row in at_db.rows(3)] == ["14:18:07", "09:22:07", "Nov"]
        assert at_db.line("root", "4m", "still on")
        assert at_db.line("alice", "2h 14m")
        assert at_db.line("bob", "1h", "crash")
        assert "carol" not in at_db.text()


async def test_a_logout_ends_the_session_in_both_tables(at_db: Trial) -> None:
    async with at_db.run():
        await open_db(at_db)
        gone = msgspec.structs.replace(SESSIONS[3], outcome=Outcome.GONE, logout_us=NOW_US)
        await at_db.publish(SessionChanged(gone))
        assert at_db.line("nobody is logged in")
        assert at_db.line("root", "4m", "gone")


async def test_the_last_hour_is_drawn_from_history_and_what_comes_in(at_db: Trial) -> None:
    async with at_db.run():
        await open_db(at_db)
        assert at_db.line("cpu", "at most 50%")
        await at_db.publish(
            Sampled(msgspec.structs.replace(sample("db-02", 80.0, 92.0, 4.0, 91.0, 203.0), time_us=NOW_US))
        )
        assert at_db.line("load", "at most 2.05")
        assert "⣿" in at_db.text()


async def test_only_its_own_alerts_are_listed(at_db: Trial) -> None:
    async with at_db.run():
        await open_db(at_db)
        assert "4 Alerts 2" in at_db.text()
        assert at_db.line("▲ high", "login as root")
        assert "2 logins in 1 h" not in at_db.text()


async def test_times_are_the_machines_own(at_db: Trial) -> None:
    ahead = msgspec.structs.replace(session(70, "db-02", "zoe", 0), login_us=NOW_US + HOUR_US, skew_us=HOUR_US)
    async with at_db.run():
        await open_db(at_db)
        await at_db.publish(SessionChanged(ahead))
        assert at_db.line("zoe", "15:22:07")
        await at_db.press("escape")
        assert at_db.line("zoe", "14:22")


async def test_nobody_and_cannot_tell_are_different(at_db: Trial) -> None:
    async with at_db.run():
        at_db.pane(1).select("alpine-9")
        await at_db.press("enter")
        assert at_db.line("cannot tell: no origin of sessions can be read")
        await at_db.publish(MachineChanged(machine("alpine-9")))
        await at_db.pass_seconds(1)
        assert at_db.line("nobody is logged in")
        await at_db.publish(MachineChanged(machine("alpine-9", MachineState.DOWN, reason="timed out")))
        await at_db.pass_seconds(1)
        assert at_db.line("cannot tell: unreachable")
        assert at_db.line("○ unreachable", "timed out")


async def test_an_alert_leads_to_its_machine(at_db: Trial) -> None:
    async with at_db.run():
        await at_db.press("3", "M")
        assert at_db.app._crumbs() == ["fleet", "db-02"]


async def test_a_place_that_is_open_comes_to_the_surface(at_db: Trial) -> None:
    async with at_db.run():
        await open_db(at_db)
        await at_db.press("3", "j", "enter")
        assert at_db.app._crumbs() == ["fleet", "db-02", "alice"]
        await at_db.press("3")
        keys = at_db.pane(3).keys
        at_db.pane(3).select(next(key for key in keys if key == b"session %08d" % 90))
        await at_db.press("enter")
        assert at_db.app._crumbs() == ["fleet", "db-02"]


async def test_charts_cannot_be_filtered_and_say_so(at_db: Trial) -> None:
    async with at_db.run():
        await open_db(at_db)
        await at_db.press("2", "slash")
        assert "no table" in at_db.said()


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
async def test_it_can_be_used_on_a_small_terminal(at_db: Trial, size: tuple[int, int]) -> None:
    async with at_db.run(size):
        await open_db(at_db)
        assert at_db.line("root", "203.0.113.9")
        await at_db.press("3")
        assert at_db.line("alice", "2h 14m")


async def test_history_that_comes_while_one_looks_is_shown(at_db: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("whotop.tui.history_screen.HISTORY_SECONDS", 0.01)
    late, at_db.feed.history.past = at_db.feed.history.past, []
    async with at_db.run():
        await open_db(at_db)
        assert not at_db.line("bob", "crash")
        at_db.feed.history.past = late
        await at_db.publish(
            EventAdded(event(50, EventKind.LOGIN, "db-02", 108_000, "bob", standing=Standing.HISTORY)),
        )
        while not at_db.line("bob", "crash"):
            await at_db.pilot.pause()


async def test_why_a_machine_is_not_reached_is_read_whole_on_a_small_screen(trial: Trial) -> None:
    async with trial.run((80, 24)):
        reason = "HOST KEY CHANGED: it presents ssh-ed25519 SHA256:one, not the key of /home/ops/.ssh/known_hosts:1"
        await trial.publish(MachineChanged(machine("db-02", MachineState.DOWN, reason=reason)))
        await trial.press("g", "slash", *"db", "enter", "enter")
        assert reason in " ".join(line.strip() for line in trial.lines())
