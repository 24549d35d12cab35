"""A pane: a table that shows one view of the fleet, sorted and filtered as its reader likes.

It follows the fleet by the keys that batches touch. A changed cell costs one line; rows are put in
order again only when a row came or went (at most ten times a second) or when what they are sorted
by changed (at most once a second).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Any

from whotop.core.query import Query, parse_query
from whotop.model import Alert
from whotop.tui.intake import News
from whotop.tui.line_table import LineTable
from whotop.tui.span_line import shortened
from whotop.tui.throttle import Throttle
from whotop.tui.views.place import Place
from whotop.tui.views.view import Cell, View, ViewRow

MEMBERSHIP_SECONDS = 0.1
ORDER_SECONDS = 1.0
LONGEST_FILTER_SHOWN = 32
FILTER_TICKS = 5
"""Every so many seconds a filter is asked again of rows that only time has changed (``idle>1h``)."""

Key = Hashable


def may_name_a_column(text: str, columns: Collection[str]) -> bool:
    """Whether the filter ends in the beginning of a column's name: ``web cp``."""
    words = text.replace("(", " ").replace("!", " ").split(" ")
    return bool(words[-1]) and any(column.startswith(words[-1].lower()) for column in columns)


class Pane(LineTable):
    """Number ``number`` of its screen; ``view`` says what is in it."""

    def __init__(self, number: int, view: View[Any]) -> None:
        super().__init__(view.columns, self._cells, id=f"pane-{number}", empty=view.empty())
        self.number = number
        self.view = view
        self.query_in_force: Query | None = None
        self.last_query: Query | None = None
        """The filter to go through with n and N after it was taken away."""
        self._values: dict[Key, Any] = {}
        """What each row is sorted by; its keys are the rows that pass the filter."""
        self._typed_over: Sequence[Key] | None = None
        """The order that stands still while a filter is being typed."""
        self._missed = True
        self._ages: dict[Key, str] = {}
        self._ticks = 0
        monotonic = view.scene.clock.monotonic
        self._came_or_went = Throttle(self, MEMBERSHIP_SECONDS, self._arrange, monotonic)
        self._moved = Throttle(self, ORDER_SECONDS, self._arrange, monotonic)

    def on_mount(self) -> None:
        """Begin in the view's own order."""
        self.sort_key, self.sort_reverse = self.view.sorts_by, self.view.sorts_reversed

    # The fleet has changed

    def take(self, news: News) -> None:
        """Look at what a batch touched. A pane that is out of sight catches up when it is shown."""
        if not self.display or self._missed:
            self._missed = True
            return
        self.take_keys(self.view.touched(news.touched))

    def take_keys(self, keys: Collection[Key]) -> None:
        """Look at these rows again: they came, changed or went."""
        changed = [key for key in keys if self._passes(key)]
        gone = [key for key in keys if key in self._values and not self._passes(key)]
        values = {key: self.view.sort_value(key, self.sort_key) for key in changed}
        have_come = any(key not in self._values for key in changed)
        have_moved = any(self._values.get(key) != value for key, value in values.items())
        self._values.update(values)
        for key in gone:
            del self._values[key]
        if gone or have_come:
            self._came_or_went.ask()
        elif have_moved:
            self._moved.ask()
        self.touch(changed)

    def catch_up(self) -> None:
        """Look at everything again, if anything was missed."""
        if self._missed:
            self.reload()

    def reload(self) -> None:
        """Look at everything again."""
        self._missed = False
        self.set_columns(self.view.columns_now())
        column = self.sort_key or self.view.sorts_by
        self._values = {key: self.view.sort_value(key, column) for key in self.view.rows() if self._passes(key)}
        self._arrange()
        self.refresh()

    def tick(self) -> None:
        """A second has passed: redraw the rows in sight whose ages read differently now."""
        self._ticks += 1
        if self.query_in_force and self._ticks % FILTER_TICKS == 0:
            self.reload()
        self._say_why_empty()
        before, self._ages = self._ages, {key: self.view.ages(key) for key in self.keys_in_sight()}
        self.touch([key for key, text in self._ages.items() if before.get(key) != text])

    def keys_in_sight(self) -> Sequence[Key]:
        """The rows on screen, from the top."""
        first = self.scroll_offset.y
        return [key for key in self.keys[first : first + self.size.height] if self.view.contains(key)]

    def _passes(self, key: Key) -> bool:
        if not self.view.contains(key):
            return False
        return self.query_in_force is None or self.query_in_force.matches(ViewRow(self.view, key))

    def _arrange(self) -> None:
        if self._typed_over is not None:
            self._missed = True
            return
        self._say_why_empty()
        self.set_order(self._sorted(self._values))

    def _say_why_empty(self) -> None:
        text = "nothing matches the filter" if self.query_in_force else self.view.empty()
        if not self.keys and text != self.empty:
            self.empty = text

    def _sorted(self, values: dict[Key, Any]) -> list[Key]:
        known = [key for key, value in values.items() if value is not None]
        known.sort(key=values.__getitem__, reverse=self.sort_reverse)
        return known + [key for key, value in values.items() if value is None]

    def _cells(self, key: Key) -> Sequence[Cell]:
        if not self.view.contains(key):
            return [[] for _ in self.view.columns]
        return self.view.cells(key)

    # What its reader wants

    def sort_by(self, column: str) -> None:
        """Sort by a column; the same column again turns the order round."""
        if column == self.sort_key:
            self.sort_reverse = not self.sort_reverse
        else:
            self.sort_key, self.sort_reverse = column, False
        self.reload()

    def start_typing_filter(self) -> None:
        """Let the order stand still until ``stop_typing_filter``."""
        values = {key: self.view.sort_value(key, self.sort_key) for key in self.view.rows()}
        self._typed_over = self._sorted(values)

    def stop_typing_filter(self) -> None:
        """Let the order move again."""
        self._typed_over = None
        self.reload()

    def filter_while_typed(self, text: str) -> None:
        """``filter_by``, but a word that may yet become a column's name does not empty the table.

        On its way to ``cpu>80`` a filter is ``cpu``, which no row may hold.
        """
        query = parse_query(text, self.view.fields)
        if may_name_a_column(text, self.view.fields) and not any(
            query.matches(ViewRow(self.view, key)) for key in self._typed_over or ()
        ):
            return
        self.filter_by(text)

    def filter_by(self, text: str) -> None:
        """Show only the rows that match; '' shows all. Raises QueryError and changes nothing."""
        query = parse_query(text, self.view.fields) if text.strip() else None
        self.query_in_force = query
        if query is not None:
            self.last_query = query
        self.matches(frozenset())
        if self._typed_over is None:
            self.reload()
        else:
            self._say_why_empty()
            self.set_order([key for key in self._typed_over if self._passes(key)])

    def go_to_match(self, go: Callable[[], bool]) -> bool:
        """Mark what the filter in force, or else the last one, matches, and ``go`` there."""
        query = self.query_in_force or self.last_query
        if query is None:
            return False
        self.matches({key for key in self.keys if query.matches(ViewRow(self.view, key))})
        return go()

    def place(self) -> Place | None:
        """Where the selected row leads."""
        key = self.selected
        return self.view.place(key) if key is not None and self.view.contains(key) else None

    def user(self) -> str:
        """The user whom the selected row is about; '' if it is about none."""
        key = self.selected
        return self.view.user(key) if key is not None and self.view.contains(key) else ""

    def source(self) -> str:
        """The source that the selected row is about; '' if it is about none."""
        key = self.selected
        return self.view.source(key) if key is not None and self.view.contains(key) else ""

    def machine(self) -> str:
        """The machine that the selected row is about; '' if it is about none, or several."""
        key = self.selected
        return self.view.machine(key) if key is not None and self.view.contains(key) else ""

    def alert(self) -> Alert | None:
        """The alert that the selected row is; ``None`` if it is none."""
        key = self.selected
        return self.view.alert(key) if key is not None and self.view.contains(key) else None

    def title_of_row(self) -> str:
        """The name that says what the selected row is about."""
        key = self.selected
        return self.view.title(key) if key is not None and self.view.contains(key) else ""

    def headline(self) -> str:
        """``Machines 214``, ``Machines 3 of 214 /web``."""
        count, query = self.view.count(), self.query_in_force
        if query is None:
            return f"{self.view.name} {count}".strip()
        found = f"{len(self.keys)} of {count}" if count else str(len(self.keys))
        return f"{self.view.name} {found} /{shortened(query.text, LONGEST_FILTER_SHOWN)}"
