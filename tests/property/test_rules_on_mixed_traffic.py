"""The rules find every attack that is planted into an hour of everyday traffic, and nothing else.

With ``-s`` the table of what was planted, what fired, what was missed and what was false is printed.
"""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from tests.property.login_traffic import everyday, people
from tests.property.planted_attacks import Alarm, Plant, locate, plants
from tests.property.traffic_files import auth_log, login_table
from whotop.analyse.record_files import Reading
from whotop.analyse.record_stream import record_stream
from whotop.analyse.time_order import TimeOrder
from whotop.config.load import load_settings
from whotop.config.rules import decode_rules
from whotop.core.rehearsal import Fired, Rehearsal, rules_of_events
from whotop.core.rules.attack_tables import TravelTable

HOUSE = Path(__file__).parents[2] / "sample_configs" / "rules.toml"
"""What an administrator of this fleet would write."""


@pytest.mark.parametrize("seed", [1, 2])
def test_every_attack_in_an_auth_log_is_told_and_nothing_else(seed: int, tmp_path: Path) -> None:
    chance = Random(seed)
    staff = people(chance)
    planted = plants(chance, staff)
    acts = [*everyday(chance, staff), *(act for plant in planted for act in plant.acts)]
    file = tmp_path / "auth.log"
    file.write_text(auth_log(acts, chance), "utf-8")
    _assert_told(planted, _rehearsed(file))


def test_every_breach_in_a_table_of_logins_is_told_and_nothing_else(tmp_path: Path) -> None:
    chance = Random(3)
    staff = people(chance)
    planted = [plant for plant in plants(chance, staff) if all(act.is_login for act in plant.acts)]
    acts = [*everyday(chance, staff), *(act for plant in planted for act in plant.acts)]
    file = tmp_path / "logins.csv"
    file.write_text(login_table(acts), "utf-8")
    _assert_told(planted, _rehearsed(file))


def _rehearsed(file: Path) -> list[Fired]:
    settings = decode_rules(load_settings(HOUSE).rules, file=str(HOUSE))
    rehearsal = Rehearsal(replace(settings, travel=TravelTable(on=True)), locate)
    with TimeOrder() as order:
        for event in record_stream([str(file)], Reading(now_us=2**53), order):
            rehearsal.apply(event)
    return rehearsal.finish()


def _assert_told(planted: list[Plant], fired: list[Fired]) -> None:
    told: dict[Alarm, int] = {}
    for one in fired:
        alarm = (one.alert.rule, one.alert.subject)
        told[alarm] = told.get(alarm, 0) + 1
    wanted = {alarm for plant in planted for alarm in plant.alarms}
    missed, false = wanted - told.keys(), told.keys() - wanted
    rows = [
        (
            plant.name,
            str(len(plant.alarms)),
            str(sum(told.get(alarm, 0) for alarm in plant.alarms)),
            _listed(plant.alarms & missed),
        )
        for plant in planted
    ]
    for name, count, found, lost in (("planted", "alerts", "fired", "missed"), *rows):
        print(f"{name:<28}{count:>8}{found:>8}  {lost}")
    print(f"false: {_listed(false) or 'none'}")
    assert not missed
    assert not false, [one.alert.text for one in fired if (one.alert.rule, one.alert.subject) in false]
    assert set(told.values()) == {1}, "one attack is one alert"
    assert {rule for rule, _ in wanted} <= rules_of_events()


def _listed(alarms: frozenset[Alarm] | set[Alarm]) -> str:
    return ", ".join(f"{rule} of {subject}" for rule, subject in sorted(alarms))
