"""People who come and go on machines while something happens to these."""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from collections.abc import Callable

from tests.rig.machine import PEOPLE, RigLogin, RigMachine

*COMING_AND_GOING, STAYING = PEOPLE


class Traffic:
    """People who log in and out on some machines, until the block is left; then ``STAYING`` stays on each.

    All others have left by then, also by what is written of them.
    """

    def __init__(
        self,
        machines: list[RigMachine],
        chance: random.Random,
        login: Callable[[RigMachine, str], RigLogin] = RigMachine.login,
    ) -> None:
        self._machines, self._login = machines, login
        self._seeds = [chance.random() for _ in machines]
        self._enough = threading.Event()

    async def __aenter__(self) -> None:
        pairs = zip(self._machines, self._seeds, strict=True)
        self._people = [asyncio.create_task(asyncio.to_thread(self._come_and_go, *pair)) for pair in pairs]

    async def __aexit__(self, *_: object) -> None:
        self._enough.set()
        await asyncio.gather(*self._people)

    def _come_and_go(self, machine: RigMachine, seed: float) -> None:
        chance = random.Random(seed)
        while not self._enough.is_set():
            login = self._login(machine, chance.choice(COMING_AND_GOING))
            self._enough.wait(chance.uniform(0.1, 0.8))
            with contextlib.suppress(BrokenPipeError):  # No sshd listened.
                login.logout()
        machine.until_left(*COMING_AND_GOING)
        self._login(machine, STAYING)
