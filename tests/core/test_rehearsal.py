from __future__ import annotations

from tests.core.conftest import make_event
from whotop.clock import SECOND_US
from whotop.core.rehearsal import Fired, Rehearsal, rules_of_events
from whotop.core.rules.settings import RuleSettings
from whotop.model import Event, Machine, Origin, Standing


def rehearsed(*events: Event) -> list[Fired]:
    rehearsal = Rehearsal(RuleSettings())
    for event in events:
        rehearsal.apply(event)
    return rehearsal.finish()


def failed(seconds: float, **fields: object) -> Event:
    return make_event("failed", seconds, **({"user": "root", "source": "203.0.113.9"} | fields))


def test_it_tells_what_would_have_been_told_when_and_of_which_events() -> None:
    (fired,) = rehearsed(*(failed(10 + number, standing=Standing.HISTORY) for number in range(7)))
    assert (fired.alert.rule, fired.alert.machine, fired.alert.count) == ("failed", "web-01", 7)
    assert (fired.told_us, fired.alert.opened_us) == (14 * SECOND_US, 14 * SECOND_US)
    assert [event.time_us for event in fired.evidence] == [(10 + number) * SECOND_US for number in range(7)]


def test_time_passes_between_events() -> None:
    fired = rehearsed(*(failed(number) for number in range(5)), *(failed(7_200 + number) for number in range(5)))
    assert [one.alert.resolved_us is not None for one in fired] == [True, True]
    assert fired[0].alert.resolved_us is not None
    assert fired[0].alert.resolved_us <= 700 * SECOND_US


def test_what_two_origins_tell_of_one_attempt_counts_once() -> None:
    twice = [failed(number * 10, origin=origin) for number in range(4) for origin in (Origin.BTMP, Origin.AUTH_LOG)]
    assert not rehearsed(*twice)


def test_a_login_is_judged_once_the_failures_before_it_have_come() -> None:
    login = make_event("login", 5, user="alice", source="203.0.113.9")
    rules = {one.alert.rule for one in rehearsed(*(failed(number, user="alice") for number in range(5)), login)}
    assert rules == {"failed", "guessed"}


def test_ages_may_lie_between_two_events() -> None:
    fired = rehearsed(*(failed(number) for number in range(5)), failed(1e9))
    assert len(fired) == 1


def test_machines_may_be_known_better_than_by_their_names() -> None:
    rehearsal = Rehearsal(RuleSettings())
    rehearsal.meet([Machine(name="web-01", address="10.0.0.1", tags=("web",))])
    rehearsal.apply(failed(1))
    assert not rehearsal.finish()
    assert (rehearsal.event_count, rehearsal.machines) == (1, {"web-01"})


def test_rules_about_samples_have_nothing_to_judge() -> None:
    assert {"failed", "root", "rebooted", "cleared", "logins"} <= rules_of_events()
    assert not {"cpu", "unreachable", "idle", "clock", "tampering"} & rules_of_events()
