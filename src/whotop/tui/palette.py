"""The command palette's list: every action by name, with its key, and why one cannot work just now."""

from __future__ import annotations

from functools import partial
from typing import Protocol, runtime_checkable

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider

from whotop.tui.actions import ACTIONS, Action
from whotop.tui.keymap import shown

UNHELPFUL = frozenset({"palette", "down", "up"})
"""Of no use to somebody who has the palette open."""


@runtime_checkable
class Performs(Protocol):
    """An app that carries out the registry's actions."""

    def why_not(self, action_id: str) -> str:
        """Why an action cannot work just now; "" if it can."""
        ...

    def keys_of(self, action_id: str) -> tuple[str, ...]:
        """The keys an action has now, remapped or not."""
        ...

    async def action_press(self, action_id: str) -> None:
        """Do as if the action's key had been pressed; one that cannot work says why."""
        ...


def palette() -> CommandPalette:
    """The palette, to be pushed over a screen; the app under it should be one that ``Performs``."""
    return CommandPalette(providers=[ActionProvider], placeholder="What shall be done?")


class ActionProvider(Provider):
    """Finds actions by their words, their sentence or their id."""

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for action in self._actions():
            yield DiscoveryHit(action.help, partial(self._perform, action), text=action.help, help=self._note(action))

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for action in self._actions():
            score = max(matcher.match(text) for text in (action.help, action.words, action.id))
            if score > 0:
                yield Hit(
                    score,
                    matcher.highlight(action.help),
                    partial(self._perform, action),
                    text=action.help,
                    help=self._note(action),
                )

    def _actions(self) -> list[Action]:
        return [action for action in ACTIONS if action.id not in UNHELPFUL]

    def _note(self, action: Action) -> str:
        app = self.app
        if not isinstance(app, Performs):
            return shown(action.keys[0])
        keys = " ".join(shown(key) for key in app.keys_of(action.id))
        reason = app.why_not(action.id)
        return f"{keys}   not now: {reason}" if reason else keys

    async def _perform(self, action: Action) -> None:
        app = self.app
        if isinstance(app, Performs):
            await app.action_press(action.id)
