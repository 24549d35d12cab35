"""A sink that keeps what the collector hands on, and lets a test wait for it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from whotop.model import Trouble
from whotop.wire.messages import Cursor, Message

PATIENCE_SECONDS = 60.0
"""Longer than anything takes on a tenth of a processor."""


class RecordingSink:
    """Keeps what the collector hands on, and lets a test wait for it."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str, Any]] = []
        self.known_cursors: dict[str, Cursor] = {}
        self._news = asyncio.Event()
        self.sealed: dict[str, bool] = {}
        self.ways: dict[str, tuple[str, str]] = {}

    def cursors(self, machine: str) -> Mapping[str, Cursor]:
        return self.known_cursors

    def connecting(self, machine: str) -> None:
        self._note("connecting", machine, None)

    def starting(self, machine: str, note: str, *, address: str, jump: str) -> None:
        self.ways[machine] = (address, jump)
        self._note("starting", machine, note)

    def lost(self, machine: str, reason: str, *, retry_seconds: float, trouble: Trouble | None = None) -> None:
        self._note("lost", machine, reason)

    def hello(self, machine: str, message: Message, received_us: int, *, sealed: bool = False) -> None:
        self._note("hello", machine, message)
        self.sealed[machine] = sealed

    def origins(self, machine: str, message: Message, received_us: int) -> None:
        self._note("origins", machine, message)

    def wanted(self, machine: str) -> tuple[str, ...]:
        return ("wtmp",)

    def figures(self, machine: str, message: Message, received_us: int) -> None:
        self._note("figures", machine, message)

    def sessions(self, machine: str, message: Message, received_us: int) -> None:
        self._note("sessions", machine, message)

    def records(self, machine: str, message: Message, received_us: int) -> None:
        self._note("records", machine, message)

    def goodbye(self, machine: str, message: Message, received_us: int) -> None:
        self._note("goodbye", machine, message)

    def of(self, kind: str, machine: str = "") -> list[Any]:
        return [what for one, name, what in self.calls if one == kind and machine in ("", name)]

    async def wait_for(self, kind: str, machine: str = "", *, count: int = 1) -> Any:
        """The ``count``-th call of ``kind``, once it has come."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while len(self.of(kind, machine)) < count:
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            pytest.fail(f"no {kind} of {machine or 'any machine'} (number {count}); lost: {self.of('lost')}")
        return self.of(kind, machine)[count - 1]

    def _note(self, kind: str, machine: str, what: Any) -> None:
        self.calls.append((kind, machine, what))
        self._news.set()
