"""All SQL of the analyser, and the tables it goes through.

``logins``  number, name, source, shown, local_s: one row a login, in input order.
            ``shown`` is its time as text in the zone, ``local_s`` the same in seconds since
            1970-01-01 00:00 of that zone; NULL where the text is no time.
``crowded`` the windows (or chains) of each source that hold enough logins.
``members`` number, name, source, shown, instant_s, series: the logins of those.

Written in terms that other engines have too: aggregates, window functions, joins.
"""

from __future__ import annotations

from whotop.analyse.login_windows.question import Mode

FORM = "[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}"
"""The only form in which a time is read; DuckDB's own cast takes many more."""

LOGINS = """
    CREATE TABLE logins (name VARCHAR, source VARCHAR, shown VARCHAR, local_s BIGINT)
"""

_SHOWN_AGAIN = "strftime(make_timestamp({seconds} * 1000000), '%Y-%m-%d %H:%M:%S')"

_MONTHS_END = """
    CASE WHEN substr(time, 9, 2) BETWEEN '29' AND '31' THEN epoch(try_cast(strftime(
        last_day(try_cast(substr(time, 1, 8) || '01' AS DATE)), '%Y-%m-%d') || substr(time, 11) AS TIMESTAMP)) END
"""
"""30 February is the 28th or 29th: java.time's SMART resolver, with which the older analyser read."""

_MOMENT = f"CASE WHEN regexp_full_match(time, '{FORM}') AND time >= '0001' THEN try_cast(time AS TIMESTAMP) END"
_SECONDS = f"""
    CAST(coalesce(epoch(moment), CASE WHEN regexp_full_match(time, '{FORM}') THEN {_MONTHS_END} END) AS BIGINT)
"""
_IS_AS_WRITTEN = "moment IS NOT NULL AND substr(time, 12, 2) <> '24'"
"""24:00:00 is the next day's 00:00:00."""


def add_logins(rows: str) -> str:
    """Take in what ``rows``, a table expression of name, source and time (text), holds."""
    return f"""
        INSERT INTO logins
        SELECT name, coalesce(source, ''),
               CASE WHEN {_IS_AS_WRITTEN} THEN time ELSE {_SHOWN_AGAIN.format(seconds=_SECONDS)} END, {_SECONDS}
        FROM (SELECT *, {_MOMENT} AS moment FROM {rows})
    """


END = "SELECT coalesce(max(rowid) + 1, 0) FROM logins"
"""Where the next login is going to stand."""
BAD = "SELECT count(*) FROM logins WHERE local_s IS NULL"
SPAN = "SELECT count(*), min(local_s), max(local_s), count(*) FILTER (local_s IS NULL) FROM logins"
DROP_BAD = "DELETE FROM logins WHERE local_s IS NULL"


def drop_from(row: int) -> str:
    """Forget the logins from a row on."""
    return f"DELETE FROM logins WHERE rowid >= {row}"


def describe(rows: str) -> str:
    """Which columns ``rows`` has."""
    return f"DESCRIBE SELECT * FROM {rows}"


def three_columns(rows: str, name: str, source: str, time: str) -> str:
    """``rows`` with its columns as ``add_logins`` wants them; a timestamp becomes what a CSV file would hold."""
    shown = f"replace(CAST({identifier(time)} AS VARCHAR), 'T', ' ')"
    texts = f"CAST({identifier(name)} AS VARCHAR) AS name, CAST({identifier(source)} AS VARCHAR) AS source"
    return f"(SELECT {texts}, {shown} AS time FROM {rows})"


def move_out_of_gap(first_s: int, end_s: int, gap_s: int) -> str:
    """Shift the local times that a zone skips forward by what it skips."""
    seconds = f"(local_s + {gap_s})"
    return f"""
        UPDATE logins SET local_s = {seconds}, shown = {_SHOWN_AGAIN.format(seconds=seconds)}
        WHERE local_s >= {first_s} AND local_s < {end_s}
    """


def instant(offsets: list[tuple[int, int]], last_offset_s: int) -> str:
    """Seconds since 1970 in UTC: ``offsets`` are (local time before which it holds, offset), in order."""
    if not offsets:
        return f"(local_s - {last_offset_s})"
    cases = " ".join(f"WHEN local_s < {before_s} THEN {offset_s}" for before_s, offset_s in offsets)
    return f"(local_s - CASE {cases} ELSE {last_offset_s} END)"


def first_instant(instant_s: str) -> str:
    """When the first login was."""
    return f"SELECT min({instant_s}) FROM logins"


def members(mode: Mode, instant_s: str, size_ms: int, start_ms: int, min_logins: int) -> list[str]:
    """The statements that fill ``members``."""
    match mode:
        case Mode.TUMBLING:
            return _tumbling(f"(({instant_s} * 1000 - {start_ms}) // {size_ms})", instant_s, min_logins)
        case Mode.GAP:
            return [_chains(instant_s, size_ms, min_logins)]
        case Mode.SLIDING:
            return [_sliding(instant_s, size_ms, min_logins)]


def _tumbling(window: str, instant_s: str, min_logins: int) -> list[str]:
    """Count first: most sources log in once in a window, and need not be carried on."""
    return [
        f"""
        CREATE TABLE crowded AS
        SELECT {window} AS series, source FROM logins GROUP BY ALL HAVING count(*) >= {min_logins}
        """,
        f"""
        CREATE TABLE members AS
        SELECT logins.rowid AS number, name, logins.source, shown, {instant_s} AS instant_s, crowded.series
        FROM logins JOIN crowded ON {window} = crowded.series AND logins.source = crowded.source
        """,
        "DROP TABLE crowded",
    ]


def _chains(instant_s: str, size_ms: int, min_logins: int) -> str:
    """A new chain begins where the login before is further away than the size."""
    return f"""
        CREATE TABLE members AS
        SELECT * FROM (
            SELECT *, sum(begins) OVER (PARTITION BY source ORDER BY instant_s, number
                                        ROWS UNBOUNDED PRECEDING)::BIGINT AS series
            FROM (
                SELECT rowid AS number, name, source, shown, {instant_s} AS instant_s,
                       CASE WHEN ({instant_s} - lag({instant_s}) OVER (
                            PARTITION BY source ORDER BY {instant_s}, rowid)) * 1000 <= {size_ms}
                       THEN 0 ELSE 1 END AS begins
                FROM logins
            )
        )
        QUALIFY count(*) OVER (PARTITION BY source, series) >= {min_logins}
    """


def _sliding(instant_s: str, size_ms: int, min_logins: int) -> str:
    """From each login, all that are less than the size after it; kept unless the run before holds them all."""
    longest_s = max((size_ms - 1) // 1000, 0)
    return f"""
        CREATE TABLE members AS
        WITH placed AS (
            SELECT rowid AS number, name, source, shown, {instant_s} AS instant_s,
                   row_number() OVER (PARTITION BY source ORDER BY {instant_s}, rowid) AS place
            FROM logins
        ), runs AS (
            SELECT source, place,
                   max(place) OVER (PARTITION BY source ORDER BY instant_s
                                    RANGE BETWEEN CURRENT ROW AND {longest_s} FOLLOWING) AS last_place
            FROM placed
        ), longest AS (
            SELECT source, place, last_place FROM runs
            QUALIFY last_place > coalesce(lag(last_place) OVER (PARTITION BY source ORDER BY place), 0)
        )
        SELECT placed.number, name, placed.source, shown, instant_s, longest.place AS series
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
        SELECT source, arg_min(shown, instant_s) AS start, arg_max(shown, instant_s) AS stop, {users} AS users
        FROM members {where} GROUP BY series, source {having} ORDER BY min(instant_s), source
    """


def in_order(window: int) -> str:
    """The logins of one window that is too large to be aggregated, each series in one piece."""
    return f"""
        SELECT source, name, shown FROM (
            SELECT *, min(instant_s) OVER (PARTITION BY source) AS first_s FROM members WHERE series = {window}
        ) ORDER BY first_s, source, instant_s, number
    """


JOINED_USERS = "string_agg(name || ':' || shown, ',' ORDER BY instant_s, number)"
LISTED_USERS = "list({'user': name, 'time': shown} ORDER BY instant_s, number)"


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


def replace_texts(table: str, column: str, file: str) -> str:
    """Replace the texts in the first column of a CSV file by those in its second."""
    return f"""
        UPDATE {table} SET {column} = better FROM read_csv({literal(file)}, auto_detect = false, header = false,
            delim = ',', quote = '"', escape = '"', nullstr = '\x01', new_line = '\\n',
            columns = {{'text': 'VARCHAR', 'better': 'VARCHAR'}}) WHERE {column} = text
    """


def distinct(table: str, column: str) -> str:
    """Each text of a column once."""
    return f"SELECT DISTINCT {column} FROM {table}"


def copy(query: str, file: str, options: str) -> str:
    """Write what a query gives to a file."""
    return f"COPY ({query}) TO {literal(file)} ({options})"


PLAIN_LINES = r"FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x01'"
"""Lines as they are: a query of one column writes no delimiter."""


def literal(text: str) -> str:
    """A text as SQL writes it."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A column's name as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'
