from __future__ import annotations

import msgspec
import pytest

from tests.tui.small_fleet import NOW_US, ended, event, machine, session
from tests.tui.trial import Trial
from whotop.clock import HOUR_US
from whotop.core.feed import AlertChanged, EventAdded, MachineChanged, SessionChanged
from whotop.model import Alert, EventKind, Level, MachineState, Outcome, Process
from whotop.text import cells, safe

EVILS = {
    "escape": "a\x1b[31mred\x1b]0;pwned\x07b",
    "markup": "[/] [bold][@click=app.quit]press[/] \\[",
    "right to left": "abc\u202egnp.exe",
    "long": "x" * 300,
    "wide": "漢字" * 100,
    "combining": "e" + "\u0301" * 40,
    "newlines": "one\r\ntwo\nthree\u2028four",
    "zero width": "ro\u200bot\ufeff",
    "c1": "a\x9b31mb\x90c\x9c",
}
MADE_SAFE = {f"{name}, made safe": safe(EVILS[name]) for name in ("escape", "long", "combining")}
"""As they come from the rooms below; what the others become is plain letters too."""


def visit(text: str) -> list[object]:
    """Everything of which a machine may choose the text."""
    lower = session(70, "web-01", text, 0, text, text)
    return [
        MachineChanged(machine("web-02", MachineState.DOWN, reason=text)),
        MachineChanged(msgspec.structs.replace(machine("web-01"), system=text, kernel=text, hostname=text)),
        SessionChanged(lower),
        EventAdded(event(70, EventKind.LOGIN, "web-01", 0, text, tty=text, source=text)),
        EventAdded(event(71, EventKind.BOOT, "web-01", 0, detail=text)),
        AlertChanged(
            Alert(key=b"evil", rule="r", level=Level.HIGH, machine="web-01", subject=text, text=text,
                  opened_us=NOW_US, updated_us=NOW_US)
        ),
    ]  # fmt: skip


def assert_harmless(trial: Trial, size: tuple[int, int]) -> None:
    lines = trial.lines()
    assert len(lines) == size[1]
    for line in lines:
        assert line.isprintable()
        assert cells(line) == size[0]
    assert trial.app.is_running
    # What stands after a hostile cell is where it was.
    assert "5 users" in lines[0] or "6 users" in lines[0]


@pytest.mark.parametrize("text", [*EVILS.values(), *MADE_SAFE.values()], ids=[*EVILS, *MADE_SAFE])
async def test_a_hostile_text_changes_nothing_but_its_own_cell(trial: Trial, text: str) -> None:
    size = (160, 44)
    trial.feed.history.past = [ended(90, "web-01", text, 5 * HOUR_US, HOUR_US, Outcome.LOGOUT)]
    trial.feed.running = {
        b"session %08d" % 70: (
            Process(pid=1, parent_pid=0, command=text, state=text, foreground=True, started_us=1, cpu_seconds=1),
        )
    }
    async with trial.run(size):
        await trial.publish(*visit(text))  # type: ignore[arg-type]
        assert_harmless(trial, size)
        trial.pane(1).select("web-01")
        await trial.press("1", "enter")
        assert_harmless(trial, size)
        trial.pane(1).select(b"session %08d" % 70)
        await trial.press("y")
        assert_harmless(trial, size)
        await trial.press("enter")
        assert_harmless(trial, size)
        await trial.press("enter")
        assert trial.app._crumbs() == ["fleet", "web-01", text]
        assert_harmless(trial, size)
        await trial.press("w")
        assert_harmless(trial, size)


async def test_a_banner_and_a_notice_are_no_markup(trial: Trial) -> None:
    async with trial.run():
        trial.feed.notices = ("[@click=app.quit]press[/] [/]\x1b[31m",)
        await trial.pass_seconds(1)
        assert "[@click=app.quit]press[/]" in trial.text()
        assert all(line.isprintable() for line in trial.lines())


async def test_what_is_typed_or_pasted_into_the_filter_is_no_markup(trial: Trial) -> None:
    from textual import events
    from textual.widgets import Input

    async with trial.run():
        await trial.press("slash")
        trial.top.query_one(Input).post_message(events.Paste("[/]\x1b[31m[@click=app.quit]"))
        await trial.settle()
        assert all(line.isprintable() for line in trial.lines())
