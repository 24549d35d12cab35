"""A private table is asked for from the service that may read it."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.probe.conftest import Collected
from tests.probe.pieces import sent
from whotop.probe.linux.wtmpdb import WtmpdbWatch
from whotop.probe.linux.wtmpdb_tables import ServiceTable

HISTORY_BYTES = 7_680_000
START_US = 1_763_770_000_000_000


class Service:
    """A service that keeps wtmpdb, as wtmpdbd answers."""

    def __init__(self, path: Path) -> None:
        self.answers: list[bytes] = []
        self.questions: list[dict[str, Any]] = []
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(path))
        self._listening.listen()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection:
                self.questions.append(json.loads(connection.recv(4096).rstrip(b"\0")))
                with suppress(OSError):
                    for start in range(0, len(self.answers[-1]), 1000):
                        connection.sendall(self.answers[-1][start : start + 1000])


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    service = Service(tmp_path / "socket")
    yield service
    service.close()


@pytest.fixture
def asked(written: Collected, tmp_path: Path, service: Service) -> WtmpdbWatch:
    return WtmpdbWatch(written, "wtmpdb", ServiceTable(bytes(tmp_path / "socket"), bytes(tmp_path / "private")))


def answer(*rows: tuple[int, str, int, int]) -> bytes:
    entries = [
        {"ID": number, "Type": 3, "User": user, "Login": login, "Logout": logout, "TTY": "pts/0", "RemoteHost": "[{"}
        for number, user, login, logout in rows
    ]
    return json.dumps({"parameters": {"Success": True, "Data": entries}}).encode() + b"\0"


def test_the_service_is_asked_where_the_table_is_private(
    written: Collected, asked: WtmpdbWatch, service: Service
) -> None:
    service.answers.append(answer((2, "bob", START_US + 5, 0), (1, "ann", START_US, START_US + 9)))
    asked.start(None, HISTORY_BYTES)
    (piece,) = sent(written, asked)
    assert service.questions[0] == {"method": "org.openSUSE.wtmpdb.ReadAll", "parameters": {}}
    assert [(row[2], row[4], row[6]) for row in piece.rows] == [("ann", START_US + 9, "[{"), ("bob", None, "[{")]


def test_the_service_is_not_asked_again_at_once(written: Collected, asked: WtmpdbWatch, service: Service) -> None:
    service.answers.append(answer((1, "ann", START_US, 0)))
    asked.start(None, HISTORY_BYTES)
    sent(written, asked, looks=10)
    assert len(service.questions) == 1


def test_a_long_answer_is_read_to_its_end(written: Collected, asked: WtmpdbWatch, service: Service) -> None:
    service.answers.append(answer(*((number, "ann", START_US + number, 0) for number in range(3000, 0, -1))))
    asked.start(None, HISTORY_BYTES)
    pieces = sent(written, asked)
    assert [row[0] for piece in pieces for row in piece.rows] == list(range(1, 3001))


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\0",
        b"no JSON\0",
        b'{"error":"org.openSUSE.wtmpdb.InternalError","parameters":{"Success":false}}\0',
        b'{"parameters":{"Data":[{"ID":1,\0',
        b'{"parameters":{"Data":["x"]}}\0',
        b'{"parameters":{"Data":[' + b"[" * 5000 + b"\0",
        b'{"parameters":{"Data":[{"ID":' + b"9" * 6000 + b"}]}}\0",
        b"x" * 400_000,
    ],
    ids=["silence", "nothing", "no JSON", "an error", "cut", "a text", "deep", "a huge number", "no end"],
)
def test_an_answer_that_is_none_leaves_what_is_known(
    written: Collected, asked: WtmpdbWatch, service: Service, said: bytes
) -> None:
    service.answers.append(answer((1, "ann", START_US, 0)))
    asked.start(None, HISTORY_BYTES)
    sent(written, asked)
    service.answers.append(said)
    asked._next_read = 0.0
    asked._is_behind = True
    assert [piece for piece in sent(written, asked, looks=1) if piece.rows] == []
    assert asked._place.number == 1


def test_a_service_that_is_gone_is_borne_with(written: Collected, tmp_path: Path) -> None:
    watch = WtmpdbWatch(written, "wtmpdb", ServiceTable(bytes(tmp_path / "none"), b"/nowhere"))
    watch.start(None, HISTORY_BYTES)
    assert sent(written, watch) == []


def test_numbers_that_no_table_has_make_no_mark(written: Collected, asked: WtmpdbWatch, service: Service) -> None:
    service.answers.append(answer((10**400, "ann", 10**400, -(10**400)), (1, "bob", START_US, 0)))
    asked.start(None, HISTORY_BYTES)
    pieces = sent(written, asked)
    assert all(len(piece.mark) < 100 for piece in pieces)
    assert "bob" in [row[2] for piece in pieces for row in piece.rows]
