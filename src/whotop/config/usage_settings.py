"""The ``[usage]`` table: whose days are counted, from when on, and when the job runs."""

from __future__ import annotations

from datetime import date

from whotop.config.table import Line, Table
from whotop.config.zones import zone_named
from whotop.errors import ConfigError


class UsageTable(Table, frozen=True, kw_only=True):
    """How much the machines are used."""

    time_zone: Line = "UTC"
    """Time zone whose days are counted. It is fixed once the first day is recorded."""
    start: date | None = None
    """The first day that is recorded, such as `2024-01-01`; by default that of the oldest login."""
    schedule: Line = "30 1 * * *"
    """When the job runs, as cron writes it, in UTC."""
    exclude_users: tuple[Line, ...] = ()
    """Users who do not count."""


def check_usage(table: UsageTable, file: str) -> None:
    """Raise ConfigError for a zone or a schedule that is none."""
    if table == UsageTable():
        return
    from whotop.config.schedules import Schedule  # cronsim takes 10 ms to load

    for place, check in (("time_zone", zone_named), ("schedule", Schedule)):
        try:
            check(getattr(table, place))
        except ValueError as error:
            raise ConfigError(str(error), file=file, place=f"usage.{place}") from None
