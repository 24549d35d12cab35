"""What an alert's screen says above its tables: what it is, by which rule, since when, and who has seen it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from whotop.clock import SECOND_US
from whotop.config.durations import format_duration
from whotop.core.rules.settings import RuleSettings
from whotop.core.rules.table import RuleTable
from whotop.model import Alert
from whotop.model.alert import UNTIL_RESOLVED_US
from whotop.text import duration
from whotop.tui.views.alerts import level_span, machines_word
from whotop.tui.views.scene import Scene
from whotop.tui.views.times import day_and_time
from whotop.tui.views.view import Span

_UNTOLD = frozenset({"on", "scopes", "level"})
"""Fields of a rule's table that say nothing about when it finds something."""


def what(scene: Scene, alert: Alert) -> Sequence[Span]:
    """``▲ high  200 machines  412 failed logins from 203.0.113.9 on 200 machines``."""
    late = [("late: ", "stale")] if alert.late else []
    return [
        (" ", "normal"),
        level_span(alert, scene.now_us()),
        (f"  {machines_word(alert)}  ", "machine"),
        *late,
        (alert.text, "strong"),
    ]


def course(scene: Scene, alert: Alert) -> Sequence[Span]:
    """``since 14:02:10 for 20m   last 14:21:07   12 times   value 97 over 90   seen by alice 14:05:00``."""
    spans: list[Span] = [(" since ", "header"), (_when(scene, alert.opened_us), "time")]
    end_us = scene.now_us() if alert.resolved_us is None else alert.resolved_us
    spans.append((f" for {duration((end_us - alert.opened_us) / SECOND_US)}", "time"))
    if alert.resolved_us is not None:
        spans += [("   over ", "header"), (_when(scene, alert.resolved_us), "time")]
    elif alert.updated_us != alert.opened_us:
        spans += [("   last ", "header"), (_when(scene, alert.updated_us), "time")]
    if alert.count > 1:
        spans += [("   count ", "header"), (f"{alert.count:,}", "normal")]
    if alert.value is not None:
        spans += [("   value ", "header"), (_figure(alert.value), "normal")]
    if alert.limit is not None:
        spans += [("   limit ", "header"), (_figure(alert.limit), "normal")]
    return [*spans, *_marks(scene, alert)]


def _marks(scene: Scene, alert: Alert) -> Iterator[Span]:
    if alert.acknowledged_us is not None:
        by = f" by {alert.acknowledged_by}" if alert.acknowledged_by else ""
        yield f"   ✓ seen{by} {_when(scene, alert.acknowledged_us)}", "up"
    if alert.is_open and alert.muted_until_us is not None and alert.is_muted(scene.now_us()):
        until = "it resolves" if alert.muted_until_us == UNTIL_RESOLVED_US else _when(scene, alert.muted_until_us)
        yield f"   muted until {until}", "stale"


def rule(alert: Alert, settings: RuleSettings) -> Sequence[Span]:
    """``rule cpu  CPU in use over a limit.  percent 90, for 5m``."""
    table = settings.tables().get(alert.rule)
    spans: list[Span] = [(" rule ", "header"), (alert.rule, "normal")]
    if table is None:
        return spans
    sentence = (type(table).__doc__ or "").strip().splitlines()[0]
    numbers = ", ".join(_settings(table))
    return [*spans, (f"  {sentence}", "dim"), (f"   {numbers}", "normal")]


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
