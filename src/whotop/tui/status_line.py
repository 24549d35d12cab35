"""The first line of every screen: where one is, whether the view lives, and the fleet in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from whotop.clock import SECOND_US
from whotop.model import Level
from whotop.text import counted
from whotop.tui.desk import Desk
from whotop.tui.span_line import Piece, SpanLine, shortened
from whotop.tui.views.times import local
from whotop.tui.views.totals import Totals

_ALERT_ROLES = {Level.HIGH: "alert_high", Level.WARN: "alert_warn", Level.INFO: "alert_info", None: "dim"}
LONGEST_CRUMB = 24
_WORDS = {"live": "live", "follow": "following"}


class StatusLine(SpanLine):
    """Numbers can be pressed: each opens what it counts."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(id="status")
        self._desk = desk
        self.totals = Totals()

    def update(self) -> None:
        """Say how things are now."""
        state, counts = self._state(), self._counts()
        crumbs = self._crumbs()
        for left, right in _layouts(crumbs, state, counts):
            if _width(left) + _width(right) < self.size.width:
                break
        self.show(left, right)

    def _crumbs(self) -> list[Piece]:
        pieces = [Piece(" whotop ", "title"), Piece(" ")]
        crumbs = self._desk.crumbs()
        for depth, name in enumerate(crumbs):
            if depth:
                pieces.append(Piece(" › ", "dim"))
            is_last = depth == len(crumbs) - 1
            pieces.append(
                Piece(
                    shortened(name, LONGEST_CRUMB),
                    "strong" if is_last else "normal",
                    "" if is_last else f"app.surface({depth})",
                )
            )
        return pieces

    def _state(self) -> list[Piece]:
        now_us, scene = self._desk.scene.clock.now_us(), self._desk.scene
        if scene.paused_us is not None:
            minutes, seconds = divmod((now_us - scene.paused_us) // SECOND_US, 60)
            arrived = self._desk.intake.arrived
            return [Piece(f"PAUSED {minutes:02d}:{seconds:02d} · {arrived:,} new", "paused", "app.pause")]
        clock = f"{local(now_us, scene.zone):%H:%M:%S}"
        if self._desk.feed is None:
            return [Piece("◌ starting ", "connecting"), Piece(clock, "time")]
        if self._desk.trouble:
            return [Piece("○ ended ", "down"), Piece(clock, "time")]
        kind = self._desk.feed.kind
        return [Piece(f"● {_WORDS.get(kind, kind)} ", "live"), Piece(clock, "time")]

    def _counts(self) -> list[list[Piece]]:
        """Those that are dropped first where there is no room stand last."""
        totals = self.totals
        up = [Piece(f"{totals.up:,}/{totals.machines:,} up", _up_role(totals), "app.fleet_pane(1)")]
        if totals.connecting:
            up.append(Piece(f" ◌ {totals.connecting:,} connecting", "connecting", "app.fleet_pane(1)"))
        alerts = [Piece(counted(totals.alerts, "alert"), _ALERT_ROLES[totals.worst], "app.fleet_pane(3)")]
        if totals.muted:
            alerts.append(Piece(f" +{totals.muted:,} muted", "dim", "app.fleet_pane(3)"))
        sessions = Piece(counted(totals.sessions, "session"), "normal", "app.all_sessions")
        users = Piece(counted(totals.users, "user"), "normal", "app.fleet_pane(2)")
        return [up, [sessions], [users], alerts]


def _up_role(totals: Totals) -> str:
    if not totals.machines:
        return "dim"
    return "up" if totals.up == totals.machines else "normal"


def _layouts(
    crumbs: Sequence[Piece], state: Sequence[Piece], counts: Sequence[Sequence[Piece]]
) -> Iterator[tuple[list[Piece], list[Piece]]]:
    """From the roomiest to the scantest; the last is taken even if it does not fit."""
    up, sessions, users, alerts = counts
    yield [*crumbs, Piece("  ")], _joined([state, up, sessions, users, alerts], 3)
    yield [*crumbs, Piece(" ")], _joined([state, up, sessions, users, alerts], 2)
    yield [*crumbs, Piece(" ")], _joined([state, up, sessions, alerts], 2)
    yield [*crumbs, Piece(" ")], _joined([state, up, alerts], 2)
    yield [Piece(" "), *crumbs[2:], Piece(" ")], _joined([state, up, alerts], 2)
    yield [Piece(" "), *crumbs[2:], Piece(" ")], _joined([state], 1)


def _joined(groups: Sequence[Sequence[Piece]], gap: int) -> list[Piece]:
    pieces: list[Piece] = []
    for group in groups:
        pieces += [Piece(" " * gap), *group] if pieces else group
    return [*pieces, Piece(" ")]


def _width(pieces: Sequence[Piece]) -> int:
    return sum(cell_len(piece.text) for piece in pieces)
