"""What an alert's screen says above its tables: what it is, by which rule, since when, and who has seen it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from whotop.clock import SECOND_US
from whotop.config.durations import format_duration
from whotop.core.rules.settings import RuleSettings
from whotop.core.rules.table import RuleTable
from whotop.model import Alert
from whotop.model.alert import UNTIL_RESOLVED_US
from whotop.text import duration
from whotop.tui.views.alerts import level_span
from whotop.tui.views.scene import Scene
from whotop.tui.views.times import day_and_time
from whotop.tui.views.view import Span

_SOURCE = re.compile(r" \([^)]*\)(?=\.?$)")
"""Whose rule it follows, at the end of a rule's sentence."""
_UNTOLD = frozenset({"on", "scopes", "level"})
"""Fields of a rule's table that say nothing about when it finds something."""


def state(scene: Scene, alert: Alert) -> Sequence[Span]:
    """``▲ high  200 machines   since 14:02:10 for 20m   last 14:21:07   count 412``."""
    end_us = scene.now_us() if alert.resolved_us is None else alert.resolved_us
    spans: list[Span] = [
        (" ", "normal"),
        level_span(alert, scene.now_us()),
        (f"  {alert.where}   ", "machine"),
        ("since ", "header"),
        (f"{_when(scene, alert.opened_us)} for {duration((end_us - alert.opened_us) / SECOND_US)}", "time"),
    ]
    if alert.resolved_us is not None:
        spans += [("   over ", "header"), (_when(scene, alert.resolved_us), "time")]
    elif alert.updated_us != alert.opened_us:
        spans += [("   last ", "header"), (_when(scene, alert.updated_us), "time")]
    return [*spans, ("   count ", "header"), (f"{alert.count:,}", "normal")] if alert.count > 1 else spans


def marks(scene: Scene, alert: Alert) -> Iterator[Span]:
    """``✓ seen by alice 14:05:00   muted until 15:05:00 ``."""
    if alert.acknowledged_us is not None:
        by = f" by {alert.acknowledged_by}" if alert.acknowledged_by else ""
        yield f"  ✓ seen{by} {_when(scene, alert.acknowledged_us)} ", "up"
    if alert.is_open and alert.muted_until_us is not None and alert.is_muted(scene.now_us()):
        until = "it resolves" if alert.muted_until_us == UNTIL_RESOLVED_US else _when(scene, alert.muted_until_us)
        yield f"  muted until {until} ", "stale"


def text(alert: Alert) -> Sequence[Span]:
    """What is wrong."""
    return [(" ", "normal"), *([("late: ", "stale")] if alert.late else []), (alert.text, "strong")]


def rule(alert: Alert, settings: RuleSettings) -> Sequence[Span]:
    """``rule cpu   value 97   limit 90   set to percent 90, for 5m   CPU in use over a limit``."""
    spans: list[Span] = [(" rule ", "header"), (alert.rule, "normal")]
    for name, figure in (("value", alert.value), ("limit", alert.limit)):
        if figure is not None:
            spans += [(f"   {name} ", "header"), (_figure(figure), "normal")]
    table = settings.tables().get(alert.rule)
    if table is None:
        return spans
    sentence = _SOURCE.sub("", (type(table).__doc__ or "").strip().splitlines()[0])
    return [*spans, ("   set to ", "header"), (", ".join(_settings(table)), "normal"), (f"   {sentence}", "dim")]


def _settings(table: RuleTable) -> Iterator[str]:
    """What the rule goes by: ``percent 90``, ``for 5m``."""
    for field in msgspec.structs.fields(table):
        value = getattr(table, field.name)
        if field.name in _UNTOLD or isinstance(value, tuple | list | dict) or value in ("", None):
            continue
        if field.name.endswith("_seconds"):
            yield f"{field.name.removesuffix('_seconds').replace('_', ' ')} {format_duration(value)}"
        else:
            yield f"{field.name.replace('_', ' ')} {_figure(value) if isinstance(value, float) else value}"


def _figure(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def _when(scene: Scene, time_us: int) -> str:
    return day_and_time(time_us, scene.now_us(), scene.zone)
