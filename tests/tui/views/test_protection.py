"""The machine's screen says what keeps its frames from others."""

from __future__ import annotations

from whotop.model import Machine
from whotop.tui.views.machine_facts import protection


def words(machine: Machine) -> str:
    return "".join(text for text, _ in protection(machine)).strip()


def test_a_machine_whose_frames_are_sealed_says_so() -> None:
    assert words(Machine(name="web", address="web", interpreter="Python 3.11.2", sealed=True)) == "sealed"


def test_where_ssh_alone_protects_them_that_is_said_plainly() -> None:
    assert words(Machine(name="web", address="web", interpreter="sh")) == "protected by SSH alone"


def test_of_a_machine_that_has_not_answered_nothing_is_said() -> None:
    assert words(Machine(name="web", address="web")) == ""
