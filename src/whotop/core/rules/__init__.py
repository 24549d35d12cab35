"""Rules: what looks wrong. Pure: facts and the time come in, alerts opened, updated or resolved go out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from whotop.core.rules.settings import RuleSettings

if TYPE_CHECKING:
    from whotop.core.rules.book import RuleBook

__all__ = ["RuleBook", "RuleSettings"]


def __getattr__(name: str) -> object:
    """The book only when it is opened: whoever reads the settings before first paint need not load every rule."""
    if name == "RuleBook":
        from whotop.core.rules.book import RuleBook

        return RuleBook
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
