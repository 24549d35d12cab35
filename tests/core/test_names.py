"""What is typed to find a machine, a user or a source by name."""

from __future__ import annotations

import pytest

from whotop.core.feed import Batch, EventAdded, MachineChanged, SessionChanged
from whotop.core.fleet import Fleet
from whotop.core.fleet_names import fleet_names_like
from whotop.core.names import KnownName, NameKind, Search, best_names, search_of
from whotop.model import Event, EventKind, Machine, MachineState, Session

ALL = tuple(NameKind)


@pytest.mark.parametrize(
    ("typed", "search"),
    [
        ("", Search(ALL, "")),
        ("ann", Search(ALL, "ann")),
        ("  ann ", Search(ALL, "ann")),
        ("user ann", Search((NameKind.USER,), "ann")),
        ("Machine web", Search((NameKind.MACHINE,), "web")),
        ("source 10.", Search((NameKind.SOURCE,), "10.")),
        ("user John Smith", Search((NameKind.USER,), "John Smith")),
        ("machine ", Search((NameKind.MACHINE,), "")),
        ("machine", Search(ALL, "machine")),
        ("users ann", Search(ALL, "users ann")),
    ],
)
def test_a_word_before_the_text_narrows_the_search_to_one_kind(typed: str, search: Search) -> None:
    assert search_of(typed) == search


def test_names_that_begin_with_the_text_come_first_and_no_more_than_asked_for() -> None:
    names = ["joann", "bob", "Anna", "ann"]
    assert best_names(names, "ANN", 8) == ["ann", "Anna", "joann"]
    assert best_names(names, "ann", 1) == ["ann"]
    assert best_names(names, "", 2) == ["ann", "Anna"]


def test_names_that_were_only_tried_follow_the_others_unless_one_is_just_what_is_looked_for() -> None:
    names, tried = ["joann", "anna", "annette", "ann"], {"ann", "anna"}
    assert best_names(names, "ann", 8, only_tried=tried) == ["ann", "annette", "joann", "anna"]
    assert best_names(names, "an", 2, only_tried=tried) == ["annette", "joann"]


def test_a_fleet_knows_who_is_on_and_who_failed() -> None:
    fleet = Fleet()
    on = Session(key=b"1", machine="web-01", user="ann", source="10.0.0.7", login_us=5)
    failed = Event(machine="web-01", kind=EventKind.FAILED_LOGIN, user="annex", source="10.9.9.9", time_us=7, key=b"2")
    watched = Machine(name="web-01", address="web-01", state=MachineState.UP, state_since_us=1)
    fleet.apply(Batch(1, 9, (MachineChanged(watched), SessionChanged(on), EventAdded(failed))))
    assert fleet_names_like(fleet, "w", NameKind.MACHINE, 8) == [KnownName(NameKind.MACHINE, "web-01", 5)]
    assert fleet_names_like(fleet, "ann", NameKind.USER, 8) == [
        KnownName(NameKind.USER, "ann", 5),
        KnownName(NameKind.USER, "annex"),
    ]
    assert [known.name for known in fleet_names_like(fleet, "10.", NameKind.SOURCE, 8)] == ["10.0.0.7", "10.9.9.9"]
