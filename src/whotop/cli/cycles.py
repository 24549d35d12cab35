"""When Python looks for unreachable cycles: seldom while it starts, then often and briefly.

Its look at 50,000 young objects takes up to 0.1 s, and that at everything a thousand watched
machines are 0.2 s: a key pressed then waits for it.
"""

from __future__ import annotations

import gc

WHILE_STARTING = (50_000, 10, 10)
"""Python's own 700 make it run through all that is being imported, again and again: a fifth of the
time to the first paint."""
WHILE_WATCHING = (2_000, 5, 1_000_000)
"""2 ms for young objects, 10 ms for those that have stayed, and everything only when it is asked for."""
EVERYTHING_SECONDS = 3_600
"""How often that is to be done."""


def seldom() -> None:
    """While everything is being imported."""
    gc.set_threshold(*WHILE_STARTING)


def briefly() -> None:
    """Once the screen is there. What was imported for it stays, and need not be looked at again."""
    gc.freeze()
    gc.set_threshold(*WHILE_WATCHING)


def everything() -> None:
    """Look at everything: lost connections are cycles that have grown old."""
    gc.collect()
