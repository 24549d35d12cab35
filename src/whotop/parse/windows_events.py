"""Events of Windows logs into events of ours: who logged on and off, failed, locked; boots; a cleared log.

The meanings are those of "Audit logon events" (learn.microsoft.com): 4624, 4625, 4634, 4647, 4778,
4779, 4800, 4801, 4608, 4616, 1100, 1102 of the Security log, 104, 1074, 6005, 6006, 6008, 12, 13 and 41
of the System log; and of a domain controller's 4768 and 4771, what fails there for others to know.

One logon may be written down twice, once for each half of a split administrator's token: both halves
are one session here. Its ``session_id`` is the lower of their logon ids. Unlocking a screen (logon
types 7 and 13) is no login. When a remote desktop is left (4779) and taken up again (4778) the session
stays; that is shown as locked and unlocked, with the address from which it was taken up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from msgspec.structs import replace

from whotop.model import Event, EventKind, Origin, Standing
from whotop.parse.received import Received, raw_text, received
from whotop.parse.utmp import Ordinals
from whotop.parse.windows_accounts import is_machine, is_own_account, is_person
from whotop.parse.windows_address import peer_address
from whotop.parse.windows_event import SECURITY, WindowsEvent, number
from whotop.parse.windows_event_json import json_event
from whotop.parse.windows_guesses import Guesses
from whotop.parse.windows_logons import Logons, logon_id
from whotop.parse.windows_machine import MachineLog
from whotop.parse.windows_status import KERBEROS_GUESSES, failure_words
from whotop.parse.wts import terminal_name

INTERACTIVE = frozenset({2, 10, 11, 12})
"""At the console, by remote desktop, and each with cached credentials."""
NETWORK = frozenset({3, 8})
"""By a key and by a password, where OpenSSH did it; else file shares and the like."""
UNLOCKING = frozenset({7, 13})
UNATTENDED = frozenset({0, 4, 5})
"""The system itself, batch, service."""
_SSHD = frozenset({"sshd.exe", "sshd-session.exe", "sshd-auth.exe"})
COMPUTERS_KEPT = 1_000
UNLOCKS_TWICE_WITHIN_US = 2_000_000

_SERVICES = {2: "console", 3: "sshd", 8: "sshd", 10: "rdp", 11: "console", 12: "rdp"}
_NOTHING: Received = ("", None)
_decode = msgspec.json.Decoder().decode


class WindowsEvents:
    """Reads one log, or one connection's pieces of it, in order; remembers what events have to do with each other.

    Without a ``machine`` each event's is the computer that it names.
    """

    def __init__(self, machine: str = "") -> None:
        self._machine = machine
        self._computers: dict[str, Computer] = {}

    def lines(
        self, data: bytes, *, standing: Standing = Standing.LIVE, seen_us: int = 0, skew_us: int = 0
    ) -> list[Event]:
        """Read a piece of records as the probe sends them: one JSON object a line."""
        return [
            replace(event, standing=standing, seen_us=seen_us, skew_us=skew_us)
            for event in self.events(_line_events(data))
        ]

    def events(self, windows_events: Iterable[WindowsEvent]) -> Iterator[Event]:
        """Give what events mean, in their order; those that mean nothing to us are left out."""
        for event in windows_events:
            yield from self._computer(event.computer).events(event)

    def _computer(self, name: str) -> Computer:
        machine = self._machine or received(name.encode("utf-8", "surrogatepass"))[0]
        known = self._computers.get(machine)
        if known is None:
            if len(self._computers) >= COMPUTERS_KEPT:
                self._computers.clear()
            known = self._computers[machine] = Computer(machine)
        return known


def _line_events(data: bytes) -> Iterator[WindowsEvent]:
    for line in data.splitlines():
        try:
            event = json_event(_decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        if event is not None:
            yield event


class Computer:
    """What is remembered of one computer's log from event to event."""

    def __init__(self, machine: str) -> None:
        self._machine = machine
        self._logons = Logons()
        self._guesses = Guesses()
        self._log = MachineLog(machine)
        self._ordinals = Ordinals()
        self._unlocked: tuple[str, int] = ("", 0)
        self._meanings = {
            4624: self._logon,
            4625: self._failure,
            4768: self._refused_by_domain,
            4771: self._refused_by_domain,
            4634: self._logoff,
            4647: self._logoff_asked_for,
            4778: self._taken_up,
            4779: self._left,
            4800: self._locked,
            4801: self._unlocked_by_hand,
        }

    def events(self, event: WindowsEvent) -> list[Event]:
        """What one event means: mostly one event or none."""
        if not 0 < event.id < 65_536:
            return []
        meaning = self._meanings.get(event.id)
        if meaning is None or event.provider not in ("Microsoft-Windows-Security-Auditing", SECURITY, ""):
            return self._of_the_machine(event)
        found = meaning(event)
        return [] if found is None else [found]

    def _of_the_machine(self, event: WindowsEvent) -> list[Event]:
        found = self._log.events(event)
        if any(one.kind is EventKind.BOOT for one in found):
            # Its ids begin anew.
            self._logons = Logons()
        return found

    def _logon(self, event: WindowsEvent) -> Event | None:
        logon_type = event.number("LogonType")
        if not _is_of_person(event, logon_type):
            return None
        if logon_type in UNLOCKING:
            return self._unlock(event, _source(event), "unlocked")
        by_sshd = _is_by_sshd(event)
        if logon_type not in INTERACTIVE and not (logon_type in NETWORK and (by_sshd or self._is_guessed(event))):
            return None
        first = self._logons.begin(event, by_sshd=by_sshd)
        if first is None:
            return None
        return self._event(
            event,
            EventKind.LOGIN,
            source=_source(event) if by_sshd or logon_type not in (2, 11) else _NOTHING,
            session_id=first,
            service="network" if logon_type in NETWORK and not by_sshd else _SERVICES[logon_type],
            detail=_account(event),
        )

    def _is_guessed(self, event: WindowsEvent) -> bool:
        return self._guesses.led_to(_source(event)[0], event.time_us)

    def _failure(self, event: WindowsEvent) -> Event | None:
        """A failed logon. Its names are chosen by whoever tries, so they hide nothing.

        Only a computer's account without an address is left out: the computer's own doing.
        """
        source = _source(event)
        name = event.value("TargetUserName")
        if event.number("LogonType") in UNATTENDED or (is_machine(name) and not source[0]):
            return None
        self._guesses.failed(source[0], event.time_us)
        detail = failure_words(number(event.value("Status")), number(event.value("SubStatus")))
        service = "sshd" if _is_by_sshd(event) else _SERVICES.get(event.number("LogonType"), "").replace("sshd", "")
        return self._event(event, EventKind.FAILED_LOGIN, source=source, service=service, detail=detail)

    def _refused_by_domain(self, event: WindowsEvent) -> Event | None:
        """A guess at a password from another computer; at the controller itself there is a 4625 of it."""
        words, source = KERBEROS_GUESSES.get(event.number("Status")), peer_address(event.value("IpAddress"))
        if words is None or not source[0] or is_machine(event.value("TargetUserName")):
            return None
        return self._event(event, EventKind.FAILED_LOGIN, source=source, service="kerberos", detail=words)

    def _logoff(self, event: WindowsEvent) -> Event | None:
        logon_type = event.number("LogonType")
        known = self._logons.is_known(event)
        if logon_type in UNLOCKING | UNATTENDED or (logon_type not in INTERACTIVE and not known and not event.sshd):
            return None
        return self._logoff_asked_for(event)

    def _logoff_asked_for(self, event: WindowsEvent) -> Event | None:
        if not _is_of_person(event, event.number("LogonType")):
            return None
        session_id = self._logons.end(event)
        if session_id is None:
            return None
        return self._event(event, EventKind.LOGOUT, session_id=session_id, detail=_account(event))

    def _taken_up(self, event: WindowsEvent) -> Event | None:
        client = event.name("ClientName")[0]
        source = peer_address(event.value("ClientAddress"))
        return self._terminal(event, EventKind.UNLOCK, source, f"taken up by {client}" if client else "taken up")

    def _left(self, event: WindowsEvent) -> Event | None:
        return self._terminal(event, EventKind.LOCK, peer_address(event.value("ClientAddress")), "left")

    def _terminal(self, event: WindowsEvent, kind: EventKind, source: Received, detail: str) -> Event:
        return self._event(
            event,
            kind,
            user=event.name("AccountName"),
            tty=event.name("SessionName"),
            source=source,
            session_id=self._logons.canonical(logon_id(event.value("LogonID"))),
            detail=detail,
        )

    def _locked(self, event: WindowsEvent) -> Event | None:
        if not _is_of_person(event, 2):
            return None
        return self._screen(event, EventKind.LOCK)

    def _unlocked_by_hand(self, event: WindowsEvent) -> Event | None:
        return self._unlock(event, _NOTHING, "") if _is_of_person(event, 2) else None

    def _unlock(self, event: WindowsEvent, source: Received, detail: str) -> Event | None:
        """An unlocked screen, which a logon, its other half and an event of its own may all tell of."""
        user, before = event.value("TargetUserName").lower(), self._unlocked
        self._unlocked = (user, event.time_us)
        if user == before[0] and abs(event.time_us - before[1]) <= UNLOCKS_TWICE_WITHIN_US:
            return None
        return replace(self._screen(event, EventKind.UNLOCK), source=source[0], detail=detail)

    def _screen(self, event: WindowsEvent, kind: EventKind) -> Event:
        terminal = event.number("SessionId")
        return self._event(
            event,
            kind,
            tty=(terminal_name(terminal), None) if terminal >= 0 else _NOTHING,
            session_id=self._logons.canonical(logon_id(event.value("TargetLogonId"))),
        )

    def _event(
        self,
        event: WindowsEvent,
        kind: EventKind,
        *,
        user: Received | None = None,
        tty: Received = _NOTHING,
        source: Received = _NOTHING,
        session_id: str = "",
        service: str = "",
        detail: str = "",
    ) -> Event:
        who = event.name("TargetUserName") if user is None else user
        # Some exports give records no number.
        ordinal = 0 if event.record_id else self._ordinals.next(event.time_us, (kind, who, tty, source))
        return Event(
            machine=self._machine,
            kind=kind,
            time_us=event.time_us,
            user=who[0],
            tty=tty[0],
            source=source[0],
            origin=Origin.EVENT_LOG,
            session_id=session_id,
            record_id=event.record_id,
            ordinal=ordinal,
            service=service,
            detail=detail,
            raw=raw_text(who[1], tty[1], source[1]),
        )


def _is_of_person(event: WindowsEvent, logon_type: int) -> bool:
    """Whether the account is somebody's; a computer's account at a screen is somebody who hides."""
    name, domain = event.value("TargetUserName"), event.value("TargetDomainName")
    if is_own_account(name, event.computer) or (is_machine(name) and logon_type not in INTERACTIVE):
        return False
    return is_person(name, domain, event.value("TargetUserSid"))


def _is_by_sshd(event: WindowsEvent) -> bool:
    program = event.value("ProcessName").lower().replace("/", "\\").rpartition("\\")[2]
    return program in _SSHD or event.value("LogonProcessName").lower() == "sshd"


def _source(event: WindowsEvent) -> Received:
    """The address; without one the name that the far end gave itself, if it is not this machine's."""
    address = peer_address(event.value("IpAddress"))
    station = event.value("WorkstationName")
    own = event.computer.partition(".")[0].lower()
    if address[0] or event.number("LogonType") not in NETWORK or station.lower().lstrip("\\") in ("", own):
        return address
    return event.name("WorkstationName")


def _account(event: WindowsEvent) -> str:
    domain, name = event.name("TargetDomainName")[0], event.name("TargetUserName")[0]
    return f"{domain}\\{name}" if domain else ""
