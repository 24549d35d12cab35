"""Who has answered."""

from __future__ import annotations

from whotop.core.feed import AnyChange, Batch, MachineChanged, Sampled
from whotop.model import Machine, MachineState, Sample
from whotop.monitor.answers import Answers


def machine(state: MachineState) -> MachineChanged:
    return MachineChanged(Machine(name="a", address="a", state=state))


SAMPLE = Sampled(Sample(machine="a", time_us=1))
"""Of a machine that tells nothing of its processor."""


def taken(answers: Answers, *changes: AnyChange) -> set[str]:
    return answers.take(Batch(1, 1, changes))


def test_a_machine_that_is_up_has_answered_with_its_second_reading() -> None:
    answers = Answers(["a", "b"])
    assert taken(answers, machine(MachineState.CONNECTING)) == set()
    assert taken(answers, machine(MachineState.UP), SAMPLE) == set()
    assert taken(answers, SAMPLE) == {"a"}
    assert taken(answers, SAMPLE) == set()
    assert answers.awaited == {"b"}


def test_one_that_is_not_reached_has_answered_too() -> None:
    answers = Answers(["a"])
    assert taken(answers, machine(MachineState.DOWN)) == {"a"}


def test_one_that_falls_silent_in_between_has_not() -> None:
    answers = Answers(["a"])
    assert taken(answers, machine(MachineState.STALE), SAMPLE, SAMPLE) == set()
