"""What ``whotop notify`` prints: which messages wait, were given up, and were sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo

import msgspec

from whotop.clock import SECOND_US
from whotop.model.delivery import Delivery
from whotop.render.moments import short_moment
from whotop.text import counted, duration


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueState:
    """The messages of a store, as far as anybody wants to see them."""

    waiting: Sequence[Delivery] = ()
    given_up: Sequence[Delivery] = ()
    sent: Sequence[Delivery] = ()
    now_us: int


def queue_text(state: QueueState, zone: tzinfo) -> str:
    """For people."""
    waiting = [_waiting(one, state.now_us, zone) for one in state.waiting]
    given_up = [_given_up(one, state.now_us, zone) for one in state.given_up]
    sent = [_sent(one, state.now_us, zone) for one in state.sent]
    sections = [*_section("waiting", waiting), *_section("given up", given_up), *_section("sent", sent)]
    return "\n".join(sections) + "\n" if sections else "no message waits, was given up, or was sent lately\n"


def queue_json(state: QueueState) -> str:
    """For programs: an object of three arrays."""
    told = {"waiting": state.waiting, "given_up": state.given_up, "sent": state.sent}
    shown = {name: [_fields(delivery) for delivery in deliveries] for name, deliveries in told.items()}
    return msgspec.json.format(msgspec.json.encode(shown), indent=2).decode() + "\n"


def _section(title: str, entries: Iterable[str]) -> Iterator[str]:
    lines = list(entries)
    if lines:
        yield f"{title} ({len(lines)})"
        yield from (f"  {line}" for line in lines)


def _waiting(one: Delivery, now_us: int, zone: tzinfo) -> str:
    queued = f"{short_moment(one.created_us, now_us, zone)}  {one.target}  {one.subject}"
    if not one.attempts:
        return queued
    due_seconds = max(0, (one.due_us or 0) - now_us) / SECOND_US
    return f"{queued}\n      {counted(one.attempts, 'attempt')}, the next in {duration(due_seconds)}: {one.last_error}"


def _given_up(one: Delivery, now_us: int, zone: tzinfo) -> str:
    return f"{short_moment(one.given_up_us or 0, now_us, zone)}  {one.target}  {one.subject}\n      {one.last_error}"


def _sent(one: Delivery, now_us: int, zone: tzinfo) -> str:
    return f"{short_moment(one.sent_us or 0, now_us, zone)}  {one.target}  {one.subject}"


def _fields(delivery: Delivery) -> dict[str, object]:
    return msgspec.structs.asdict(delivery) | {
        "key": delivery.key.hex(),
        "alert": delivery.alert.hex(),
        "merged_into": delivery.merged_into.hex(),
    }
