"""``whotop [watch] [MACHINE…]``: the live screen; one report where standard output is no terminal."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from whotop.cli.options import ConfigOptions, config_options, interval_seconds
from whotop.cli.prepare import Prepared, prepare

if TYPE_CHECKING:
    from whotop.cli.secrets import Secrets


@click.command()
@click.argument("machines", nargs=-1, metavar="[MACHINE]...")
@click.option(
    "-n", "--interval", callback=interval_seconds, metavar="TIME", help="How often machines are asked: 5s, 1m."
)
@click.option("--store", metavar="FILE", help="Where what happened is kept, instead of the usual place.")
@config_options
@click.option("--theme", metavar="NAME", help="Colour theme; `t` on the screen shows them all.")
@click.option("--report", metavar="FILE", help="Leave the snapshot report here; its ending names the format.")
@click.option("--usage", is_flag=True, help="Say in the report how many people used the machines lately.")
@click.option("--no-report", is_flag=True, help="Leave no report on exit.")
def watch(machines: tuple[str, ...], chosen: ConfigOptions) -> int:
    """Watch machines on a live screen.

    A MACHINE is [user@]name[:port], a range such as web-[01-40], a @tag or a glob over the
    configured machines. Without any: all that are configured, or else this machine. Where standard
    output or standard error is no terminal, one report is printed instead, and left in the
    --report FILE.
    """
    from whotop.cli.log import start_log
    from whotop.cli.precheck import check_before_poll, check_before_screen
    from whotop.cli.secrets import ask_secrets
    from whotop.cli.warnings import warn_of_exposed_files, warn_of_mail_without_server

    def read() -> Prepared:
        return prepare(machines, chosen)

    prepared = read()
    start_log(prepared.settings, chosen)
    warn_of_exposed_files(prepared)
    warn_of_mail_without_server(prepared)
    if not on_terminal():
        from whotop.cli.report import Wanted, report_machines

        check_before_poll(prepared)
        table = prepared.settings.report
        return report_machines(prepared, Wanted(copy=Path(table.file) if table.file and table.on_exit else None))
    check_before_screen(prepared)
    return run_screen(prepared, ask_secrets(prepared), read)


def on_terminal() -> bool:
    """Whether there is a screen to show. Textual draws it through standard error."""
    return sys.stdout.isatty() and sys.stderr.isatty()


def run_screen(prepared: Prepared, secrets: Secrets, read_again: Callable[[], Prepared]) -> int:
    """Show the screen until it is left; its exit code. ``read_again`` is what SIGHUP calls."""
    from whotop.cli.live import watch_on_screen

    return watch_on_screen(prepared, secrets, read_again)
