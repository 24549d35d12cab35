"""The line in which a filter is typed, and under it what is wrong with it."""

from __future__ import annotations

from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input

from whotop.tui.row_strip import printable
from whotop.tui.span_line import Piece, SpanLine

HINT = "words, user:root, on>2, from:10.0.0.0/8, !tag:prod, and, or, ( )   enter keeps it, esc takes it back"


class FilterLine(Vertical):
    """Hidden until it is opened, and furnished then: an eighth of the time to the first paint otherwise.

    Tells of every change to the text, and of its end.
    """

    class Changed(Message):
        """The text is another now."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Kept(Message):
        """The reader is content with it."""

    def __init__(self) -> None:
        super().__init__(id="filter")
        self.display = False
        self._error = ""

    @property
    def is_open(self) -> bool:
        """Whether a filter is being typed."""
        return self.display

    @property
    def text(self) -> str:
        """What has been typed."""
        return self.query_one(Input).value

    async def open(self, table: str, text: str) -> None:
        """Begin with ``text``, for the table of that name."""
        if not self.children:
            await self._furnish()
        self.display = True
        self.query_one("#filter-prompt", SpanLine).show([Piece(f" {table} /", "key")])
        self.advise("")
        box = self.query_one(Input)
        with box.prevent(Input.Changed):
            box.value = text
        box.cursor_position = len(text)
        self.screen.set_focus(box)  # at once: box.focus() would come behind keys that were typed ahead

    async def _furnish(self) -> None:
        """A prompt, the text, and the line under them."""
        box = Input(compact=True, select_on_focus=False)
        await self.mount(Horizontal(SpanLine(id="filter-prompt"), box), SpanLine(id="filter-advice"))

    def close(self) -> None:
        """Hide."""
        self.display = False

    def advise(self, error: str) -> None:
        """Say what is wrong, or how to go about it."""
        self._error = error
        advice = Piece(f" {error}", "error") if error else Piece(f" {HINT}", "dim")
        self.query_one("#filter-advice", SpanLine).show([advice])

    def on_input_changed(self, event: Input.Changed) -> None:
        """Pass on what was typed; what was pasted may hold anything."""
        event.stop()
        if not event.value.isprintable():
            event.input.value = printable(event.value)
            return
        self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter keeps it, unless it cannot be read: then the line under it goes on saying why."""
        event.stop()
        if not self._error:
            self.post_message(self.Kept())

    def on_descendant_blur(self) -> None:
        """Going elsewhere keeps it too."""
        if self.is_open:
            self.post_message(self.Kept())
