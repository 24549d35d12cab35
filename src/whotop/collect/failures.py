"""What went wrong with a connection, in one line for the machine's row.

Texts that the far end chose (a disconnect's reason) are made safe here.
"""

from __future__ import annotations

import errno
import socket

import asyncssh

from whotop.errors import AuthenticationError, HostKeyError, MachineError, UnreachableError
from whotop.text import safe

_WORDS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.ECONNABORTED: "connection aborted",
    errno.EPIPE: "connection lost",
    errno.ETIMEDOUT: "no answer",
    errno.EHOSTUNREACH: "no route to the machine",
    errno.ENETUNREACH: "no route to its network",
    errno.EHOSTDOWN: "the machine is down",
    errno.EMFILE: "whotop has too many files open (raise `ulimit -n`)",
    errno.ENFILE: "this computer has too many files open",
}
_TOO_MANY_FAILURES = "Too many authentication failures"


def explain(error: BaseException) -> MachineError:
    """Turn what asyncssh, the socket or a timeout raised into what the machine's row says."""
    match error:
        case MachineError():
            return error
        case asyncssh.HostKeyNotVerifiable():
            return HostKeyError(safe(error.reason))
        case asyncssh.PermissionDenied():
            return AuthenticationError("authentication refused")
        case asyncssh.KeyExchangeFailed():
            return UnreachableError(f"no common SSH algorithm: {safe(error.reason, 160)}")
        case asyncssh.ConnectionLost():
            return UnreachableError(_of_a_lost_connection(error.reason))
        case asyncssh.DisconnectError():
            return _of_a_disconnect(error.reason)
        case asyncssh.ChannelOpenError():
            return UnreachableError(f"the session was refused: {safe(error.reason, 160)}")
        case socket.gaierror():
            return UnreachableError("no such host name" if error.errno == socket.EAI_NONAME else _of_a_name(error))
        case TimeoutError():
            return UnreachableError("no answer")
        case OSError():
            return UnreachableError(_WORDS.get(error.errno or 0) or safe(error.strerror or str(error), 160))
        case _:
            return UnreachableError(f"connection failed: {safe(str(error) or type(error).__name__, 160)}")


def _of_a_name(error: socket.gaierror) -> str:
    return f"its name cannot be looked up: {safe(error.strerror or str(error), 120)}"


def _of_a_lost_connection(reason: str) -> str:
    if "keepalive" in reason:
        return "connection lost: no answer to keep-alives"
    if "Login timeout" in reason:
        return "no answer while logging in"
    return "connection lost"


def _of_a_disconnect(reason: str) -> MachineError:
    if _TOO_MANY_FAILURES in reason:
        return AuthenticationError("authentication refused: too many keys or passwords were offered")
    return UnreachableError(f"the machine closed the connection: {safe(reason, 160)}")
