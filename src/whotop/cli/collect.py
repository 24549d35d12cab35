"""``whotop collect``: watch and keep without a screen, as a service or once from a timer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_click as click

from whotop.cli.options import ConfigOptions, config_options, duration_seconds, interval_seconds

if TYPE_CHECKING:
    from whotop.cli.service_log import LogFormat


@click.command()
@click.argument("machines", nargs=-1, metavar="[MACHINE]...")
@click.option("--once", is_flag=True, help="Ask every machine once, keep and judge what it tells, and end.")
@click.option(
    "-n", "--interval", callback=interval_seconds, metavar="TIME", help="How often machines are asked: 5s, 1m."
)
@click.option("--store", metavar="FILE", help="Where what happened is kept, instead of the usual place.")
@click.option(
    "--log-format",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="Of the lines on standard error.",
)
@click.option(
    "--time-limit",
    callback=duration_seconds,
    default="45s",
    show_default=True,
    metavar="TIME",
    help="With --once: how long machines may say nothing while all others have answered.",
)
@config_options
def collect(
    machines: tuple[str, ...], chosen: ConfigOptions, once: bool, log_format: LogFormat, time_limit: float
) -> int:
    """Watch machines without a screen: keep what happens, judge it, and tell who is to be told.

    Runs until it is stopped (SIGTERM, ctrl+c); SIGHUP reads the configuration again. As a service of
    systemd it says when it is ready and that it is alive; docs/collect.md has a unit file. A whotop
    screen on the same store follows it, and takes the machines over when it ends.

    With --once each machine is reached, read twice a second apart and let go; it ends with 3 when a
    machine could not be reached, and names it on standard error.
    """
    from whotop.cli.run_collect import collect_once, run_daemon

    if once:
        return collect_once(machines, chosen, log_format, time_limit)
    return run_daemon(machines, chosen, log_format)
