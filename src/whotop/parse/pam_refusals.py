"""Refusals of PAM's modules, which wait for the word of the program that asked them."""

from __future__ import annotations

from whotop.clock import SECOND_US
from whotop.parse.log_line import LogLine
from whotop.parse.login_finding import NOTHING, Finding, Findings, failure_of
from whotop.parse.login_sign import Sign

PAM_US = 10 * SECOND_US
"""By then the program has said what came of a module's refusal; pam_faildelay waits 2 to 3 s."""
KEPT = 256
MOST_SUMMED = 100
"""More than a program lets one connection fail are not believed."""
NEVER_US = 2**63


class _Refusal:
    """What modules said in one process, and nobody has explained yet."""

    __slots__ = ("count", "line", "sign")

    def __init__(self, line: LogLine, sign: Sign) -> None:
        self.line, self.sign, self.count = line, sign, line.repeats

    def finding(self) -> Finding:
        """The failure that it is where nobody explains it."""
        return failure_of(self.line, self.sign, self.count)


class PamRefusals:
    """All of one machine's, by process, or by program where a line names none; the oldest first."""

    def __init__(self) -> None:
        self._waiting: dict[int | bytes, _Refusal] = {}

    @property
    def due_us(self) -> int:
        """When the oldest has waited long enough."""
        oldest = next(iter(self._waiting.values()), None)
        return NEVER_US if oldest is None else oldest.line.time_us + PAM_US

    def times_us(self) -> list[int]:
        """When each of them was."""
        return [refusal.line.time_us for refusal in self._waiting.values()]

    def add(self, place: int | bytes, line: LogLine, sign: Sign) -> Findings:
        """A module refused: another one in the same process says it again, of another user it is another failure."""
        known = self._waiting.get(place)
        if known is None:
            self._waiting[place] = _Refusal(line, sign)
            return [self._oldest()] if len(self._waiting) > KEPT else NOTHING
        if known.sign.user != sign.user:
            self._waiting[place] = _Refusal(line, sign)
            return [known.finding()]
        if known.sign.detail == sign.detail:
            known.count += line.repeats
        return NOTHING

    def sum_up(self, place: int | bytes, count: int) -> None:
        """There were so many in all."""
        known = self._waiting.get(place)
        if known is not None:
            known.count = max(known.count, min(count, MOST_SUMMED))

    def take(self, place: int | bytes) -> Finding | None:
        """The failure of that process, which waits no longer."""
        refusal = self._waiting.pop(place, None)
        return None if refusal is None else refusal.finding()

    def explain(self, place: int | bytes, sign: Sign) -> None:
        """The program has spoken: forget what modules said of this attempt, be it in a process of their own.

        sshd asks PAM in a child where it talks with the client (keyboard-interactive).
        """
        if self._waiting.pop(place, None) is not None or not self._waiting or not sign.source:
            return
        same = [
            one
            for one, refusal in self._waiting.items()
            if refusal.sign.source == sign.source and refusal.sign.user in (sign.user, b"")
        ]
        for one in same:
            del self._waiting[one]

    def overdue(self, now_us: int) -> list[Finding]:
        """Those that nobody will explain any more."""
        found = []
        while self.due_us <= now_us:
            found.append(self._oldest())
        return found

    def finish(self) -> list[Finding]:
        """All that are left, where nothing more comes."""
        found = [refusal.finding() for refusal in self._waiting.values()]
        self._waiting.clear()
        return found

    def _oldest(self) -> Finding:
        return self._waiting.pop(next(iter(self._waiting))).finding()
