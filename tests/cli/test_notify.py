from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.notify.nouns import message
from tests.notify.smtp_server import PASSWORD, USER, Authority, MailServer, start
from whotop.clock import SECOND_US, SystemClock
from whotop.store.batch import WriteBatch
from whotop.store.store import open_store

SMTP = f"""
[notify.smtp]
host = "127.0.0.1"
port = PORT
user = "{USER}"
password_environment = "SMTP_PASSWORD"
ca_file = "ca.pem"
"""


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SMTP_PASSWORD", PASSWORD)
    return tmp_path / "c.toml"


@contextmanager
def served(folder: Path, server: MailServer) -> Iterator[int]:
    """A mail server in a thread, whose authority is in the folder."""
    ready, loop = threading.Event(), asyncio.new_event_loop()
    context = Authority(folder).context()

    def serve() -> None:
        listening = loop.run_until_complete(start(server, context))
        ready.set()
        loop.run_forever()
        listening.close()
        server.hang_up()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    ready.wait()
    try:
        yield server.port
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def test_a_sample_goes_to_every_target_and_each_is_told_with_what_became_of_it(
    whotop: Run, configured: Path, tmp_path: Path
) -> None:
    machines = '[[machines]]\nname = "db-01"\nmail = "dba@example.org"\n'
    mail = '[[notify.mail]]\nto = ["ops@example.org", "gone@example.org"]\n'
    server = MailServer(refused={"gone@example.org"})
    with served(tmp_path, server) as port:
        configured.write_text(machines + SMTP.replace("PORT", str(port)) + mail)
        code, out, err = whotop("notify", "test", "-c", configured)
    assert (code, err) == (3, "")
    assert out == (
        "mail  ops@example.org   sent\n"
        f"mail  gone@example.org  127.0.0.1:{port}: refuses gone@example.org: 550 5.1.1 no such user\n"
        "mail  dba@example.org   sent\n"
    )
    assert [mail["To"] for mail in server.mails] == ["ops@example.org", "dba@example.org"]


def test_where_nobody_can_be_told_it_ends_with_1(whotop: Run, configured: Path, tmp_path: Path) -> None:
    Authority(tmp_path)
    configured.write_text(SMTP.replace("PORT", "1") + '[[notify.mail]]\nto = "ops@example.org"\n')
    code, out, _ = whotop("notify", "test", "-c", configured)
    assert (code, out) == (1, "mail  ops@example.org  127.0.0.1:1: Connection refused\n")


def test_where_nobody_is_named_that_is_said(whotop: Run, configured: Path) -> None:
    configured.write_text("")
    code, _, err = whotop("notify", "test", "-c", configured)
    assert (code, err) == (2, f"whotop: {configured}: notify: names nobody to be told (see docs/notify.md)\n")


def test_a_rule_that_does_not_exist_is_named(whotop: Run, configured: Path) -> None:
    configured.write_text(SMTP.replace("PORT", "1") + '[[notify.mail]]\nto = "ops@example.org"\nrules = "cqu"\n')
    code, _, err = whotop("notify", "test", "-c", configured)
    assert code == 2
    assert 'line 10, notify.mail[0].rules: no rule is called "cqu" (they are clear' in err


def test_a_password_that_is_not_set_is_named(whotop: Run, configured: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SMTP_PASSWORD")
    configured.write_text(SMTP.replace("PORT", "1") + '[[notify.mail]]\nto = "ops@example.org"\n')
    code, _, err = whotop("notify", "test", "-c", configured)
    assert code == 2
    assert 'line 6, notify.smtp.password_environment: "SMTP_PASSWORD" is not set (export SMTP_PASSWORD before' in err


def test_the_queue_is_listed(whotop: Run, tmp_path: Path) -> None:
    place = tmp_path / "whotop.db"
    asyncio.run(_fill(place))
    code, out, err = whotop("notify", "--store", place)
    assert (code, err) == (0, "")
    assert [line.split("  ", 2)[-1] for line in out.splitlines() if "message" in line] == [
        "x@example.org  [whotop] message 1",
        "y@example.org  [whotop] message 2",
        "z@example.org  [whotop] message 3",
    ]
    assert "1 attempt, the next in 0s: no answer within 30 s" in out
    assert "550 no such user" in out
    told = json.loads(whotop("notify", "--store", place, "--json")[1])
    assert {name: len(rows) for name, rows in told.items()} == {"waiting": 1, "given_up": 1, "sent": 1}


async def _fill(place: Path) -> None:
    now_us = SystemClock().now_us()
    store = await open_store(place, clock=SystemClock())
    messages = [message(number, f"{name}@example.org") for number, name in enumerate("xyz", 1)]
    await store.commit(WriteBatch(deliveries={one.key: one for one in messages}))
    await store.deliveries.failed(messages[0].key, "no answer within 30 s", now_us - SECOND_US)
    await store.deliveries.give_up(messages[1].key, "550 no such user", now_us)
    await store.deliveries.sent(messages[2].key, now_us)
    await store.close()


def test_without_a_store_there_is_no_queue_and_none_is_made(whotop: Run, tmp_path: Path) -> None:
    code, out, _ = whotop("notify", "--store", tmp_path / "none.db")
    assert (code, out) == (0, "no message waits, was given up, or was sent lately\n")
    assert not (tmp_path / "none.db").exists()
