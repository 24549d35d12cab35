"""Which origins are read, on the systems of today: each line of the table is one of them."""

from __future__ import annotations

import pytest

from whotop.core.choice import Choice, Found, chosen
from whotop.model import Origin, Readability

BOOT_US = 1_763_700_000_000_000
FRESH_US, STALE_US = BOOT_US + 60_000_000, BOOT_US - 86_400_000_000


def found(words: str) -> list[Found]:
    """``logind utmp wtmp! btmp?``: ``?`` is there but not readable, ``!`` was written to before the boot alone."""
    made = []
    for word in words.split():
        name, mark = (word[:-1], word[-1]) if word[-1] in "?!" else (word, "")
        readability = Readability.UNREADABLE if mark == "?" else Readability.READABLE
        changed_us = STALE_US if mark == "!" else FRESH_US
        made.append(Found(Origin(name.replace("_", " ")), readability, changed_us))
    return made


def choice(words: str, probe: str = "linux", boot_us: int = BOOT_US) -> Choice:
    return chosen(found(words), probe=probe, boot_us=boot_us)


TABLE = [
    # system, what it has, live, history, failures
    ("Debian 12, a plain account", "logind utmp wtmp btmp? journal? auth.log?", "logind utmp", "wtmp", ""),
    ("Debian 12, in groups adm and utmp", "logind utmp wtmp btmp journal auth.log", "logind utmp", "wtmp", "btmp"),
    ("Debian 12, in group adm", "logind utmp wtmp btmp? journal auth.log", "logind utmp", "wtmp", "journal"),
    ("Debian 12 without a journal, in group adm", "logind utmp wtmp btmp? auth.log", "logind utmp", "wtmp", "auth.log"),
    ("Red Hat 9, root", "logind utmp wtmp btmp journal auth.log lastlog", "logind utmp", "wtmp", "btmp"),
    ("Red Hat 9, never a failure since the boot", "logind utmp wtmp btmp!", "logind utmp", "wtmp", "btmp"),
    ("Debian 13, a plain account", "logind wtmpdb journal? auth.log?", "logind", "wtmpdb", ""),
    ("Debian 13, in group adm", "logind wtmpdb journal", "logind", "wtmpdb", "journal"),
    ("Debian 13, btmp left from Debian 12", "logind wtmpdb wtmp! btmp! journal", "logind", "wtmpdb", "journal"),
    ("Debian 13, sshd writes btmp", "logind wtmpdb btmp", "logind", "wtmpdb", "btmp"),
    ("Debian 13 without wtmpdb", "logind journal", "logind", "journal", "journal"),
    ("Ubuntu 26.04", "logind wtmp journal", "logind", "wtmp journal", "journal"),
    ("Ubuntu 26.04, a plain account", "logind wtmp journal? auth.log?", "logind", "wtmp", ""),
    ("Tumbleweed, wtmpdb private and no service", "logind wtmpdb? journal", "logind", "journal", "journal"),
    ("Tumbleweed, nothing but wtmpdb private", "logind wtmpdb?", "logind", "", ""),
    ("Alpine", "", "proc", "", ""),
    ("Alpine with a log", "auth.log", "proc", "auth.log", "auth.log"),
    ("a container whose image left an old wtmp", "wtmp! btmp! auth.log", "proc", "auth.log", "auth.log"),
    ("Alpine with lastlog", "lastlog", "proc", "lastlog", ""),
    ("Debian 12 whose wtmp may not be read", "logind utmp wtmp? btmp? lastlog", "logind utmp", "lastlog", ""),
    ("a container that keeps btmp alone", "btmp lastlog", "proc", "lastlog", "btmp"),
    ("utmp alone", "utmp wtmp", "utmp", "wtmp", ""),
    ("utmp that may not be read", "utmp? wtmp", "proc", "wtmp", ""),
    ("utmp without wtmp", "utmp journal", "utmp", "journal", "journal"),
]


@pytest.mark.parametrize(("has", "live", "history", "failures"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE])
def test_on(has: str, live: str, history: str, failures: str) -> None:
    made = choice(has)
    assert " ".join(made.live) == live
    assert " ".join(made.history) == history
    assert (made.failures or "") == failures


def test_a_shell_asks_who_where_it_has_records_of_its_own() -> None:
    assert choice("who", probe="posix").live == (Origin.WHO,)
    assert choice("", probe="posix").live == (Origin.PROC,)


def test_windows_has_its_own() -> None:
    made = choice("event_log", probe="windows")
    assert (made.live, made.history, made.failures) == ((Origin.WTS,), (Origin.EVENT_LOG,), Origin.EVENT_LOG)


def test_what_tells_of_failures_alone_is_read_too_and_once() -> None:
    assert choice("logind utmp wtmp btmp").read == (Origin.WTMP, Origin.BTMP)
    assert choice("logind journal").read == (Origin.JOURNAL,)


def test_what_can_be_read_is_not_always_used() -> None:
    made = choice("logind utmp wtmp btmp journal auth.log")
    assert made.uses(Origin.LOGIND)
    assert made.uses(Origin.BTMP)
    assert not made.uses(Origin.JOURNAL)


def test_where_the_boot_is_not_known_any_file_that_was_ever_written_to_counts() -> None:
    assert choice("wtmp!", boot_us=0).history == (Origin.WTMP,)
