"""Usage over three years: the job beside pandas on the same database, and the answers that it makes quick.

Each contestant runs in a process of its own and counts the same; their yearly counts are compared.

    python -m bench.usage [--events 10000000] [--users 1000] [--machines 200] [--keep FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

END = date(2025, 12, 31)
DAYS = 1_096
ANSWERS = 21
BUDGET_MS = 50.0
"""For one answer of /usage/raw over the three years."""


def make(place: Path, events: int, users: int, machines: int) -> None:
    """A store with logins of three years: each user is on three machines from two sources."""
    from whotop.store.store import make_ready

    make_ready(place)
    start_us = int(datetime(END.year, END.month, END.day, tzinfo=UTC).timestamp() - (DAYS - 1) * 86_400) * 1_000_000
    step_us = DAYS * 86_400_000_000 // events
    with closing(sqlite3.connect(place, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        indexes = connection.execute("SELECT name, sql FROM sqlite_master WHERE tbl_name = 'events' AND type = 'index'")
        made = [(name, sql) for name, sql in indexes.fetchall() if sql]
        for name, _ in made:
            connection.execute(f"DROP INDEX {name}")
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO machines (id, name, address, boot_id, state, revision) VALUES (?, ?, '', '', '', 0)",
            ((number + 1, f"web-{number:03}") for number in range(machines)),
        )
        connection.execute(
            f"""
            WITH RECURSIVE numbers (i, u) AS (
                SELECT 0, 0 UNION ALL
                SELECT i + 1, (i * 7919 + i / 13 * 31) % {users} FROM numbers WHERE i + 1 < {events}
            )
            INSERT INTO events (key, machine_id, kind, time_us, user_name, tty, source, origin, session_id, leader_pid,
                login_pid, boot_id, record_id, ordinal, service, detail, standing, seen_us, skew_us, session_key,
                fleet_time_us, revision)
            SELECT CAST(printf('%016d', i) AS BLOB), (u * 3 + i % 3) % {machines} + 1, 'login',
                {start_us} + i * {step_us}, 'user' || u, 'pts/0', '10.0.' || (u % 250) || '.' || (i % 2),
                'wtmp', '', 0, 0, '', '', 0, '', '', 'history', {start_us}, 0, CAST(printf('%016d', i) AS BLOB),
                {start_us} + i * {step_us}, 1
            FROM numbers
            """
        )
        connection.execute("UPDATE revisions SET number = 1")
        connection.execute("COMMIT")
        for _, sql in made:
            connection.execute(sql)


def by_whotop(place: str) -> int:
    """The job, from nothing."""
    from whotop.clock import ManualClock
    from whotop.config.usage_settings import UsageTable
    from whotop.core.periods import Period
    from whotop.core.usage import UsageQuestion
    from whotop.monitor.usage_job import Span, aggregate
    from whotop.store.store import open_store

    async def run() -> int:
        clock = ManualClock(int(datetime(2026, 1, 1, 1, 30, tzinfo=UTC).timestamp()) * 1_000_000)
        store = await open_store(place, clock=clock)
        await aggregate(store.usage_record, UsageTable(), clock, Span(), lambda _day, _share: None)
        asked = UsageQuestion(period=Period.YEAR, start=END - timedelta(days=DAYS - 1), end=END)
        report = await store.history.usage.report(asked)
        await store.close()
        return sum(one.users for one in report.periods)

    return asyncio.run(run())


def by_pandas(place: str) -> int:
    """The same counts from the same database: a row per day, machine, user and source, and the unique users."""
    import pandas

    with closing(sqlite3.connect(place)) as connection:
        frame = pandas.read_sql_query(
            "SELECT fleet_time_us, machine_id, user_name, source FROM events WHERE kind = 'login'", connection
        )
    frame["time"] = pandas.to_datetime(frame.pop("fleet_time_us"), unit="us")
    frame["day"] = frame.time.dt.normalize()
    frame.groupby(["day", "machine_id", "user_name", "source"], sort=False).size()
    users = {
        frequency: frame.groupby(pandas.Grouper(key="time", freq=frequency)).user_name.nunique()
        for frequency in ("D", "W", "ME", "QE", "YE")
    }
    return int(users["YE"].sum())


CONTESTANTS = {"whotop": by_whotop, "pandas": by_pandas}


def contest(name: str, place: Path) -> dict[str, float]:
    """Run one contestant; wall and CPU seconds, peak memory, and what it counted."""
    command = [sys.executable, "-m", "bench.usage", "--one", name, "--keep", str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def one(name: str, place: str) -> None:
    """One contestant's figures, as JSON."""
    began = time.perf_counter()
    counted = CONTESTANTS[name](place)
    wall_s = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "wall_s": wall_s,
        "cpu_s": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / 1024,
        "counted": counted,
    }
    print(json.dumps(figures))


async def answers(place: Path) -> None:
    """How long an answer takes over the three years, in each of the five periods."""
    from whotop.clock import SystemClock
    from whotop.core.periods import Period
    from whotop.core.usage import UsageQuestion
    from whotop.store.store import open_store

    store = await open_store(place, clock=SystemClock())
    for period in Period:
        asked = UsageQuestion(period=period, start=END - timedelta(days=DAYS - 1), end=END)
        took_ms = []
        for _ in range(ANSWERS):
            began = time.perf_counter()
            await store.history.usage.report(asked)
            took_ms.append((time.perf_counter() - began) * 1_000)
        median_ms = statistics.median(took_ms)
        met = "met" if median_ms <= BUDGET_MS else "MISSED"
        print(f"answer per {period.word:8} {median_ms:6.1f} ms, budget {BUDGET_MS:.0f}  {met}")
    await store.close()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="bench.usage", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--users", type=int, default=1_000)
    parser.add_argument("--machines", type=int, default=200)
    parser.add_argument("--keep", type=Path, help="make the store here, or use the one that is there")
    parser.add_argument("--one", choices=CONTESTANTS, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        one(chosen.one, str(chosen.keep))
        return
    with tempfile.TemporaryDirectory() as folder:
        place = chosen.keep or Path(folder) / "usage.db"
        if not place.exists():
            make(place, chosen.events, chosen.users, chosen.machines)
        print(f"{chosen.events:,} logins of {chosen.users:,} users in {DAYS} days, {place.stat().st_size >> 20} MB")
        counted = set()
        for name in CONTESTANTS:
            figures = contest(name, place)
            counted.add(figures["counted"])
            print(
                f"{name:8} {figures['wall_s']:7.1f} s, {figures['cpu_s']:7.1f} s of CPU,"
                f" {figures['peak_mb']:6.0f} MB at most",
                flush=True,
            )
        if len(counted) != 1:
            raise SystemExit(f"they count differently: {counted}")
        asyncio.run(answers(place))


if __name__ == "__main__":
    main()
