"""Finds places by name: at once those of the fleet in memory, then those that only the store knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from whotop.core.feed import History
from whotop.core.fleet_names import fleet_names_like, sessions_by_name
from whotop.core.names import KnownName, NameKind, Search
from whotop.model import MachineState
from whotop.text import counted
from whotop.tui.views.place import MachinePlace, Place, SourcePlace, UserPlace
from whotop.tui.views.scene import Scene
from whotop.tui.views.times import day_and_time

OF_EACH = 8
"""So many machines, users and sources of the fleet, and so many more of the store…"""
OF_ONE_KIND = 100
"""…or so many of the store where only one kind is looked for."""
_PLACES: dict[NameKind, type[MachinePlace] | type[UserPlace] | type[SourcePlace]] = {
    NameKind.MACHINE: MachinePlace,
    NameKind.USER: UserPlace,
    NameKind.SOURCE: SourcePlace,
}


class FoundPlace(msgspec.Struct, frozen=True):
    """Where one can go, and what is known of it in a few words."""

    place: Place
    kind: NameKind
    name: str
    fact: str


class Finder:
    """``history`` gives the store to ask, or ``None`` while there is none."""

    def __init__(self, scene: Scene, history: Callable[[], History | None]) -> None:
        self._scene = scene
        self._history = history

    def in_fleet(self, search: Search) -> list[FoundPlace]:
        """What the fleet has of that name: machines, then users, then sources."""
        return [
            self._place(known, self._fact_of_fleet(known))
            for kind in search.kinds
            for known in fleet_names_like(self._scene.fleet, search.text, kind, OF_EACH)
        ]

    async def in_store(self, search: Search) -> list[FoundPlace]:
        """What the store has of that name. Raises StoreError."""
        history = self._history()
        if history is None:
            return []
        limit = OF_ONE_KIND if search.is_narrow else OF_EACH
        return [
            self._place(known, self._fact_of_store(known))
            for kind in search.kinds
            for known in await history.names_like(search.text, kind, limit)
        ]

    def _place(self, known: KnownName, fact: str) -> FoundPlace:
        return FoundPlace(_PLACES[known.kind](known.name), known.kind, known.name, fact)

    def _fact_of_fleet(self, known: KnownName) -> str:
        if known.kind is NameKind.MACHINE:
            return self._condition(known)
        fleet = self._scene.fleet
        sessions = list(sessions_by_name(fleet, known.kind, known.name))
        machines = {session.machine for session in fleet.counted(sessions)}
        if machines:
            return f"on {counted(len(machines), 'machine')}"
        failed = self._failed_in_day(known)
        return f"{counted(failed, 'failed login')} in a day" if failed else self._last_login(known)

    def _condition(self, known: KnownName) -> str:
        fleet = self._scene.fleet
        machine = fleet.machines[known.name]
        if machine.state is not MachineState.UP:
            return machine.state.value
        on = len(fleet.sessions_of_machine.get(known.name, ()))
        return f"{on} on" if machine.sessions_known else "cannot tell who is on"

    def _failed_in_day(self, known: KnownName) -> int:
        failures, now_us = self._scene.fleet.failures, self._scene.now_us()
        tallies = failures.of_user if known.kind is NameKind.USER else failures.of_source
        return sum(tally.counts.in_day(now_us) for tally in tallies(known.name).values())

    def _fact_of_store(self, known: KnownName) -> str:
        if known.kind is NameKind.MACHINE and known.name not in self._scene.fleet.machines:
            return f"not watched, {self._last_login(known)}"
        return self._last_login(known)

    def _last_login(self, known: KnownName) -> str:
        if known.last_login_us:
            return f"last login {self._when(known.last_login_us)}"
        return (
            f"no login kept, last failed {self._when(known.last_failed_us)}"
            if known.last_failed_us
            else "no login kept"
        )

    def _when(self, time_us: int) -> str:
        return day_and_time(time_us, self._scene.now_us(), self._scene.zone)


def only_new(found: Iterable[FoundPlace], listed: Iterable[FoundPlace]) -> list[FoundPlace]:
    """Those of ``found`` that are not listed already."""
    places = {one.place for one in listed}
    return [one for one in found if one.place not in places]
