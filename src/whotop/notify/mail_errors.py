"""What a mail server or the way to it has against a message, in one line of safe text.

Codes of SMTP: RFC 5321, 4.2.1. 5yz about a sender, a recipient or a message is final; about the
connection or the login it is not, for those are mended at the server or in the configuration.
"""

from __future__ import annotations

import os
import socket
import ssl

from whotop.config.notify_settings import SmtpTable
from whotop.errors import WhotopError
from whotop.text import safe

PERMANENT = 500
SAID_CHARACTERS = 160


class ServerError(WhotopError):
    """The mail server cannot be used now. One line."""


def is_final(error: Exception) -> bool:
    """Whether the same message to the same recipient would be refused again."""
    from aiosmtplib import SMTPNotSupported, SMTPRecipientsRefused, SMTPResponseException

    if isinstance(error, SMTPRecipientsRefused):
        return all(is_final(each) for each in error.recipients)
    if isinstance(error, SMTPResponseException):
        return error.code >= PERMANENT
    return isinstance(error, (SMTPNotSupported, ValueError))


def in_words(error: Exception, server: str, smtp: SmtpTable) -> str:
    """``mail.example.org:587: its certificate is not accepted: certificate has expired``."""
    from aiosmtplib import (
        SMTPAuthenticationError,
        SMTPRecipientRefused,
        SMTPRecipientsRefused,
        SMTPResponseException,
        SMTPSenderRefused,
        SMTPTimeoutError,
    )

    if isinstance(error, SMTPRecipientsRefused) and error.recipients:
        return in_words(error.recipients[0], server, smtp)
    cause = _cause(error)
    match error:
        case _ if isinstance(cause, ssl.SSLCertVerificationError):
            what = f"its certificate is not accepted: {cause.verify_message}"
        case SMTPTimeoutError():
            what = f"no answer within {smtp.timeout_seconds:g} s"
        case SMTPAuthenticationError():
            what = f"refuses the login of {smtp.user}: {_said(error)}"
        case SMTPRecipientRefused():
            what = f"refuses {error.recipient}: {_said(error)}"
        case SMTPSenderRefused():
            what = f"refuses mail from {error.sender}: {_said(error)}"
        case SMTPResponseException():
            what = _said(error)
        case _ if isinstance(cause, socket.gaierror):
            what = f"its name cannot be looked up: {cause.strerror}"
        case _ if isinstance(cause, OSError) and cause.errno:
            what = os.strerror(cause.errno)  # asyncio's own words repeat the address
        case _:
            what = str(error)
    return f"{server}: {safe(' '.join(what.split()), SAID_CHARACTERS)}"


def _said(error: Exception) -> str:
    return f"{getattr(error, 'code', '')} {getattr(error, 'message', '')}"


def _cause(error: BaseException) -> BaseException:
    """What is behind an error that a library has wrapped."""
    while (inner := error.__cause__ or error.__context__) is not None and not isinstance(error, ssl.SSLError):
        error = inner
    return error
