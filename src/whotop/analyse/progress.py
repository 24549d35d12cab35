"""How far something that takes long is: told to whoever wants to see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

Progress: TypeAlias = Callable[[str, float], None]
"""Told of what is being done, and how much of it is, from 0 to 1."""


def unseen(_what: str, _share: float) -> None:
    """Progress that nobody watches."""
