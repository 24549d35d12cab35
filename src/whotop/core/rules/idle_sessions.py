"""Rule ``idle``: a session has had no input for long.

What ``w`` calls idle: since the last input on its terminal. Sessions without a terminal have none.
"""

from __future__ import annotations

from whotop.clock import MINUTE_US
from whotop.core.idle import idle_seconds
from whotop.core.rules.findings import Finding
from whotop.core.rules.rule import Rule, RuleContext
from whotop.model import Alert, Level, Sample, Session
from whotop.text import duration

_RULE = "idle"
_LOOK_EVERY_US = MINUTE_US


class IdleSessions(Rule):
    """One alert for each user and terminal of a machine."""

    names = (_RULE,)

    def __init__(self, context: RuleContext) -> None:
        super().__init__(context)
        self._settings = context.scoped(context.settings.idle)
        self._open: dict[str, dict[bytes, Session]] = {}
        """By machine and key, those with a terminal."""
        self._looked_us: dict[str, int] = {}

    def on_session(self, session: Session, now_us: int) -> list[Alert]:
        """A session is open; its terminal may become known later."""
        if session.tty:
            self._open.setdefault(session.machine, {})[session.key] = session
        return []

    def on_session_end(self, session: Session, now_us: int) -> list[Alert]:
        """A session is over."""
        sessions = self._open.get(session.machine)
        if sessions is None or sessions.pop(session.key, None) is None:
            return []
        return self.alerts.over(_RULE, session.machine, _subject(session), now_us)

    def on_sample(self, sample: Sample, now_us: int) -> list[Alert]:
        """What has been idle for hours is looked at once a minute."""
        sessions = self._open.get(sample.machine)
        if not sessions or now_us - self._looked_us.get(sample.machine, 0) < _LOOK_EVERY_US:
            return []
        self._looked_us[sample.machine] = now_us
        return [alert for session in sessions.values() for alert in self._judge(session, sample, now_us)]

    def forget(self, machine: str) -> None:
        """A machine is watched no longer."""
        self._open.pop(machine, None)
        self._looked_us.pop(machine, None)

    def _judge(self, session: Session, sample: Sample, now_us: int) -> list[Alert]:
        table = self._settings.at(session.machine, session.user, session.source)
        idle = idle_seconds(session, sample, now_us)
        if idle is None:
            return []
        if not table.on or idle < table.after_seconds:
            return self.alerts.over(_RULE, session.machine, _subject(session), now_us)
        is_warning = idle >= table.warn_seconds
        limit = table.warn_seconds if is_warning else table.after_seconds
        finding = Finding(
            rule=_RULE,
            machine=session.machine,
            subject=_subject(session),
            level=Level.WARN if is_warning else Level.INFO,
            text=f"{_subject(session)} idle for more than {duration(limit)}",
            value=idle,
            limit=limit,
            evidence_keys=session.key,
        )
        return self.alerts.found(finding, now_us)


def _subject(session: Session) -> str:
    return f"{session.user} on {session.tty}"
