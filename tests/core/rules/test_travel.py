from __future__ import annotations

from tests.core.rules.judged import HOUR, Judged
from whotop.core.rules.attack_tables import TravelTable
from whotop.model import Standing

PLACES = {
    "81.2.69.1": (52.52, 13.40),
    "81.2.69.2": (52.40, 13.07),
    "200.1.1.1": (-23.55, -46.63),
    "80.1.1.1": (51.34, 12.37),
}
"""Berlin, Potsdam, São Paulo, Leipzig."""


def judged(**fields: object) -> Judged:
    return Judged(PLACES.get, travel=TravelTable(on=True, **fields))  # type: ignore[arg-type]


def test_another_continent_half_an_hour_later_is_an_alert() -> None:
    book = judged()
    assert not book.login(0, source="81.2.69.1")
    (alert,) = book.login(HOUR / 2, source="200.1.1.1")
    assert alert.text == "alice logged in from 200.1.1.1, 10,252 km from 81.2.69.1 30m before"
    assert (alert.rule, alert.subject, alert.limit) == ("travel", "alice", 500.0)


def test_a_flight_takes_half_a_day() -> None:
    book = judged()
    book.login(0, source="81.2.69.1")
    assert not book.login(12 * HOUR, source="200.1.1.1")


def test_what_is_near_is_no_travel() -> None:
    book = judged()
    book.login(0, source="81.2.69.1")
    assert not book.login(1, source="81.2.69.2")
    assert not book.login(1, source="81.2.69.1")


def test_nearer_places_count_where_the_settings_say_so() -> None:
    assert not _berlin_to_leipzig(judged())
    assert not _berlin_to_leipzig(judged(distance_km=100, speed_km_per_hour=2_000))
    assert _berlin_to_leipzig(judged(distance_km=100))


def test_private_and_unknown_addresses_are_nowhere() -> None:
    book = judged()
    book.login(0, source="81.2.69.1")
    assert not book.login(60, source="10.0.0.7")
    assert not book.login(120, source="")
    assert book.login(180, source="200.1.1.1")


def test_a_straggler_is_not_compared() -> None:
    book = judged()
    book.login(HOUR, source="81.2.69.1")
    assert not book.login(0, source="200.1.1.1", standing=Standing.LATE)
    assert not book.login(2 * HOUR, source="81.2.69.2")


def test_the_last_place_is_remembered_over_a_restart() -> None:
    book = judged()
    book.past(0, source="81.2.69.1")
    again = judged()
    again.book.restore_state(book.book.state())
    assert again.login(HOUR, source="200.1.1.1")
    again.book.restore_state({("travel", "bob"): "nonsense"})


def _berlin_to_leipzig(book: Judged) -> bool:
    book.login(0, source="81.2.69.1")
    return bool(book.login(HOUR / 12, source="80.1.1.1"))
