"""What a frame of a table costs, at 100 rows and at 10,000, headless at 200x60.

    python bench/frame.py

CPU time with the paint, what waiting alone costs taken off. The budget: 10,000 rows cost at most
1.2 times what 100 do.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Hashable, Sequence

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from whotop.tui.columns import Column
from whotop.tui.line_table import LineTable
from whotop.tui.redraw_limit import REDRAW_SECONDS
from whotop.tui.spark import gauge, spark
from whotop.tui.theme_files import default_variables

SIZE = (200, 60)
ROUNDS = 30
BUDGET_RATIO = 1.2
COLUMNS = (
    Column("state", "", 1, 0),
    Column("machine", "machine", 12, 0, flexible=True),
    Column("on", "on", 3, 90, align="right"),
    Column("cpu", "cpu", 14, 80),
    Column("mem", "mem", 5, 70, align="right"),
    Column("load", "load", 5, 20, align="right"),
    Column("disk", "disk", 5, 30, align="right"),
    Column("up", "up", 5, 10, align="right"),
    Column("last", "last login", 16, 60),
)


class Bench(App[None]):
    """One table of made-up machines, whose figures differ at each draw."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.keys = [f"machine-{number:05d}" for number in range(count)]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The roles' colours."""
        return default_variables()

    def compose(self) -> ComposeResult:
        """The table alone."""
        yield LineTable(COLUMNS, cells_of, id="table", empty="")


def cells_of(key: Hashable) -> Sequence[Sequence[tuple[str, str]]]:
    """As many spans as a real machine has."""
    readings = [random.uniform(0, 100) for _ in range(8)]
    percent = readings[-1]
    figure = (f"{percent:.0f}%", gauge(percent))
    return [
        [("●", "up")],
        [(str(key), "machine")],
        [("3", "strong")],
        [(spark(readings, 8), "chart"), figure],
        [figure],
        [("0.82", "normal")],
        [figure],
        [("41d", "time")],
        [("alice  ", "user"), ("12s", "time")],
    ]


async def milliseconds(pilot: Pilot[None], change: Callable[[], None]) -> float:
    """CPU time of a change and its paint."""
    start = time.process_time()
    for _ in range(ROUNDS):
        change()
        await pilot.pause(REDRAW_SECONDS * 1.2)
    return (time.process_time() - start) / ROUNDS * 1000


async def measure(count: int) -> dict[str, float]:
    """The cost of each kind of frame in ms."""
    app = Bench(count)
    async with app.run_test(size=SIZE) as pilot:
        table = app.query_one(LineTable)
        orders = [list(app.keys), random.sample(app.keys, count)]
        table.set_order(orders[0])
        table.focus()
        await pilot.press("j")

        def reorder() -> None:
            orders.reverse()
            table.set_order(orders[0])

        waiting = await milliseconds(pilot, lambda: None)
        costs = {
            "one changed row": await milliseconds(pilot, lambda: table.touch([table.keys[5]])),
            "all rows changed": await milliseconds(pilot, lambda: table.touch(table.keys[:SIZE[1]])),
            "new order": await milliseconds(pilot, reorder),
            "one row down": await milliseconds(pilot, lambda: table.action_move(1)),
        }  # fmt: skip
    return {name: cost - waiting for name, cost in costs.items()}


def main() -> None:
    """Print the table of costs."""
    few, many = asyncio.run(measure(100)), asyncio.run(measure(10_000))
    print(f"{'a frame at 200x60':<20}{'100 rows':>12}{'10,000 rows':>14}{'ratio':>8}")
    for name, cost in few.items():
        ratio = many[name] / cost
        verdict = "" if ratio <= BUDGET_RATIO else f"  over {BUDGET_RATIO}"
        print(f"{name:<20}{cost:>9.2f} ms{many[name]:>11.2f} ms{ratio:>8.2f}{verdict}")


if __name__ == "__main__":
    main()
