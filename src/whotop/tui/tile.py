"""A tile: what can stand in one of the four places of a screen, a table or a picture."""

from __future__ import annotations

from typing import TypeAlias

from whotop.tui.pane import Pane
from whotop.tui.picture import Picture

Tile: TypeAlias = Pane | Picture
