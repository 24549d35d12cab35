"""Keys: what makes an event, a session and an alert unique, computed alike by every reader.

A key is BLAKE2b (16 bytes) of a MessagePack array, whose items carry their own lengths, so that no
two different sets of texts can run together. Texts are those received, never the safe forms: two
users whose names differ in an invisible character have two keys.
"""

from __future__ import annotations

from hashlib import blake2b

import msgspec

from whotop.model import Event

KEY_BYTES = 16
MARK_BYTES = 8

_encode = msgspec.msgpack.Encoder().encode
_fresh = blake2b(digest_size=KEY_BYTES).copy
"""Copying an empty hash takes half the time of making one."""

_COMPLEMENT = bytes(255 - byte for byte in range(256))


def event_key(event: Event) -> bytes:
    """The key of an event: machine, kind, user, tty, source, the machine's own time, record id, ordinal.

    The record id of a logind session is its session id.
    """
    if event.raw is not None:
        return _raw_event_key(event)
    digest = _fresh()
    digest.update(
        _encode(
            (
                event.machine,
                event.kind,
                event.user,
                event.tty,
                event.source,
                event.time_us,
                event.record_id or event.session_id,
                event.ordinal,
            )
        )
    )
    return digest.digest()


def _raw_event_key(event: Event) -> bytes:
    raw = event.raw
    user = event.user if raw is None or raw.user is None else raw.user
    tty = event.tty if raw is None or raw.tty is None else raw.tty
    source = event.source if raw is None or raw.source is None else raw.source
    record_id = event.record_id or event.session_id
    return key_of(event.machine, event.kind, user, tty, source, event.time_us, record_id, event.ordinal)


def import_mark(event: Event) -> bytes:
    """What tells an event apart from all others of its machine and time, and from the same of another origin."""
    return event_key(event)[:MARK_BYTES] + event.origin.value.encode()


def session_key(event: Event) -> bytes:
    """The key of the session that this login opens: that of its login, whichever origin told it first."""
    return event_key(event)


def logout_key(session: bytes) -> bytes:
    """The key of the one logout of a session: the complement of the session's key.

    It does not depend on how the end became known, so that the logout record which comes after a
    session was found gone replaces that event, after a restart as well.
    """
    return session.translate(_COMPLEMENT)


def alert_key(rule: str, machine: str, subject: str, opened_us: int) -> bytes:
    """The key of an alert."""
    return key_of("alert", rule, machine, subject, opened_us)


def key_of(*parts: str | bytes | int) -> bytes:
    """A key of anything else: the first part says of what."""
    digest = _fresh()
    digest.update(_encode(parts))
    return digest.digest()
