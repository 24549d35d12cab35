"""All SQL of the analyser, and the tables it goes through; how files are named and read is in ``file_tables``.

``logins``  name, source, local_us: one row a login, in input order. ``local_us`` is its time in µs
            since 1970-01-01 00:00 of the zone; NULL where the text was no time.
``crowded`` the windows (or chains) of each source that hold enough logins.
``members`` number, name, source, local_us, instant_us, series: the logins of those.

Written in terms that other engines have too: aggregates, window functions, joins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from whotop.analyse.login_windows.file_tables import csv_file, identifier, literal
from whotop.analyse.login_windows.question import Mode
from whotop.clock import SECOND_US

FORM = "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"
"""The only form in which a time of CSV is read; DuckDB's own cast takes many more."""
FINER_FORM = rf"{FORM}(\.[0-9]{{1,6}})?"
"""Of files that know what a time is."""
_LONGEST_BYTES = {FORM: 19, FINER_FORM: 26}

LOGINS = """
    CREATE TABLE logins (name VARCHAR, source VARCHAR, local_us BIGINT)
"""

_MONTHS_END = """
    CASE WHEN substr(time, 9, 2) BETWEEN '29' AND '31' THEN try_cast(strftime(
        last_day(try_cast(substr(time, 1, 8) || '01' AS DATE)), '%Y-%m-%d') || substr(time, 11) AS TIMESTAMP) END
"""
"""30 February is the 28th or 29th: java.time's SMART resolver, with which the older analyser read."""


def _odd_moment(form: str) -> str:
    """24:00:00 is the next day's 00:00:00."""
    return f"""
        CASE WHEN regexp_full_match(time, '{form}') AND time >= '0001'
        THEN coalesce(try_cast(time AS TIMESTAMP), {_MONTHS_END}) END
    """


def add_logins(rows: str, form: str = FORM) -> str:
    """Take in what ``rows``, a table expression of name, source and time (text), holds.

    A time that reads the same when it is written again is one in the only form that there is, which
    is found out in half the time that the regular expression takes.
    """
    return f"""
        INSERT INTO logins
        SELECT coalesce(name, ''), coalesce(source, ''),
               epoch_us(CASE WHEN CAST(moment AS VARCHAR) = time AND strlen(time) <= {_LONGEST_BYTES[form]}
                        THEN moment ELSE {_odd_moment(form)} END)
        FROM (SELECT *, try_cast(time AS TIMESTAMP) AS moment FROM {rows})
    """


def add_instants(path: Path) -> str:
    """Take in a file of name, source and µs since 1970 UTC, which stand as if the zone were UTC."""
    rows = csv_file(path, ("name", "source", "us"), "new_line = '\\n'")
    return f"INSERT INTO logins SELECT name, source, CAST(us AS BIGINT) FROM {rows}"


def without_quotes(rows: str, columns: Sequence[str]) -> str:
    """``rows`` of name, source, time and others; one that has a quote in any of ``columns`` has no time."""
    quoted = " OR ".join(f"contains({column}, '\"')" for column in columns)
    return f"(SELECT name, source, CASE WHEN {quoted} THEN NULL ELSE time END AS time FROM {rows})"


def describe(rows: str) -> str:
    """Which columns ``rows`` has."""
    return f"DESCRIBE SELECT * FROM {rows}"


def three_columns(rows: str, types: Mapping[str, str], name: str, source: str, time: str) -> str:
    """``rows`` with its columns as ``add_logins`` wants them; a timestamp becomes what a CSV file would hold."""
    return f"""
        (SELECT {_text(name, types)} AS name, {_text(source, types)} AS source,
                replace({_text(time, types)}, 'T', ' ') AS time FROM {rows})
    """


def _text(column: str, types: Mapping[str, str]) -> str:
    """A column as text; bytes are UTF-8."""
    name = identifier(column)
    return f"decode({name})" if types[column] == "BLOB" else f"CAST({name} AS VARCHAR)"


def _shown(local_us: str) -> str:
    """A time as text, to the second; a cast of whole seconds takes half of what strftime does."""
    return f"CAST(date_trunc('second', make_timestamp({local_us})) AS VARCHAR)"


END = "SELECT coalesce(max(rowid) + 1, 0) FROM logins"
"""Where the next login is going to stand."""
BAD = "SELECT count(*) FROM logins WHERE local_us IS NULL"
SPAN = "SELECT count(*), min(local_us), max(local_us) FROM logins"
DROP_BAD = "DELETE FROM logins WHERE local_us IS NULL"


def drop_from(row: int) -> str:
    """Forget the logins from a row on."""
    return f"DELETE FROM logins WHERE rowid >= {row}"


def move_out_of_gap(first_s: int, end_s: int, gap_s: int) -> str:
    """Shift the local times that a zone skips forward by what it skips."""
    return f"""
        UPDATE logins SET local_us = local_us + {gap_s * SECOND_US}
        WHERE local_us >= {first_s * SECOND_US} AND local_us < {end_s * SECOND_US}
    """


INSTANT = "local_us"
"""Of logins that came as instants."""


def to_local(offsets: list[tuple[int, int]], last_offset_s: int) -> str:
    """Give members that came as instants the zone's times: (instant before which it holds, offset), in order."""
    offset_us = _offset_us("instant_us", offsets, last_offset_s)
    return f"UPDATE members SET local_us = instant_us + {offset_us}"


def instant(offsets: list[tuple[int, int]], last_offset_s: int) -> str:
    """µs since 1970 in UTC: ``offsets`` are (local time before which it holds, offset), in order."""
    return f"(local_us - {_offset_us('local_us', offsets, last_offset_s)})"


def _offset_us(time_us: str, offsets: list[tuple[int, int]], last_offset_s: int) -> str:
    if not offsets:
        return str(last_offset_s * SECOND_US)
    cases = " ".join(
        f"WHEN {time_us} < {before_s * SECOND_US} THEN {offset_s * SECOND_US}" for before_s, offset_s in offsets
    )
    return f"CASE {cases} ELSE {last_offset_s * SECOND_US} END"


def first_instant(instant_us: str) -> str:
    """When the first login was."""
    return f"SELECT min({instant_us}) FROM logins"


def members(mode: Mode, instant_us: str, size_us: int, start_us: int, min_logins: int) -> list[str]:
    """The statements that fill ``members``."""
    match mode:
        case Mode.TUMBLING:
            return _tumbling(f"(({instant_us} - {start_us}) // {size_us})", instant_us, min_logins)
        case Mode.GAP:
            return [_chains(instant_us, size_us, min_logins)]
        case Mode.SLIDING:
            return [_sliding(instant_us, size_us, min_logins)]


def _tumbling(window: str, instant_us: str, min_logins: int) -> list[str]:
    """Count first: most sources log in once in a window, and need not be carried on."""
    return [
        f"""
        CREATE TABLE crowded AS
        SELECT {window} AS series, source FROM logins GROUP BY ALL HAVING count(*) >= {min_logins}
        """,
        f"""
        CREATE TABLE members AS
        SELECT logins.rowid AS number, name, logins.source, local_us, {instant_us} AS instant_us, crowded.series
        FROM logins JOIN crowded ON {window} = crowded.series AND logins.source = crowded.source
        """,
        "DROP TABLE crowded",
    ]


def _chains(instant_us: str, size_us: int, min_logins: int) -> str:
    """A new chain begins where the login before is further away than the size."""
    return f"""
        CREATE TABLE members AS
        SELECT * FROM (
            SELECT *, sum(begins) OVER (PARTITION BY source ORDER BY instant_us, number
                                        ROWS UNBOUNDED PRECEDING)::BIGINT AS series
            FROM (
                SELECT rowid AS number, name, source, local_us, {instant_us} AS instant_us,
                       CASE WHEN ({instant_us} - lag({instant_us}) OVER (
                            PARTITION BY source ORDER BY {instant_us}, rowid)) <= {size_us}
                       THEN 0 ELSE 1 END AS begins
                FROM logins
            )
        )
        QUALIFY count(*) OVER (PARTITION BY source, series) >= {min_logins}
    """


def _sliding(instant_us: str, size_us: int, min_logins: int) -> str:
    """From each login, all that are less than the size after it; kept unless the run before holds them all."""
    return f"""
        CREATE TABLE members AS
        WITH placed AS (
            SELECT rowid AS number, name, source, local_us, {instant_us} AS instant_us,
                   row_number() OVER (PARTITION BY source ORDER BY {instant_us}, rowid) AS place
            FROM logins
        ), runs AS (
            SELECT source, place,
                   max(place) OVER (PARTITION BY source ORDER BY instant_us
                                    RANGE BETWEEN CURRENT ROW AND {size_us - 1} FOLLOWING) AS last_place
            FROM placed
        ), longest AS (
            SELECT source, place, last_place FROM runs
            QUALIFY last_place > coalesce(lag(last_place) OVER (PARTITION BY source ORDER BY place), 0)
        )
        SELECT placed.number, name, placed.source, local_us, instant_us, longest.place AS series
        FROM longest JOIN placed
        ON placed.source = longest.source AND placed.place BETWEEN longest.place AND longest.last_place
        WHERE longest.last_place - longest.place + 1 >= {min_logins}
    """


MEMBERS = "SELECT count(*) FROM members"

STEP_SIZES = "SELECT series, count(*) FROM members GROUP BY series ORDER BY series"
"""Of tumbling windows, whose numbers go with time."""


BY_WINDOW = """
    CREATE OR REPLACE TABLE members AS SELECT * FROM members ORDER BY series
"""
"""So that a range of windows lies together, and the rest is not read."""


def series(users: str, min_users: int, first: int | None = None, last: int | None = None) -> str:
    """The series in the order of their start, then of their source; of the windows ``first`` to ``last``."""
    where = "" if first is None else f"WHERE series BETWEEN {first} AND {last}"
    having = f"HAVING count(DISTINCT name) >= {min_users}" if min_users > 1 else ""
    return f"""
        SELECT source, {_shown("arg_min(local_us, instant_us)")} AS start,
               {_shown("arg_max(local_us, instant_us)")} AS stop, {users} AS users
        FROM members {where} GROUP BY series, source {having} ORDER BY min(instant_us), source
    """


def in_order(window: int) -> str:
    """The logins of one window that is too large to be aggregated: each series in one piece, with what it is."""
    return f"""
        SELECT source, {_shown("start_us")}, {_shown("stop_us")}, logins, name, {_shown("local_us")} FROM (
            SELECT *, min(instant_us) OVER series AS first_us, count(*) OVER series AS logins,
                   arg_min(local_us, instant_us) OVER series AS start_us,
                   arg_max(local_us, instant_us) OVER series AS stop_us
            FROM members WHERE series = {window} WINDOW series AS (PARTITION BY source)
        ) ORDER BY first_us, source, instant_us, number
    """


JOINED_USERS = f"string_agg(name || ':' || {_shown('local_us')}, ',' ORDER BY instant_us, number)"
LISTED_USERS = f"list({{'user': name, 'time': {_shown('local_us')}}} ORDER BY instant_us, number)"


def csv_lines(series_query: str) -> str:
    """Each series as a line of CSV that ends with a carriage return: quotes only where they are needed."""
    return f"""
        SELECT {_quoted("source")} || ',' || start || ',' || stop || ',' || {_quoted("users")} || chr(13)
        FROM ({series_query})
    """


def _quoted(cell: str) -> str:
    return f"""
        CASE WHEN regexp_matches({cell}, '[,"\\r\\n]') THEN '"' || replace({cell}, '"', '""') || '"' ELSE {cell} END
    """


def replace_texts(table: str, column: str, path: Path) -> str:
    """Replace the texts in the first column of a CSV file by those in its second."""
    rows = csv_file(path, ("text", "better"), "new_line = '\\n'")
    return f"UPDATE {table} SET {column} = better FROM {rows} WHERE {column} = text"


def distinct(table: str, column: str) -> str:
    """Each text of a column once."""
    return f"SELECT DISTINCT {column} FROM {table}"


def copy(query: str, file: str, options: str) -> str:
    """Write what a query gives to a file."""
    return f"COPY ({query}) TO {literal(file)} ({options})"


PLAIN_LINES = r"FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01'"
"""Lines as they are: a query of one column writes no delimiter."""
