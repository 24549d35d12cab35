"""``whotop demo``: a simulated fleet over real SSH on loopback."""

from __future__ import annotations

import rich_click as click

MACHINES_MAX = 1_000


@click.command()
@click.option(
    "--machines",
    type=click.IntRange(1, MACHINES_MAX),
    default=40,
    show_default=True,
    metavar="N",
    help="How many machines to simulate.",
)
@click.option("--theme", metavar="NAME", help="Colour theme.")
def demo(machines: int, theme: str | None) -> int:
    """Watch a simulated fleet: people come and go, a machine overloads, one goes away.

    Real SSH servers on loopback, watched through the same code as real machines. Nothing of it is
    kept. Where standard output is no terminal, one report is printed instead.
    """
    return run_demo(machines, theme)


def run_demo(machines: int, theme: str | None) -> int:
    """Start the fleet and watch it; the exit code."""
    from whotop.cli.run_demo import report_demo, show_demo
    from whotop.cli.watch import on_terminal

    return show_demo(machines, theme) if on_terminal() else report_demo(machines)
