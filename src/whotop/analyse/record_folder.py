"""Which files of a folder such as /var/log hold login records, and in what order rotation wrote them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from whotop.errors import InputError

Series = list[str]
"""A file and the rotated copies before it, the oldest first."""

_ROTATED = re.compile(r"(.+?)(?:[.-](\d{8}(?:[T-]?\d+)?)|\.(\d{1,3}))?(?:\.(?:gz|xz|bz2))?")
_RECORDS = re.compile(
    r"(?:.*[._-])?(?:wtmpx?|btmpx?|auth(?:\.log)?|secure|utx\.log|wtmp\.db|wtmpdb)(?:[._-].*)?|.+\.evtx", re.IGNORECASE
)
_MIXED = re.compile(r"(?:messages|syslog)(?:[.-].*)?")
"""Logs of everything: read only where nothing keeps logins apart, for they tell the same."""
_TEXT_RECORDS = re.compile(r"(?:auth|secure)", re.IGNORECASE)
_PERHAPS_A_JOURNAL = re.compile(r".*(?:journal.*|\.(?:jsonl?|ndjson|export))(?:\.(?:gz|xz|bz2))?", re.IGNORECASE)
_JOURNALS_OWN = (".journal", ".journal~")
"""What journald writes is read with ``journalctl -o export`` alone."""


def in_series(paths: Iterable[str]) -> list[Series]:
    """Rotated copies of one file belong together, in the order in which they were written."""
    series: dict[tuple[str, str], Series] = {}
    for path in paths:
        folder, name = os.path.split(path)
        series.setdefault((folder, _parts(name)[0]), []).append(path)
    return [sorted(files, key=_age) for files in series.values()]


def files_of(folder: str) -> list[str]:
    """The files of login records in a folder, by their names. Raises InputError where there is none."""
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if _is_file(entry))
    except OSError as error:
        raise InputError(error.strerror or str(error), file=folder) from error
    chosen = _chosen(names)
    if not chosen:
        raise InputError("no file in this folder is named like login records", file=folder)
    return [str(Path(folder, name)) for name in chosen]


def _is_file(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_file()
    except OSError:  # a link that leads to itself
        return False


def _chosen(names: Sequence[str]) -> list[str]:
    apart = [name for name in names if _RECORDS.fullmatch(name) or _is_export(name)]
    if any(_TEXT_RECORDS.match(name) for name in apart):
        return apart
    return sorted([*apart, *(name for name in names if _MIXED.fullmatch(name))])


def _is_export(name: str) -> bool:
    return bool(_PERHAPS_A_JOURNAL.fullmatch(name)) and not name.endswith(_JOURNALS_OWN)


def _parts(name: str) -> tuple[str, str, str]:
    """The name without its rotation, and the date or the number that rotation gave it."""
    found = _ROTATED.fullmatch(name)
    return (found[1], found[2] or "", found[3] or "") if found else (name, "", "")


def _age(path: str) -> tuple[int, str, int]:
    """Sorts the oldest first: the dated, then the numbered, then the one that is being written."""
    _, date, number = _parts(Path(path).name)
    if date:
        return 0, date, 0
    return (1, "", -int(number)) if number else (2, "", 0)
