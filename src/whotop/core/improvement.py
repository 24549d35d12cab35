"""What a second origin knows better about a session: it fills what the first one left empty."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from whotop.model import Event, RawText, Session

_FILLED = ("user", "tty", "source", "boot_id", "session_id", "leader_pid", "login_pid", "service")
_RAW = ("user", "tty", "source")


def improved(session: Session, login: Event) -> Session:
    """The session with its empty fields filled from another report; itself when nothing is new."""
    filled: dict[str, Any] = {
        name: value for name in _FILLED if not getattr(session, name) and (value := getattr(login, name))
    }
    if not filled:
        return session
    if login.raw is not None:
        filled["raw"] = _filled_raw(session.raw or RawText(), login.raw, filled)
    return replace(session, **filled)


def _filled_raw(known: RawText, told: RawText, filled: dict[str, Any]) -> RawText | None:
    """Texts as received, of the fields that were filled; what was known keeps its own."""
    texts = {name: getattr(told if name in filled else known, name) for name in _RAW}
    return RawText(**texts) if any(text is not None for text in texts.values()) else None
