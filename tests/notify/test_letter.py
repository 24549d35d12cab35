"""A mail's headers, and what a machine may try with them."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.notify.nouns import alert, message
from whotop.model.delivery import Delivery, DeliveryKind
from whotop.notify import words
from whotop.notify.letter import letter

SENDER = "whotop@example.org"


def received(delivery: Delivery, sender: str = SENDER) -> EmailMessage:
    mail = message_from_bytes(letter(delivery, sender).as_bytes().replace(b"\r\n", b"\n"), policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def test_it_says_that_a_program_wrote_it() -> None:
    assert received(message())["Auto-Submitted"] == "auto-generated"


def test_the_same_message_has_the_same_id_however_often_it_is_sent() -> None:
    assert received(message())["Message-ID"] == received(message())["Message-ID"]
    assert received(message(1))["Message-ID"] != received(message(2))["Message-ID"]


def test_what_tells_of_one_alert_is_one_thread() -> None:
    key = alert().key
    first, second = (received(message(number, alert=key)) for number in (1, 2))
    assert first["References"] == second["References"] == f"<{key.hex()}@example.org>"


@pytest.mark.parametrize("sender", ["whotop@bücher.example", "whotop@[IPv6:::1]"])
def test_a_sender_whose_domain_cannot_stand_in_an_id_gives_it_another(sender: str) -> None:
    assert letter(message(), sender)["Message-ID"].endswith("@whotop.invalid>")


@pytest.mark.parametrize(
    "text",
    [
        "cpu\r\nBcc: eve@example.org\r\n\r\nhello",
        "=?utf-8?q?cpu=0d=0aBcc:_eve@example.org?=",
        "=?utf-8?b?Y3B1DQpCY2M6IGV2ZUBleGFtcGxlLm9yZw==?=",
        "\x00\x1b[31mcpu\u202e",
        "x" * 5_000,
        "ü" * 500,
    ],
    ids=["line breaks", "quoted word", "base64 word", "escapes", "long", "long in another language"],
)
def test_nothing_from_a_machine_breaks_a_header(text: str) -> None:
    subject = words.subject(alert(text=text), DeliveryKind.OPEN)
    mail = received(message(subject=subject))
    assert sorted(mail.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Type", "Content-Transfer-Encoding",
         "MIME-Version"]
    )  # fmt: skip
    assert len(mail["Subject"]) <= words.SUBJECT_CHARACTERS + 10
    assert mail.get_content() == "Hello.\n"


@settings(max_examples=40, deadline=None)
@given(st.text())
def test_any_subject_is_one_line_that_arrives_as_it_was(text: str) -> None:
    subject = words.subject(alert(text=text), DeliveryKind.OPEN)
    arrived = str(received(message(subject=subject))["Subject"])
    assert "\n" not in arrived
    assert "".join(arrived.split()) == "".join(subject.replace("=?", "= ?").split())
