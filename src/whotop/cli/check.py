"""``whotop check``: try every machine, and say what would work and how to mend what does not."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import rich_click as click

from whotop.cli.options import ConfigOptions, config_options

if TYPE_CHECKING:
    from whotop.cli.prepare import Prepared
    from whotop.core.check import MachineCheck

NOT_REACHED = 3
RECORDS_BYTES = 12_288
"""Enough records of each origin to see whether they make sense."""


@click.command()
@click.argument("machines", nargs=-1, metavar="[MACHINE]...")
@config_options
@click.option("--json", "as_json", is_flag=True, help="Print JSON: every machine with every step.")
def check(machines: tuple[str, ...], chosen: ConfigOptions, as_json: bool) -> int:
    """Try machines, and say what would work.

    Each machine is connected to once: whether it is reached, its host key known, our key taken, what
    runs the probe there, which origins of logins can be read, how far its clock is off and whether
    its frames are sealed. Each fault is told with what mends it. With --accept-new, host keys that
    are not known yet are recorded. Ends with 3 when a machine cannot be watched.
    """
    from whotop.cli.log import start_log
    from whotop.cli.precheck import check_keys_and_passwords
    from whotop.cli.prepare import prepare
    from whotop.cli.warnings import warn_of_exposed_files
    from whotop.render.check_lines import check_json, check_text, count_line

    prepared = prepare(machines, chosen)
    start_log(prepared.settings, chosen)
    check_keys_and_passwords(prepared)
    warn_of_exposed_files(prepared)
    checks = _checks(prepared)
    sys.stdout.write(check_json(checks) if as_json else check_text(checks))
    sys.stdout.flush()
    if not as_json:
        print(f"whotop: {count_line(checks)}", file=sys.stderr)
    return 0 if all(each.is_reached for each in checks) else NOT_REACHED


def _checks(prepared: Prepared) -> list[MachineCheck]:
    import asyncio

    from whotop.cli.live import watch_settings
    from whotop.cli.secrets import ask_secrets
    from whotop.clock import SystemClock
    from whotop.collect.open_files import raise_open_file_limit
    from whotop.core.check import checked
    from whotop.monitor.poll import poll_once

    settings = watch_settings(prepared, ask_secrets(prepared), store=None)
    if warning := raise_open_file_limit(len(prepared.targets)):
        print(f"whotop: {warning}", file=sys.stderr)
    with click.progressbar(length=len(prepared.targets), label="checking", file=sys.stderr) as bar:
        polling = poll_once(prepared.targets, settings, SystemClock(), on_known=bar.update, history_bytes=RECORDS_BYTES)
        fleet = asyncio.run(polling)
    return [checked(fleet.machines[target.name]) for target in prepared.targets if target.name in fleet.machines]
