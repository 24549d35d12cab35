"""Who was told of an alert: sent, waiting, or given up, in a few words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from whotop.model.delivery import Delivery
from whotop.tui.views.view import Span


def told(deliveries: Iterable[Delivery]) -> Iterator[Span]:
    """``✉ sent to ops@example.org and 2 more   waits for dba@example.org (no answer within 30 s)``."""
    messages = list(deliveries)
    waiting = [one for one in messages if one.is_waiting]
    given_up = [one for one in messages if one.given_up_us is not None]
    sent = [one for one in messages if one.sent_us is not None]
    if sent:
        yield f"  ✉ sent to {_targets(sent)} ", "up"
    if waiting:
        yield f"  ✉ waits for {_targets(waiting)}{_why(waiting)} ", "stale"
    if given_up:
        yield f"  ✉ given up: {_targets(given_up)}{_why(given_up)} ", "stale"


def _targets(messages: Iterable[Delivery]) -> str:
    targets = list(dict.fromkeys(one.target for one in messages))
    return targets[0] + (f" and {len(targets) - 1} more" if len(targets) > 1 else "")


def _why(messages: Iterable[Delivery]) -> str:
    error = next((one.last_error for one in messages if one.last_error), "")
    return f" ({error})" if error else ""
