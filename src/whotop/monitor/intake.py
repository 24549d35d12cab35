"""Takes in what machines send: parses it, lets the core judge it, and passes on what changed.

The sink of the collector. Everything here runs in the event loop, once per message, and returns
within microseconds; what takes longer (the disk) is the writer's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import msgspec

from whotop.clock import DAY_US, SECOND_US, Clock
from whotop.core.life import Link
from whotop.model import Event, Machine, MachineState, Origin, Standing, Target, Trouble
from whotop.monitor.changeover import Changeover
from whotop.monitor.introduction import introduced, with_origins
from whotop.monitor.judgement import Judgement
from whotop.monitor.open_reports import open_reports, seen_by_now
from whotop.monitor.origins import origin_named, with_corrupt
from whotop.monitor.outlet import Outlet
from whotop.monitor.readers import Moment, standing_of
from whotop.monitor.turns import Turns
from whotop.monitor.watched import LiveList, Watched, watched_from
from whotop.parse import proc
from whotop.wire.messages import Cursor, Figures, Goodbye, Hello, Origins, Records, Sessions

HISTORY_US = 30 * DAY_US
"""Older records of a first contact are not kept."""
LEAST_PATIENCE_SECONDS = 15.0
LIST_SETTLES_US = 2 * SECOND_US
"""A record may reach us before the list that shows its session: such a session is not missing yet."""


class Intake:
    """All machines' messages come here, and leave as changes for the feed and rows for the store."""

    def __init__(
        self,
        outlet: Outlet,
        judgement: Judgement,
        clock: Clock,
        turns: Turns | None = None,
        changeover: Changeover | None = None,
    ) -> None:
        self._outlet, self._judgement, self._clock, self._turns = outlet, judgement, clock, turns
        self._changeover = changeover
        self.watched: dict[str, Watched] = {}
        self.acknowledge: Callable[[str, str, int], None] = lambda machine, origin, offset: None
        """Where to tell what is in the store; the collector's, once there is one."""

    def add(self, target: Target, last_known: Machine | None, cursors: Mapping[str, Cursor]) -> None:
        """A machine is going to be watched."""
        watched = watched_from(target, last_known, cursors, self._clock.now_us())
        for cursor in cursors.values():
            watched.own.remember(cursor.own)
        self.watched[target.name] = watched
        self._outlet.machine(watched.machine)
        self._judgement.machine(watched.machine, self._clock.now_us())

    def change(self, target: Target) -> None:
        """A machine is reached in another way from now on; what is known of it stays."""
        before = self.watched[target.name]
        self.add(target, before.machine, before.cursors)

    def remove(self, name: str) -> None:
        """A machine is watched no longer."""
        if self.watched.pop(name, None) is not None:
            self._take_back_turn(name)
            if self._changeover is not None:
                self._changeover.forget(name)
            self._judgement.forget(name, self._clock.now_us())
            self._outlet.machine_removed(name)

    def let_go(self, name: str) -> None:
        """A machine is not listened to any longer, and stays as it was last seen."""
        if self.watched.pop(name, None) is not None:
            self._take_back_turn(name)

    def sweep(self, now_us: int) -> None:
        """Once a second: who has fallen silent, and what rules say of it."""
        for watched in self.watched.values():
            self._publish(watched, watched.settled(now_us), now_us)
        self._judgement.tick(now_us)

    def silent(self, now_us: int, intervals: int) -> list[str]:
        """Machines that are connected but have sent no sample for so many intervals."""
        return [
            name
            for name, watched in self.watched.items()
            if watched.contact.link is Link.UP
            and now_us - max(watched.contact.last_sample_us, watched.contact.since_us)
            > max(intervals * watched.contact.interval_seconds, LEAST_PATIENCE_SECONDS) * SECOND_US
        ]

    # --- the sink ------------------------------------------------------------------------------

    def cursors(self, machine: str) -> Mapping[str, Cursor]:
        """Where each origin of this machine is to be continued."""
        watched = self.watched.get(machine)
        return {} if watched is None else watched.cursors

    def connecting(self, machine: str) -> None:
        """A connection is being made; the row keeps saying why the last one failed."""

    def starting(self, machine: str, note: str, *, address: str, jump: str) -> None:
        """A probe is being started; the row says what about that is not as asked once it has answered."""
        watched = self.watched.get(machine)
        if watched is not None:
            watched.start_note, watched.address, watched.jump = note, address, jump

    def lost(self, machine: str, reason: str, *, retry_seconds: float, trouble: Trouble | None = None) -> None:
        """No connection, or no longer."""
        watched = self.watched.get(machine)
        if watched is not None:
            watched.lost(reason, trouble)
            self._take_back_turn(machine)
            now_us = self._clock.now_us()
            self._publish(watched, watched.judged(now_us), now_us)

    def hello(self, machine: str, hello: Hello, received_us: int, *, sealed: bool = False) -> None:
        """The probe has answered; a new connection begins."""
        watched = self.watched.get(machine)
        if watched is not None:
            watched.begin(hello, received_us)
            self._publish(watched, introduced(watched, hello, received_us, sealed=sealed), received_us)

    def origins(self, machine: str, origins: Origins, received_us: int) -> None:
        """What can be read there is something else from now on."""
        watched = self.watched.get(machine)
        if watched is not None and watched.hello is not None:
            told = with_origins(watched, watched.hello, watched.machine, origins.origins)
            self._publish(watched, told, received_us)

    def wanted(self, machine: str) -> tuple[str, ...]:
        """Which origins of records to ask for; none, as long as others have their turn."""
        watched = self.watched.get(machine)
        if watched is None or (self._turns is not None and not self._turns.has_one(machine)):
            return ()
        return tuple(origin.value for origin in watched.choice.read if self._may_tell(watched, origin))

    def _may_tell(self, watched: Watched, origin: Origin) -> bool:
        """One that takes over to tell of failed logins must wait until it can be compared with the one before."""
        if self._changeover is None or origin is not watched.choice.failures:
            return True
        return self._changeover.is_over(watched.target.name, origin, watched.cursors)

    def is_waiting(self, machine: str) -> bool:
        """Whether some of its records are still to be asked for."""
        return any(room is not None and room.is_waiting(machine) for room in (self._turns, self._changeover))

    def _take_back_turn(self, machine: str) -> None:
        if self._turns is not None:
            self._turns.take_back(machine)

    def figures(self, machine: str, figures: Figures, received_us: int) -> None:
        """A reading."""
        watched = self.watched.get(machine)
        if watched is None or watched.hello is None:
            return
        watched.measure_skew(figures.clock_us, received_us)
        reading = proc.reading(figures, watched.reading)
        sample = proc.sample(
            machine,
            watched.reading,
            reading,
            received_us,
            skew_us=watched.skew_us,
            cpu_count=watched.hello.cpu_count,
        )
        watched.reading, watched.sample = reading, sample
        watched.sampled(received_us)
        if watched.machine.state is not MachineState.UP or watched.machine.skew_us != watched.skew_us:
            self._publish(watched, watched.measured(received_us), received_us)
        self._outlet.sample(sample)
        self._judgement.sample(sample, received_us)
        self._settle_logs(watched, figures.clock_us, received_us)
        if watched.unlisted_us is not None:
            self._settle_unlisted(watched, figures.clock_us - LIST_SETTLES_US, received_us)

    def sessions(self, machine: str, sessions: Sessions, received_us: int) -> None:
        """The full list of open sessions."""
        watched = self.watched.get(machine)
        if watched is None or watched.hello is None:
            return
        reports = open_reports(watched, sessions, received_us)
        if reports is None:
            self._note_sessions_known(watched, received_us, known=False)
            return
        within = watched.allowance.listed(reports, received_us)
        if sessions.left_out or len(within) < len(reports):
            # Not the full list: it tells who is there, but not who is gone.
            watched.live_list = None
            self._judgement.events(within, received_us)
        else:
            standing = Standing.LATE if watched.live_list is None else Standing.LIVE
            watched.live_list = LiveList(reports, sessions.clock_us)
            latest_us = self._settle(watched, sessions.clock_us, received_us, standing, LIST_SETTLES_US)
            watched.note_unlisted(latest_us, sessions.clock_us)
        self._note_sessions_known(watched, received_us, known=True)

    def _note_sessions_known(self, watched: Watched, received_us: int, *, known: bool) -> None:
        if watched.machine.sessions_known is not known:
            machine = msgspec.structs.replace(watched.machine, sessions_known=known)
            self._publish(watched, machine, received_us)

    def records(self, machine: str, records: Records, received_us: int) -> None:
        """A piece of login records; acknowledged once it is in the store."""
        watched = self.watched.get(machine)
        origin = origin_named(records.origin)
        reader = None if watched is None or origin is None else watched.reader(origin)
        if watched is None or origin is None or reader is None:
            return
        standing = standing_of(records)
        events = reader.events(records, Moment(standing, received_us, watched.skew_us))
        if records.context:
            return
        if standing is Standing.HISTORY:
            since_us = 0 if origin is Origin.LASTLOG else received_us - HISTORY_US
            events = [event for event in events if event.fleet_time_us >= since_us]
            events = events if self._changeover is None else self._changeover.unread(machine, events)
        self._judge_tampering(machine, origin, records, reader.erased_count, received_us)
        self._judge_sense(watched, origin, received_us, is_corrupt=reader.is_corrupt)
        latest_us = self._take_in(watched, events, received_us)
        watched.note_unlisted(latest_us, records.clock_us)
        cursor = watched.keepable(origin, records.cursor, reader)
        watched.cursors[records.origin] = cursor
        acknowledge, offset = self.acknowledge, records.cursor.offset
        self._outlet.cursor(machine, records.origin, cursor, lambda: acknowledge(machine, records.origin, offset))

    def goodbye(self, machine: str, goodbye: Goodbye, received_us: int) -> None:
        """The probe has ended by itself; ``lost`` follows with the reason."""

    # --- behind it -----------------------------------------------------------------------------

    def _take_in(self, watched: Watched, events: Iterable[Event], received_us: int) -> int | None:
        """Have events judged; gives the time of the latest login among them that is open still."""
        others = watched.allowance.kept(watched.own.without(events), received_us)
        return self._judgement.events([seen_by_now(event, received_us) for event in others], received_us)

    def _judge_tampering(
        self, machine: str, origin: Origin, records: Records, erased_count: int, received_us: int
    ) -> None:
        """History is not judged: whatever was done to it, nobody watched."""
        if records.replaced:
            self._judgement.rewritten(machine, origin, received_us, late=records.backlog)
        if erased_count and not records.first_contact:
            self._judgement.erased(machine, origin, received_us, late=records.backlog)

    def _judge_sense(self, watched: Watched, origin: Origin, received_us: int, *, is_corrupt: bool) -> None:
        """Records that make none stand on the machine, until some do."""
        if is_corrupt is (origin in watched.corrupt):
            return
        watched.corrupt ^= {origin}
        marked = with_corrupt(watched.machine.origins, watched.corrupt)
        self._publish(watched, msgspec.structs.replace(watched.machine, origins=marked), received_us)

    def _settle_logs(self, watched: Watched, clock_us: int, received_us: int) -> None:
        """Time has passed: what a log left open may be settled without another line."""
        for reader in watched.readers.values():
            if reader.unsettled_since_us is not None:
                moment = Moment(Standing.LIVE, received_us, watched.skew_us)
                self._take_in(watched, reader.settled(clock_us, moment), received_us)

    def _settle_unlisted(self, watched: Watched, clock_us: int, received_us: int) -> None:
        """The last list still stands: a session that it lacks and that is old enough is gone."""
        if watched.live_list is None:
            watched.unlisted_us = None
        elif watched.unlisted_us is not None and clock_us > max(watched.unlisted_us, watched.live_list.clock_us):
            watched.unlisted_us = None
            self._settle(watched, clock_us, received_us, Standing.LIVE, 0)

    def _settle(
        self, watched: Watched, clock_us: int, received_us: int, standing: Standing, settles_us: int
    ) -> int | None:
        """Let the tracker compare its open sessions with the list that stood at ``clock_us``."""
        assert watched.live_list is not None
        return self._judgement.live_list(
            watched.target.name,
            watched.boot_id,
            watched.live_list.reports,
            clock_us,
            received_us,
            max(watched.skew_us, clock_us - received_us),
            standing,
            settles_us,
        )

    def _publish(self, watched: Watched, machine: Machine, now_us: int) -> None:
        if machine is watched.machine or machine == watched.machine:
            return
        watched.machine = machine
        self._outlet.machine(machine)
        self._judgement.machine(machine, now_us)
