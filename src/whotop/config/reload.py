"""What a changed configuration means for the machines that are being watched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from whotop.model import Target


class Difference(NamedTuple):
    """Machines to begin with, to let go, and to reach in another way, by name."""

    added: tuple[Target, ...]
    removed: tuple[str, ...]
    changed: tuple[Target, ...]


def difference(old: Iterable[Target], new: Iterable[Target]) -> Difference:
    """What leads from ``old`` to ``new``. A machine whose tags alone differ counts as changed."""
    before = {target.name: target for target in old}
    after = {target.name: target for target in new}
    return Difference(
        added=tuple(target for name, target in after.items() if name not in before),
        removed=tuple(name for name in before if name not in after),
        changed=tuple(target for name, target in after.items() if name in before and before[name] != target),
    )
