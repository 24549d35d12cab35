"""A delivery as a mail: headers that nothing from a machine can break, and plain text.

A message keeps its Message-ID however often it is sent (RFC 5322, 3.6.4): should whotop be killed
between a server's yes and the note of it, the second copy can be known for one. Everything about one
alert refers to it, so that mail programs show it as one thread.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP

from whotop.clock import SECOND_US
from whotop.model.delivery import Delivery
from whotop.notify.words import SUBJECT_CHARACTERS
from whotop.text import safe

NOWHERE = "whotop.invalid"
"""Names no domain (RFC 2606), where the sender's cannot stand in a Message-ID."""


def letter(delivery: Delivery, sender: str) -> EmailMessage:
    """The mail."""
    domain = sender.rpartition("@")[2].strip("[]")
    domain = domain if domain.isascii() and ":" not in domain else NOWHERE
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = delivery.target
    message["Subject"] = _header(delivery.subject)
    message["Date"] = datetime.fromtimestamp(delivery.created_us // SECOND_US, UTC)
    message["Message-ID"] = f"<{delivery.key.hex()}@{domain}>"
    if delivery.alert:
        message["References"] = f"<{delivery.alert.hex()}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office replies
    message.set_content(delivery.body, charset="utf-8", cte="quoted-printable")
    return message


def _header(text: str) -> str:
    """Text that stays as it is: not the encoded word (RFC 2047) that it may pretend to be."""
    return safe(text, SUBJECT_CHARACTERS).replace("=?", "= ?")
