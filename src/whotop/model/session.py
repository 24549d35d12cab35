"""A session: one login until its logout."""

from __future__ import annotations

import msgspec

from whotop.model.event import Origin, RawText, Standing
from whotop.model.outcome import Outcome


class Session(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One session, however many origins told of it."""

    key: bytes
    """Unique in the store, 16 bytes; see ``core.keys``. Fixed when the session is first known."""
    machine: str
    user: str
    login_us: int
    """The machine's own time."""
    tty: str = ""
    """Empty for sessions without one: scp, ansible, port forwards."""
    source: str = ""
    logout_us: int | None = None
    outcome: Outcome = Outcome.OPEN
    boot_id: str = ""
    session_id: str = ""
    """logind's session id."""
    leader_pid: int = 0
    login_pid: int = 0
    """``ut_pid``: with OpenSSH a child of the leader."""
    service: str = ""
    origin: Origin = Origin.FILE
    """The origin that told of it first."""
    standing: Standing = Standing.LIVE
    seen_us: int = 0
    skew_us: int = 0
    raw: RawText | None = None

    @property
    def is_open(self) -> bool:
        """Whether nothing has ended it yet."""
        return self.outcome is Outcome.OPEN

    @property
    def fleet_login_us(self) -> int:
        """When it began on whotop's clock."""
        return self.login_us - self.skew_us
