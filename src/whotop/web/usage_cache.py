"""Usage that was asked for a moment ago: the page asks for the data and for the chart of one question at once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable

from whotop.core.usage import UsageQuestion, UsageReport

KEPT = 32
FRESH_SECONDS = 2.0


class UsageCache:
    """Answers of the last two seconds; a question that is being answered is not asked again."""

    def __init__(self, ask: Callable[[UsageQuestion], Awaitable[UsageReport]], monotonic: Callable[[], float]) -> None:
        self._ask, self._monotonic = ask, monotonic
        self._answers: OrderedDict[UsageQuestion, tuple[float, asyncio.Future[UsageReport]]] = OrderedDict()

    async def report(self, question: UsageQuestion) -> UsageReport:
        """Raises what the asking raises, each time anew."""
        asked, answer = self._answers.get(question, (0.0, None))
        if answer is None or self._monotonic() - asked > FRESH_SECONDS or _has_failed(answer):
            answer = asyncio.ensure_future(self._ask(question))
            self._answers[question] = (self._monotonic(), answer)
            self._answers.move_to_end(question)
            if len(self._answers) > KEPT:
                self._answers.popitem(last=False)
        # Whoever hangs up must not take the answer from those who wait for it as well.
        return await asyncio.shield(answer)

    async def close(self) -> None:
        """Give up what is being answered: nothing must be asked of a store that is closed."""
        answers = [answer for _, answer in self._answers.values()]
        for answer in answers:
            answer.cancel()
        await asyncio.gather(*answers, return_exceptions=True)


def _has_failed(answer: asyncio.Future[UsageReport]) -> bool:
    return answer.done() and (answer.cancelled() or answer.exception() is not None)
