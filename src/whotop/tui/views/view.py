"""A view: which rows a table has, what their cells say, how they sort and what a filter sees of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Generic, TypeAlias, TypeVar

from whotop.core.fleet import Touched
from whotop.model import Alert
from whotop.tui.columns import Column
from whotop.tui.views.place import MachinePlace, Place
from whotop.tui.views.scene import Scene

Span: TypeAlias = tuple[str, str]
"""A text and its role."""
Cell: TypeAlias = Sequence[Span]
Value: TypeAlias = str | float | Sequence[str] | None
"""What a filter compares a field with."""
Key = TypeVar("Key", bound=Hashable)


class View(ABC, Generic[Key]):
    """Rows known by key. Everything is worked out when it is asked for; a view keeps no rows."""

    name: ClassVar[str]
    """Its title, and the first part of the name of a file it is written to."""
    sorts_by: ClassVar[str]
    """The column that orders it until the reader chooses another."""
    sorts_reversed: ClassVar[bool] = False
    leading_actions: ClassVar[tuple[str, ...]] = ()
    """What can be done with its rows and with few others, by id."""
    columns: Sequence[Column]
    fields: ClassVar[frozenset[str]]
    """What a filter may name."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.fleet = scene.fleet

    @abstractmethod
    def rows(self) -> Iterable[Key]:
        """All rows, in no particular order."""

    @abstractmethod
    def contains(self, key: Key) -> bool:
        """Whether there is such a row now."""

    @abstractmethod
    def touched(self, touched: Touched) -> Collection[Key]:
        """The rows that a batch may have added, changed or removed."""

    @abstractmethod
    def cells(self, key: Key) -> Sequence[Cell]:
        """One list of spans per column; an empty one lets the cell on its left run on into it."""

    @abstractmethod
    def sort_value(self, key: Key, column: str) -> object:
        """What orders the row; one type per column, ``None`` goes last."""

    @abstractmethod
    def value(self, key: Key, field: str) -> Value:
        """What a filter finds in a field."""

    @abstractmethod
    def visible(self, key: Key) -> Iterable[str]:
        """The texts that a bare word of a filter searches."""

    def columns_now(self) -> Sequence[Column]:
        """The columns with the priorities that their contents give them now."""
        return self.columns

    def ages(self, key: Key) -> str:
        """What the row says that changes by the mere passing of time; '' if nothing does."""
        return ""

    def place(self, key: Key) -> Place | None:
        """Where ``enter`` goes."""
        return None

    def user(self, key: Key) -> str:
        """The user whom the row is about; '' if it is about none."""
        return ""

    def source(self, key: Key) -> str:
        """The source that the row is about; '' if it is about none."""
        return ""

    def machine(self, key: Key) -> str:
        """The machine that the row is about; '' if it is about none, or several."""
        place = self.place(key)
        return place.machine if isinstance(place, MachinePlace) else ""

    def alert(self, key: Key) -> Alert | None:
        """The alert that the row is; ``None`` if it is none."""
        return None

    def title(self, key: Key) -> str:
        """The one name that says what the row is about."""
        return self.user(key) or str(key)

    def count(self) -> str:
        """The number in the title; '' where there is none to tell."""
        return str(sum(1 for _ in self.rows()))

    def empty(self) -> str:
        """What stands where there are no rows."""
        return "nothing here"


@dataclass(slots=True)
class ViewRow(Generic[Key]):
    """One row as the filter language sees it."""

    view: View[Key]
    key: Key

    def value(self, field: str) -> Value:
        """What is in a field."""
        return self.view.value(self.key, field)

    def visible(self) -> Iterable[str]:
        """What a bare word searches."""
        return self.view.visible(self.key)


@lru_cache(maxsize=65_536)
def natural(name: str) -> tuple[tuple[int, int, str], ...]:
    """Orders names as people do: ``web-2`` before ``web-10``."""
    pieces: list[tuple[int, int, str]] = []
    digits = ""
    for character in name.casefold() + "\0":
        if "0" <= character <= "9":
            digits += character
            continue
        if digits:
            pieces.append((0, int(digits), digits))
            digits = ""
        pieces.append((1, 0, character))
    return tuple(pieces)


def percent_cell(percent: float | None, role: str, limit: float) -> Cell:
    """``61% `` or, from the limit on, ``88%▲``."""
    if percent is None:
        return [("– ", "dim")]
    return [(f"{percent:.0f}%", role), ("▲", "alert_warn") if percent >= limit else (" ", "normal")]


def failed_cell(count: int | None, role: str = "failed") -> Cell:
    """How many logins failed, in at most six cells: ``12``, ``41k``; ``?`` where nobody can tell, which is not none."""
    if count is None:
        return [("?", "unknown")]
    text = str(count) if count < 100_000 else f"{min(count // 1000, 99_999)}k"
    return [(text, role if count else "dim")]
