"""``whotop notify test``: a sample to every target, and what became of each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from whotop.cli.options import ConfigOptions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from whotop.notify.route import Outcome

FAILED, SOME_FAILED = 1, 3


@click.command()
@click.option("-c", "--config", type=click.Path(path_type=Path), metavar="FILE", help="Configuration file.")
@click.option(
    "--log-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="File that takes what whotop and libraries say.",
)
@click.option("-v", "--verbose", is_flag=True, help="Say more in the log file.")
def notify_test(**options: Any) -> int:
    """Send a sample to every target.

    To each address and chat of [notify] and to each machine's own address, at once and past the queue;
    each is told with what became of it. Ends with 3 when some could not be told, with 1 when none could.
    """
    import asyncio

    from whotop.cli.log import start_log
    from whotop.cli.precheck import check_notify_targets
    from whotop.cli.prepare import prepare
    from whotop.clock import SystemClock
    from whotop.notify.sample import all_recipients, send_samples

    chosen = ConfigOptions(**options)
    prepared = prepare((), chosen)
    start_log(prepared.settings, chosen)
    check_notify_targets(prepared)
    table = prepared.settings.notify
    recipients = all_recipients(table, prepared.targets)
    if not recipients:
        raise prepared.error("names nobody to be told", place="notify", mend="see docs/notify.md")
    outcomes = asyncio.run(send_samples(table, recipients, SystemClock().now_us()))
    for line in _lines(outcomes):
        print(line)
    failures = sum(bool(outcome.error) for outcome in outcomes)
    return 0 if not failures else FAILED if failures == len(outcomes) else SOME_FAILED


def _lines(outcomes: Sequence[Outcome]) -> list[str]:
    width = max(len(outcome.delivery.target) for outcome in outcomes)
    return [
        f"{outcome.delivery.channel.value}  {outcome.delivery.target:{width}}  {outcome.error or 'sent'}"
        for outcome in outcomes
    ]
