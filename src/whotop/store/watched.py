"""From states of machines to the spans in which each was really watched. Pure.

A machine is watched while it is up; from its first missed interval on, nobody knows who is there.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from whotop.model import MachineState
from whotop.store.batch import StateChange


class Span(msgspec.Struct):
    """A machine was watched from ``start_us`` to ``end_us``; None: it still is."""

    machine: str
    start_us: int
    end_us: int | None = None


class SpanPlan(msgspec.Struct):
    """What a commit has to write."""

    ends: dict[str, int]
    """Machines whose stored span ends, and when."""
    begins: list[Span]
    watched: frozenset[str]
    """Machines with an open span afterwards."""


def plan_spans(states: Sequence[StateChange], watched: frozenset[str]) -> SpanPlan:
    """Follow ``states`` in order, given the machines whose stored span is open."""
    if not states:
        return SpanPlan({}, [], watched)
    stored, opened = set(watched), dict[str, Span]()
    plan = SpanPlan({}, [], watched)
    for change in states:
        name = change.machine
        if change.state is MachineState.UP:
            if name not in stored and name not in opened:
                opened[name] = Span(name, change.time_us)
                plan.begins.append(opened[name])
        elif name in opened:
            opened.pop(name).end_us = change.time_us
        elif name in stored:
            stored.remove(name)
            plan.ends[name] = change.time_us
    plan.watched = frozenset(stored | opened.keys())
    return plan
