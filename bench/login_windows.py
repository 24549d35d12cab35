"""``whotop windows`` beside a plain Python loop, pandas, polars and the best DuckDB SQL written by hand.

One file of quoted, unsorted logins with a few busy sources; each contestant runs in a process of its
own and writes the same rows. Prints wall time, CPU and peak memory of each, and the ratios.

    python -m bench.login_windows [--rows 10000000] [--rounds 1] [--dense] [--only whotop,duckdb]
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

START_S = 1_448_900_000
SIZE_S = 3_600
BUDGETS = {"duckdb": 1.2, "python": 1 / 8}
"""The most that whotop may take of another's wall time."""

Contestant = Callable[[Path, Path], None]


def make(path: Path, rows: int, *, dense: bool) -> None:
    """Write the logins: one in twenty from one of 250 addresses; all of them where it is ``dense``."""
    import duckdb

    busy = "true" if dense else "hash(i * 7 + 1) % 20 = 0"
    span_s = max(rows // 2, 86_400) if dense else rows * 4
    duckdb.execute(f"""
        COPY (
            SELECT 'user' || (hash(i) % 200000),
                   CASE WHEN {busy} THEN '10.0.0.' || (hash(i * 3) % 250)
                   ELSE '10.' || (hash(i * 11) % 250) || '.' || (hash(i * 13) % 250) || '.' || (hash(i * 17) % 250) END,
                   strftime(make_timestamp(({START_S} + (hash(i * 19) % {span_s})::BIGINT) * 1000000),
                            '%Y-%m-%d %H:%M:%S')
            FROM range({rows}) t(i)
        ) TO '{path}' (FORMAT csv, HEADER false, FORCE_QUOTE *)
    """)


def by_whotop(source: Path, target: Path) -> None:
    """The command itself."""
    from whotop.cli.main import run

    given = {"--input-file": source, "--output-file": target, "--window-size": "1.hour"}
    code = run(["windows", *(str(word) for pair in given.items() for word in pair)])
    if code:
        raise SystemExit(code)


def by_duckdb(source: Path, target: Path) -> None:
    """Count first, carry on only what is in a series, then aggregate."""
    import duckdb

    connection = duckdb.connect(config={"memory_limit": "1536MiB", "temp_directory": str(target.parent)})
    columns = "{'name': 'VARCHAR', 'source': 'VARCHAR', 'time': 'TIMESTAMP'}"
    connection.execute(f"""
        CREATE TABLE logins AS SELECT name, source, epoch(time)::BIGINT AS s
        FROM read_csv('{source}', auto_detect = false, delim = ',', quote = '"', escape = '"', columns = {columns})
    """)
    connection.execute("CREATE TABLE first AS SELECT min(s) AS s FROM logins")
    connection.execute(f"""
        CREATE TABLE crowded AS SELECT (s - (SELECT s FROM first)) // {SIZE_S} AS w, source FROM logins
        GROUP BY ALL HAVING count(*) > 1
    """)
    connection.execute(f"""
        COPY (
            WITH member AS (
                SELECT logins.rowid AS n, name, logins.source, s, w FROM logins
                JOIN crowded ON (s - (SELECT s FROM first)) // {SIZE_S} = w AND logins.source = crowded.source
            )
            SELECT source AS "IP address", min(make_timestamp(s * 1000000)) AS Start,
                   max(make_timestamp(s * 1000000)) AS Stop,
                   string_agg(name || ':' || make_timestamp(s * 1000000)::VARCHAR, ',' ORDER BY s, n) AS Users
            FROM member GROUP BY w, source ORDER BY Start, source
        ) TO '{target}' (FORMAT csv)
    """)


def by_pandas(source: Path, target: Path) -> None:
    """Read, bin, keep the bins with more than one, join their users."""
    import pandas

    logins = pandas.read_csv(source, header=None, names=["name", "source", "time"])
    seconds = pandas.to_datetime(logins["time"], format="%Y-%m-%d %H:%M:%S").astype("datetime64[s]").astype("int64")
    logins["s"] = seconds
    logins = logins.sort_values("s", kind="stable")
    logins["w"] = (logins["s"] - logins["s"].iloc[0]) // SIZE_S
    logins = logins[logins.groupby(["w", "source"])["s"].transform("size") > 1]
    logins["user"] = logins["name"] + ":" + logins["time"]
    found = logins.groupby(["w", "source"]).agg(
        first=("s", "min"), start=("time", "first"), stop=("time", "last"), users=("user", ",".join)
    )
    found = found.reset_index().sort_values(["first", "source"])
    found[["source", "start", "stop", "users"]].to_csv(
        target, index=False, header=["IP address", "Start", "Stop", "Users"]
    )


def by_polars(source: Path, target: Path) -> None:
    """The same, lazily and on all cores."""
    import polars

    logins = polars.scan_csv(source, has_header=False, new_columns=["name", "source", "time"]).with_row_index("n")
    logins = logins.with_columns(
        s=polars.col("time").str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="ms").dt.epoch("s")
    )
    logins = logins.with_columns(w=(polars.col("s") - polars.col("s").min()) // SIZE_S)
    crowded = logins.group_by("w", "source").len().filter(polars.col("len") > 1)
    found = (
        logins.join(crowded, on=["w", "source"], how="semi")
        .sort("s", "n")
        .group_by("w", "source", maintain_order=True)
        .agg(
            polars.col("s").min().alias("first"),
            polars.col("time").first().alias("start"),
            polars.col("time").last().alias("stop"),
            polars.concat_str("name", polars.lit(":"), "time").str.join(",").alias("users"),
        )
        .sort("first", "source")
        .select(
            polars.col("source").alias("IP address"),
            polars.col("start").alias("Start"),
            polars.col("stop").alias("Stop"),
            polars.col("users").alias("Users"),
        )
    )
    found.collect(engine="streaming").write_csv(target)


def by_python(source: Path, target: Path) -> None:
    """Read all, sort, one dictionary a window."""
    from datetime import UTC, datetime

    with source.open(newline="") as file:
        logins = [
            (datetime.fromisoformat(shown).replace(tzinfo=UTC).timestamp(), name, address, shown)
            for name, address, shown in csv.reader(file)
        ]
    logins.sort(key=lambda login: login[0])
    first = logins[0][0]
    windows: dict[tuple[int, str], list[tuple[float, str, str]]] = {}
    for seconds, name, address, shown in logins:
        windows.setdefault((int(seconds - first) // SIZE_S, address), []).append((seconds, name, shown))
    series = [(found[0][0], address, found) for (_, address), found in windows.items() if len(found) > 1]
    series.sort(key=lambda one: one[:2])
    with target.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["IP address", "Start", "Stop", "Users"])
        for _, address, found in series:
            users = ",".join(f"{name}:{shown}" for _, name, shown in found)
            writer.writerow([address, found[0][2], found[-1][2], users])


CONTESTANTS: dict[str, Contestant] = {
    "whotop": by_whotop,
    "duckdb": by_duckdb,
    "polars": by_polars,
    "pandas": by_pandas,
    "python": by_python,
}


@dataclass(frozen=True)
class Taken:
    """What one run took."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    rows: str
    """A digest of what it wrote, whatever the line ends."""


def apart(what: str, work: Callable[[], None]) -> tuple[float, resource.struct_rusage]:
    """Do it in a process of its own, which has loaded nothing yet: its wall time, and what it used."""
    began = time.perf_counter()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work()
            status = 0
        except MemoryError:
            pass
        finally:
            sys.stderr.flush()
            os._exit(status)
    _, status, used = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{what} failed")
    return time.perf_counter() - began, used


def run(name: str, source: Path, folder: Path) -> Taken:
    """One contestant."""
    target = folder / f"{name}.csv"
    target.unlink(missing_ok=True)
    wall_s, used = apart(name, lambda: CONTESTANTS[name](source, target))
    return Taken(wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, digest(target))


def digest(path: Path) -> str:
    """Of the rows behind the header, each without its line end."""
    found = hashlib.blake2b(digest_size=8)
    with path.open("rb") as file:
        next(file)
        for line in file:
            found.update(line.rstrip(b"\r\n"))
    return found.hexdigest()


def main() -> None:
    """Make the file, run everyone, print the table."""
    parser = argparse.ArgumentParser(prog="bench.login_windows", description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=1, help="of which the least counts")
    parser.add_argument("--dense", action="store_true", help="every login belongs to a series")
    parser.add_argument("--only", default=",".join(CONTESTANTS), help="contestants, by commas")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "logins.csv"
        apart("the file", lambda: make(source, chosen.rows, dense=chosen.dense))
        print(f"{chosen.rows:,} logins, {source.stat().st_size / 1e6:,.0f} MB", flush=True)
        taken: dict[str, Taken] = {}
        for contestant in chosen.only.split(","):
            runs = [run(contestant, source, folder) for _ in range(chosen.rounds)]
            best = taken[contestant] = min(runs, key=lambda one: one.wall_s)
            print(
                f"{contestant:8} {best.wall_s:7.1f} s {best.cpu_s:7.1f} s CPU {best.peak_mb:7,.0f} MB  {best.rows}",
                flush=True,
            )
        ours = taken.get("whotop")
        for peer, budget in BUDGETS.items():
            if ours and peer in taken:
                ratio = ours.wall_s / taken[peer].wall_s
                print(f"whotop / {peer}: {ratio:.2f} (budget {budget:.3g}) {'met' if ratio <= budget else 'MISSED'}")


if __name__ == "__main__":
    main()
