"""What the collector hands on, and asks for; ``monitor`` implements it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from whotop.model import Trouble
from whotop.wire.messages import Cursor, Figures, Goodbye, Hello, Origins, Records, Sessions


class Sink(Protocol):
    """Called in the event loop, once per message; each call must return within microseconds."""

    def cursors(self, machine: str) -> Mapping[str, Cursor]:
        """Where each origin of this machine is to be continued."""
        ...

    def connecting(self, machine: str) -> None:
        """A connection is being made."""
        ...

    def starting(self, machine: str, note: str, *, address: str, jump: str) -> None:
        """A probe is being started; ``note`` says, in safe text, what about that is not as the configuration asks.

        ``address`` and ``jump`` are where the connection led, and through which jump hosts, with what
        ssh_config adds.
        """
        ...

    def lost(self, machine: str, reason: str, *, retry_seconds: float, trouble: Trouble | None = None) -> None:
        """No connection, or no longer; ``reason`` is one line of safe text."""
        ...

    def hello(self, machine: str, hello: Hello, received_us: int, *, sealed: bool = False) -> None:
        """The probe has answered; a new connection begins, whose frames are ``sealed`` or protected by SSH alone."""
        ...

    def origins(self, machine: str, origins: Origins, received_us: int) -> None:
        """What can be read there is something else from now on."""
        ...

    def wanted(self, machine: str) -> tuple[str, ...]:
        """Which origins of records to ask for: after a ``hello``, ``origins`` or ``Collector.ask_for_records``."""
        ...

    def figures(self, machine: str, figures: Figures, received_us: int) -> None:
        """A reading."""
        ...

    def sessions(self, machine: str, sessions: Sessions, received_us: int) -> None:
        """The full list of open sessions."""
        ...

    def records(self, machine: str, records: Records, received_us: int) -> None:
        """A piece of login records. ``Collector.acknowledge`` is called once it is in the store."""
        ...

    def goodbye(self, machine: str, goodbye: Goodbye, received_us: int) -> None:
        """The probe has ended by itself."""
        ...
