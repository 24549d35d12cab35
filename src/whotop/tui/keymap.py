"""Which keys do what: the registry's own, changed by ``[keys]`` of the configuration and checked."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from textual.keys import Keys

from whotop.errors import ConfigError
from whotop.tui.actions import ACTION_BY_ID, ACTIONS, GROUPS, Action

Keymap = Mapping[str, tuple[str, ...]]
"""Action id to its keys, the one to show first."""

MODIFIERS = ("ctrl+", "alt+", "shift+")
NAMED_KEYS = frozenset(key.value for key in Keys if "<" not in key.value) | {"tab", "enter", "space", "escape"}
SHOWN = {
    "escape": "esc", "question_mark": "?", "slash": "/", "colon": ":", "pagedown": "pgdn", "pageup": "pgup",
    "down": "↓", "up": "↑", "left": "←", "right": "→", "delete": "del",
}  # fmt: skip


def keymap(configured: Mapping[str, str | Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """The keys of every action. ``configured`` gives an action other keys than its own.

    A string holds one key or several with commas between. Raises ``ConfigError`` for an action or
    a key that does not exist, and for a key that two actions would share.
    """
    keys = {action.id: action.keys for action in ACTIONS}
    for action_id, given in configured.items():
        if action_id not in ACTION_BY_ID:
            raise ConfigError(f"there is no action {action_id!r}", place="keys", mend=_nearest(action_id))
        keys[action_id] = _checked(action_id, given)
    _refuse_shared(keys)
    return keys


def for_textual(keys: Keymap) -> dict[str, str]:
    """A keymap as ``App.set_keymap`` takes it."""
    return {action_id: ",".join("comma" if key == "," else key for key in own) for action_id, own in keys.items()}


def shown(key: str) -> str:
    """A key as the screen and the docs write it: ``esc``, ``/``, ``ctrl+s``."""
    return SHOWN.get(key, key)


def keys_table() -> str:
    """All actions and their keys as Markdown, for docs/keys.md."""
    lines = [
        "# Keys",
        "",
        "Another key for an action: `[keys]` in the configuration, for example `open = \"o\"` or",
        "`open = [\"o\", \"enter\"]`. The name on the left is the action's. No key uses ctrl+a, ctrl+b or alt:",
        "tmux and screen own them.",
    ]  # fmt: skip
    for group in GROUPS:
        lines += ["", f"## {group}", "", "| action | keys | |", "|---|---|---|"]
        lines += [_table_row(action) for action in ACTIONS if action.group == group]
    return "\n".join(lines) + "\n"


def _table_row(action: Action) -> str:
    keys = " ".join(f"`{shown(key)}`" for key in action.keys)
    return f"| `{action.id}` | {keys} | {action.help} |"


def _nearest(action_id: str) -> str:
    near = difflib.get_close_matches(action_id, ACTION_BY_ID, n=1)
    return f"did you mean {near[0]!r}?" if near else f"there are {', '.join(ACTION_BY_ID)}"


def _checked(action_id: str, given: str | Sequence[str]) -> tuple[str, ...]:
    parts = (given if given == "," else given.split(",")) if isinstance(given, str) else given
    keys = tuple(part.strip() or part for part in parts if part)
    if not keys:
        raise ConfigError("no key is given", place=f"keys.{action_id}", mend="leave the line out to keep its own")
    for key in keys:
        if not _is_key(key):
            raise ConfigError(
                f"there is no key {key!r}",
                place=f"keys.{action_id}",
                mend="write it like o, F5 as f5, ctrl+o, pagedown",
            )
    return keys


def _is_key(key: str) -> bool:
    bare = key
    for modifier in MODIFIERS:
        bare = bare.removeprefix(modifier)
    if len(bare) == 1:
        return bare.isprintable() and bare != " "
    return bare in NAMED_KEYS or key in NAMED_KEYS


def _refuse_shared(keys: Keymap) -> None:
    owners: dict[str, str] = {}
    for action_id, own in keys.items():
        for key in own:
            owner = owners.setdefault(key, action_id)
            if owner != action_id:
                raise ConfigError(
                    f"{key!r} would be both {owner!r} and {action_id!r}",
                    place=f"keys.{action_id}",
                    mend=f"give {owner!r} another key too",
                )
