"""From what was prepared to what the monitor and the screen are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from whotop.cli.account import account
from whotop.cli.precheck import store_place
from whotop.cli.prepare import Prepared
from whotop.cli.secrets import Secrets
from whotop.clock import SystemClock
from whotop.collect.settings import CollectSettings
from whotop.config.geo import locate_by
from whotop.config.places import accepted_host_keys, config_folder
from whotop.config.settings import KeepTable
from whotop.config.ssh_config import ssh_config_files
from whotop.core.rules.settings import RuleSettings
from whotop.monitor.opening import Watch, WatchSettings
from whotop.notify.settings import NotifySettings
from whotop.store.retention import RetentionSettings

if TYPE_CHECKING:
    from whotop.cli.reports import Reports
    from whotop.core.usage import UsageReport
    from whotop.tui.options import Limits, ScreenOptions


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


def watch_on_screen(prepared: Prepared, secrets: Secrets, read_again: Callable[[], Prepared]) -> int:
    """Show the screen until it is left; its exit code."""
    from whotop.cli.reload import READ_BY_A_SCREEN, Reload
    from whotop.cli.reports import Reports
    from whotop.cli.screen import Screen

    clock, settings = SystemClock(), watch_settings(prepared, secrets, store_place(prepared))
    watch = Watch(prepared.targets, settings, clock)
    reports = Reports(prepared.settings.report, prepared.zone, clock, clock.now_us(), _usage(prepared, settings))

    reading = Reload(watch, prepared, secrets, read_again, READ_BY_A_SCREEN)

    async def reload() -> str:
        again, told = await reading.again()
        screen.judged_by(again.rules, _limits(again.rules))
        return told

    screen = Screen(watch, _screen_options(prepared, reports), reports, clock, reload)
    return screen.run()


def _usage(prepared: Prepared, settings: WatchSettings) -> Callable[[], UsageReport] | None:
    """What asks the store about usage for the report, where it is to."""
    if not prepared.settings.report.usage or settings.store is None:
        return None
    from whotop.cli.usage_answer import Asked, answer_from

    place, table = str(settings.store), prepared.settings.usage
    return lambda: answer_from(place, table, Asked())


def _screen_options(prepared: Prepared, reports: Reports) -> ScreenOptions:
    from whotop.collect.open_files import raise_open_file_limit
    from whotop.tui.options import AlertCalls, ScreenOptions

    alerts = prepared.settings.alerts
    warning = raise_open_file_limit(len(prepared.targets))
    return ScreenOptions(
        theme=prepared.settings.theme,
        theme_folder=config_folder() / "themes",
        keys=prepared.settings.keys,
        zone=prepared.zone,
        limits=_limits(prepared.rules),
        rules=prepared.rules,
        usage=prepared.settings.usage,
        table_folder=reports.folder,
        account=account(),
        alerts=AlertCalls(bell=alerts.bell, flash=alerts.flash, level=alerts.level),
        warnings=(warning,) if warning else (),
    )


def _limits(rules: RuleSettings) -> Limits:
    from whotop.tui.options import Limits

    return Limits(rules.cpu.percent, rules.memory.percent, rules.disk.percent)


def retention(keep: KeepTable) -> RetentionSettings:
    """How long the store keeps what, as the configuration says."""
    return RetentionSettings(
        raw_seconds=round(keep.raw_seconds),
        minute_seconds=round(keep.minute_seconds),
        hour_seconds=round(keep.hour_seconds),
        event_seconds=round(keep.events_seconds),
    )
