"""Collecting as a service, and once: from options to the monitor, and from what it finds to an exit code."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Sequence

from whotop.cli.live import watch_settings
from whotop.cli.log import start_log
from whotop.cli.options import ConfigOptions
from whotop.cli.precheck import check_before_collecting, store_place
from whotop.cli.prepare import Prepared, prepare
from whotop.cli.progress import shown_progress
from whotop.cli.reload import READ_BY_A_SERVICE, Reload
from whotop.cli.secrets import Secrets, ask_secrets
from whotop.cli.service_log import LogFormat, start_service_log
from whotop.cli.warnings import mend_of_keys, warn_of_exposed_files, warn_of_mail_without_server
from whotop.clock import SystemClock
from whotop.collect.open_files import raise_open_file_limit
from whotop.monitor.daemon import Daemon
from whotop.monitor.opening import Watch
from whotop.monitor.round import Round, collect_round
from whotop.monitor.service_manager import ServiceManager

NOT_REACHED = 3

log = logging.getLogger(__name__)


def run_daemon(machines: Sequence[str], chosen: ConfigOptions, log_format: LogFormat) -> int:
    """Watch until stopped."""

    def read() -> Prepared:
        return prepare(machines, chosen)

    prepared = read()
    secrets = _ready(prepared, log_format, logging.DEBUG if chosen.verbose else logging.INFO)
    clock = SystemClock()
    watch = Watch(prepared.targets, watch_settings(prepared, secrets, store_place(prepared)), clock)

    reading = Reload(watch, prepared, secrets, read, READ_BY_A_SERVICE)

    async def reload() -> str:
        return (await reading.again())[1]

    daemon = Daemon(watch, ServiceManager(os.environ), reload, clock)
    asyncio.run(_until_signalled(daemon))
    return 0


async def _until_signalled(daemon: Daemon) -> None:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, daemon.stop)
    loop.add_signal_handler(signal.SIGINT, daemon.stop)
    loop.add_signal_handler(signal.SIGHUP, daemon.reload)
    await daemon.run()


def collect_once(machines: Sequence[str], chosen: ConfigOptions, log_format: LogFormat, patience_seconds: float) -> int:
    """Go round once; 3 when some machine was not reached."""
    prepared = prepare(machines, chosen)
    secrets = _ready(prepared, log_format, logging.DEBUG if chosen.verbose else logging.WARNING)
    done = asyncio.run(_round(prepared, secrets, patience_seconds))
    for name in done.left:
        log.warning("%s is left to another whotop, which polls it on this store", name)
    for name, reason in done.not_reached.items():
        log.warning("%s not reached: %s", name, reason, extra={"fields": {"machine": name, "reason": reason}})
    if done.unknown_keys:
        log.warning("%s", mend_of_keys(prepared))
    return NOT_REACHED if done.not_reached else 0


async def _round(prepared: Prepared, secrets: Secrets, patience_seconds: float) -> Round:
    settings = watch_settings(prepared, secrets, store_place(prepared))
    machines = len(prepared.targets)
    with shown_progress() as progress:
        known = 0

        def on_known(count: int) -> None:
            nonlocal known
            known += count
            progress(f"{known} of {machines} machines", known / machines if machines else 1.0)

        return await collect_round(
            prepared.targets, settings, SystemClock(), patience_seconds=patience_seconds, on_known=on_known
        )


def _ready(prepared: Prepared, log_format: LogFormat, level: int) -> Secrets:
    """Everything that can be found wrong beforehand, and what has to be asked."""
    start_log(prepared.settings, prepared.chosen)
    start_service_log(log_format, level=level)
    check_before_collecting(prepared)
    warn_of_exposed_files(prepared)
    warn_of_mail_without_server(prepared)
    if warning := raise_open_file_limit(len(prepared.targets)):
        log.warning("%s", warning)
    if not prepared.settings.notify.smtp.host and any(target.mail for target in prepared.targets):
        log.warning("machines have mail addresses, but no mail server is named: [notify.smtp]")
    return ask_secrets(prepared)
