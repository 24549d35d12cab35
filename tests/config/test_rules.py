from __future__ import annotations

import tomllib

import pytest

from whotop.config.rules import decode_rules
from whotop.core.rules.settings import RuleSettings
from whotop.core.rules.table import Scope
from whotop.errors import ConfigError
from whotop.model import Level


def decoded(text: str) -> RuleSettings:
    return decode_rules(tomllib.loads(text).get("rules", {}), file="whotop.toml")


def test_what_is_not_written_holds_by_default() -> None:
    assert decoded("") == RuleSettings()
    assert decoded("[rules.cpu]\nfor = '10m'").cpu.percent == 90.0


def test_a_table_sets_a_rule() -> None:
    settings = decoded('[rules]\nreopen = "1h"\n[rules.cpu]\non = false\npercent = 80\nfor = "10m"\nlevel = "high"\n')
    assert (settings.cpu.on, settings.cpu.percent, settings.cpu.for_seconds) == (False, 80.0, 600.0)
    assert (settings.cpu.level, settings.reopen_seconds) == (Level.HIGH, 3_600.0)


def test_scopes_say_where_and_what() -> None:
    text = """
        [[rules.failed.scopes]]
        machines = ["db-*", "@prod"]
        sources = "10.0.9.0/28"
        on = false
        [[rules.failed.scopes]]
        users = ["probe"]
        count = 50
    """
    first, second = decoded(text).failed.scopes
    assert first == Scope(machines=("db-*", "@prod"), sources=("10.0.9.0/28",), changes={"on": False})
    assert second == Scope(users=("probe",), changes={"count": 50})


def test_a_length_of_time_in_a_scope_is_one_too() -> None:
    (scope,) = decoded('[[rules.memory.scopes]]\nmachines = ["old"]\npercent = 50\nfor = "0s"').memory.scopes
    assert scope.changes == {"percent": 50.0, "for_seconds": 0.0}


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("[rules]\nclok = 1", "rules.clok", 'did you mean "clock"?'),
        ("[rules]\ncpu = 5", "rules.cpu", "expected a table"),
        ("[rules.cpu]\npercent = 101", "rules.cpu.percent", "at most 100"),
        ("[rules.cpu]\npercnt = 1", "rules.cpu.percnt", 'did you mean "percent"?'),
        ('[rules.cpu]\nlevel = "hgih"', "rules.cpu.level", 'did you mean "high"?'),
        ('[rules.clock]\nhigh = "1s"', "rules.clock.high", "is less than warn"),
        ("[rules.failed]\ncount = 5000", "rules.failed.count", "at most 1000"),
        ("[rules.cpu]\nscopes = 5", "rules.cpu.scopes", "with two brackets"),
        ("[rules.cpu]\nscopes = [5]", "rules.cpu.scopes[0]", "expected a table"),
        ("[[rules.cpu.scopes]]\npercent = 5", "rules.cpu.scopes[0]", "names no place"),
        ("[[rules.cpu.scopes]]\nmachines = 'a'", "rules.cpu.scopes[0]", "changes nothing"),
        ("[[rules.cpu.scopes]]\nusers = 'a'\non = false", "rules.cpu.scopes[0].users", "cannot tell them apart"),
        ("[[rules.cpu.scopes]]\nmachines = 'a'\npercnt = 5", "rules.cpu.scopes[0].percnt", 'did you mean "percent"?'),
        ("[[rules.cpu.scopes]]\nmachines = 'a'\nscopes = []", "rules.cpu.scopes[0].scopes", "no scopes of its own"),
        ("[[rules.failed.scopes]]\nsources = '10.0.0.0/9x'\non=false", "rules.failed.scopes[0].sources[0]", "is no"),
        ("[[rules.failed.scopes]]\nusers = 'a'\nwithin = '5m'", "rules.failed.scopes[0].within", "the whole fleet"),
        ("[[rules.clock.scopes]]\nmachines = 'a'\nhigh = '1s'", "rules.clock.scopes[0].high", "is less than warn"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_with_its_place(text: str, place: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        decoded(text)
    assert (caught.value.file, caught.value.place) == ("whotop.toml", place)
    assert words in str(caught.value)
