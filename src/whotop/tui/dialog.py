"""A dialog: a screen over the others that ends with an answer."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, ScreenResultType


class Dialog(ModalScreen[ScreenResultType]):
    """Answers once: of two keys that were typed fast, the second finds it closed, and closes nothing else."""

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """End with this answer, unless it has ended."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
