"""The demo on the screen, or as one report where there is no terminal."""

from __future__ import annotations

import asyncio
import sys
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from whotop.cli.account import account
from whotop.clock import SystemClock
from whotop.collect.settings import CollectSettings
from whotop.config.settings import ReportTable
from whotop.config.zones import zone_named
from whotop.core.feed import Feed
from whotop.core.fleet import Fleet
from whotop.core.rules.machine_tables import CpuTable, RebootedTable
from whotop.core.rules.settings import RuleSettings
from whotop.demo.start import DemoFleet, demo_fleet
from whotop.monitor.opening import Watch, WatchSettings

if TYPE_CHECKING:
    from whotop.tui.options import Limits

RULES = RuleSettings(cpu=CpuTable(for_seconds=15.0), rebooted=RebootedTable(stands_seconds=60.0))
"""A visitor does not wait five minutes for a machine to be overloaded."""


class DemoWatch:
    """Starts the simulated fleet behind the first paint, and ends it with the screen."""

    def __init__(self, machines: int) -> None:
        self._machines = machines
        self._stack = AsyncExitStack()

    async def open(self) -> Feed:
        """Start the servers and begin to watch them."""
        demo = await self._stack.enter_async_context(demo_fleet(self._machines))
        watch = Watch(demo.targets, settings_for(demo, keep=True), SystemClock())
        self._stack.push_async_callback(watch.close)
        return await watch.open()

    async def close(self) -> None:
        """End watching, then the servers."""
        await self._stack.aclose()


def settings_for(demo: DemoFleet, *, keep: bool) -> WatchSettings:
    """How the demo is watched: its own keys, nothing of the user's; a store that goes with it."""
    return WatchSettings(
        collect=CollectSettings(own_known_hosts=demo.known_hosts, ssh_config_files=()),
        rules=RULES,
        store=demo.folder / "whotop.db" if keep else None,
    )


def show_demo(machines: int, theme: str | None) -> int:
    """Watch the simulated fleet until the screen is left."""
    from whotop.cli.reports import Reports
    from whotop.cli.screen import Screen
    from whotop.cli.theme_choice import check_theme
    from whotop.tui.options import ScreenOptions

    check_theme(theme or "")
    clock = SystemClock()
    zone = zone_named("")
    reports = Reports(ReportTable(), zone, clock, clock.now_us())
    options = ScreenOptions(
        theme=theme or "", zone=zone, table_folder=Path(), limits=_limits(), rules=RULES, account=account()
    )
    return Screen(DemoWatch(machines), options, reports, clock).run()


def report_demo(machines: int) -> int:
    """Poll the simulated fleet once and print its report."""
    from whotop.core.report import report_of_fleet
    from whotop.render import Format, render

    clock = SystemClock()
    fleet = asyncio.run(_poll(machines))
    report = report_of_fleet(fleet, made_us=clock.now_us(), zone=zone_named(""))
    sys.stdout.buffer.write(render(report, Format.TEXT))
    return 0


async def _poll(machines: int) -> Fleet:
    from whotop.monitor.poll import poll_once

    async with demo_fleet(machines) as demo:
        return await poll_once(demo.targets, settings_for(demo, keep=False), SystemClock())


def _limits() -> Limits:
    from whotop.tui.options import Limits

    return Limits(RULES.cpu.percent, RULES.memory.percent, RULES.disk.percent)
