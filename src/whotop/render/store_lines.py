"""What ``whotop store`` prints: how large a store is, what it holds, and how large it will be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

import msgspec

from whotop.core.store_size import Contents, Part
from whotop.render.moments import full_moment
from whotop.text import counted, duration, size

SOON = "once the oldest of it leaves"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreState:
    """One store, and what is foretold of it."""

    place: str
    machines: int
    contents: Contents
    parts: Sequence[Part]


def store_text(state: StoreState, zone: tzinfo) -> str:
    """For people."""
    held = state.contents
    free = f", {size(held.free_bytes)} of it free" if held.free_bytes else ""
    lines = [f"{state.place}: {size(held.file_bytes)}{free}"]
    if held.first_event_us is not None:
        lines.append(f"events since {full_moment(held.first_event_us, zone)}")
    lines += ["", "holds"]
    lines += [f"  {count:>12,}  {name.replace('_', ' ')}" for name, count in held.rows.items() if count]
    if not any(held.rows.values()):
        lines.append("  nothing yet")
    lines += ["", f"will take, {SOON} (now {_fleet(state)})"]
    lines += [f"  {size(part.size_bytes):>12}  {part.name}, {duration(part.kept_seconds)}" for part in state.parts]
    lines.append(f"  {size(sum(part.size_bytes for part in state.parts)):>12}  in all")
    return "\n".join(lines) + "\n"


def store_json(state: StoreState) -> str:
    """For programs: sizes in bytes, times in µs and seconds."""
    told = {
        "store": state.place,
        "machines": state.machines,
        **msgspec.structs.asdict(state.contents),
        "forecast": [msgspec.structs.asdict(part) for part in state.parts],
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=2).decode() + "\n"


def _fleet(state: StoreState) -> str:
    held = state.contents
    return (
        f"{counted(state.machines, 'machine')}, "
        f"{held.events_a_day:,.0f} events and {held.sessions_a_day:,.0f} sessions a day"
    )
