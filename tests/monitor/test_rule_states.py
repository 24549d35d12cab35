"""What rules remember goes to the store and comes back."""

from __future__ import annotations

from collections.abc import Mapping

from tests.monitor.trial import FakeWriter
from whotop.clock import ManualClock
from whotop.core.rules.book import RuleBook
from whotop.core.rules.settings import RuleSettings
from whotop.core.tracker import SessionTracker
from whotop.monitor.judgement import Judgement
from whotop.monitor.outlet import Outlet
from whotop.monitor.publisher import Publisher

NOON_US = 1_763_726_400_000_000
States = Mapping[tuple[str, str], object]


class RememberingBook(RuleBook):
    """Says what it is told to say, and keeps what it is to take up."""

    def __init__(self) -> None:
        super().__init__(RuleSettings())
        self.says: dict[tuple[str, str], object] = {}
        self.took_up: dict[tuple[str, str], object] = {}

    def state(self) -> dict[tuple[str, str], object]:
        said, self.says = self.says, {}
        return said

    def restore_state(self, states: States) -> None:
        self.took_up.update(states)


def judgement(book: RuleBook) -> Judgement:
    return Judgement(Outlet(Publisher(ManualClock(NOON_US)), FakeWriter()), SessionTracker(), book)


def test_what_the_store_has_is_taken_up_at_a_start() -> None:
    book = RememberingBook()
    judgement(book).take_up({("cpu", "web-01"): 1})
    assert book.took_up == {("cpu", "web-01"): 1}


def test_machines_that_come_later_bring_their_own_and_change_nothing_that_is_known_better_here() -> None:
    book = RememberingBook()
    judge = judgement(book)
    judge.take_up({("cpu", "web-01"): 1})
    book.says = {("cpu", "web-02"): 5}
    assert judge.rule_states() == {("cpu", "web-02"): 5}
    book.took_up.clear()
    judge.take_up({("cpu", "web-01"): 2, ("cpu", "web-02"): 3, ("cpu", "db-01"): 4})
    assert book.took_up == {("cpu", "db-01"): 4}
