"""From what was prepared to what the monitor and the screen are told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from whotop.cli.account import account
from whotop.cli.prepare import Prepared
from whotop.cli.secrets import Secrets, keys_left_locked
from whotop.clock import SystemClock
from whotop.collect.settings import CollectSettings
from whotop.config.geo import locate_by
from whotop.config.places import accepted_host_keys, config_folder
from whotop.config.settings import KeepTable
from whotop.config.ssh_config import ssh_config_files
from whotop.errors import WhotopError
from whotop.monitor.opening import Watch, WatchSettings
from whotop.notify.settings import NotifySettings
from whotop.store.retention import RetentionSettings

if TYPE_CHECKING:
    from whotop.cli.reports import Reports
    from whotop.core.usage import UsageReport
    from whotop.tui.options import ScreenOptions


def watch_settings(prepared: Prepared, secrets: Secrets, store: str | None) -> WatchSettings:
    """All that it takes to watch; ``store`` is the place where it is kept, if it is."""
    return WatchSettings(
        collect=CollectSettings(
            own_known_hosts=accepted_host_keys(),
            ssh_config_files=ssh_config_files(prepared.settings.ssh_config),
            passphrases=secrets.passphrases,
            passwords=secrets.passwords,
        ),
        rules=prepared.rules,
        locate=locate_by(prepared.rules.travel, prepared.file),
        zone=prepared.zone,
        notify=NotifySettings(table=prepared.settings.notify, zone=prepared.zone),
        usage=prepared.settings.usage,
        store=store,
        retention=retention(prepared.settings.store.keep),
    )


def watch_on_screen(prepared: Prepared, settings: WatchSettings, read_again: Callable[[], Prepared]) -> int:
    """Show the screen until it is left; its exit code."""
    from whotop.cli.reports import Reports
    from whotop.cli.screen import Screen

    clock = SystemClock()
    watch = Watch(prepared.targets, settings, clock)
    reports = Reports(prepared.settings.report, prepared.zone, clock, clock.now_us(), _usage(prepared, settings))

    async def reload() -> str:
        try:
            again = await asyncio.to_thread(read_again)
            told = await watch.retarget(again.targets)
            locked = await asyncio.to_thread(keys_left_locked, again, settings.collect.passphrases.keys())
            return f"{told}; {locked}" if locked else told
        except WhotopError as error:
            return f"nothing was changed: {error}"

    return Screen(watch, _screen_options(prepared, reports), reports, clock, reload).run()


def _usage(prepared: Prepared, settings: WatchSettings) -> Callable[[], UsageReport] | None:
    """What asks the store about usage for the report, where it is to."""
    if not prepared.settings.report.usage or settings.store is None:
        return None
    from whotop.cli.usage_answer import Asked, answer_from

    place, table = str(settings.store), prepared.settings.usage
    return lambda: answer_from(place, table, Asked())


def _screen_options(prepared: Prepared, reports: Reports) -> ScreenOptions:
    from whotop.collect.open_files import raise_open_file_limit
    from whotop.tui.options import AlertCalls, Limits, ScreenOptions

    rules, alerts = prepared.rules, prepared.settings.alerts
    warning = raise_open_file_limit(len(prepared.targets))
    return ScreenOptions(
        theme=prepared.settings.theme,
        theme_folder=config_folder() / "themes",
        keys=prepared.settings.keys,
        zone=prepared.zone,
        limits=Limits(rules.cpu.percent, rules.memory.percent, rules.disk.percent),
        rules=rules,
        usage=prepared.settings.usage,
        table_folder=reports.folder,
        account=account(),
        alerts=AlertCalls(bell=alerts.bell, flash=alerts.flash, level=alerts.level),
        warnings=(warning,) if warning else (),
    )


def retention(keep: KeepTable) -> RetentionSettings:
    """How long the store keeps what, as the configuration says."""
    return RetentionSettings(
        raw_seconds=round(keep.raw_seconds),
        minute_seconds=round(keep.minute_seconds),
        hour_seconds=round(keep.hour_seconds),
        event_seconds=round(keep.events_seconds),
    )
