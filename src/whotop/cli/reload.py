"""The configuration read again while whotop watches: checked as at a start, then taken up without one.

A mistake in it is one line, and changes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from whotop.cli.live import watch_settings
from whotop.cli.precheck import check_before_collecting, store_place
from whotop.cli.prepare import Prepared
from whotop.cli.secrets import Secrets, configured_passwords, keys_left_locked
from whotop.monitor.opening import Watch

READ_BY_A_SERVICE = ("log_file", "ssh_config")
READ_BY_A_SCREEN = (*READ_BY_A_SERVICE, "theme", "time_zone", "keys", "report", "alerts")
"""At its start, and not again."""


class Reload:
    """What SIGHUP and the key ask for; ``read_once`` are fields that wait for the next start."""

    def __init__(
        self,
        watch: Watch,
        started: Prepared,
        secrets: Secrets,
        read: Callable[[], Prepared],
        read_once: Sequence[str],
    ) -> None:
        self._watch, self._started, self._secrets = watch, started, secrets
        self._read, self._read_once = read, read_once

    async def again(self) -> tuple[Prepared, str]:
        """What the configuration says now, and a line that says what became of it.

        Raises WhotopError where it holds a mistake; then nothing has changed.
        """
        prepared, passwords, locked = await asyncio.to_thread(self._checked)
        settings = watch_settings(prepared, self._secrets, store_place(prepared))
        self._secrets.passwords.update(passwords)
        told = await self._watch.retarget(prepared.targets, settings)
        return prepared, "; ".join(line for line in (told, self._waiting(prepared), locked) if line)

    def _checked(self) -> tuple[Prepared, dict[str, str], str]:
        prepared = self._read()
        check_before_collecting(prepared)
        locked = keys_left_locked(prepared, self._secrets.passphrases.keys())
        return prepared, configured_passwords(prepared), locked

    def _waiting(self, now: Prepared) -> str:
        """What of it is different from what it was at the start, and takes effect with the next one."""
        before = self._started.settings
        waiting = [name for name in self._read_once if getattr(now.settings, name) != getattr(before, name)]
        if store_place(now) != store_place(self._started):
            waiting.append("the place of the store")
        return f"{', '.join(waiting)} from the next start on" if waiting else ""
